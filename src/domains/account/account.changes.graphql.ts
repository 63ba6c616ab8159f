/** What of an account can be followed, in GraphQL. */
import { builder } from '../../graphql/builder.js';
import type { Context } from '../../graphql/context.js';
import { signedIn, type Rules } from '../../graphql/rules.js';
import { forbidden } from '../../kernel/errors.js';
import type { AccountId } from '../../kernel/ids.js';
import { AccountValidity } from '../billing/billing.graphql.js';
import type { Account, ChangeTopic } from './account.js';
import { loadAccount, UserAccount } from './account.graphql.js';

/** The account that is followed. */
export const followedId = { required: true, description: 'The account. You need a role in it.' } as const;

/**
 * Subscribes to a topic. The permission is checked here, before anything starts: rules stand before the events only.
 * What is passed on is the account's id; each event then loads what is selected.
 */
export const follows =
  (topic: ChangeTopic) =>
  (_root: object, { accountId }: { readonly accountId: string }, { call, services }: Context) =>
    services.changes.follow(call, accountId, topic);

/** The account that changed, as it is now. */
export async function changedAccount(accountId: AccountId, context: Context): Promise<Account> {
  const account = await loadAccount(context, accountId);
  // Taken away since the event was let through: the stream is about to end.
  if (!account) throw forbidden();
  return account;
}

builder.subscriptionFields((t) => ({
  accountValidityChanged: t.field({
    type: AccountValidity,
    description:
      'Whether the account may be used, whenever something happened that bears on it: its subscription, its customer, its limit, or records used under a limit. What only time brings, such as the end of a trial, is not told.',
    args: { accountId: t.arg.id(followedId) },
    subscribe: follows('validity'),
    resolve: (accountId, _args, { call, services }) => services.billing.validityOf(call, accountId, null),
  }),
  accountMembersChanged: t.field({
    type: UserAccount,
    description: 'The account, whenever somebody joined it, left it, or got another role in it.',
    args: { accountId: t.arg.id(followedId) },
    subscribe: follows('members'),
    resolve: (accountId, _args, context) => changedAccount(accountId, context),
  }),
}));

export const accountChangeRules: Rules = {
  Subscription: { accountValidityChanged: signedIn, accountMembersChanged: signedIn },
};
