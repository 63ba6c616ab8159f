/** What happens to invites when something changes lower down. */
import type { Audit } from '../audit/audit.js';
import type { AdminLost } from '../membership/membership.js';
import { deleteOpenBy } from './invite.store.js';

/** Whoever stops being an admin can invite nobody any more, so the open invites they sent go with the right to send them. */
export function createInviteReactions({ audit }: { readonly audit: Audit }): { readonly adminLost: AdminLost } {
  return {
    async adminLost(tx, call, scope, userId) {
      const { accountId } = scope;
      for (const id of await deleteOpenBy(tx, scope, userId)) {
        await audit.record(tx, call, { action: 'invite.remove', accountId, target: { type: 'invite', id } });
      }
    },
  };
}
