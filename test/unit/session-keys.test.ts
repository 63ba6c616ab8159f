/** The keys of an issuer over real HTTP: rotation, outages, floods and hostile answers. */
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { issuerKeys, type KeyLookup } from '../../src/domains/session/session.keys.js';
import { json, outage, signingKey, startIssuer, stoppedClock } from '../support/issuer.js';
import type { SettableClock, TestIssuer } from '../support/issuer.js';

const log = pino({ level: 'silent' });
const unavailable = { kind: 'unavailable', reason: 'ISSUER_UNAVAILABLE' };
const noKey = { code: 'ERR_JWKS_NO_MATCHING_KEY' };

let clock: SettableClock;
let issuer: TestIssuer;
let keys: KeyLookup;

beforeEach(async () => {
  clock = stoppedClock();
  issuer = await startIssuer(clock);
  keys = issuerKeys({ issuer: issuer.issuer, clock, log });
});
afterEach(() => issuer.stop());

/** Looks the key of a token up; only the header counts for that. */
function find(kid = issuer.key().publicJwk.kid, alg = issuer.key().alg): Promise<unknown> {
  return keys({ alg, kid }, { payload: '', signature: '' });
}

/** Lets `ask` reach the key set but keeps the answer back until the returned function is called. */
async function keepWaiting(ask: () => Promise<unknown>): Promise<() => void> {
  const answer = issuer.answers.keys;
  const release = await new Promise<() => void>((asked) => {
    issuer.answers.keys = (response) => asked(() => answer(response));
    void ask().catch(() => undefined);
  });
  issuer.answers.keys = answer;
  return release;
}

describe('The keys of an issuer', () => {
  it('are found by discovery and fetched once for everybody who asks at the same time', async () => {
    const found = await Promise.all(Array.from({ length: 50 }, () => find()));
    expect(new Set(found).size).toBe(1);
    expect(issuer.requests).toEqual({ discovery: 1, keys: 1 });
  });

  it('need no discovery when their address is given', async () => {
    keys = issuerKeys({ issuer: issuer.issuer, jwksUri: issuer.jwksUri, clock, log });
    await find();
    expect(issuer.requests).toEqual({ discovery: 0, keys: 1 });
  });

  it('are those of the new set soon after a rotation, and the old ones no longer count', async () => {
    await find();
    const retired = issuer.key().publicJwk.kid;
    await issuer.rotate();
    await expect(find()).rejects.toMatchObject(noKey);
    clock.forward({ seconds: 30 });
    await expect(find()).resolves.toMatchObject({ type: 'public' });
    await expect(find(retired)).rejects.toMatchObject(noKey);
  });

  it('cost one fetch, not 500, when 500 tokens name keys that nobody has', async () => {
    await find();
    clock.forward({ seconds: 31 });
    const flood = await Promise.allSettled(Array.from({ length: 500 }, (_, i) => find(`unknown-${i}`)));
    await Promise.allSettled(Array.from({ length: 100 }, (_, i) => find(`late-${i}`)));
    expect(flood.every((lookUp) => lookUp.status === 'rejected')).toBe(true);
    expect(issuer.requests.keys).toBe(2);
  });

  it('are fetched anew after ten minutes while the old ones serve without waiting', async () => {
    await find();
    clock.forward({ minutes: 10 });
    await find();
    expect(issuer.requests.keys).toBe(1);
    clock.forward({ seconds: 1 });
    const release = await keepWaiting(() => find());
    await expect(find()).resolves.toMatchObject({ type: 'public' });
    await issuer.rotate();
    release();
    await expect(find()).resolves.toMatchObject({ type: 'public' });
    expect(issuer.requests.keys).toBe(2);
  });
});

describe('While the issuer is down', () => {
  it('the last good keys serve for 24 hours and not a second longer', async () => {
    await find();
    issuer.answers.discovery = outage;
    clock.forward({ hours: 24 });
    await expect(find()).resolves.toMatchObject({ type: 'public' });
    clock.forward({ seconds: 1 });
    await expect(find()).rejects.toMatchObject(unavailable);
  });

  it('a key nobody knows is refused and the known ones keep serving', async () => {
    await find();
    issuer.answers.keys = outage;
    clock.forward({ minutes: 1 });
    await expect(find('unknown')).rejects.toMatchObject(noKey);
    await expect(find()).resolves.toMatchObject({ type: 'public' });
  });

  it('look-ups say so when there never were keys, and ask again only every 30 seconds', async () => {
    issuer.answers.discovery = outage;
    for (let i = 0; i < 20; i += 1) await expect(find()).rejects.toMatchObject(unavailable);
    clock.forward({ seconds: 29 });
    await expect(find()).rejects.toMatchObject(unavailable);
    expect(issuer.requests.discovery).toBe(1);
  });

  it('its return is noticed after the cool-down', async () => {
    const { discovery } = issuer.answers;
    issuer.answers.discovery = outage;
    await expect(find()).rejects.toMatchObject(unavailable);
    issuer.answers.discovery = discovery;
    clock.forward({ seconds: 30 });
    await expect(find()).resolves.toMatchObject({ type: 'public' });
  });

  it('an issuer that accepts but never answers is given up after five seconds', { timeout: 15_000 }, async () => {
    issuer.answers.keys = () => undefined;
    const started = performance.now();
    await expect(find()).rejects.toMatchObject(unavailable);
    expect(performance.now() - started).toBeGreaterThan(4_500);
    expect(performance.now() - started).toBeLessThan(8_000);
  });
});

describe('A key set is not believed', () => {
  const padding = 'x'.repeat(256 * 1024);

  it.each<[string, () => void]>([
    [
      'when its address redirects',
      () => {
        const answer = issuer.answers.keys;
        issuer.answers.keys = (response) => {
          issuer.answers.keys = answer;
          response.writeHead(302, { location: issuer.jwksUri }).end();
        };
      },
    ],
    [
      'when discovery redirects',
      () => {
        const answer = issuer.answers.discovery;
        issuer.answers.discovery = (response) => {
          issuer.answers.discovery = answer;
          response.writeHead(301, { location: `${issuer.issuer}/elsewhere` }).end();
        };
      },
    ],
    [
      'when it is larger than 256 KiB',
      () => (issuer.answers.keys = json(() => ({ keys: [issuer.key().publicJwk], padding }))),
    ],
    [
      'when it comes with an error status',
      () => {
        issuer.answers.keys = (response) =>
          response.writeHead(500).end(JSON.stringify({ keys: [issuer.key().publicJwk] }));
      },
    ],
    ['when it is not JSON', () => (issuer.answers.keys = (response) => response.end('<html>'))],
    ['when it has no list of keys', () => (issuer.answers.keys = json(() => issuer.key().publicJwk))],
    [
      'when discovery speaks for another issuer',
      () => (issuer.answers.discovery = json(() => ({ issuer: 'https://other.test', jwks_uri: issuer.jwksUri }))),
    ],
    [
      'when discovery names a file',
      () => (issuer.answers.discovery = json(() => ({ issuer: issuer.issuer, jwks_uri: 'file:///etc/keys' }))),
    ],
  ])('%s', async (_, misbehave) => {
    misbehave();
    await expect(find()).rejects.toMatchObject(unavailable);
  });

  it.each(['0.0.0.0', '127.0.0.1.other.test', '127.other.test'])('over plain http from %s', async (host) => {
    const elsewhere = issuer.jwksUri.replace('127.0.0.1', host);
    issuer.answers.discovery = json(() => ({ issuer: issuer.issuer, jwks_uri: elsewhere }));
    const resolving: typeof fetch = (address, init) => fetch(new Request(address).url.replace(host, '127.0.0.1'), init);
    keys = issuerKeys({ issuer: issuer.issuer, clock, log, fetch: resolving });
    await expect(find()).rejects.toMatchObject(unavailable);
    expect(issuer.requests).toEqual({ discovery: 1, keys: 0 });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['symmetric', () => Promise.resolve({ kty: 'oct', k: 'c2VjcmV0', kid: 'bad', alg: 'ES256' })],
    [
      'published with its private half',
      () => signingKey('ES256', 'bad').then((key) => ({ ...key.publicJwk, d: 'AQ' })),
    ],
    ['meant for encryption', () => signingKey('ES256', 'bad').then((key) => ({ ...key.publicJwk, use: 'enc' }))],
    ['no key at all', () => Promise.resolve(['bad'])],
  ])('in a key that is %s, while its other keys serve', async (_, makeKey) => {
    const bad = await makeKey();
    issuer.answers.keys = json(() => ({ keys: [bad, issuer.key().publicJwk] }));
    await expect(find('bad')).rejects.toMatchObject(noKey);
    await expect(find()).resolves.toMatchObject({ type: 'public' });
  });

  it('up to a size of 256 KiB there is nothing wrong with it', async () => {
    issuer.answers.keys = json(() => ({ keys: [issuer.key().publicJwk], padding: padding.slice(1_024) }));
    await expect(find()).resolves.toMatchObject({ type: 'public' });
  });
});
