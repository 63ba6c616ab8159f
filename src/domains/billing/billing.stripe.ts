/** The payment provider as billing sees it: the few calls of Stripe that are used, and its failures in our words. */
import type { Logger } from 'pino';
import Stripe from 'stripe';
import { AppError } from '../../kernel/errors.js';
import { monthStart, type Sending, type Subscription } from './billing.rules.js';
import { describeFailure, isBusy, isInvalid, isMissing, sendingOf, subscriptionOf } from './billing.stripe.read.js';

/** The log as billing needs it. */
export type Log = Pick<Logger, 'warn'>;

/** How Stripe is reached, and what is sold there. */
export interface StripeSettings {
  readonly apiKey: string;
  /** Another address than Stripe's own: of a double or a proxy. */
  readonly apiBase: string | undefined;
  /** What a subscription consists of: lookup keys of prices with quantities; metered prices have none. */
  readonly prices: Readonly<Record<string, number | null>>;
}

/** What a customer is made of. The same key must always come with the same words. */
export interface CustomerRequest {
  readonly email: string;
  readonly name: string;
  readonly accountId: string;
  readonly createdById: string;
}

/** What a checkout session is made of. */
export interface CheckoutRequest {
  readonly customerId: string;
  readonly returnUrl: string;
  readonly userId: string;
  readonly now: Date;
}

/** A meter event to send. */
export interface SentEvent {
  readonly eventId: string;
  readonly eventName: string;
  readonly value: bigint;
  readonly customerId: string;
  readonly occurredAt: Date;
}

/** A session at the provider: where its page is. */
export interface ProviderSession {
  readonly id: string;
  readonly url: string;
}

/** The calls. Unless it is said otherwise they throw AppError `unavailable`, whatever went wrong; the log has the cause. */
export interface Provider {
  /** Throws `precondition` (CUSTOMER_REFUSED) when the provider takes no such customer: then there is none by this key. */
  createCustomer(request: CustomerRequest, idempotencyKey: string): Promise<string>;
  /** The customer that was made for an account before; null when there is none. */
  findCustomer(request: CustomerRequest): Promise<string | null>;
  createCheckout(request: CheckoutRequest, idempotencyKey: string): Promise<ProviderSession>;
  createPortal(customerId: string, returnUrl: string, idempotencyKey: string): Promise<ProviderSession>;
  /** Every subscription that a customer has or had; none for a customer that the provider does not know. */
  subscriptionsOf(customerId: string): Promise<readonly Subscription[]>;
  /** Sends a meter event. Never throws. */
  send(event: SentEvent): Promise<Sending>;
}

const timeoutMs = 10_000;
const retries = 2;

/** Stripe, by its own SDK. Nothing is asked before the first call. */
export function createProvider(settings: StripeSettings, log: Log): Provider {
  const stripe = new Stripe(settings.apiKey, {
    ...addressOf(settings.apiBase),
    timeout: timeoutMs,
    maxNetworkRetries: retries,
    telemetry: false,
  });
  const lookupKeys = Object.keys(settings.prices);

  async function asked<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      log.warn({ what, ...describeFailure(error) }, 'the payment provider failed');
      if (error instanceof AppError) throw error;
      // The provider's own error is not kept: it carries what was sent and who sent it.
      throw isBusy(error) ? new AppError('unavailable', busyReason, busyMessage) : unavailable();
    }
  }

  async function lineItems(): Promise<{ price: string; quantity?: number }[]> {
    if (lookupKeys.length === 0) throw new Error('STRIPE_PRICE_LOOKUPS names no price.');
    const { data } = await stripe.prices.list({ lookup_keys: lookupKeys, active: true });
    return Object.entries(settings.prices).map(([key, quantity]) => {
      const price = data.find((one) => one.lookup_key === key);
      if (!price) throw new Error(`There is no active price with the lookup key ${key}.`);
      return { price: price.id, ...(quantity === null ? {} : { quantity }) };
    });
  }

  return {
    createCustomer: ({ email, name, accountId, createdById }, idempotencyKey) =>
      asked('customer', async () => {
        const metadata = { accountId, createdById };
        const made = await stripe.customers
          .create({ email, name, metadata }, { idempotencyKey })
          .catch(refusedCustomer);
        return demanded(made.id);
      }),

    findCustomer: ({ email, accountId }) =>
      asked('customers', async () => {
        for await (const customer of stripe.customers.list({ email, limit: 100 })) {
          if (customer.metadata['accountId'] === accountId) return demanded(customer.id);
        }
        return null;
      }),

    createCheckout: ({ customerId, returnUrl, userId, now }, idempotencyKey) =>
      asked('checkout', async () => {
        const session = await stripe.checkout.sessions.create(
          {
            mode: 'subscription',
            customer: customerId,
            line_items: await lineItems(),
            success_url: returnUrl,
            cancel_url: returnUrl,
            metadata: { userId },
            subscription_data: { billing_cycle_anchor: monthStart(now, 1).getTime() / 1000 },
          },
          { idempotencyKey },
        );
        return { id: demanded(session.id), url: demanded(session.url) };
      }),

    createPortal: (customerId, returnUrl, idempotencyKey) =>
      asked('portal', async () => {
        const session = await stripe.billingPortal.sessions.create(
          { customer: customerId, return_url: returnUrl },
          { idempotencyKey },
        );
        return { id: demanded(session.id), url: demanded(session.url) };
      }),

    subscriptionsOf: (customerId) =>
      asked('subscriptions', async () => {
        const found: Subscription[] = [];
        // Without a status Stripe leaves out the cancelled ones, and who cancelled would look like who never subscribed.
        try {
          for await (const one of stripe.subscriptions.list({ customer: customerId, status: 'all', limit: 100 })) {
            found.push(subscriptionOf(one).subscription);
          }
        } catch (error) {
          if (!isMissing(error)) throw error;
          log.warn({ customerId }, 'the payment provider does not know a customer of ours');
        }
        return found;
      }),

    async send({ eventId, eventName, value, customerId, occurredAt }) {
      try {
        const taken = await stripe.billing.meterEvents.create(
          {
            event_name: eventName,
            identifier: eventId,
            timestamp: Math.floor(occurredAt.getTime() / 1000),
            payload: { stripe_customer_id: customerId, value: value.toString() },
          },
          // The ledger tries again by itself, and later than the SDK would.
          { maxNetworkRetries: 0 },
        );
        return taken.identifier === eventId
          ? { how: 'taken' }
          : { how: 'unsure', why: 'The answer was none of Stripe.' };
      } catch (error) {
        return sendingOf(error);
      }
    },
  };
}

/** The reason of the refusal while the same is being asked for, with the same key, by somebody else. */
export const busyReason = 'STRIPE_BUSY';
const busyMessage = 'The payment provider is still at work on this. Try again in a moment.';

/** The refusal of whatever needs the provider while it cannot be had. */
export const unavailable = (): AppError =>
  new AppError('unavailable', 'STRIPE_UNAVAILABLE', 'The payment provider cannot be reached now. Try again later.');

/** The reason of the refusal where the provider takes no customer of this e-mail address or name. */
export const customerRefused = 'CUSTOMER_REFUSED';

function refusedCustomer(error: unknown): never {
  if (!isInvalid(error)) throw error;
  throw new AppError(
    'precondition',
    customerRefused,
    'The payment provider does not take you as a customer. Is the e-mail address of your sign-in right?',
  );
}

/** An answer without the one thing that was asked for is no answer of Stripe: doubles and proxies give such ones. */
function demanded(text: string | null | undefined): string {
  if (typeof text !== 'string' || text === '') throw new Error('The answer was none of Stripe.');
  return text;
}

function addressOf(base: string | undefined) {
  if (base === undefined) return {};
  const url = new URL(base);
  const protocol = url.protocol === 'http:' ? 'http' : 'https';
  const port = url.port === '' ? (protocol === 'http' ? 80 : 443) : Number(url.port);
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port, protocol } as const;
}
