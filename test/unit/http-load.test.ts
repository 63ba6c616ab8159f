/** How much the HTTP door lets in: rates, too much work, requests that take too long, clients that go away. */
import { afterEach, describe, expect, it } from 'vitest';
import { createOverload } from '../../src/graphql/http/overload.js';
import { createRateLimit } from '../../src/graphql/http/rates.js';
import type { Call, Principal } from '../../src/kernel/call.js';
import type { UserId } from '../../src/kernel/ids.js';
import { type TestHttp, type TestHttpOptions, operator, startTestHttp } from '../support/http.js';

const open: TestHttp[] = [];
async function start(options: TestHttpOptions = {}): Promise<TestHttp> {
  const server = await startTestHttp(options);
  open.push(server);
  return server;
}
afterEach(() => Promise.all(open.splice(0).map((server) => server.close())));

const codes = async (answer: Response): Promise<string[]> => {
  const { errors = [] } = (await answer.json()) as { errors?: { extensions: { code: string } }[] };
  return errors.map(({ extensions }) => extensions.code);
};
const hello = { query: '{ hello }' };

describe('Rates', () => {
  const callOf = (principal: Principal, address = '10.0.0.1'): Call => ({
    principal,
    address,
    requestId: 'none',
    signal: new AbortController().signal,
  });
  const user = (n: number): Principal => ({
    ...operator,
    kind: 'user',
    claims: null,
    userId: `user ${n}` as UserId,
    operator: false,
  });

  it('give a user a burst, then a steady flow, whatever other users do', () => {
    let now = 0;
    const clock = { now: () => new Date(now) };
    const rates = createRateLimit({ userCostPerSecond: 10, userBurst: 100, anonymousPerSecond: 10 }, clock);
    expect(rates.charge(callOf(user(1)), 100)).toBe(0);
    expect(rates.charge(callOf(user(1)), 25)).toBe(3);
    expect(rates.charge(callOf(user(2)), 25)).toBe(0);
    now = 2_400;
    expect(rates.charge(callOf(user(1)), 25)).toBe(1);
    now = 2_500;
    expect(rates.charge(callOf(user(1)), 25)).toBe(0);
    now = 100_000;
    expect(rates.charge(callOf(user(1)), 1_000)).toBe(0);
    expect(rates.charge(callOf(user(1)), 1)).toBe(91);
    expect(rates.charge(callOf({ kind: 'worker' }), 1e9)).toBe(0);
  });

  it('turn an anonymous address away with 429 and the seconds to wait', async () => {
    const server = await start({ settings: { RATE_LIMITS: 'on', RATE_ANONYMOUS_PER_S: '1' } });
    const answers: Response[] = [];
    for (let i = 0; i < 52; i++) answers.push(await server.post(hello));
    const turnedAway = answers.filter(({ status }) => status === 429);
    expect(turnedAway.length).toBeGreaterThanOrEqual(1);
    expect(answers.slice(0, 50).every(({ status }) => status === 200)).toBe(true);
    expect(turnedAway[0]?.headers.get('retry-after')).toBe('1');
    expect(await codes(turnedAway[0] as Response)).toEqual(['RATE_LIMITED']);
    expect((await server.post(hello, { authorization: 'Bearer any' })).status).toBe(200);
  });

  it('charge a user by cost, also when Yoga answers', async () => {
    const server = await start({
      settings: { RATE_LIMITS: 'on', RATE_USER_BURST: '2', RATE_USER_COST_PER_S: '1' },
      fastPath: false,
    });
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++) statuses.push((await server.post(hello, { authorization: 'Bearer any' })).status);
    expect(statuses.slice(0, 2)).toEqual([200, 200]);
    expect(statuses.slice(2)).toContain(429);
  });
});

describe('Too much work', () => {
  it('is turned away when as many requests run as may, and taken again when one is done', async () => {
    const server = await start({ settings: { LIMIT_IN_FLIGHT: '1' } });
    const running = server.post({ query: '{ held }' });
    await server.gate.arrived();
    const answer = await server.post(hello);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await codes(answer)).toEqual(['UNAVAILABLE']);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    server.gate.letGo();
    expect((await running).status).toBe(200);
    expect((await server.post(hello)).status).toBe(200);
  });

  it('is noticed by a loop that is late for two seconds running while many requests run', () => {
    const overload = createOverload({ inFlight: 256, loopDelayMs: 200 }, false);
    overload.second(250, 0.5);
    overload.second(250, 0.5);
    for (let i = 0; i < 32; i++) expect(overload.enter()).not.toBeNull();
    expect(overload.enter()).toBeNull();
    overload.second(10, 0.5);
    expect(overload.enter()).not.toBeNull();
    overload.second(250, 0.5);
    expect(overload.enter()).not.toBeNull();
  });

  it('takes nothing in while the heap is full for two seconds running, and everything again afterwards', () => {
    const overload = createOverload({ inFlight: 256, loopDelayMs: 200 }, false);
    overload.second(1, 0.91);
    expect(overload.enter()).not.toBeNull();
    overload.second(1, 0.95);
    expect(overload.enter()).toBeNull();
    overload.second(1, 0.89);
    expect(overload.enter()).not.toBeNull();
  });
});

describe('A request that takes too long', () => {
  it.each([true, false])('is answered with 504, and its call is told to stop (short way: %s)', async (fastPath) => {
    const server = await start({ settings: { LIMIT_REQUEST_MS: '60' }, fastPath });
    const answer = await server.post({ query: '{ held }' });
    expect([answer.status, await codes(answer)]).toEqual([504, ['TIMEOUT']]);
    expect((await server.gate.arrived()).signal.aborted).toBe(true);
    server.gate.letGo();
  });
});

describe('A client that goes away', () => {
  it.each([true, false])('stops its call (short way: %s)', async (fastPath) => {
    const server = await start({ fastPath });
    const leave = new AbortController();
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, signal: leave.signal };
    const asked = fetch(`${server.url}/graphql`, { ...init, body: JSON.stringify({ query: '{ held }' }) });
    const { signal } = await server.gate.arrived();
    leave.abort();
    await expect(asked).rejects.toThrow();
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
    expect((signal.reason as { reason: string }).reason).toBe('CLIENT_GONE');
    server.gate.letGo();
  });
});
