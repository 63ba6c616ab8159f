/** The ledger of what accounts used: what is taken in, what it comes to, and how it reaches the payment provider. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccountId } from '../../src/kernel/ids.js';
import { createTestApp } from '../support/app.js';
import { billingSettings, createBillingWorld, eventually, workerKey, type BillingWorld } from '../support/billing.js';
import { createWorld } from '../support/world.js';

const record = `mutation ($input: RecordBillingMeterEventInput!) { recordBillingMeterEvent(input: $input) {
  eventId duplicate errors { code path } } }`;
interface Recorded {
  recordBillingMeterEvent: {
    eventId: string | null;
    duplicate: boolean | null;
    errors: { code: string; path: string[] }[];
  } | null;
}

let world: BillingWorld;
beforeAll(async () => void (world = await createBillingWorld({ settings: { MAX_ALLOWED_RECORDS: '100' } })));
afterAll(() => world.stop());

const ask = (accountId: string, eventId: string, value = '1', more: object = {}) =>
  world.worker<Recorded>(record, { input: { accountId, eventName: 'records', value, eventId, ...more } });
const answerTo = async (...asked: Parameters<typeof ask>) => (await ask(...asked)).data?.recordBillingMeterEvent;
const taken = (eventId: string) => ({ eventId, duplicate: false, errors: [] });
const refused = (code: string, path: string) => ({ eventId: null, duplicate: null, errors: [{ code, path: [path] }] });
const team = async (name: string) => (await world.team(name).admin('Ann').made()).id;
const sumAtStripe = (accountId: AccountId): bigint => {
  const customers = [...world.stripe.customers.values()].filter((one) => one.metadata['accountId'] === accountId);
  return [...world.stripe.meterEvents.values()]
    .filter((one) => customers.some(({ id }) => id === one.payload['stripe_customer_id']))
    .reduce((sum, one) => sum + BigInt(one.payload['value'] ?? '0'), 0n);
};
const settled = () =>
  eventually(
    () => world.testApp.database.query("SELECT 1 FROM meter_events WHERE state = 'pending'"),
    (rows) => rows.length === 0,
  );

describe('an event', () => {
  it('is taken in once and delivered under its own id', async () => {
    const id = await team('acme');
    expect(await answerTo(id, 'acme-1', '25')).toEqual(taken('acme-1'));
    expect(await answerTo(id, 'acme-1', '25')).toEqual({ eventId: 'acme-1', duplicate: true, errors: [] });
    await settled();
    expect(world.stripe.meterEvents.get('acme-1')).toMatchObject({ event_name: 'records', payload: { value: '25' } });
    expect(sumAtStripe(id)).toBe(25n);
  });

  it('is refused when its id was taken in with other content, by whichever account', async () => {
    const id = await team('bravo');
    const other = await team('bravo-two');
    const timestamp = new Date(Date.now() - 60_000).toISOString();
    expect(await answerTo(id, 'bravo-1', '5')).toEqual(taken('bravo-1'));
    const clash = refused('CONFLICT', 'eventId');
    expect(await answerTo(id, 'bravo-1', '6')).toEqual(clash);
    expect(await answerTo(other, 'bravo-1', '5')).toEqual(clash);
    expect(await answerTo(id, 'bravo-1', '5', { eventName: 'other' })).toEqual(clash);
    expect(await answerTo(id, 'bravo-1', '5', { timestamp })).toEqual(clash);
    expect(await answerTo(id, 'bravo-1', '05')).toMatchObject({ duplicate: true });
  });

  it('sent by twenty at once is taken in by one of them', async () => {
    const id = await team('charlie');
    const answers = await Promise.all(Array.from({ length: 20 }, () => answerTo(id, 'charlie-1', '7')));
    expect(answers.filter((answer) => answer?.duplicate === false)).toHaveLength(1);
    expect(answers.every((answer) => answer?.errors.length === 0)).toBe(true);
    await settled();
    expect(sumAtStripe(id)).toBe(7n);
  });

  it.each([
    ['a value that is no whole number', { value: '1.5' }, 'value'],
    ['a value of nineteen digits', { value: '1'.repeat(19) }, 'value'],
    ['an id of more than a hundred characters', { eventId: 'x'.repeat(101) }, 'eventId'],
    ['an empty name', { eventName: '' }, 'eventName'],
    ['a time more than 35 days ago', { timestamp: new Date(Date.now() - 36 * 86_400_000).toISOString() }, 'timestamp'],
    ['a time more than 5 minutes ahead', { timestamp: new Date(Date.now() + 360_000).toISOString() }, 'timestamp'],
  ])('with %s is refused', async (_what, wrong, path) => {
    const id = await (
      await world.person('Ann')
    ).ask<{ viewer: { accounts: { nodes: { id: string }[] } } }>('{ viewer { accounts { nodes { id } } } }');
    const accountId = id.data?.viewer.accounts.nodes[0]?.id ?? '';
    expect(await answerTo(accountId, 'never', '1', wrong)).toEqual(refused('BAD_USER_INPUT', path));
  });

  it('of a team that is no customer, or of an account that is not there, is refused', async () => {
    const id = await team('delta');
    await world.testApp.database.query('UPDATE accounts SET stripe_customer_id = NULL WHERE id = $1', [id]);
    expect(await answerTo(id, 'delta-1')).toEqual(refused('BAD_USER_INPUT', 'accountId'));
    const unknown = await ask('3f1b0c1e-0000-4000-8000-000000000000', 'nobody-1');
    expect(unknown.errors[0]?.extensions['code']).toBe('FORBIDDEN');
  });

  it('is for the worker and for operators', async () => {
    const id = await team('echo');
    const input = { accountId: id, eventName: 'records', value: '1', eventId: 'echo-1' };
    const ann = await world.person('Ann');
    expect((await ann.ask(record, { input })).errors[0]?.extensions['code']).toBe('FORBIDDEN');
    const operator = await world.person('Opal', { operator: true });
    expect((await operator.ask<Recorded>(record, { input })).data?.recordBillingMeterEvent).toEqual(taken('echo-1'));
    const plain = await createWorld({ settings: { WORKER_KEYS: workerKey } });
    try {
      const { data } = await plain.ask<Recorded>(`Bearer ${workerKey}`, record, { input });
      expect(data?.recordBillingMeterEvent?.errors).toEqual([{ code: 'FEATURE_DISABLED', path: [] }]);
    } finally {
      await plain.stop();
    }
  });
});

describe('what an account used', () => {
  const standing = `query ($id: ID!, $more: UInt64) { account(id: $id) { status { usedRecordCount allowedRecordCount }
    validity(requestedRecordCount: $more) { isValid reason shouldPoll accountStatus } } }`;

  it('counts against the limit of a personal account, and is sent nowhere', async () => {
    const pat = await world.person('Pat');
    const made = await pat.ask<{ setPersonalAccount: { account: { id: string } } }>(
      'mutation { setPersonalAccount { account { id } } }',
    );
    const id = made.data?.setPersonalAccount.account.id ?? '';
    const seen = async (more: string | null) =>
      (await world.worker<{ account: object }>(standing, { id, more })).data?.account;
    expect(await answerTo(id, 'pat-1', '60')).toEqual(taken('pat-1'));
    expect(
      await answerTo(id, 'pat-old', '99', { timestamp: new Date(Date.now() - 34 * 86_400_000).toISOString() }),
    ).toEqual(taken('pat-old'));
    expect(await seen('40')).toMatchObject({
      status: { usedRecordCount: '60', allowedRecordCount: '100' },
      validity: { isValid: true, reason: '', shouldPoll: true, accountStatus: 'ACCOUNT_TRIAL_ACTIVE' },
    });
    expect(await seen('41')).toMatchObject({ validity: { isValid: false, shouldPoll: false, accountStatus: null } });
    expect(await answerTo(id, 'pat-2', '40')).toEqual(taken('pat-2'));
    expect(await seen(null)).toMatchObject({
      status: { usedRecordCount: '100' },
      validity: { isValid: false, reason: expect.stringMatching(/100/), shouldPoll: false, accountStatus: null },
    });
    await settled();
    expect(world.stripe.meterEvents.has('pat-1')).toBe(false);
  });

  it('counts from the start of the subscription’s period', async () => {
    const id = await team('foxtrot');
    const customer = [...world.stripe.customers.values()].find((one) => one.metadata['accountId'] === id);
    await world.stripe.send('customer.subscription.created', world.stripe.subscribe(customer?.id ?? ''));
    expect(
      await answerTo(id, 'foxtrot-before', '5', { timestamp: new Date(Date.now() - 3_600_000).toISOString() }),
    ).toEqual(taken('foxtrot-before'));
    expect(await answerTo(id, 'foxtrot-after', '7')).toEqual(taken('foxtrot-after'));
    const { data } = await world.worker<{ account: object }>(standing, { id, more: null });
    expect(data?.account).toMatchObject({
      status: { usedRecordCount: '7', allowedRecordCount: null },
      validity: { isValid: true, shouldPoll: false },
    });
  });
});

describe('delivery', () => {
  it('comes to the exact sum through every fault', async () => {
    const id = await team('golf');
    world.stripe.fault(
      'POST /v1/billing/meter_events',
      { kind: 'cut', afterWork: true },
      { kind: 'cut', afterWork: true },
      { kind: 'cut', afterWork: false },
      { kind: 'status', status: 500 },
      { kind: 'status', status: 503 },
      { kind: 'status', status: 429, retryAfterS: 1 },
      { kind: 'status', status: 429 },
    );
    await Promise.all(Array.from({ length: 30 }, (_, i) => ask(id, `golf-${i}`, String(i))));
    await Promise.all(Array.from({ length: 30 }, (_, i) => ask(id, `golf-${i}`, String(i))));
    await settled();
    expect(sumAtStripe(id)).toBe(435n);
  });

  it('sends nothing before the time that the provider asked for', async () => {
    const id = await team('juliet');
    world.stripe.fault('POST /v1/billing/meter_events', { kind: 'status', status: 429, retryAfterS: 3 });
    const sent = () => world.stripe.received.filter((one) => one.endpoint === 'POST /v1/billing/meter_events');
    const before = sent().length;
    await answerTo(id, 'juliet-1');
    await eventually(sent, (all) => all.length > before);
    await answerTo(id, 'juliet-2');
    await settled();
    const [first, ...later] = sent().slice(before);
    expect(later).toHaveLength(2);
    for (const one of later) expect(one.at - (first?.at ?? 0)).toBeGreaterThanOrEqual(2_990);
  });

  it('waits out an outage, by two processes together', async () => {
    const id = await team('hotel');
    const second = await createTestApp({
      database: world.testApp.database,
      dataDir: world.testApp.dataDir,
      settings: billingSettings(world.stripe.url),
    });
    try {
      world.stripe.down(true);
      const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => answerTo(id, `hotel-${i}`, '3')));
      expect(answers.every((answer) => answer?.errors.length === 0)).toBe(true);
      const [row] = await eventually(
        () => world.testApp.database.query<{ tries: string }>('SELECT sum(attempts) AS tries FROM meter_events'),
        ([found]) => Number(found?.tries) > 60,
      );
      expect(row).toBeDefined();
      world.stripe.down(false);
      await settled();
      expect(sumAtStripe(id)).toBe(60n);
    } finally {
      await second.stop();
    }
  });

  it('gives up what will never be taken, and says so to operators, metrics and log', async () => {
    const id = await team('india');
    world.stripe.meters.add('records');
    expect(await answerTo(id, 'india-1', '4', { eventName: 'rekords' })).toEqual(taken('india-1'));
    await settled();
    world.stripe.meters.clear();

    const letters = '{ billingDeadLetters { totalCount nodes { eventId accountId value lastError } } }';
    const operator = await world.person('Opal', { operator: true });
    expect((await operator.ask(letters)).data).toEqual({
      billingDeadLetters: {
        totalCount: 1,
        nodes: [{ eventId: 'india-1', accountId: id, value: '4', lastError: expect.stringMatching(/No active meter/) }],
      },
    });
    const others = [await (await world.person('Ann')).ask(letters), await world.worker(letters)];
    expect(others.map(({ errors }) => errors[0]?.extensions['code'])).toEqual(['FORBIDDEN', 'FORBIDDEN']);
    const metrics = await (await fetch(`${world.testApp.url}/metrics`)).text();
    expect(metrics).toMatch(/gatehouse_billing_backlog\{what="meter_events_dead"\} 1/);
    expect(metrics).toMatch(/gatehouse_billing_backlog\{what="meter_events_pending"\} 0/);
    expect(world.testApp.lines).toContainEqual(expect.objectContaining({ eventId: 'india-1', level: 'warn' }));
  });
});
