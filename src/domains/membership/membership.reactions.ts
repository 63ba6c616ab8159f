/** What memberships have to say when something happens to a user. */
import type { UserReaction } from '../user/user.js';
import { demandOtherAdmins } from './membership.rules.js';
import { countAccountsLeftAlone } from './membership.store.js';

/** An account always keeps an admin who can act, also when the user behind one no longer can. */
export function createMembershipReactions(): { readonly unusable: UserReaction } {
  return { unusable: async (tx, _call, scope) => demandOtherAdmins(await countAccountsLeftAlone(tx, scope)) };
}
