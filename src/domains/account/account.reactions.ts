/** What becomes of accounts when something happens to a user. */
import type { Audit } from '../audit/audit.js';
import type { UserReaction } from '../user/user.js';
import { deletePersonal } from './account.store.js';

/** The personal account of somebody who is removed goes as well. Other accounts stay, with the admins they have. */
export function createAccountReactions({ audit }: { readonly audit: Audit }): { readonly removed: UserReaction } {
  return {
    removed: async (tx, call, scope) => {
      if (!(await deletePersonal(tx, scope))) return;
      const id = scope.ownerId;
      await audit.record(tx, call, { action: 'account.remove', accountId: id, target: { type: 'account', id } });
    },
  };
}
