/** What happens to invites when something changes lower down. */
import type { Audit } from '../audit/audit.js';
import type { AdminLost } from '../membership/membership.js';
import type { UserReaction } from '../user/user.js';
import { deleteOpenBy, deleteOpenEverywhere } from './invite.store.js';

/** What invites answer to. */
export interface InviteReactions {
  readonly adminLost: AdminLost;
  readonly removed: UserReaction;
}

/**
 * Whoever stops being an admin, or is removed, can invite nobody any more, so the open invites they sent go with the
 * right to send them. Accepted ones stay: they say how somebody became a member.
 */
export function createInviteReactions({ audit }: { readonly audit: Audit }): InviteReactions {
  return {
    async adminLost(tx, call, scope, userId) {
      const { accountId } = scope;
      for (const id of await deleteOpenBy(tx, scope, userId)) {
        await audit.record(tx, call, { action: 'invite.remove', accountId, target: { type: 'invite', id } });
      }
    },
    async removed(tx, call, scope) {
      for (const { id, accountId } of await deleteOpenEverywhere(tx, scope)) {
        await audit.record(tx, call, { action: 'invite.remove', accountId, target: { type: 'invite', id } });
      }
    },
  };
}
