/** The way to the payment provider: customers, checkouts and portals, in order and in disorder. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp } from '../support/app.js';
import { billingSettings, createBillingWorld, type BillingWorld } from '../support/billing.js';
import { createWorld } from '../support/world.js';

const checkout = `mutation ($id: ID!) { createBillingCheckoutSession(input: { accountId: $id }) {
  checkoutSessionUrl errors { code path } } }`;
const portal = `mutation ($id: ID!) { createBillingPortalSession(input: { accountId: $id }) {
  portalSessionUrl errors { code path } } }`;
const createTeam = `mutation ($name: String!) { createTeamAccount(input: { name: $name }) {
  account { id name hasStripeCustomerId } checkoutSessionUrl errors { code } } }`;

interface Checkout {
  createBillingCheckoutSession: {
    checkoutSessionUrl: string | null;
    errors: { code: string; path: string[] }[];
  } | null;
}
interface Portal {
  createBillingPortalSession: { portalSessionUrl: string | null; errors: { code: string }[] } | null;
}
interface Created {
  createTeamAccount: {
    account: { id: string; name: string; hasStripeCustomerId: boolean } | null;
    checkoutSessionUrl: string | null;
    errors: { code: string }[];
  };
}

let world: BillingWorld;
beforeAll(async () => void (world = await createBillingWorld()));
afterAll(() => world.stop());

const paramsOf = (endpoint: string) =>
  world.stripe.received.filter((one) => one.endpoint === endpoint).map((one) => new URLSearchParams(one.params));
const customersOf = (accountId: string) =>
  [...world.stripe.customers.values()].filter((one) => one.metadata['accountId'] === accountId);

describe('founding a team in cloud mode', () => {
  it('makes its customer and answers where to subscribe', async () => {
    const ann = await world.person('Ann');
    const { data } = await ann.ask<Created>(createTeam, { name: 'acme' });
    const { account, checkoutSessionUrl, errors } = data?.createTeamAccount ?? {};
    expect(errors).toEqual([]);
    expect(checkoutSessionUrl).toMatch(`${world.stripe.url}/pay/`);
    const [customer] = customersOf(account?.id ?? '');
    expect(customer).toMatchObject({ email: ann.email, name: 'acme', metadata: { createdById: ann.id } });
    const { data: seen } = await ann.ask(`{ account(id: "${account?.id}") { hasStripeCustomerId } }`);
    expect(seen).toEqual({ account: { hasStripeCustomerId: true } });

    const sent = Object.fromEntries(paramsOf('POST /v1/checkout/sessions').at(-1) ?? []);
    const anchor = new Date(Number(sent['subscription_data[billing_cycle_anchor]']) * 1000).toISOString();
    expect(anchor).toMatch(/^\d{4}-\d\d-01T00:00:00\.000Z$/);
    expect(sent).toMatchObject({
      mode: 'subscription',
      customer: customer?.id,
      success_url: 'https://app.test/acme/settings/billing',
      cancel_url: 'https://app.test/acme/settings/billing',
      'metadata[userId]': ann.id,
      'line_items[0][price]': 'price_team-seat',
      'line_items[0][quantity]': '1',
      'line_items[1][price]': 'price_records',
    });
  });

  it('stands when the payment provider is down, and the checkout can be asked for again', async () => {
    const ben = await world.person('Ben');
    world.stripe.down(true);
    const { data } = await ben.ask<Created>(createTeam, { name: 'bravo' });
    world.stripe.down(false);
    expect(data?.createTeamAccount).toMatchObject({
      account: { name: 'bravo' },
      checkoutSessionUrl: null,
      errors: [{ code: 'UNAVAILABLE' }],
    });
    const id = data?.createTeamAccount.account?.id ?? '';
    const again = await ben.ask<Checkout>(checkout, { id });
    expect(again.data?.createBillingCheckoutSession).toMatchObject({
      checkoutSessionUrl: expect.any(String),
      errors: [],
    });
    expect(customersOf(id)).toHaveLength(1);
  });

  it('converts a personal account likewise', async () => {
    const cat = await world.person('Cat');
    await cat.ask('mutation { setPersonalAccount { errors { code } } }');
    world.stripe.fault('POST /v1/checkout/sessions', { kind: 'status', status: 429 });
    const { data } = await cat.ask(`mutation { convertPersonalToTeamAccount(input: { name: "cats" }) {
      account { name type } newPersonalAccount { type } checkoutSessionUrl errors { code path } } }`);
    expect(data).toEqual({
      convertPersonalToTeamAccount: {
        account: { name: 'cats', type: 'TEAM' },
        newPersonalAccount: { type: 'PERSONAL' },
        checkoutSessionUrl: null,
        errors: [{ code: 'UNAVAILABLE', path: [] }],
      },
    });
  });
});

describe('a checkout', () => {
  it('asked for by twenty at once makes one customer and twenty sessions', async () => {
    const dan = await world.person('Dan');
    world.stripe.down(true);
    const { data } = await dan.ask<Created>(createTeam, { name: 'delta' });
    world.stripe.down(false);
    const id = data?.createTeamAccount.account?.id ?? '';
    const answers = await Promise.all(Array.from({ length: 20 }, () => dan.ask<Checkout>(checkout, { id })));
    const urls = answers.map((answer) => answer.data?.createBillingCheckoutSession?.checkoutSessionUrl);
    expect(new Set(urls).size).toBe(20);
    expect(customersOf(id)).toHaveLength(1);
  });

  it('makes one customer though the answers are lost on the way', async () => {
    const eve = await world.person('Eve');
    world.stripe.fault('POST /v1/customers', { kind: 'cut', afterWork: true }, { kind: 'status', status: 500 });
    const { data } = await eve.ask<Created>(createTeam, { name: 'echo' });
    expect(data?.createTeamAccount).toMatchObject({ checkoutSessionUrl: expect.any(String), errors: [] });
    expect(customersOf(data?.createTeamAccount.account?.id ?? '')).toHaveLength(1);
  });

  it('asked for in two processes at once makes one customer, however slow the answer is', async () => {
    const { id, people } = await world.team('mike').admin('Max').made();
    await world.testApp.database.query('UPDATE accounts SET stripe_customer_id = NULL WHERE id = $1', [id]);
    await world.testApp.database.query('DELETE FROM billing_customers WHERE account_id = $1', [id]);
    const { database, dataDir } = world.testApp;
    const second = await createTestApp({ database, dataDir, settings: billingSettings(world.stripe.url) });
    try {
      const before = customersOf(id).length;
      world.stripe.fault('POST /v1/customers', { kind: 'slow', ms: 2_500 });
      const max = people['Max'];
      if (!max) throw new Error('There is no Max.');
      const urls = await Promise.all([
        world.testApp.app.services.billing.checkout(max.call, { accountId: id }),
        second.app.services.billing.checkout({ ...max.call }, { accountId: id }),
      ]);
      expect(new Set(urls).size).toBe(2);
      expect(customersOf(id)).toHaveLength(before + 1);
    } finally {
      await second.stop();
    }
  });

  it('takes over the customer that was made a day ago and never noted', async () => {
    const { id, people } = await world.team('november').admin('Ned').made();
    await world.testApp.database.query('UPDATE accounts SET stripe_customer_id = NULL WHERE id = $1', [id]);
    await world.testApp.database.query(
      "UPDATE billing_customers SET requested_at = now() - interval '24 hours' WHERE account_id = $1",
      [id],
    );
    const { data } = (await people['Ned']?.ask<Checkout>(checkout, { id })) ?? {};
    expect(data?.createBillingCheckoutSession?.errors).toEqual([]);
    expect(customersOf(id)).toHaveLength(1);
    expect(world.stripe.received.at(-3)?.endpoint).toBe('GET /v1/customers');
  });

  it('that the provider does not answer leaves the team in time', async () => {
    const hasty = await createBillingWorld({ settings: { LIMIT_REQUEST_MS: '3000' } });
    try {
      const oz = await hasty.person('Oz');
      hasty.stripe.fault('POST /v1/checkout/sessions', { kind: 'slow', ms: 4_000 });
      const { data } = await oz.ask<Created>(createTeam, { name: 'oscar' });
      expect(data?.createTeamAccount).toMatchObject({
        account: { name: 'oscar', hasStripeCustomerId: expect.any(Boolean) },
        checkoutSessionUrl: null,
        errors: [{ code: 'UNAVAILABLE' }],
      });
    } finally {
      await hasty.stop();
    }
  });

  it('sends keys that were written down before, and the same key again when it tries again', async () => {
    const { id, people } = await world.team('foxtrot').admin('Fay').made();
    world.stripe.fault('POST /v1/checkout/sessions', { kind: 'cut', afterWork: true });
    await people['Fay']?.ask(checkout, { id });
    const keys = world.stripe.received
      .filter((one) => one.endpoint === 'POST /v1/checkout/sessions')
      .map((one) => one.idempotencyKey)
      .slice(-2);
    expect(keys[0]).toBe(keys[1]);
    const rows = await world.testApp.database.query<{ session_id: string }>(
      'SELECT session_id FROM billing_requests WHERE id::text = $1',
      [keys[0]],
    );
    expect(rows).toEqual([{ session_id: expect.stringMatching(/^cs_test_/) }]);
  });

  it('is for admins of teams', async () => {
    const { id, people } = await world.team('golf').admin('Gus').viewer('Gil').made();
    const asViewer = await people['Gil']?.ask<Checkout>(checkout, { id });
    expect(asViewer?.errors[0]?.extensions['code']).toBe('FORBIDDEN');
    const gus = people['Gus'];
    const personal = await gus?.ask<{ setPersonalAccount: { account: { id: string } } }>(
      'mutation { setPersonalAccount { account { id } } }',
    );
    const refused = await gus?.ask<Checkout>(checkout, { id: personal?.data?.setPersonalAccount.account.id });
    expect(refused?.errors[0]?.extensions['code']).toBe('FORBIDDEN');
    const worker = await world.worker<Checkout>(checkout, { id });
    expect(worker.errors[0]?.extensions['code']).toBe('FORBIDDEN');
  });

  it('is limited to so many an hour', async () => {
    const limited = await createBillingWorld({ settings: { RATE_LIMITS: 'on', RATE_CHECKOUTS_PER_HOUR: '2' } });
    try {
      const { id, people } = await limited.team('hotel').admin('Hal').made();
      const codes = [];
      for (let i = 0; i < 2; i++) {
        const { data } = (await people['Hal']?.ask<Checkout>(checkout, { id })) ?? {};
        codes.push(data?.createBillingCheckoutSession?.errors.map(({ code }) => code));
      }
      expect(codes).toEqual([[], ['RATE_LIMITED']]);
    } finally {
      await limited.stop();
    }
  });

  it('needs an e-mail address to bill', async () => {
    const ida = await world.person('Ida', { email: null });
    const { data } = await ida.ask<Created>(createTeam, { name: 'india' });
    expect(data?.createTeamAccount).toMatchObject({
      account: { name: 'india' },
      errors: [{ code: 'FAILED_PRECONDITION' }],
    });
  });

  it('that the payment provider refuses for its words is asked for in other words next time', async () => {
    const una = await world.person('Una', { email: 'not-an-address' });
    const { data } = await una.ask<Created>(createTeam, { name: 'uniform' });
    expect(data?.createTeamAccount).toMatchObject({ account: {}, errors: [{ code: 'FAILED_PRECONDITION' }] });
    const id = data?.createTeamAccount.account?.id ?? '';
    const rows = await world.testApp.database.query('SELECT 1 FROM billing_customers WHERE account_id = $1', [id]);
    expect(rows).toEqual([]);
  });

  it('leaves a trace in the audit record, and no secret in the log', async () => {
    const rows = await world.testApp.database.query<{ action: string }>(
      "SELECT DISTINCT action FROM audit_entries WHERE action LIKE 'billing.%' AND outcome = 'done' ORDER BY 1",
    );
    expect(rows.map(({ action }) => action)).toEqual(['billing.checkout', 'billing.customer']);
    const log = JSON.stringify(world.testApp.lines);
    expect(log).toContain('the payment provider failed');
    expect(log).not.toMatch(/sk_test|whsec|people\.test|\/pay\//);
  });
});

describe('a portal', () => {
  it('is for teams that are customers', async () => {
    const { id, people } = await world.team('juliet').admin('Jo').made();
    const { data } = (await people['Jo']?.ask<Portal>(portal, { id })) ?? {};
    expect(data?.createBillingPortalSession?.portalSessionUrl).toMatch(`${world.stripe.url}/portal/`);
    expect(paramsOf('POST /v1/billing_portal/sessions').at(-1)?.get('return_url')).toBe(
      'https://app.test/juliet/settings/billing',
    );
    world.stripe.down(true);
    const kim = await world.person('Kim');
    const created = await kim.ask<Created>(createTeam, { name: 'kilo' });
    const down = await people['Jo']?.ask<Portal>(portal, { id });
    world.stripe.down(false);
    expect(down?.data?.createBillingPortalSession).toMatchObject({
      portalSessionUrl: null,
      errors: [{ code: 'UNAVAILABLE' }],
    });
    const never = await kim.ask<Portal>(portal, { id: created.data?.createTeamAccount.account?.id });
    expect(never.errors[0]?.extensions['code']).toBe('FORBIDDEN');
  });
});

describe('outside cloud mode', () => {
  it('nothing leads to the payment provider', async () => {
    const plain = await createWorld();
    try {
      const { id, people } = await plain.team('lima').admin('Lou').made();
      const lou = people['Lou'];
      const first = await lou?.ask<Checkout>(checkout, { id });
      expect(first?.data?.createBillingCheckoutSession?.errors).toMatchObject([{ code: 'FEATURE_DISABLED' }]);
      const second = await lou?.ask<Portal>(portal, { id });
      expect(second?.data?.createBillingPortalSession?.errors).toMatchObject([{ code: 'FEATURE_DISABLED' }]);
      const webhook = await fetch(`${plain.testApp.url}/stripe/webhook`, { method: 'POST', body: '{}' });
      expect(webhook.status).toBe(404);
    } finally {
      await plain.stop();
    }
  });
});
