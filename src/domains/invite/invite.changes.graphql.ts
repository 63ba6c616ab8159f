/** Following the invites of an account, in GraphQL. */
import { builder } from '../../graphql/builder.js';
import { signedIn, type Rules } from '../../graphql/rules.js';
import { changedAccount, followedId, follows } from '../account/account.changes.graphql.js';
import { UserAccount } from '../account/account.graphql.js';

builder.subscriptionFields((t) => ({
  accountInvitesChanged: t.field({
    type: UserAccount,
    description: 'The account, whenever an invite into it was made, accepted, replaced or removed.',
    args: { accountId: t.arg.id(followedId) },
    subscribe: follows('invites'),
    resolve: (accountId, _args, context) => changedAccount(accountId, context),
  }),
}));

export const inviteChangeRules: Rules = { Subscription: { accountInvitesChanged: signedIn } };
