/** What a token must look like beyond its signature, and how its claims are read. */
import { createHash } from 'node:crypto';
import type { JWTHeaderParameters, JWTPayload } from 'jose';
import type { Claims } from '../../kernel/call.js';
import { AppError } from '../../kernel/errors.js';
import { factorKinds, type FactorSelector } from './session.js';

/** Control characters, and halves of characters: a database would store two different ones alike. */
const unprintable = /[\p{Cc}\p{Cs}]/u;
const accessTokenTypes: ReadonlySet<unknown> = new Set([undefined, 'jwt', 'at+jwt']);

/** Whether the header's `typ` is one of an access token: JWT, at+jwt, or none at all. */
export function isAccessTokenType(typ: JWTHeaderParameters['typ'] | null): boolean {
  return accessTokenTypes.has(typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : typ);
}

/** Whether this is an ID token: it tells a client who signed in, and opens nothing. */
export function isIdToken(payload: JWTPayload): boolean {
  return (
    ['nonce', 'at_hash', 'c_hash'].some((claim) => payload[claim] !== undefined) ||
    payload['typ'] === 'ID' ||
    payload['token_use'] === 'id'
  );
}

/** Whether a `sub` can name somebody: 1 to 255 characters, all of them printable. */
export function isSubject(sub: unknown): sub is string {
  return text(sub, 255) !== null;
}

/**
 * The claims of a verified token; those that are absent, too long or not printable are null.
 * @param vouching whether the issuer may name instance operators, which only the development issuer may
 */
export function readClaims(payload: JWTPayload, issuer: string, subject: string, vouching: boolean): Claims {
  const email = text(payload['email'], 254);
  const verified = payload['email_verified'];
  return {
    issuer,
    subject,
    sessionId: text(payload['sid']) ?? text(payload.jti),
    isSession: text(payload['sid']) === null && text(payload.jti) !== null,
    email,
    emailVerified: email !== null && (verified === true || verified === 'true'),
    preferredUsername: text(payload['preferred_username']),
    givenName: text(payload['given_name']),
    familyName: text(payload['family_name']),
    nickname: text(payload['nickname']),
    name: text(payload['name']),
    locale: text(payload['locale']),
    picture: text(payload['picture'], 2_000),
    expiresAt: new Date(Math.min(tokenEnd(payload) * 1_000, latestTime)),
    operator: vouching && payload['gatehouse_operator'] === true,
  };
}

/** How old a token may be, whatever it says of its end. */
export const mostTokenAgeSeconds = 24 * 60 * 60;

/** When a token ends: when it says, and no later than at that age. In seconds since 1970. */
export const tokenEnd = ({ exp = Infinity, iat = Infinity }: JWTPayload): number =>
  Math.min(exp, iat + mostTokenAgeSeconds);

/** No `Date` is later than this. */
const latestTime = 8.64e15;

function text(value: unknown, most = 200): string | null {
  return typeof value === 'string' && value !== '' && value.length <= most && !unprintable.test(value) ? value : null;
}

/** What every personal access token begins with; no token of an issuer does. */
export const accessTokenPrefix = 'pat_';

/** What personal access tokens are good for, the same for all. */
export const accessTokenScopes = ['openid', 'profile'] as const;

/** When a personal access token runs out of which nobody said when. */
export const endOfTime = '9999-12-31T23:59:59Z';

/** How many random bytes make a personal access token. */
export const accessTokenBytes = 32;

/** The only form in which a personal access token is stored. */
export function hashToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(token).digest());
}

/** One message for every fault of a token, so that nobody learns how near they came. */
export function badToken(reason: 'TOKEN_INVALID' | 'TOKEN_EXPIRED' | 'SESSION_TERMINATED'): AppError {
  return new AppError('unauthenticated', reason, 'Your sign-in is not valid or has run out. Sign in again.');
}

const kindOf = { otp: 'OTP', otpSms: 'OTP_SMS', otpEmail: 'OTP_EMAIL', u2fId: 'U2F' } as const;

/** What a selector means: its key, the number of the kind of factor (null: a passkey), and the id where it has one. */
export function factorOf(selector: FactorSelector) {
  const [entry] = Object.entries(selector).filter(([, value]) => value !== undefined);
  if (!entry) throw new Error('A selector names one factor.');
  const [key, value] = entry as [keyof FactorSelector, string | true];
  return {
    key,
    kind: key === 'passwordlessTokenId' ? null : factorKinds.toNumber(kindOf[key]),
    id: value === true ? null : value,
  };
}
