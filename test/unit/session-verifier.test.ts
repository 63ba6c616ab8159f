/** Which tokens count: the honest ones of a trusted issuer, and none of the hostile. */
import { exportSPKI, importJWK, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { issuerKeys, type KeyLookup } from '../../src/domains/session/session.keys.js';
import { createVerifier, type Verifier } from '../../src/domains/session/session.verifier.js';
import { outage, signingKey, startIssuer, stoppedClock } from '../support/issuer.js';
import type { SettableClock, TestIssuer } from '../support/issuer.js';

const tokenBytes = 8 * 1024;
const message = 'Your sign-in is not valid or has run out. Sign in again.';
const invalid = { kind: 'unauthenticated', reason: 'TOKEN_INVALID', message };
const expired = { kind: 'unauthenticated', reason: 'TOKEN_EXPIRED', message };

let clock: SettableClock;
let issuer: TestIssuer;
let other: TestIssuer;
let verifier: Verifier;
let lookUps: number;
let logged: string;

beforeEach(async () => {
  clock = stoppedClock();
  [issuer, other] = await Promise.all([startIssuer(clock), startIssuer(clock)]);
  lookUps = 0;
  logged = '';
  verifier = trusting(issuer, other);
});
afterEach(() => Promise.all([issuer.stop(), other.stop()]));

function trusting(...issuers: readonly TestIssuer[]): Verifier {
  const log = pino({ level: 'trace' }, { write: (line: string) => void (logged += line) });
  return createVerifier({
    issuers: issuers.map(({ issuer, audience }) => ({
      issuer,
      audiences: ['another-api', audience],
      keys: counted(issuerKeys({ issuer, clock, log })),
      development: false,
    })),
    tokenBytes,
    clock,
    log,
  });
}

function counted(keys: KeyLookup): KeyLookup {
  return (header, token) => {
    lookUps += 1;
    return keys(header, token);
  };
}

const seconds = () => Math.floor(clock.now().getTime() / 1000);
const hours = (count: number) => count * 3_600;
const good = (): JWTPayload => ({
  iss: issuer.issuer,
  aud: issuer.audience,
  sub: 'ada',
  iat: seconds(),
  exp: seconds() + 60,
});

describe('A good token', () => {
  it.each(['RS256', 'PS256', 'ES256', 'EdDSA'])('may be signed with %s', async (alg) => {
    await issuer.rotate(alg);
    await expect(verifier.verify(await issuer.token())).resolves.toMatchObject({ subject: 'ada' });
  });

  it.each([undefined, 'JWT', 'at+jwt', 'AT+JWT', 'application/at+jwt'])('may be of type %s', async (typ) => {
    await expect(verifier.verify(await issuer.token({}, { typ }))).resolves.toMatchObject({ subject: 'ada' });
  });

  it.each<[string, () => Record<string, unknown>]>([
    ['issued by a clock that is 29 seconds ahead', () => ({ iat: seconds() + 29, nbf: seconds() + 29 })],
    ['expired for 29 seconds', () => ({ exp: seconds() - 29 })],
    ['almost 24 hours old', () => ({ iat: seconds() - hours(24) })],
    ['meant for several', () => ({ aud: ['somebody', issuer.audience] })],
    ['of a subject of 255 characters', () => ({ sub: 'x'.repeat(255) })],
  ])('may be %s', async (_, claims) => {
    await expect(verifier.verify(await issuer.token(claims()))).resolves.toMatchObject({ issuer: issuer.issuer });
  });
});

describe('Refused is a token that', () => {
  it.each<[string, () => Promise<string>]>([
    ['is not signed (alg none)', async () => new UnsecuredJWT(good()).encode()],
    [
      'is signed with the public key as a shared secret',
      async () => {
        const { publicJwk } = issuer.key();
        const publicKey = await importJWK(publicJwk, 'ES256', { extractable: true });
        const secret = new TextEncoder().encode(await exportSPKI(publicKey as Parameters<typeof exportSPKI>[0]));
        return new SignJWT(good()).setProtectedHeader({ alg: 'HS256', kid: publicJwk.kid }).sign(secret);
      },
    ],
    ['comes from an issuer nobody trusts', () => issuer.token({ iss: 'https://other.test' })],
    ['names its issuer with a slash too many', () => issuer.token({ iss: `${issuer.issuer}/` })],
    ['names no issuer', () => issuer.token({ iss: undefined })],
    ['names two issuers', () => issuer.token({ iss: [issuer.issuer] })],
    ['is meant for somebody else', () => issuer.token({ aud: 'somebody' })],
    ['is meant for nobody', () => issuer.token({ aud: undefined })],
    ['never expires', () => issuer.token({ exp: undefined })],
    ['expires at no number', () => issuer.token({ exp: '2099' })],
    ['does not say when it was issued', () => issuer.token({ iat: undefined })],
    ['names no subject', () => issuer.token({ sub: undefined })],
    ['has an empty subject', () => issuer.token({ sub: '' })],
    ['has a number as its subject', () => issuer.token({ sub: 7 })],
    ['has a subject of 256 characters', () => issuer.token({ sub: 'x'.repeat(256) })],
    ['has a control character in its subject', () => issuer.token({ sub: 'ada\u0000' })],
    ['counts only from a minute from now', () => issuer.token({ nbf: seconds() + 60 })],
    ['will be issued a minute from now', () => issuer.token({ iat: seconds() + 60 })],
    ['is an ID token: it has a nonce', () => issuer.token({ nonce: 'n' })],
    ['is an ID token: it has an access token hash', () => issuer.token({ at_hash: 'h' })],
    ['is an ID token: it has a code hash', () => issuer.token({ c_hash: 'h' })],
    ['is an ID token and says so in typ', () => issuer.token({ typ: 'ID' })],
    ['is an ID token and says so in token_use', () => issuer.token({ token_use: 'id' })],
    ['is of another type', () => issuer.token({}, { typ: 'logout+jwt' })],
    ['has an extension nobody understands', () => issuer.token({}, { crit: ['test-extension'], 'test-extension': 1 })],
    [
      'is signed by the key of another trusted issuer',
      async () => {
        const { privateKey, publicJwk } = other.key();
        return new SignJWT(good()).setProtectedHeader({ alg: 'ES256', kid: publicJwk.kid }).sign(privateKey);
      },
    ],
    [
      'names the key of the issuer but is signed by a stranger',
      async () => {
        const { privateKey } = await signingKey('ES256', 'stranger');
        const { kid } = issuer.key().publicJwk;
        return new SignJWT(good()).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey);
      },
    ],
    [
      'brings its own key along',
      async () => {
        const { privateKey, publicJwk } = await signingKey('ES256', 'own');
        return new SignJWT(good()).setProtectedHeader({ alg: 'ES256', jwk: publicJwk, kid: 'own' }).sign(privateKey);
      },
    ],
    ['was changed after it was signed', async () => changed(await issuer.token(), { sub: 'eve' })],
    ['was cut short', async () => (await issuer.token()).slice(0, -5)],
    ['has no signature', async () => (await issuer.token()).replace(/[^.]+$/, '')],
    ['has a part too many', async () => `${await issuer.token()}.e30`],
    ['is too large', () => issuer.token({ padding: 'x'.repeat(tokenBytes) })],
    ['is no token', async () => 'garbage'],
    ['is nothing but dots', async () => '..'],
    ['is empty', async () => ''],
    ['is not even ASCII', async () => 'é.ü.ß'],
    ['has null as its claims', async () => 'e30.bnVsbA.e30'],
  ])('%s', async (_, makeToken) => {
    const token = await makeToken();
    await expect(verifier.verify(token)).rejects.toMatchObject(invalid);
  });

  it.each(['ES384', 'RS512', 'PS384'])('is signed with %s, though the key is the issuer’s', async (alg) => {
    await issuer.rotate(alg);
    await expect(verifier.verify(await issuer.token())).rejects.toMatchObject(invalid);
  });

  it.each<[string, () => Record<string, unknown>]>([
    ['has expired', () => ({ exp: seconds() - 30 })],
    ['is older than 24 hours', () => ({ iat: seconds() - hours(24) - 31 })],
  ])('%s, and the reason says so', async (_, claims) => {
    await expect(verifier.verify(await issuer.token(claims()))).rejects.toMatchObject(expired);
  });

  it('never shows in the log or in the error, and nor does its e-mail', async () => {
    const token = await issuer.token({ aud: 'somebody', email: 'ada@acme.test' });
    const error: unknown = await verifier.verify(token).catch((refusal: unknown) => refusal);
    const [, payload = '', signature = ''] = token.split('.');
    const shown = `${logged}${String(error)}${JSON.stringify(error)}`;
    expect(logged).toContain('a token was refused');
    expect(logged).toContain('aud');
    for (const secret of [payload, signature, 'ada@acme.test']) expect(shown).not.toContain(secret);
  });
});

describe('A verified token', () => {
  it('is remembered for a minute and then verified again', async () => {
    const token = await issuer.token();
    for (let i = 0; i < 10; i += 1) await verifier.verify(token);
    clock.forward({ seconds: 59 });
    await verifier.verify(token);
    expect(lookUps).toBe(1);
    clock.forward({ seconds: 1 });
    await verifier.verify(token);
    expect(lookUps).toBe(2);
  });

  it('is not remembered beyond its expiry', async () => {
    const token = await issuer.token({ exp: seconds() + 10 });
    await verifier.verify(token);
    clock.forward({ seconds: 39 });
    await expect(verifier.verify(token)).resolves.toMatchObject({ subject: 'ada' });
    clock.forward({ seconds: 1 });
    await expect(verifier.verify(token)).rejects.toMatchObject(expired);
  });

  it('is remembered among 1,000 others at most', async () => {
    const tokens = await Promise.all(Array.from({ length: 1_001 }, (_, i) => issuer.token({ jti: `token-${i}` })));
    for (const token of tokens) await verifier.verify(token);
    await verifier.verify(tokens.at(-1) ?? '');
    expect(lookUps).toBe(1_001);
    await verifier.verify(tokens[0] ?? '');
    expect(lookUps).toBe(1_002);
  });
});

describe('When the issuer is out of reach', () => {
  it('its tokens are neither good nor bad, and those of another issuer stay good', async () => {
    issuer.answers.discovery = outage;
    await expect(verifier.verify(await issuer.token())).rejects.toMatchObject({ reason: 'ISSUER_UNAVAILABLE' });
    await expect(verifier.verify(await other.token())).resolves.toMatchObject({ issuer: other.issuer });
  });
});

function changed(token: string, claims: Record<string, unknown>): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const original = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  const forged = Buffer.from(JSON.stringify({ ...original, ...claims })).toString('base64url');
  return [header, forged, signature].join('.');
}
