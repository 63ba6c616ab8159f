/** Where accounts stand, as told over HTTP: by webhooks in any order, by looks at the provider, and while it is down. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccountId } from '../../src/kernel/ids.js';
import { testClock } from '../support/app.js';
import { createBillingWorld, eventually, webhookSecret, workerKey, type BillingWorld } from '../support/billing.js';
import { createWorld, type World } from '../support/world.js';

const day = 86_400_000;
const query = `query ($id: ID!) { account(id: $id) {
  hasStripeCustomerId
  status { usedRecordCount allowedRecordCount subscriptionStatus }
  validity { isValid reason shouldPoll accountStatus trialExpiresAt } } }`;

interface Standing {
  hasStripeCustomerId: boolean;
  status: { usedRecordCount: string; allowedRecordCount: string | null; subscriptionStatus: string };
  validity: {
    isValid: boolean;
    reason: string;
    shouldPoll: boolean;
    accountStatus: string | null;
    trialExpiresAt: string | null;
  };
}

const clock = testClock();
let world: BillingWorld;
beforeAll(async () => void (world = await createBillingWorld({ clock })));
afterAll(() => world.stop());

/** As the billing worker sees it, whose key does not run out when the clock is moved. */
async function standing(id: string, of: World = world): Promise<Standing> {
  const { data, errors } = await of.ask<{ account: Standing }>(`Bearer ${workerKey}`, query, { id });
  if (!data) throw new Error(JSON.stringify(errors));
  return data.account;
}
const customerOf = (id: AccountId): string => {
  const found = [...world.stripe.customers.values()].find((one) => one.metadata['accountId'] === id);
  if (!found) throw new Error('There is no customer.');
  return found.id;
};
async function post(body: string, header: string, method = 'POST'): Promise<number> {
  const request = { method, headers: { 'stripe-signature': header }, ...(method === 'POST' ? { body } : {}) };
  return (await fetch(`${world.testApp.url}/stripe/webhook`, request)).status;
}
const deliver = (body: string) => post(body, world.stripe.sign(body));
function orders<T>(of: readonly T[]): T[][] {
  if (of.length <= 1) return [[...of]];
  return of.flatMap((first, i) => orders([...of.slice(0, i), ...of.slice(i + 1)]).map((rest) => [first, ...rest]));
}

describe('a team', () => {
  it('is in its trial, then subscribes, then cancels', async () => {
    const { id } = await world.team('acme').admin('Ann').made();
    const trial = await standing(id);
    expect(trial).toMatchObject({
      hasStripeCustomerId: true,
      status: { usedRecordCount: '0', allowedRecordCount: null, subscriptionStatus: 'TRIAL_ACTIVE' },
      validity: { isValid: true, reason: '', shouldPoll: false, accountStatus: 'ACCOUNT_TRIAL_ACTIVE' },
    });
    const ends = new Date(trial.validity.trialExpiresAt ?? 0).getTime();
    expect(Math.abs(ends - clock.now().getTime() - 14 * day)).toBeLessThan(60_000);

    const subscription = world.stripe.subscribe(customerOf(id));
    expect(await world.stripe.send('customer.subscription.created', subscription)).toBe(200);
    expect(await standing(id)).toMatchObject({
      status: { subscriptionStatus: 'ACTIVE' },
      validity: { isValid: true, reason: '', accountStatus: null, trialExpiresAt: null },
    });

    clock.advance(15 * day);
    const canceled = { ...subscription, status: 'canceled' } as const;
    world.stripe.subscriptions.set(subscription.id, canceled);
    expect(await world.stripe.send('customer.subscription.deleted', canceled)).toBe(200);
    const expired = await standing(id);
    expect(expired).toMatchObject({
      status: { subscriptionStatus: 'EXPIRED' },
      validity: { isValid: false, accountStatus: 'ACCOUNT_IN_EXPIRED_STATE', trialExpiresAt: null },
    });
    expect(expired.validity.reason).not.toBe('');
  });

  it('is looked up anew when what is known of it is old, though no webhook came', async () => {
    const { id } = await world.team('bravo').admin('Ben').made();
    expect((await standing(id)).status.subscriptionStatus).toBe('TRIAL_ACTIVE');
    world.stripe.subscribe(customerOf(id), 'trialing');
    clock.advance(60_000);
    expect((await standing(id)).status.subscriptionStatus).toBe('ACTIVE');
  });

  it('keeps its standing while the provider is down', async () => {
    const { id } = await world.team('charlie').admin('Cy').made();
    await world.stripe.send('customer.subscription.created', world.stripe.subscribe(customerOf(id)));
    expect((await standing(id)).status.subscriptionStatus).toBe('ACTIVE');
    world.stripe.down(true);
    clock.advance(60_000);
    const began = Date.now();
    expect((await standing(id)).status.subscriptionStatus).toBe('ACTIVE');
    const first = Date.now() - began;
    expect((await standing(id)).status.subscriptionStatus).toBe('ACTIVE');
    expect(Date.now() - began - first).toBeLessThan(1_000);
    world.stripe.down(false);
    clock.advance(60_000);
  });

  it('of which nothing was ever known says so while the provider is down', async () => {
    const { id } = await world.team('delta').admin('Di').made();
    await world.testApp.database.query("UPDATE accounts SET stripe_customer_id = 'cus_by_hand' WHERE id = $1", [id]);
    world.stripe.down(true);
    const answer = await world.worker(query, { id });
    world.stripe.down(false);
    clock.advance(60_000);
    expect(answer.errors[0]?.extensions['code']).toBe('UNAVAILABLE');
  });
});

describe('webhook events', () => {
  it('come to the same end in every order, also while the provider is down', async () => {
    const { id } = await world.team('echo').admin('Eve').made();
    clock.advance(15 * day);
    const customer = customerOf(id);
    const at = Math.floor(clock.now().getTime() / 1000);
    const checkout = [...world.stripe.checkouts.values()].find((one) => one.customer === customer);
    if (!checkout) throw new Error('There is no checkout.');
    for (const isDown of [false, true]) {
      for (const order of orders([0, 1, 2, 3])) {
        const subscription = world.stripe.subscribe(customer);
        const canceled = { ...subscription, status: 'canceled' } as const;
        world.stripe.subscriptions.set(subscription.id, canceled);
        const events = [
          world.stripe.event('customer.subscription.created', { ...subscription, status: 'incomplete' }, at),
          world.stripe.event('customer.subscription.updated', subscription, at),
          world.stripe.event('checkout.session.completed', checkout, at),
          world.stripe.event('customer.subscription.deleted', canceled, at + 1),
        ];
        world.stripe.down(isDown);
        for (const place of order) expect(await deliver(events[place]?.body ?? '')).toBe(200);
        const { status } = await standing(id);
        world.stripe.down(false);
        expect([isDown, order, status.subscriptionStatus]).toEqual([isDown, order, 'EXPIRED']);
      }
    }
  });

  it('are applied once, however often they come', async () => {
    const { id } = await world.team('foxtrot').admin('Fay').made();
    const subscription = world.stripe.subscribe(customerOf(id));
    const { id: eventId, body } = world.stripe.event('customer.subscription.created', subscription);
    const statuses = await Promise.all(Array.from({ length: 10 }, () => deliver(body)));
    expect(new Set(statuses)).toEqual(new Set([200]));
    await eventually(
      () => standing(id),
      ({ status }) => status.subscriptionStatus === 'ACTIVE',
    );
    const audited = await world.testApp.database.query('SELECT 1 FROM audit_entries WHERE request_id = $1', [
      `webhook:${eventId}`,
    ]);
    expect(audited).toHaveLength(1);
  });

  it('that were stored before a crash are applied after it', async () => {
    const { id } = await world.team('golf').admin('Gus').made();
    const facts = {
      kind: 'subscription',
      customerId: customerOf(id),
      subscription: { id: 'sub_golf', status: 'active', periodStart: null, periodEnd: null },
    };
    await world.testApp.database.query(
      `INSERT INTO webhook_events (id, type, facts, created_at, received_at)
       VALUES ('evt_golf', 'customer.subscription.created', $1, now(), now())`,
      [JSON.stringify(facts)],
    );
    await eventually(
      () => standing(id),
      ({ status }) => status.subscriptionStatus === 'ACTIVE',
    );
  });

  it('tell that a customer is gone; the next checkout makes another', async () => {
    const { id, people } = await world.team('hotel').admin('Hal').made();
    const gone = world.stripe.customers.get(customerOf(id));
    if (!gone) throw new Error('There is no customer.');
    const subscription = world.stripe.subscribe(gone.id);
    world.stripe.customers.delete(gone.id);
    world.stripe.deletedCustomers.add(gone.id);
    expect(await world.stripe.send('customer.deleted', gone)).toBe(200);
    expect(await world.stripe.send('customer.subscription.created', subscription)).toBe(200);
    expect(await standing(id)).toMatchObject({
      hasStripeCustomerId: false,
      status: { subscriptionStatus: 'TRIAL_ACTIVE' },
    });
    const { data } = (await people['Hal']?.ask<{ createBillingCheckoutSession: { errors: unknown[] } }>(
      'mutation ($id: ID!) { createBillingCheckoutSession(input: { accountId: $id }) { errors { code } } }',
      { id },
    )) ?? { data: null };
    expect(data?.createBillingCheckoutSession.errors).toEqual([]);
    expect(customerOf(id)).not.toBe(gone.id);
  });

  it('of types nobody asked for are acknowledged', async () => {
    const customer = [...world.stripe.customers.values()][0];
    if (!customer) throw new Error('There is no customer.');
    expect(await world.stripe.send('customer.updated', customer)).toBe(200);
  });

  it('are refused unless they are signed, of now, small and posted', async () => {
    const body = '{"id":"evt_x","type":"ping","created":1,"data":{"object":{}}}';
    const { sign } = world.stripe;
    const at = (ms: number) => ({ at: new Date(clock.now().getTime() + ms) });
    expect(await post(body, sign(body, { secret: 'whsec_wrong' }))).toBe(400);
    expect(await post(`${body} `, sign(body))).toBe(400);
    expect(await post(body, sign(body, at(-310_000)))).toBe(400);
    expect(await post(body, sign(body, at(310_000)))).toBe(400);
    expect(await post(body, '')).toBe(400);
    const large = `${body}${' '.repeat(256 * 1024)}`;
    expect(await post(large, sign(large))).toBe(413);
    expect(await post('', '', 'GET')).toBe(405);
    expect(await post(body, sign(body))).toBe(200);
    expect(JSON.stringify(world.testApp.lines)).not.toContain(webhookSecret);
  });
});

describe('many accounts', () => {
  it('are told where they stand in the same number of statements as few', async () => {
    const many = await createBillingWorld();
    try {
      for (let i = 0; i < 12; i++) await many.team(`team-${i}`).admin('Ann').made();
      const count = async (first: number): Promise<number> => {
        const before = many.testApp.statements.length;
        const { data } = await many.worker<{ billingAccounts: { nodes: Standing[] } }>(
          `query ($first: Int) { billingAccounts(first: $first) { nodes { id
            status { usedRecordCount subscriptionStatus } validity { isValid shouldPoll } } } }`,
          { first },
        );
        expect(data?.billingAccounts.nodes).toHaveLength(first);
        return many.testApp.statements.length - before;
      };
      await count(2);
      // The loops in the background ask as well; the fewest of several tries are the query's own.
      const fewest = async (first: number) => Math.min(await count(first), await count(first), await count(first));
      expect(await fewest(12)).toBe(await fewest(2));
    } finally {
      await many.stop();
    }
  });
});

describe('outside cloud mode', () => {
  it('nobody is billed and everybody is valid', async () => {
    const plain = await createWorld({ settings: { WORKER_KEYS: workerKey } });
    try {
      const { id } = await plain.team('india').admin('Ida').made();
      expect(await standing(id, plain)).toEqual({
        hasStripeCustomerId: false,
        status: { usedRecordCount: '0', allowedRecordCount: null, subscriptionStatus: null },
        validity: { isValid: true, reason: null, shouldPoll: false, accountStatus: null, trialExpiresAt: null },
      });
    } finally {
      await plain.stop();
    }
  });
});
