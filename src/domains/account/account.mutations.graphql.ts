/** What can be done to accounts and their members, in GraphQL. */
import { z } from 'zod';
import { mutation } from '../../graphql/mutation.js';
import { proto, rpc } from '../../graphql/proto.js';
import { anybody, mayInAccount, signedIn, type Rules } from '../../graphql/rules.js';
import type { AccountId, UserId } from '../../kernel/ids.js';
import { id } from '../../kernel/input.js';
import { convertInput, createTeamInput, onboardingInput, temporalInput } from './account.js';
import { AccountOnboardingConfig, AccountTemporalConfig, loadAccount, UserAccount } from './account.graphql.js';

const checkoutSessionUrl = (message: string) =>
  ({ nullable: true, ...proto(`${message}.checkout_session_url`) }) as const;

mutation('setPersonalAccount', {
  carries: rpc('SetPersonalAccount'),
  reads: z.object({}),
  resolve: async ({ call, services }) => ({ account: await services.accounts.setPersonal(call) }),
  payload: (t) => ({
    account: t.expose('account', {
      type: UserAccount,
      nullable: true,
      ...proto('SetPersonalAccountResponse.account_id'),
    }),
  }),
});

mutation('createTeamAccount', {
  carries: rpc('CreateTeamAccount'),
  reads: createTeamInput,
  input: (t) => ({ name: t.string({ required: true, ...proto('CreateTeamAccountRequest.name') }) }),
  resolve: ({ call, services }, input) => services.accounts.createTeam(call, input),
  payload: (t) => ({
    account: t.expose('account', {
      type: UserAccount,
      nullable: true,
      ...proto('CreateTeamAccountResponse.account_id'),
    }),
    checkoutSessionUrl: t.exposeString('checkoutSessionUrl', checkoutSessionUrl('CreateTeamAccountResponse')),
  }),
});

mutation('convertPersonalToTeamAccount', {
  carries: rpc('ConvertPersonalToTeamAccount'),
  reads: convertInput,
  input: (t) => ({
    name: t.string({ required: true, ...proto('ConvertPersonalToTeamAccountRequest.name') }),
    accountId: t.id(proto('ConvertPersonalToTeamAccountRequest.account_id')),
  }),
  resolve: ({ call, services }, input) => services.accounts.convertPersonal(call, input),
  payload: (t) => ({
    account: t.expose('account', {
      type: UserAccount,
      nullable: true,
      ...proto('ConvertPersonalToTeamAccountResponse.account_id'),
    }),
    newPersonalAccount: t.expose('newPersonalAccount', {
      type: UserAccount,
      nullable: true,
      ...proto('ConvertPersonalToTeamAccountResponse.new_personal_account_id'),
    }),
    checkoutSessionUrl: t.exposeString(
      'checkoutSessionUrl',
      checkoutSessionUrl('ConvertPersonalToTeamAccountResponse'),
    ),
  }),
});

mutation('setAccountOnboardingConfig', {
  carries: rpc('SetAccountOnboardingConfig'),
  action: 'account.onboarding',
  reads: onboardingInput,
  input: (t) => ({
    accountId: t.id({ required: true, ...proto('SetAccountOnboardingConfigRequest.account_id') }),
    hasCompletedOnboarding: t.boolean({ required: true, ...proto('SetAccountOnboardingConfigRequest.config') }),
  }),
  resolve: async ({ call, services }, input) => {
    const account = await services.accounts.setOnboarding(call, input);
    return { account, config: account };
  },
  payload: (t) => ({
    account: t.expose('account', { type: UserAccount, nullable: true, description: 'The account.' }),
    config: t.expose('config', {
      type: AccountOnboardingConfig,
      nullable: true,
      ...proto('SetAccountOnboardingConfigResponse.config'),
    }),
  }),
});

mutation('setAccountTemporalConfig', {
  carries: rpc('SetAccountTemporalConfig'),
  action: 'account.temporal',
  reads: temporalInput,
  input: (t) => ({
    accountId: t.id({ required: true, ...proto('SetAccountTemporalConfigRequest.account_id') }),
    url: t.string(proto('AccountTemporalConfig.url', 'SetAccountTemporalConfigRequest.config')),
    namespace: t.string(proto('AccountTemporalConfig.namespace')),
    syncJobQueueName: t.string(proto('AccountTemporalConfig.sync_job_queue_name')),
  }),
  resolve: async ({ call, services }, input) => {
    const account = await services.accounts.setTemporal(call, input);
    return { account, config: services.accounts.temporalOf(account) };
  },
  payload: (t) => ({
    account: t.expose('account', { type: UserAccount, nullable: true, description: 'The account.' }),
    config: t.expose('config', {
      type: AccountTemporalConfig,
      nullable: true,
      ...proto('SetAccountTemporalConfigResponse.config'),
    }),
  }),
});

mutation('removeTeamAccountMember', {
  carries: rpc('RemoveTeamAccountMember'),
  action: 'member.remove',
  sensitive: true,
  reads: z.object({ accountId: id<AccountId>(), userId: id<UserId>() }),
  input: (t) => ({
    accountId: t.id({ required: true, ...proto('RemoveTeamAccountMemberRequest.account_id') }),
    userId: t.id({ required: true, ...proto('RemoveTeamAccountMemberRequest.user_id') }),
  }),
  resolve: async (context, input) => {
    await context.services.memberships.remove(context.call, input);
    // Null for somebody who left on their own: the account is theirs no longer.
    return { account: await loadAccount(context, input.accountId), removedUserId: input.userId };
  },
  payload: (t) => ({
    account: t.expose('account', {
      type: UserAccount,
      nullable: true,
      description: 'The account, where you still see it.',
    }),
    removedUserId: t.exposeID('removedUserId', { nullable: true, description: 'Who is no member any more.' }),
  }),
});

/** Who may change accounts. */
export const accountMutationRules: Rules = {
  Mutation: {
    setPersonalAccount: signedIn,
    createTeamAccount: signedIn,
    convertPersonalToTeamAccount: signedIn,
    setAccountOnboardingConfig: mayInAccount('UPDATE'),
    setAccountTemporalConfig: mayInAccount('UPDATE'),
    removeTeamAccountMember: mayInAccount('UPDATE'),
  },
  SetPersonalAccountPayload: { '*': anybody },
  CreateTeamAccountPayload: { '*': anybody },
  ConvertPersonalToTeamAccountPayload: { '*': anybody },
  SetAccountOnboardingConfigPayload: { '*': anybody },
  SetAccountTemporalConfigPayload: { '*': anybody },
  RemoveTeamAccountMemberPayload: { '*': anybody },
};
