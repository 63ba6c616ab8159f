/** What the Stripe double knows, and what its endpoints do to it. */
import type Stripe from 'stripe';
import { nested, Refusal, type Endpoint } from './stripe-double.form.js';
import { checkoutOf, customerOf, portalOf, priceOf, subscriptionOf, unix } from './stripe-double.objects.js';

/** Everything the double knows. Tests may look and change. */
export interface StripeState {
  readonly customers: Map<string, Stripe.Customer>;
  readonly deletedCustomers: Set<string>;
  readonly prices: Stripe.Price[];
  readonly subscriptions: Map<string, Stripe.Subscription>;
  readonly checkouts: Map<string, Stripe.Checkout.Session>;
  readonly portals: Map<string, Stripe.BillingPortal.Session>;
  readonly meterEvents: Map<string, Stripe.Billing.MeterEvent>;
  /** Meters by the name of their events. Empty: any name will do. */
  readonly meters: Set<string>;
}

type Params = ReadonlyMap<string, string>;
type Operation = (params: Params) => object;

const dayS = 86_400;

/** The endpoints on a state. `base` is where the double's pages are. */
export function createOperations(
  state: StripeState,
  base: () => string,
  now: () => Date,
  id: (prefix: string) => string,
) {
  const knownCustomer = (customer: string): Stripe.Customer => {
    const found = state.customers.get(customer);
    if (found) return found;
    throw new Refusal(404, 'invalid_request_error', `No such customer: '${customer}'`, {
      code: 'resource_missing',
      param: 'customer',
    });
  };

  function page<T extends { readonly id: string }>(all: readonly T[], params: Params, url: string) {
    const limit = Number(params.get('limit') ?? 10);
    const after = params.get('starting_after');
    const from = after === undefined ? 0 : all.findIndex((one) => one.id === after) + 1;
    const data = all.slice(from, from + limit);
    return { object: 'list', data, has_more: from + limit < all.length, url };
  }

  const operations: Readonly<Record<Endpoint, Operation>> = {
    'POST /v1/customers'(params) {
      const { email = null, name = null } = Object.fromEntries(params);
      const customer = customerOf(id('cus'), unix(now()), email, name, nested(params, 'metadata'));
      state.customers.set(customer.id, customer);
      return customer;
    },

    'GET /v1/customers'(params) {
      const email = params.get('email');
      const found = [...state.customers.values()].filter((one) => email === undefined || one.email === email);
      return page(found, params, '/v1/customers');
    },

    'GET /v1/prices'(params) {
      const keys = Object.values(nested(params, 'lookup_keys'));
      const found = state.prices.filter((one) => keys.length === 0 || keys.includes(one.lookup_key ?? ''));
      return page(found, params, '/v1/prices');
    },

    'POST /v1/checkout/sessions'(params) {
      const customer = knownCustomer(params.get('customer') ?? '');
      for (const [name, value] of params) {
        const item = /^line_items\[(\d+)\]\[price\]$/.exec(name)?.[1];
        if (item === undefined) continue;
        const price = state.prices.find((one) => one.id === value);
        const hasQuantity = params.has(`line_items[${item}][quantity]`);
        if (!price)
          throw new Refusal(400, 'invalid_request_error', `No such price: '${value}'`, {
            code: 'resource_missing',
            param: name,
          });
        if (hasQuantity === (price.recurring?.usage_type === 'metered')) {
          throw new Refusal(400, 'invalid_request_error', 'Quantity goes with licensed prices, and only with those.', {
            param: name,
          });
        }
      }
      const anchor = params.get('subscription_data[billing_cycle_anchor]');
      const ahead = anchor === undefined ? 1 : Number(anchor) - unix(now());
      if (ahead <= 0 || ahead > 32 * dayS) {
        throw new Refusal(
          400,
          'invalid_request_error',
          'The billing_cycle_anchor must lie within one period from now.',
          {
            param: 'subscription_data[billing_cycle_anchor]',
          },
        );
      }
      const session = id('cs_test');
      const checkout = checkoutOf(session, unix(now()), `${base()}/pay/${session}`, {
        customer: customer.id,
        metadata: nested(params, 'metadata'),
        success_url: params.get('success_url') ?? null,
        cancel_url: params.get('cancel_url') ?? null,
      });
      state.checkouts.set(session, checkout);
      return checkout;
    },

    'POST /v1/billing_portal/sessions'(params) {
      const customer = knownCustomer(params.get('customer') ?? '');
      const session = id('bps');
      const portal = portalOf(
        session,
        unix(now()),
        customer.id,
        params.get('return_url') ?? null,
        `${base()}/portal/${session}`,
      );
      state.portals.set(session, portal);
      return portal;
    },

    'GET /v1/subscriptions'(params) {
      const { customer, status } = Object.fromEntries(params);
      if (customer !== undefined && !state.deletedCustomers.has(customer)) knownCustomer(customer);
      const isWanted = (one: Stripe.Subscription): boolean =>
        status === undefined ? one.status !== 'canceled' : status === 'all' || one.status === status;
      const found = [...state.subscriptions.values()].filter(
        (one) => (customer === undefined || one.customer === customer) && isWanted(one),
      );
      return page(found, params, '/v1/subscriptions');
    },

    'POST /v1/billing/meter_events'(params) {
      const { event_name = '', identifier = id('meter'), timestamp } = Object.fromEntries(params);
      const customer = params.get('payload[stripe_customer_id]') ?? '';
      if (state.meters.size > 0 && !state.meters.has(event_name)) {
        throw new Refusal(400, 'invalid_request_error', `No active meter found for event name ${event_name}.`, {
          code: 'no_meter',
        });
      }
      knownCustomer(customer);
      if (state.meterEvents.has(identifier)) {
        throw new Refusal(400, 'invalid_request_error', `An event already exists with identifier ${identifier}.`);
      }
      const at = timestamp === undefined ? unix(now()) : Number(timestamp);
      const age = unix(now()) - at;
      if (age > 35 * dayS || -age > 300) {
        throw new Refusal(400, 'invalid_request_error', 'The timestamp lies outside of the window.', {
          code: 'timestamp_too_far_in_past',
          param: 'timestamp',
        });
      }
      const event: Stripe.Billing.MeterEvent = {
        object: 'billing.meter_event',
        created: unix(now()),
        event_name,
        identifier,
        livemode: false,
        payload: { stripe_customer_id: customer, value: params.get('payload[value]') ?? '' },
        timestamp: at,
      };
      state.meterEvents.set(identifier, event);
      return event;
    },
  };

  /** Adds a subscription, as a checkout that was paid does. */
  function subscribe(customer: string, status: Stripe.Subscription.Status = 'active'): Stripe.Subscription {
    const start = unix(now());
    const added = subscriptionOf(id('sub'), start, customer, status, { start, end: start + 30 * dayS });
    state.subscriptions.set(added.id, added);
    return added;
  }

  return { operations, subscribe };
}

/** A state in which nothing happened yet. Prices are metered where their quantity is none. */
export function emptyState(prices: Readonly<Record<string, number | null>>, now: Date): StripeState {
  return {
    customers: new Map(),
    deletedCustomers: new Set(),
    prices: Object.entries(prices).map(([key, quantity]) => priceOf(key, quantity === null, unix(now))),
    subscriptions: new Map(),
    checkouts: new Map(),
    portals: new Map(),
    meterEvents: new Map(),
    meters: new Set(),
  };
}
