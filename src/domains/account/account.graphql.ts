/** Accounts, in GraphQL, and their edges to whatever lies lower: members, permissions, billing, users. */
import { builder } from '../../graphql/builder.js';
import { connection, pageArgs } from '../../graphql/connection.js';
import { loader, pageLoader } from '../../graphql/loaders.js';
import { Node, nodeType } from '../../graphql/node.js';
import { carries, proto, rpc } from '../../graphql/proto.js';
import { anybody, signedIn, signedInOrWorker, type Rules } from '../../graphql/rules.js';
import { parseUuid, type AccountId } from '../../kernel/ids.js';
import { read, id as idOf } from '../../kernel/input.js';
import { pageRequest } from '../../kernel/page.js';
import { accountTypes } from '../access/access.js';
import {
  AccountRole,
  PermissionAssertion,
  ResourcePermissionInput,
  UserAccountType,
} from '../access/access.graphql.js';
import { AccountStatusReport, AccountValidity } from '../billing/billing.graphql.js';
import { AccountUser, AccountUserConnection, loadMembers } from '../membership/membership.graphql.js';
import { UserRef, Viewer } from '../user/user.graphql.js';
import { accountKeys, billedKeys, type Account, type TemporalConfig } from './account.js';

export const AccountOnboardingConfig = builder.objectRef<Account>('AccountOnboardingConfig').implement({
  ...proto('AccountOnboardingConfig'),
  fields: (t) => ({
    hasCompletedOnboarding: t.exposeBoolean(
      'onboardingCompleted',
      proto('AccountOnboardingConfig.has_completed_onboarding'),
    ),
  }),
});

export const AccountTemporalConfig = builder.objectRef<TemporalConfig>('AccountTemporalConfig').implement({
  ...proto('AccountTemporalConfig'),
  fields: (t) => ({
    url: t.exposeString('url', proto('AccountTemporalConfig.url')),
    namespace: t.exposeString('namespace', proto('AccountTemporalConfig.namespace')),
    syncJobQueueName: t.exposeString('syncJobQueueName', proto('AccountTemporalConfig.sync_job_queue_name')),
  }),
});

/** An account by id, as far as the caller may see it. */
export const loadAccount = loader<string, Account | null>(({ call, services }, ids) =>
  services.accounts.byIds(call, ids),
);
const loadPersonal = loader<string, Account | null>(({ call, services }, userIds) =>
  services.accounts.personalOf(call, userIds),
);
const loadAccountsOf = pageLoader(accountKeys, ({ call, services }, userIds: readonly string[], page) =>
  services.accounts.listOf(call, userIds, page),
);

const idOfAccount = (account: { readonly id: string }) => account.id as AccountId;

export const UserAccount = builder.prismaObject('Account', {
  name: 'UserAccount',
  ...proto('UserAccount'),
  interfaces: [Node],
  fields: (t) => ({
    id: t.exposeID('id', proto('UserAccount.id')),
    name: t.exposeString('slug', proto('UserAccount.name')),
    type: t.field({
      type: UserAccountType,
      nullable: true,
      ...proto('UserAccount.type'),
      resolve: (account) => accountTypes.fromNumber(account.type),
    }),
    hasStripeCustomerId: t.boolean({
      ...proto('UserAccount.has_stripe_customer_id'),
      resolve: (account) => account.stripeCustomerId !== null,
    }),
    members: t.field({
      type: AccountUserConnection,
      ...carries({ rpc: ['GetTeamAccountMembers'], proto: ['GetTeamAccountMembersResponse.users'] }),
      args: pageArgs(t),
      resolve: (account, args, context) => loadMembers(context, idOfAccount(account), args),
    }),
    onboardingConfig: t.field({
      type: AccountOnboardingConfig,
      ...carries({ rpc: ['GetAccountOnboardingConfig'], proto: ['GetAccountOnboardingConfigResponse.config'] }),
      resolve: (account) => account,
    }),
    temporalConfig: t.field({
      type: AccountTemporalConfig,
      nullable: true,
      ...carries({ rpc: ['GetAccountTemporalConfig'], proto: ['GetAccountTemporalConfigResponse.config'] }),
      resolve: (account, _args, { services }) => services.accounts.temporalOf(account),
    }),
    status: t.field({
      type: AccountStatusReport,
      ...rpc('GetAccountStatus'),
      resolve: (account, _args, { call, services }) => services.billing.statusOf(call, idOfAccount(account)),
    }),
    validity: t.field({
      type: AccountValidity,
      ...rpc('IsAccountStatusValid'),
      args: {
        requestedRecordCount: t.arg({
          type: 'UInt64',
          ...proto('IsAccountStatusValidRequest.requested_record_count'),
        }),
      },
      resolve: (account, { requestedRecordCount }, { call, services }) =>
        services.billing.validityOf(call, idOfAccount(account), requestedRecordCount ?? null),
    }),
    viewerRole: t.field({
      type: AccountRole,
      nullable: true,
      description: 'Your role in this account; null when you are no member, and where roles are off.',
      resolve: (account, _args, { call, services }) => services.access.roleOf(call, idOfAccount(account)),
    }),
    viewerHasPermission: t.boolean({
      ...carries({ rpc: ['HasPermission'], proto: ['HasPermissionResponse.has_permission'] }),
      args: {
        resource: t.arg({ type: ResourcePermissionInput, required: true, ...proto('HasPermissionRequest.resource') }),
      },
      resolve: async (account, { resource }, { call, services }) => {
        const [has] = await services.access.hasPermissions(call, idOfAccount(account), [resource]);
        return has ?? false;
      },
    }),
    viewerPermissions: t.field({
      type: [PermissionAssertion],
      ...rpc('HasPermissions'),
      args: {
        resources: t.arg({
          type: [ResourcePermissionInput],
          required: true,
          ...proto('HasPermissionsRequest.resources'),
        }),
      },
      resolve: async (account, { resources }, { call, services }) => {
        const allowed = await services.access.hasPermissions(call, idOfAccount(account), resources);
        return resources.map((resource, i) => ({ resource, allowed: allowed[i] ?? false }));
      },
    }),
  }),
});

nodeType(UserAccount, loadAccount, { worker: true });
export const UserAccountConnection = connection(UserAccount, 'UserAccount', 'accounts');

builder.objectField(AccountUser, 'account', (t) =>
  t.field({
    type: UserAccount,
    description: 'The account of which it is a member.',
    resolve: async (member, _args, context) => demand(await loadAccount(context, member.accountId)),
  }),
);

builder.prismaObjectField(UserRef, 'accounts', (t) =>
  t.field({
    type: UserAccountConnection,
    description: 'The accounts that this user is a member of, as far as you may see them.',
    args: pageArgs(t),
    resolve: (user, args, context) => loadAccountsOf(context, user.id, args),
  }),
);

builder.objectFields(Viewer, (t) => ({
  personalAccount: t.field({
    type: UserAccount,
    nullable: true,
    description: 'Your personal account; null until `setPersonalAccount` has run once.',
    resolve: ({ userId }, _args, context) => loadPersonal(context, userId),
  }),
  accounts: t.field({
    type: UserAccountConnection,
    ...carries({ rpc: ['GetUserAccounts'], proto: ['GetUserAccountsResponse.accounts'] }),
    args: pageArgs(t),
    resolve: ({ userId }, args, context) => loadAccountsOf(context, userId, args),
  }),
  isInAccount: t.boolean({
    ...carries({ rpc: ['IsUserInAccount'], proto: ['IsUserInAccountResponse.ok'] }),
    args: { accountId: t.arg.id({ required: true, ...proto('IsUserInAccountRequest.account_id') }) },
    resolve: (_viewer, { accountId }, { call, services }) => {
      const known = parseUuid<AccountId>(accountId);
      return known === null ? false : services.accounts.includes(call, known);
    },
  }),
}));

builder.queryFields((t) => ({
  account: t.field({
    type: UserAccount,
    nullable: true,
    description: 'An account by id; null when it is unknown or not one of yours: the two look alike.',
    args: {
      id: t.arg.id({
        required: true,
        ...carries({
          proto: [
            'GetTeamAccountMembersRequest.account_id',
            'GetTeamAccountInvitesRequest.account_id',
            'GetAccountOnboardingConfigRequest.account_id',
            'GetAccountTemporalConfigRequest.account_id',
            'GetAccountStatusRequest.account_id',
            'IsAccountStatusValidRequest.account_id',
            'HasPermissionRequest.account_id',
            'HasPermissionsRequest.account_id',
          ],
          text: 'The id of the account.',
        }),
      }),
    },
    resolve: (_root, { id }, context) => loadAccount(context, id),
  }),
  billingAccounts: t.field({
    type: UserAccountConnection,
    ...carries({ rpc: ['GetBillingAccounts'], proto: ['GetBillingAccountsResponse.accounts'] }),
    args: {
      accountIds: t.arg.idList({ ...proto('GetBillingAccountsRequest.account_ids') }),
      ...pageArgs(t),
    },
    resolve: (_root, { accountIds, ...args }, { call, services }) => {
      const ids = accountIds?.length ? read(idOf<AccountId>().array().max(250), accountIds) : null;
      return services.accounts.billed(call, ids, pageRequest(args, billedKeys, services.pages));
    },
  }),
}));

function demand(account: Account | null): Account {
  if (!account) throw new Error('A member was seen whose account was not.');
  return account;
}

/** What a worker may read of an account, and what takes a member. */
export const accountRules: Rules = {
  Query: { account: signedInOrWorker, billingAccounts: signedInOrWorker },
  UserAccount: {
    '*': anybody,
    members: signedIn,
    onboardingConfig: signedIn,
    temporalConfig: signedIn,
    viewerRole: signedIn,
    viewerHasPermission: signedIn,
    viewerPermissions: signedIn,
  },
  UserAccountConnection: { '*': anybody },
  UserAccountEdge: { '*': anybody },
  AccountOnboardingConfig: { '*': anybody },
  AccountTemporalConfig: { '*': anybody },
};
