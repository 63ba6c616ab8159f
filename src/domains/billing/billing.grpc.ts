/** Billing, over gRPC. */
import type { SomeRpcs } from '../../grpc/rpc.js';
import { fromLong } from '../../grpc/wire.js';
import { invalid } from '../../kernel/errors.js';
import { read } from '../../kernel/input.js';
import { formatTimestamp } from '../../kernel/timestamp.js';
import { accountInput, meterEventInput } from './billing.js';

/** The last second of the year 9999. */
const lastSecond = 253_402_300_799n;

/** Unix seconds as text; absent and zero are now, which the service says with null. */
function timeOf(seconds: bigint): string | null {
  if (seconds > lastSecond) throw invalid(['timestamp'], 'This is no time before the year 10000.');
  return seconds === 0n ? null : formatTimestamp(new Date(Number(seconds) * 1_000));
}

/** The way to the payment provider, and what accounts used. */
export const billingRpcs = {
  GetAccountBillingCheckoutSession: {
    handle: async ({ call, services }, request) => ({
      checkoutSessionUrl: await services.billing.checkout(call, read(accountInput, request)),
    }),
  },
  GetAccountBillingPortalSession: {
    handle: async ({ call, services }, request) => ({
      portalSessionUrl: await services.billing.portal(call, read(accountInput, request)),
    }),
  },
  SetBillingMeterEvent: {
    admits: ['user', 'worker'],
    async handle({ call, services }, request) {
      const { accountId, eventName, value, eventId } = request;
      const timestamp = timeOf(fromLong(request.timestamp));
      await services.billing.recordMeterEvent(
        call,
        read(meterEventInput, { accountId, eventName, value, eventId, timestamp }),
      );
      return {};
    },
  },
} satisfies SomeRpcs<'mgmt.v1alpha1.UserAccountService'>;
