/** The public keys of one issuer: found by discovery, kept fresh, and still at hand while the issuer is down. */
import {
  createLocalJWKSet,
  errors,
  type CryptoKey,
  type FlattenedJWSInput,
  type JWK,
  type JWSHeaderParameters,
} from 'jose';
import type { Logger } from 'pino';
import { z } from 'zod';
import { AppError } from '../../kernel/errors.js';
import type { Clock } from '../../kernel/ports.js';

/**
 * Finds the key that must have signed a token, by the token's header; made for jose's `jwtVerify`.
 * Rejects with a jose error when the issuer has no such key, with AppError `unavailable` when nobody can tell.
 */
export type KeyLookup = (header: JWSHeaderParameters, token: FlattenedJWSInput) => Promise<CryptoKey>;

/** Where an issuer's keys are and what {@link issuerKeys} works with. */
export interface IssuerKeysOptions {
  readonly issuer: string;
  /** The address of the key set. Without it the issuer's discovery document names it. */
  readonly jwksUri?: string | undefined;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
  readonly fetch?: typeof fetch;
}

const freshMs = 10 * 60_000;
const usableMs = 24 * 60 * 60_000;
const coolDownMs = 30_000;
const timeoutMs = 5_000;
const bodyBytes = 256 * 1024;

const discoveryDocument = z.object({ issuer: z.string(), jwks_uri: z.url() });
const keySet = z.object({ keys: z.array(z.unknown()) });
/** A key whose private half is in the set may sign for anybody who reads it, and a symmetric one is never public. */
const publicKey = z.looseObject({ kty: z.enum(['RSA', 'EC', 'OKP']), d: z.undefined().optional() });

/**
 * The keys of one issuer. The first look-up fetches them; after 10 minutes they are fetched anew without holding
 * anybody up. A key nobody knows is looked for at once, yet there are 30 s between two fetches, whatever is asked and
 * whether or not they succeed. While the issuer is down the last good keys serve for 24 hours.
 * @throws AppError `unavailable` (ISSUER_UNAVAILABLE) from look-ups while there are no keys that young
 */
export function issuerKeys({ issuer, jwksUri, clock, log, fetch = globalThis.fetch }: IssuerKeysOptions): KeyLookup {
  let known: { readonly find: KeyLookup; readonly at: number } | null = null;
  let triedAt = -Infinity;
  let latestTry = Promise.resolve();

  const now = () => clock.now().getTime();
  const knownFor = (ms: number) => (known !== null && now() - known.at <= ms ? known.find : null);

  async function load(): Promise<void> {
    // One signal for both requests: no sign-in waits longer than this for the issuer.
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const address = jwksUri ?? (await discover(fetch, issuer, signal));
      const { keys } = keySet.parse(await getJson(fetch, address, signal));
      const usable = keys.filter((key): key is JWK => publicKey.safeParse(key).success);
      if (usable.length < keys.length) log.warn({ issuer }, 'the key set holds keys that are not public: left out');
      known = { find: createLocalJWKSet({ keys: usable }), at: now() };
    } catch (error) {
      log.warn({ issuer, err: error }, 'the keys of the issuer could not be fetched');
    }
  }

  /** Settles when the latest fetch has; it is under way for seconds only, so the cool-down also makes it a shared one. */
  function refresh(): Promise<void> {
    if (now() - triedAt >= coolDownMs) {
      triedAt = now();
      latestTry = load();
    }
    return latestTry;
  }

  return async (header, token) => {
    const find = knownFor(usableMs);
    if (find !== null) {
      if (knownFor(freshMs) === null) void refresh();
      try {
        return await find(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      }
    }
    await refresh();
    const latest = knownFor(usableMs);
    if (latest === null) {
      throw new AppError('unavailable', 'ISSUER_UNAVAILABLE', 'Signing in is not possible right now. Try again soon.');
    }
    return latest(header, token);
  };
}

async function discover(fetch: typeof globalThis.fetch, issuer: string, signal: AbortSignal): Promise<string> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const document = discoveryDocument.parse(await getJson(fetch, address, signal));
  if (document.issuer !== issuer) throw new Error(`${address} describes another issuer`);
  return document.jwks_uri;
}

async function getJson(fetch: typeof globalThis.fetch, address: string, signal: AbortSignal): Promise<unknown> {
  if (!isSafeAddress(new URL(address))) throw new Error(`${address} must be https (plain http only on loopback)`);
  const response = await fetch(address, { redirect: 'error', signal, headers: { accept: 'application/json' } });
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Counted while reading, after decompression: a length that the other side announces proves nothing.
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > bodyBytes) throw new Error(`${address} answers with more than ${bodyBytes} bytes`);
    chunks.push(chunk);
  }
  if (response.status !== 200) throw new Error(`${address} answers with status ${response.status}`);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

function isSafeAddress({ protocol, hostname }: URL): boolean {
  const loopback = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
  return protocol === 'https:' || (protocol === 'http:' && loopback);
}
