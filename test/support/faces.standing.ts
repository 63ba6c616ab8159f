/** What is known of the standing of an account and of what runs here, and the way to pay, over both faces. */
import { accountStatuses, billingStatuses } from '../../src/domains/billing/billing.js';
import { kinds } from '../../src/kernel/errors.js';
import { deed } from './faces.deed.js';
import { given, timeOf, type WireNumber, type WireTime } from './faces.wire.js';

interface Standing {
  readonly usedRecordCount: string;
  readonly allowedRecordCount: string | null;
  readonly subscriptionStatus: string | null;
}

interface Validity {
  readonly isValid: boolean;
  readonly reason: string | null;
  readonly shouldPoll: boolean;
  readonly accountStatus: string | null;
  readonly trialExpiresAt: string | null;
}

interface Meter {
  readonly accountId: string;
  readonly eventName: string;
  readonly value: string;
  readonly eventId: string;
}

interface System {
  readonly version: string;
  readonly platform: string;
  readonly license: { readonly isValid: boolean; readonly expiresAt: string; readonly isVydonCloud: boolean };
}

interface Seen<Account> {
  readonly account: Account | null;
}
const denied = kinds.forbidden.grpc;
const ofAccount = (fields: string, variables = '') =>
  `query ($id: ID! ${variables}) { account(id: $id) { ${fields} } }`;

/** The standing of an account, billing, and what runs here. */
export const standingDeeds = {
  standing: deed<[accountId: string], Standing>({
    graphql: ({ look }, id) =>
      look(
        ofAccount('status { usedRecordCount allowedRecordCount subscriptionStatus }'),
        { id },
        ({ account }: Seen<{ status: Standing }>) => account?.status,
        denied,
      ),
    grpc: ({ accounts }, accountId) =>
      accounts(
        'GetAccountStatus',
        { accountId },
        (status: { usedRecordCount: WireNumber; allowedRecordCount: WireNumber; subscriptionStatus: number }) => ({
          usedRecordCount: status.usedRecordCount.toString(),
          allowedRecordCount: given(status, 'allowedRecordCount', status.allowedRecordCount)?.toString() ?? null,
          subscriptionStatus: billingStatuses.fromNumber(status.subscriptionStatus),
        }),
      ),
  }),
  validity: deed<[accountId: string, requestedRecordCount?: number], Validity>({
    graphql: ({ look }, id, count) =>
      look(
        ofAccount(
          'validity(requestedRecordCount: $count) { isValid reason shouldPoll accountStatus trialExpiresAt }',
          '$count: UInt64',
        ),
        { id, count: count === undefined ? null : String(count) },
        ({ account }: Seen<{ validity: Validity }>) => account?.validity,
        denied,
      ),
    grpc: ({ accounts }, accountId, requestedRecordCount) =>
      accounts(
        'IsAccountStatusValid',
        { accountId, requestedRecordCount },
        (
          valid: Omit<Validity, 'accountStatus' | 'trialExpiresAt'> & {
            accountStatus: number;
            trialExpiresAt: WireTime | null;
          },
        ) => ({
          isValid: valid.isValid,
          reason: given(valid, 'reason', valid.reason),
          shouldPoll: valid.shouldPoll,
          accountStatus: accountStatuses.fromNumber(valid.accountStatus),
          trialExpiresAt: valid.trialExpiresAt ? timeOf(valid.trialExpiresAt) : null,
        }),
      ),
  }),
  checkout: deed<[accountId: string], string>({
    graphql: ({ change }, accountId) =>
      change(
        'createBillingCheckoutSession',
        { accountId },
        'checkoutSessionUrl',
        ({ checkoutSessionUrl }: { checkoutSessionUrl: string }) => checkoutSessionUrl,
      ),
    grpc: ({ accounts }, accountId) =>
      accounts(
        'GetAccountBillingCheckoutSession',
        { accountId },
        ({ checkoutSessionUrl }: { checkoutSessionUrl: string }) => checkoutSessionUrl,
      ),
  }),
  portal: deed<[accountId: string], string>({
    graphql: ({ change }, accountId) =>
      change(
        'createBillingPortalSession',
        { accountId },
        'portalSessionUrl',
        ({ portalSessionUrl }: { portalSessionUrl: string }) => portalSessionUrl,
      ),
    grpc: ({ accounts }, accountId) =>
      accounts(
        'GetAccountBillingPortalSession',
        { accountId },
        ({ portalSessionUrl }: { portalSessionUrl: string }) => portalSessionUrl,
      ),
  }),
  meter: deed<[event: Meter], null>({
    graphql: ({ change }, event) => change('recordBillingMeterEvent', event, 'eventId', () => null),
    grpc: ({ accounts }, event) => accounts('SetBillingMeterEvent', event, () => null),
  }),
  system: deed<[], System>({
    graphql: ({ look }) =>
      look(
        '{ systemInformation { version platform license { isValid expiresAt isVydonCloud } } }',
        {},
        ({ systemInformation }: { systemInformation: System }) => systemInformation,
      ),
    grpc: ({ accounts }) =>
      accounts(
        'GetSystemInformation',
        {},
        ({
          version,
          platform,
          license,
        }: Omit<System, 'license'> & {
          license: { isValid: boolean; expiresAt: WireTime; isVydonCloud: boolean };
        }) => ({
          version,
          platform,
          license: {
            isValid: license.isValid,
            expiresAt: timeOf(license.expiresAt),
            isVydonCloud: license.isVydonCloud,
          },
        }),
      ),
  }),
};
