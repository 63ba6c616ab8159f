/** What memberships have to say when something happens to a user. */
import { accountRoles } from '../access/access.js';
import type { Audit } from '../audit/audit.js';
import type { UserReaction, UserReactions } from '../user/user.js';
import { demandOtherAdmins } from './membership.rules.js';
import { countAccountsLeftAlone, deleteEverywhere } from './membership.store.js';

/**
 * An account always keeps an admin who can act, also when the user behind one no longer can. Whoever is removed leaves
 * every account, each with its own row in the record.
 */
export function createMembershipReactions({ audit }: { readonly audit: Audit }) {
  return {
    unusable: async (tx, _call, scope) => demandOtherAdmins(await countAccountsLeftAlone(tx, scope)),
    removed: async (tx, call, scope) => {
      const target = { type: 'user', id: scope.targetId };
      for (const { accountId, role } of await deleteEverywhere(tx, scope)) {
        const detail = { before: accountRoles.fromNumber(role) };
        await audit.record(tx, call, { action: 'member.remove', accountId, target, detail });
      }
    },
  } satisfies Record<keyof UserReactions, UserReaction>;
}
