/** Who is in which account, and as what. */
import type { Call } from '../../kernel/call.js';
import type { AccountId, UserId } from '../../kernel/ids.js';
import type { Page, PageRequest } from '../../kernel/page.js';
import type { Tx } from '../../kernel/transaction.js';
import type { AccountRole, Scope } from '../access/access.js';
import type { User } from '../user/user.js';

/** A member: the user, and its place in one account. `role` is the protobuf number. */
export interface Member extends User {
  readonly accountId: AccountId;
  readonly role: number;
}

/** How many sort keys the cursors of a list of members hold: name, id. */
export const memberKeys = 2;

/** Somebody's place in an account, to be changed or taken away. */
export interface MemberInput {
  readonly accountId: AccountId;
  readonly userId: UserId;
}

/**
 * What higher domains do when somebody stops being an admin of an account, by a new role or by leaving, in the
 * transaction that makes the change.
 */
export type AdminLost = (tx: Tx, scope: Scope, userId: UserId) => Promise<void>;

/** The members of accounts. */
export interface Memberships {
  /**
   * A page of the members of each of these accounts, by name, in one statement whatever their number
   * (GetTeamAccountMembers). Accounts that the caller may not see have no members.
   */
  list(call: Call, accountIds: readonly AccountId[], page: PageRequest): Promise<Page<Member>[]>;

  /** A member's role; null where roles are off. */
  roleOf(member: Member): AccountRole | null;

  /**
   * Gives a member another role (SetUserRole). Needs ACCOUNT/UPDATE.
   * @throws AppError `invalid` for somebody who is no member, `precondition` LAST_ADMIN for the last admin's demotion
   */
  setRole(call: Call, input: MemberInput & { readonly role: AccountRole }): Promise<Member>;

  /**
   * Takes a member out of a team or enterprise account (RemoveTeamAccountMember). Needs ACCOUNT/UPDATE. Somebody who is
   * no member is left alone.
   * @throws AppError `precondition` LAST_ADMIN for the last admin, `forbidden` for personal accounts
   */
  remove(call: Call, input: MemberInput): Promise<void>;
}
