/** What people do with users and accounts of their own, over both faces. */
import { accountTypes, type AccountType } from '../../src/domains/access/access.js';
import { deed } from './faces.deed.js';
import { given } from './faces.wire.js';

interface Named {
  readonly id: string;
}

/** An account as both faces show it. */
export interface ShownAccount {
  readonly id: string;
  readonly name: string;
  readonly type: AccountType | null;
  readonly hasStripeCustomerId: boolean;
}

interface Founded {
  readonly id: string;
  readonly checkoutSessionUrl: string | null;
}

interface Converted extends Founded {
  readonly newPersonalId: string;
}

interface WireAccount extends Omit<ShownAccount, 'type'> {
  readonly type: number;
}
const shown = ({ id, name, type, hasStripeCustomerId }: WireAccount): ShownAccount => ({
  id,
  name,
  type: accountTypes.fromNumber(type),
  hasStripeCustomerId,
});

const accountFields = 'id name type hasStripeCustomerId';
const checkout = (message: object) => given(message, 'checkoutSessionUrl', (message as Founded).checkoutSessionUrl);

/** The caller's own user and accounts. */
export const accountDeeds = {
  whoAmI: deed<[], string>({
    graphql: ({ look }) =>
      look('{ viewer { userId } }', {}, ({ viewer }: { viewer: { userId: string } | null }) => viewer?.userId),
    grpc: ({ accounts }) => accounts('GetUser', {}, ({ userId }: { userId: string }) => userId),
  }),
  signIn: deed<[], string>({
    graphql: ({ change }) =>
      change('setUser', {}, 'viewer { userId }', ({ viewer }: { viewer: { userId: string } }) => viewer.userId),
    grpc: ({ accounts }) => accounts('SetUser', {}, ({ userId }: { userId: string }) => userId),
  }),
  setPersonal: deed<[], string>({
    graphql: ({ change }) =>
      change('setPersonalAccount', {}, 'account { id }', ({ account }: { account: Named }) => account.id),
    grpc: ({ accounts }) => accounts('SetPersonalAccount', {}, ({ accountId }: { accountId: string }) => accountId),
  }),
  found: deed<[name: string], string>({
    graphql: ({ change }, name) =>
      change('createTeamAccount', { name }, 'account { id }', ({ account }: { account: Named }) => account.id),
    grpc: ({ accounts }, name) =>
      accounts('CreateTeamAccount', { name }, ({ accountId }: { accountId: string }) => accountId),
  }),
  foundAndPay: deed<[name: string], Founded>({
    graphql: ({ change }, name) =>
      change(
        'createTeamAccount',
        { name },
        'account { id } checkoutSessionUrl',
        ({ account: { id }, checkoutSessionUrl }: { account: Named; checkoutSessionUrl: string | null }) => ({
          id,
          checkoutSessionUrl,
        }),
      ),
    grpc: ({ accounts }, name) =>
      accounts('CreateTeamAccount', { name }, (message: { accountId: string }) => ({
        id: message.accountId,
        checkoutSessionUrl: checkout(message),
      })),
  }),
  convert: deed<[name: string, accountId?: string], Converted>({
    graphql: ({ change }, name, accountId) =>
      change(
        'convertPersonalToTeamAccount',
        { name, accountId },
        'account { id } newPersonalAccount { id } checkoutSessionUrl',
        (payload: { account: Named; newPersonalAccount: Named; checkoutSessionUrl: string | null }) => ({
          id: payload.account.id,
          newPersonalId: payload.newPersonalAccount.id,
          checkoutSessionUrl: payload.checkoutSessionUrl,
        }),
      ),
    grpc: ({ accounts }, name, accountId) =>
      accounts(
        'ConvertPersonalToTeamAccount',
        { name, accountId },
        (message: { accountId: string; newPersonalAccountId: string }) => ({
          id: message.accountId,
          newPersonalId: message.newPersonalAccountId,
          checkoutSessionUrl: checkout(message),
        }),
      ),
  }),
  accounts: deed<[], readonly ShownAccount[]>({
    graphql: ({ look }) =>
      look(
        `{ viewer { accounts(first: 100) { nodes { ${accountFields} } } } }`,
        {},
        ({ viewer }: { viewer: { accounts: { nodes: ShownAccount[] } } | null }) => viewer?.accounts.nodes,
      ),
    grpc: ({ accounts }) =>
      accounts('GetUserAccounts', {}, (message: { accounts: WireAccount[] }) => message.accounts.map(shown)),
  }),
  billed: deed<[accountIds?: readonly string[]], readonly ShownAccount[]>({
    graphql: ({ look }, accountIds) =>
      look(
        `query ($accountIds: [ID!]) { billingAccounts(accountIds: $accountIds, first: 100) { nodes { ${accountFields} } } }`,
        { accountIds },
        ({ billingAccounts }: { billingAccounts: { nodes: ShownAccount[] } }) => billingAccounts.nodes,
      ),
    grpc: ({ accounts }, accountIds) =>
      accounts('GetBillingAccounts', { accountIds }, (message: { accounts: WireAccount[] }) =>
        message.accounts.map(shown),
      ),
  }),
  isIn: deed<[accountId: string], boolean>({
    graphql: ({ look }, id) =>
      look(
        'query ($id: ID!) { viewer { isInAccount(accountId: $id) } }',
        { id },
        ({ viewer }: { viewer: { isInAccount: boolean } | null }) => viewer?.isInAccount,
      ),
    grpc: ({ accounts }, accountId) => accounts('IsUserInAccount', { accountId }, ({ ok }: { ok: boolean }) => ok),
  }),
};
