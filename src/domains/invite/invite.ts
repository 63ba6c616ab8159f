/** Invitations into team and enterprise accounts. */
import { z } from 'zod';
import type { Call } from '../../kernel/call.js';
import type { AccountId, InviteId } from '../../kernel/ids.js';
import { emailAddress, id, optional } from '../../kernel/input.js';
import type { Page, PageRequest } from '../../kernel/page.js';
import { accountRoles, type AccountRole } from '../access/access.js';
import type { Account } from '../account/account.js';

/** An invite as stored. `role` is the protobuf number. */
export interface Invite {
  readonly id: string;
  readonly accountId: string;
  readonly senderUserId: string;
  /** Trimmed and ASCII-lower-cased. */
  readonly email: string;
  readonly tokenHash: Uint8Array<ArrayBuffer>;
  readonly role: number;
  readonly acceptedAt: Date | null;
  readonly acceptedBy: string | null;
  readonly supersededAt: Date | null;
  readonly expiresAt: Date;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** How many sort keys the cursors of a list of invites hold: time of creation, id. */
export const inviteKeys = 2;

export const createInviteInput = z.object({
  accountId: id<AccountId>(),
  email: emailAddress,
  role: optional(z.enum(accountRoles.names as [AccountRole, ...AccountRole[]])),
});
export const removeInviteInput = z.object({ id: id<InviteId>() });
export const acceptInviteInput = z.object({
  token: z.string().min(1, 'This must not be empty.').max(200, 'This is no invite token.'),
});

/** A new invite, and the only sight of its token. */
export interface Created {
  readonly invite: Invite;
  readonly token: string;
  /** Where the invited person goes. */
  readonly inviteUrl: string;
}

/** Invitations. */
export interface Invites {
  /**
   * A page of the open invites of each of these accounts, newest first, in one statement whatever their number
   * (GetTeamAccountInvites). Accounts that the caller may not see have none.
   */
  list(call: Call, accountIds: readonly AccountId[], page: PageRequest): Promise<Page<Invite>[]>;

  /** These invites, in the order asked; null for those that are unknown or that the caller may not see. */
  byIds(call: Call, ids: readonly string[]): Promise<(Invite | null)[]>;

  /** The role that an invite gives; null where roles are off. */
  roleOf(invite: Invite): AccountRole | null;

  /**
   * Invites somebody (InviteUserToTeamAccount), for 24 hours; an open invite to the same address ends. Needs
   * ACCOUNT/UPDATE.
   * @throws AppError `forbidden` for personal accounts and for a role with more rights than the caller's, `rate`
   */
  create(call: Call, input: z.output<typeof createInviteInput>): Promise<Created>;

  /** Removes an invite (RemoveTeamAccountInvite). Needs ACCOUNT/UPDATE on its account; unknown ids are `forbidden` too. */
  remove(call: Call, input: z.output<typeof removeInviteInput>): Promise<InviteId>;

  /**
   * Makes the caller a member of the account it was invited to (AcceptTeamAccountInvite). Again by the same member: the
   * same answer, and nothing changes.
   * @throws AppError `invalid` with path `token` for an invite that cannot be used, whatever the reason; `precondition`
   * when it is the caller's but expired, or when the caller's e-mail address is not verified; `rate`
   */
  accept(call: Call, input: z.output<typeof acceptInviteInput>): Promise<Account>;
}
