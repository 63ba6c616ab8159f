/** What a good token says of its bearer, and how much of it is believed. */
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { issuerKeys } from '../../src/domains/session/session.keys.js';
import { createVerifier, type Verifier } from '../../src/domains/session/session.verifier.js';
import { startIssuer, stoppedClock, type SettableClock, type TestIssuer } from '../support/issuer.js';

let clock: SettableClock;
let issuer: TestIssuer;
let verifier: Verifier;
beforeEach(async () => {
  clock = stoppedClock();
  issuer = await startIssuer(clock);
  const log = pino({ level: 'silent' });
  const keys = issuerKeys({ issuer: issuer.issuer, clock, log });
  const trusted = { issuer: issuer.issuer, audiences: [issuer.audience], keys, development: false };
  verifier = createVerifier({ issuers: [trusted], tokenBytes: 8 * 1024, clock, log });
});
afterEach(() => issuer.stop());

const seconds = () => Math.floor(clock.now().getTime() / 1000);

describe('A good token', () => {
  it('says who its bearer is', async () => {
    const exp = seconds() + 60;
    const claims = await verifier.verify(
      await issuer.token({
        exp,
        sid: 'session-1',
        jti: 'token-1',
        email: 'ada@acme.test',
        email_verified: true,
        preferred_username: 'ada',
        given_name: 'Ada',
        family_name: 'Lovelace',
        nickname: 'A',
        name: 'Ada Lovelace',
        locale: 'en',
        picture: `https://acme.test/${'a'.repeat(1_900)}`,
      }),
    );
    expect(claims).toEqual({
      issuer: issuer.issuer,
      subject: 'ada',
      sessionId: 'session-1',
      isSession: false,
      email: 'ada@acme.test',
      emailVerified: true,
      preferredUsername: 'ada',
      givenName: 'Ada',
      familyName: 'Lovelace',
      nickname: 'A',
      name: 'Ada Lovelace',
      locale: 'en',
      picture: `https://acme.test/${'a'.repeat(1_900)}`,
      expiresAt: new Date(exp * 1_000),
      operator: false,
    });
  });

  it('ends when it says, and a day after it was issued at last', async () => {
    const iat = seconds() - 60;
    const ends = async (exp: number) => (await verifier.verify(await issuer.token({ iat, exp }))).expiresAt?.getTime();
    expect(await ends(iat + 3_600)).toBe((iat + 3_600) * 1_000);
    expect(await ends(iat + 365 * 86_400)).toBe((iat + 86_400) * 1_000);
  });

  it('may say little: what it leaves out is null', async () => {
    const {
      issuer: _,
      subject,
      expiresAt: _end,
      isSession,
      emailVerified,
      operator,
      ...rest
    } = await verifier.verify(await issuer.token());
    expect(subject).toBe('ada');
    expect({ isSession, emailVerified, operator }).toEqual({
      isSession: false,
      emailVerified: false,
      operator: false,
    });
    expect(new Set(Object.values(rest))).toEqual(new Set([null]));
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    [
      'an e-mail that is not text',
      { email: ['ada@acme.test'], email_verified: true },
      { email: null, emailVerified: false },
    ],
    [
      'an e-mail that is too long',
      { email: `${'a'.repeat(250)}@b.test`, email_verified: true },
      { emailVerified: false },
    ],
    ['a verified e-mail said in text', { email: 'ada@acme.test', email_verified: 'true' }, { emailVerified: true }],
    ['an e-mail verified by a number', { email: 'ada@acme.test', email_verified: 1 }, { emailVerified: false }],
    [
      'an e-mail of which nothing is said',
      { email: 'ada@acme.test' },
      { email: 'ada@acme.test', emailVerified: false },
    ],
    ['a name of 201 characters', { name: 'x'.repeat(201) }, { name: null }],
    ['a name with a line break', { name: 'Ada\nadmin' }, { name: null }],
    ['a name with half a character', { name: 'Ada\ud800' }, { name: null }],
    ['only a token id', { jti: 'token-1' }, { sessionId: 'token-1', isSession: true }],
    ['the claim of an operator', { gatehouse_operator: true }, { operator: false }],
  ])('with %s is read with care', async (_, claims, read) => {
    await expect(verifier.verify(await issuer.token(claims))).resolves.toMatchObject(read);
  });
});
