/** A sign-in from end to end: a certified OpenID provider issues a token, and the gateway knows who its bearer is. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issuerKeys } from '../../src/domains/session/session.keys.js';
import { createSessions } from '../../src/domains/session/session.service.js';
import { createVerifier } from '../../src/domains/session/session.verifier.js';
import { anonymousUserId, type UserId } from '../../src/kernel/ids.js';
import type { Clock } from '../../src/kernel/ports.js';

const audience = 'https://gatehouse.test/api';
const userId = '22222222-2222-4222-8222-222222222222' as UserId;
const clock: Clock = { now: () => new Date() };
const log = pino({ level: 'silent' });

let server: Server;
let issuer: string;

beforeAll(async () => {
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'reporting',
        client_secret: 'a-secret-of-the-test',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'provider-key', alg: 'ES256', use: 'sig' }] },
    extraTokenClaims: () => ({ email: 'reporting@acme.test', email_verified: true }),
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({ scope: '', audience, accessTokenFormat: 'jwt', accessTokenTTL: 600 }),
      },
    },
  });
  server.on('request', provider.callback());
});
afterAll(
  () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
);

async function accessToken(): Promise<string> {
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('reporting:a-secret-of-the-test').toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const answer = (await response.json()) as { readonly access_token: string };
  return answer.access_token;
}

function sessions(audiences: readonly string[], subjects: readonly string[] = []) {
  const trusted = { issuer, audiences, keys: issuerKeys({ issuer, clock, log }), development: false };
  return createSessions({
    auth: 'oidc',
    verifier: createVerifier({ issuers: [trusted], tokenBytes: 8 * 1024, clock, log }),
    workerKeys: [],
    bearers: {
      byClaims: async ({ subject }) =>
        subjects.includes(subject) ? { userId, usable: true, operator: false, terminated: false } : null,
      byAccessToken: async () => null,
    },
    anonymousUser: anonymousUserId,
  });
}

describe('A token of a real OpenID provider', () => {
  it('makes its bearer a newcomer, known by issuer and subject', async () => {
    const principal = await sessions([audience]).authenticate(`Bearer ${await accessToken()}`);
    const claims = { issuer, subject: 'reporting', email: 'reporting@acme.test', emailVerified: true, operator: false };
    expect(principal).toMatchObject({ kind: 'newcomer', claims });
  });

  it('makes its bearer the user with that identity', async () => {
    const principal = await sessions([audience], ['reporting']).authenticate(`Bearer ${await accessToken()}`);
    expect(principal).toMatchObject({ kind: 'user', userId, operator: false });
  });

  it('opens nothing when it is meant for another service', async () => {
    const refusal = { kind: 'unauthenticated', reason: 'TOKEN_INVALID' };
    await expect(sessions(['another']).authenticate(`Bearer ${await accessToken()}`)).rejects.toMatchObject(refusal);
  });
});
