/** Who is in which account, and as what. */
import { z } from 'zod';
import type { Call } from '../../kernel/call.js';
import type { AccountId, UserId } from '../../kernel/ids.js';
import { id, optional, text } from '../../kernel/input.js';
import type { Page, PageRequest } from '../../kernel/page.js';
import type { Tx } from '../../kernel/transaction.js';
import { accountRoles, type AccountRole, type Scope } from '../access/access.js';
import { emailInput, machineInput, phoneInput, profileInput, userName, type User } from '../user/user.js';

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
export type AdminLost = (tx: Tx, call: Call, scope: Scope, userId: UserId) => Promise<void>;

const role = optional(z.enum(accountRoles.names as [AccountRole, ...AccountRole[]]));

/** A person to create in an account. Without a role it is {@link defaultRole}. */
export const createHumanInput = z.object({
  accountId: id<AccountId>(),
  userName,
  profile: profileInput,
  email: emailInput,
  phone: optional(phoneInput),
  role,
});

/** A machine to create in an account. Without a role it is {@link defaultRole}. */
export const createMachineInput = machineInput.extend({
  accountId: id<AccountId>(),
  userName,
  role,
  /** The id it is to have, a UUID or not. Absent: one is made. */
  userId: text(200).nullish(),
});

/** The members of accounts. */
export interface Memberships {
  /**
   * Creates a person that the account owns, as its member: ACTIVE when the e-mail is given as verified, else INITIAL
   * (AddHumanUser). Needs ACCOUNT/UPDATE.
   * @throws AppError `conflict` with path `userName` for a name that is somebody's, whatever the letter case;
   * `forbidden` for personal accounts, and for a role with more rights than the caller holds
   */
  createHuman(call: Call, input: z.output<typeof createHumanInput>): Promise<User>;

  /**
   * Creates a machine that the account owns, as its member (AddMachineUser). Otherwise as {@link createHuman}.
   * @throws AppError `conflict` with path `userId` for an id that is somebody's
   */
  createMachine(call: Call, input: z.output<typeof createMachineInput>): Promise<User>;

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
