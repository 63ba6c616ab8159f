/** Billing, in GraphQL. */
import { builder } from '../../graphql/builder.js';
import { connection, pageArgs } from '../../graphql/connection.js';
import { mutation } from '../../graphql/mutation.js';
import { carries, proto, protoEnum, rpc } from '../../graphql/proto.js';
import { anybody, billingStaff, signedIn, type Rules } from '../../graphql/rules.js';
import { pageRequest } from '../../kernel/page.js';
import {
  accountInput,
  accountStatuses,
  billingStatuses,
  deadLetterKeys,
  meterEventInput,
  type DeadLetter,
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

const BillingDeadLetter = builder.objectRef<DeadLetter>('BillingDeadLetter').implement({
  description: 'A meter event that the payment provider will not take: it counts here, and somebody must look at it.',
  fields: (t) => ({
    eventId: t.exposeID('eventId', { description: 'The id under which it was taken in.' }),
    accountId: t.exposeID('accountId', { description: 'The account that used it.' }),
    eventName: t.exposeString('eventName', { description: 'What was used, by the name of the meter.' }),
    value: t.expose('value', { type: 'UInt64', description: 'How much was used.' }),
    timestamp: t.expose('occurredAt', { type: 'DateTime', description: 'When it was used.' }),
    attempts: t.exposeInt('attempts', { description: 'How often it was sent.' }),
    lastError: t.exposeString('lastError', { nullable: true, description: 'What the payment provider said last.' }),
    diedAt: t.expose('settledAt', { type: 'DateTime', description: 'When it was given up.' }),
  }),
});
const BillingDeadLetterConnection = connection(
  BillingDeadLetter,
  'BillingDeadLetter',
  'meter events that were given up',
);

builder.queryField('billingDeadLetters', (t) =>
  t.field({
    type: BillingDeadLetterConnection,
    description: 'Meter events that were given up, the latest first. For instance operators.',
    args: pageArgs(t),
    resolve: (_root, args, { call, services }) =>
      services.billing.deadLetters(call, pageRequest(args, deadLetterKeys, services.pages)),
  }),
);

mutation('createBillingCheckoutSession', {
  carries: rpc('GetAccountBillingCheckoutSession'),
  sensitive: true,
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
  Query: { billingDeadLetters: signedIn },
  BillingDeadLetter: { '*': anybody },
  BillingDeadLetterEdge: { '*': anybody },
  BillingDeadLetterConnection: { '*': anybody },
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
