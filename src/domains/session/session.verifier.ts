/** Decides whether a bearer token is good, and says who its bearer is. */
import { createHash } from 'node:crypto';
import { decodeJwt, errors, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import type { Claims } from '../../kernel/call.js';
import { AppError } from '../../kernel/errors.js';
import type { Clock } from '../../kernel/ports.js';
import type { KeyLookup } from './session.keys.js';
import {
  badToken,
  isAccessTokenType,
  isIdToken,
  isSubject,
  mostTokenAgeSeconds,
  readClaims,
  tokenEnd,
} from './session.rules.js';

/** An issuer whose tokens count. */
export interface TrustedIssuer {
  readonly issuer: string;
  /** A token must be meant for one of these. */
  readonly audiences: readonly string[];
  readonly keys: KeyLookup;
  /** Signature algorithms to accept; RS256, PS256, ES256 and EdDSA unless said otherwise. */
  readonly algorithms?: readonly string[];
  /** Whether this is the development issuer, whose tokens may name instance operators. */
  readonly development: boolean;
}

/** What {@link createVerifier} works with. */
export interface VerifierOptions {
  readonly issuers: readonly TrustedIssuer[];
  /** The most bytes a token may have. */
  readonly tokenBytes: number;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'debug'>;
}

/** Verifies bearer tokens. */
export interface Verifier {
  /**
   * What a good access token says about its bearer.
   * @throws AppError `unauthenticated` (TOKEN_EXPIRED, else TOKEN_INVALID) with one and the same message for every
   * fault of the token; `unavailable` (ISSUER_UNAVAILABLE) when the issuer's keys are out of reach
   */
  verify(token: string): Promise<Claims>;
}

interface Verified {
  readonly claims: Claims;
  /** When the token has to be looked at again, in seconds since 1970. */
  readonly until: number;
}

const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;
const leewaySeconds = 30;
const rememberedSeconds = 60;
const rememberedTokens = 1_000;

/**
 * A verifier that trusts `issuers` and nobody else. A token that was good is not checked again for 60 s, nor beyond its
 * expiry: signatures would otherwise cost more than most requests.
 */
export function createVerifier({ issuers, tokenBytes, clock, log }: VerifierOptions): Verifier {
  const trusted = new Map(issuers.map((issuer) => [issuer.issuer, issuer]));
  const remembered = new LRUCache<string, Verified>({ max: rememberedTokens });

  async function check(token: string, issuer: TrustedIssuer): Promise<Verified> {
    const now = clock.now();
    const { payload, protectedHeader } = await jwtVerify(token, issuer.keys, {
      algorithms: [...(issuer.algorithms ?? algorithms)],
      issuer: issuer.issuer,
      audience: [...issuer.audiences],
      requiredClaims: ['exp', 'iat', 'sub'],
      clockTolerance: leewaySeconds,
      maxTokenAge: mostTokenAgeSeconds,
      currentDate: now,
    });
    const { sub } = payload;
    if (!isAccessTokenType(protectedHeader.typ)) throw new errors.JWTInvalid('not the type of an access token');
    if (isIdToken(payload)) throw new errors.JWTInvalid('an ID token');
    if (!isSubject(sub)) throw new errors.JWTInvalid('not a usable subject');
    return {
      claims: readClaims(payload, issuer.issuer, sub, issuer.development),
      until: Math.min(tokenEnd(payload), now.getTime() / 1000 + rememberedSeconds),
    };
  }

  return {
    async verify(token) {
      if (Buffer.byteLength(token) > tokenBytes) throw badToken('TOKEN_INVALID');
      const key = createHash('sha256').update(token).digest('base64');
      const earlier = remembered.get(key);
      if (earlier !== undefined && clock.now().getTime() / 1000 < earlier.until) return earlier.claims;

      const issuer = trusted.get(claimedIssuer(token));
      if (issuer === undefined) throw badToken('TOKEN_INVALID');
      try {
        const verified = await check(token, issuer);
        remembered.set(key, verified);
        return verified.claims;
      } catch (error) {
        if (error instanceof AppError) throw error;
        // The error itself stays here, as it may carry the claims of the token.
        log.debug({ issuer: issuer.issuer, fault: faultOf(error) }, 'a token was refused');
        throw badToken(error instanceof errors.JWTExpired ? 'TOKEN_EXPIRED' : 'TOKEN_INVALID');
      }
    },
  };
}

/** What an unverified token says about who issued it: good for choosing whose keys to try, and for nothing else. */
function claimedIssuer(token: string): string {
  try {
    return decodeJwt(token).iss ?? '';
  } catch {
    return '';
  }
}

function faultOf(error: unknown): string {
  if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired) {
    return `${error.code} ${error.claim}`;
  }
  if (error instanceof errors.JWTInvalid) return `${error.code} ${error.message}`;
  return error instanceof errors.JOSEError ? error.code : 'UNEXPECTED';
}
