/** An issuer of our own on loopback: discovery and a key set over real HTTP, counted, and as ill-behaved as a test wants. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import type { Clock } from '../../src/kernel/ports.js';

/** A clock that stands still until it is told to go on. */
export interface SettableClock extends Clock {
  forward(span: { readonly seconds?: number; readonly minutes?: number; readonly hours?: number }): void;
}

/** A clock that shows noon of a fixed day. */
export function stoppedClock(): SettableClock {
  let time = Date.UTC(2030, 0, 1, 12);
  return {
    now: () => new Date(time),
    forward: ({ seconds = 0, minutes = 0, hours = 0 }) => void (time += ((hours * 60 + minutes) * 60 + seconds) * 1000),
  };
}

/** How a path answers. */
export type Answer = (response: ServerResponse) => void;

/** The signing key of the moment, and its public half as it stands in the key set. */
export interface SigningKey {
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK & { readonly kid: string };
  readonly alg: string;
}

/** A running issuer. */
export interface TestIssuer {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUri: string;
  /** How often each document was asked for. */
  readonly requests: { discovery: number; keys: number };
  /** How each document is answered; put another answer here to misbehave. */
  readonly answers: { discovery: Answer; keys: Answer };
  /** The key that signs now. */
  key(): SigningKey;
  /** A good access token of "ada"; `claims` and `header` replace single values, undefined leaves one out. */
  token(claims?: Readonly<Record<string, unknown>>, header?: Readonly<Record<string, unknown>>): Promise<string>;
  /** Replaces the key: the old one is in no answer any more. */
  rotate(alg?: string): Promise<void>;
  stop(): Promise<void>;
}

/** Answers with `body` as JSON. */
export function json(body: () => unknown): Answer {
  return (response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(body()));
  };
}

/** An answer that breaks the connection, as an issuer that is down does. */
export const outage: Answer = (response) => void response.destroy();

/** Makes a signing key. */
export async function signingKey(alg: string, kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, alg, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

/** Starts an issuer whose tokens are dated by `clock`. */
export async function startIssuer(clock: Clock): Promise<TestIssuer> {
  let keys = 1;
  let key = await signingKey('ES256', 'key-1');
  const server = createServer((request, response) => {
    const document = request.url === '/keys' ? 'keys' : 'discovery';
    requests[document] += 1;
    answers[document](response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const audience = 'api';
  const jwksUri = `${issuer}/keys`;
  const requests = { discovery: 0, keys: 0 };
  const answers = {
    discovery: json(() => ({ issuer, jwks_uri: jwksUri })),
    keys: json(() => ({ keys: [key.publicJwk] })),
  };
  return {
    issuer,
    audience,
    jwksUri,
    requests,
    answers,
    key: () => key,
    token: (claims = {}, header = {}) => {
      const now = Math.floor(clock.now().getTime() / 1000);
      return new SignJWT({ iss: issuer, aud: audience, sub: 'ada', iat: now, exp: now + 3_600, ...claims })
        .setProtectedHeader({ alg: key.alg, kid: key.publicJwk.kid, typ: 'at+jwt', ...header })
        .sign(key.privateKey, { crit: { 'test-extension': true } });
    },
    rotate: async (alg = 'ES256') => {
      keys += 1;
      key = await signingKey(alg, `key-${keys}`);
    },
    stop: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}
