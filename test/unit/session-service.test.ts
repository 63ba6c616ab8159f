/** From the Authorization header to the principal of a request. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { developmentIssuer, type DevelopmentIssuer } from '../../src/domains/session/session.development.js';
import { createSessions, type SessionsOptions } from '../../src/domains/session/session.service.js';
import { createVerifier } from '../../src/domains/session/session.verifier.js';
import { anonymousUserId, type UserId } from '../../src/kernel/ids.js';
import { systemRandom } from '../../src/system-ports.js';
import { stoppedClock } from '../support/issuer.js';

const clock = stoppedClock();
const adaId = '11111111-1111-4111-8111-111111111111' as UserId;
const users = new Map([
  ['ada', { userId: adaId, usable: true, operator: false, terminated: false }],
  ['olga', { userId: adaId, usable: true, operator: true, terminated: false }],
  ['locked', { userId: adaId, usable: false, operator: false, terminated: false }],
  ['ended', { userId: adaId, usable: true, operator: false, terminated: true }],
]);
const machines = new Map([
  ['pat_good', { userId: adaId, usable: true, operator: false, expired: false }],
  ['pat_late', { userId: adaId, usable: true, operator: false, expired: true }],
  ['pat_locked', { userId: adaId, usable: false, operator: false, expired: false }],
]);

let dataDir: string;
let development: DevelopmentIssuer;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-'));
  development = await developmentIssuer(dataDir, clock, systemRandom);
});
afterAll(() => rm(dataDir, { recursive: true }));

function sessions(auth: SessionsOptions['auth'] = 'dev') {
  const { issuer, audience, keys } = development;
  const log = pino({ level: 'silent' });
  return createSessions({
    auth,
    verifier: createVerifier({
      issuers: [{ issuer, audiences: [audience], keys, development: true }],
      tokenBytes: 8 * 1024,
      clock,
      log,
    }),
    workerKeys: ['worker-key-1', 'worker-key-2'],
    bearers: {
      byClaims: async ({ issuer: from, subject }) => (from === issuer ? (users.get(subject) ?? null) : null),
      byAccessToken: async (token) => machines.get(token) ?? null,
    },
    anonymousUser: anonymousUserId,
  });
}

const bearer = async (sub: string) => `Bearer ${await development.sign({ sub, email: `${sub}@acme.test` })}`;

describe('The bearer of', () => {
  it('nothing is anonymous', async () => {
    await expect(sessions().authenticate(undefined)).resolves.toEqual({ kind: 'anonymous' });
  });

  it('a good token is the user of its subject', async () => {
    const principal = await sessions().authenticate(await bearer('ada'));
    expect(principal).toMatchObject({ kind: 'user', userId: adaId, operator: false });
    expect(principal).toMatchObject({ claims: { subject: 'ada', email: 'ada@acme.test', emailVerified: true } });
  });

  it('the token of an operator is an operator', async () => {
    await expect(sessions().authenticate(await bearer('olga'))).resolves.toMatchObject({ operator: true });
  });

  it('a good token without a user is a newcomer', async () => {
    const principal = await sessions().authenticate(await bearer('new'));
    expect(principal).toMatchObject({ kind: 'newcomer', claims: { issuer: development.issuer, subject: 'new' } });
  });

  it('the token of a user who is locked or gone is refused', async () => {
    const refusal = { kind: 'unauthenticated', reason: 'USER_NOT_ACTIVE' };
    await expect(sessions().authenticate(await bearer('locked'))).rejects.toMatchObject(refusal);
  });

  it('a token of a session that was ended is refused', async () => {
    const refusal = { kind: 'unauthenticated', reason: 'SESSION_TERMINATED' };
    await expect(sessions().authenticate(await bearer('ended'))).rejects.toMatchObject(refusal);
  });

  it('a personal access token is its machine, without claims', async () => {
    const machine = { kind: 'user', userId: adaId, claims: null, operator: false };
    await expect(sessions().authenticate('Bearer pat_good')).resolves.toEqual(machine);
  });

  it.each([
    ['pat_unknown', 'TOKEN_INVALID'],
    ['pat_late', 'TOKEN_EXPIRED'],
    ['pat_locked', 'USER_NOT_ACTIVE'],
  ])('the personal access token %s is refused as %s', async (token, reason) => {
    const refusal = { kind: 'unauthenticated', reason };
    await expect(sessions().authenticate(`Bearer ${token}`)).rejects.toMatchObject(refusal);
  });

  it.each(['worker-key-1', 'worker-key-2'])('%s is the billing worker', async (key) => {
    await expect(sessions().authenticate(`Bearer ${key}`)).resolves.toEqual({ kind: 'worker' });
  });

  it.each(['worker-key', 'worker-key-11', 'WORKER-KEY-1', 'worker-key-1,worker-key-2'])(
    '%s is nobody, close as it comes to a worker key',
    async (key) => {
      const refusal = { kind: 'unauthenticated', reason: 'TOKEN_INVALID' };
      await expect(sessions().authenticate(`Bearer ${key}`)).rejects.toMatchObject(refusal);
    },
  );
});

describe('The header', () => {
  it.each(['bearer', 'BEARER', 'bEaReR'])('may write its scheme as %s', async (scheme) => {
    await expect(sessions().authenticate(`${scheme} worker-key-1`)).resolves.toEqual({ kind: 'worker' });
  });

  it.each([
    '',
    'Bearer',
    'Bearer ',
    'Bearer  worker-key-1',
    ' Bearer worker-key-1',
    'Bearer worker-key-1 ',
    'Bearer worker-key-1\n',
    'Bearer\tworker-key-1',
    'Bearer worker key',
    'Basic worker-key-1',
    'worker-key-1',
    'Bearer worker-key-1, Bearer worker-key-2',
  ])('%j is refused and makes nobody anonymous', async (header) => {
    const refusal = { kind: 'unauthenticated', reason: 'UNAUTHENTICATED' };
    await expect(sessions().authenticate(header)).rejects.toMatchObject(refusal);
  });
});

describe('With authentication off', () => {
  it.each([undefined, '', 'Bearer worker-key-1', 'Bearer garbage', 'Basic x'])(
    '%j is the anonymous user',
    async (header) => {
      const everybody = { kind: 'user', userId: anonymousUserId, claims: null, operator: false };
      await expect(sessions('off').authenticate(header)).resolves.toEqual(everybody);
    },
  );
});
