/** Billing, in GraphQL. */
import { builder } from '../../graphql/builder.js';
import { mutation } from '../../graphql/mutation.js';
import { carries, proto, protoEnum, rpc } from '../../graphql/proto.js';
import { anybody, billingStaff, signedIn, type Rules } from '../../graphql/rules.js';
import {
  accountInput,
  accountStatuses,
  billingStatuses,
  meterEventInput,
  type StatusReport,
  type Validity,
} from './billing.js';

const BillingStatus = builder.enumType('BillingStatus', protoEnum('BillingStatus', billingStatuses.names));
const AccountStatus = builder.enumType('AccountStatus', protoEnum('AccountStatus', accountStatuses.names));

/** GetAccountStatus. */
export const AccountStatusReport = builder.objectRef<StatusReport>('AccountStatusReport').implement({
  ...proto('GetAccountStatusResponse'),
  fields: (t) => ({
    usedRecordCount: t.expose('usedRecordCount', {
      type: 'UInt64',
      ...proto('GetAccountStatusResponse.used_record_count'),
    }),
    allowedRecordCount: t.expose('allowedRecordCount', {
      type: 'UInt64',
      nullable: true,
      ...proto('GetAccountStatusResponse.allowed_record_count'),
    }),
    subscriptionStatus: t.expose('subscriptionStatus', {
      type: BillingStatus,
      nullable: true,
      ...proto('GetAccountStatusResponse.subscription_status'),
    }),
  }),
});

/** IsAccountStatusValid. */
export const AccountValidity = builder.objectRef<Validity>('AccountValidity').implement({
  ...proto('IsAccountStatusValidResponse'),
  fields: (t) => ({
    isValid: t.exposeBoolean('isValid', proto('IsAccountStatusValidResponse.is_valid')),
    reason: t.exposeString('reason', { nullable: true, ...proto('IsAccountStatusValidResponse.reason') }),
    shouldPoll: t.exposeBoolean('shouldPoll', proto('IsAccountStatusValidResponse.should_poll')),
    accountStatus: t.expose('accountStatus', {
      type: AccountStatus,
      nullable: true,
      ...proto('IsAccountStatusValidResponse.account_status'),
    }),
    trialExpiresAt: t.expose('trialExpiresAt', {
      type: 'DateTime',
      nullable: true,
      ...proto('IsAccountStatusValidResponse.trial_expires_at'),
    }),
  }),
});

mutation('createBillingCheckoutSession', {
  carries: rpc('GetAccountBillingCheckoutSession'),
  reads: accountInput,
  input: (t) => ({
    accountId: t.id({ required: true, ...proto('GetAccountBillingCheckoutSessionRequest.account_id') }),
  }),
  resolve: async ({ call, services }, input) => ({
    checkoutSessionUrl: await services.billing.checkout(call, input),
  }),
  payload: (t) => ({
    checkoutSessionUrl: t.exposeString('checkoutSessionUrl', {
      nullable: true,
      ...proto('GetAccountBillingCheckoutSessionResponse.checkout_session_url'),
    }),
  }),
});

mutation('createBillingPortalSession', {
  carries: rpc('GetAccountBillingPortalSession'),
  reads: accountInput,
  input: (t) => ({
    accountId: t.id({ required: true, ...proto('GetAccountBillingPortalSessionRequest.account_id') }),
  }),
  resolve: async ({ call, services }, input) => ({ portalSessionUrl: await services.billing.portal(call, input) }),
  payload: (t) => ({
    portalSessionUrl: t.exposeString('portalSessionUrl', {
      nullable: true,
      ...proto('GetAccountBillingPortalSessionResponse.portal_session_url'),
    }),
  }),
});

mutation('recordBillingMeterEvent', {
  carries: rpc('SetBillingMeterEvent'),
  reads: meterEventInput,
  input: (t) => ({
    accountId: t.id({ required: true, ...proto('SetBillingMeterEventRequest.account_id') }),
    eventName: t.string({ required: true, ...proto('SetBillingMeterEventRequest.event_name') }),
    value: t.string({ required: true, ...proto('SetBillingMeterEventRequest.value') }),
    eventId: t.string({ required: true, ...proto('SetBillingMeterEventRequest.event_id') }),
    timestamp: t.field({ type: 'DateTime', ...proto('SetBillingMeterEventRequest.timestamp') }),
  }),
  resolve: ({ call, services }, input) => services.billing.recordMeterEvent(call, input),
  payload: (t) => ({
    eventId: t.exposeID('eventId', {
      nullable: true,
      ...carries({ proto: ['SetBillingMeterEventRequest.event_id'], text: 'The event that was taken in.' }),
    }),
    duplicate: t.exposeBoolean('duplicate', {
      nullable: true,
      description: 'Whether the same event had been taken in before.',
    }),
  }),
});

/** Who may bill. */
export const billingRules: Rules = {
  Mutation: {
    createBillingCheckoutSession: signedIn,
    createBillingPortalSession: signedIn,
    recordBillingMeterEvent: billingStaff,
  },
  AccountStatusReport: { '*': anybody },
  AccountValidity: { '*': anybody },
  CreateBillingCheckoutSessionPayload: { '*': anybody },
  CreateBillingPortalSessionPayload: { '*': anybody },
  RecordBillingMeterEventPayload: { '*': anybody },
};
