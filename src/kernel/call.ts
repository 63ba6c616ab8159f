/** Who asks: the principal behind a request, and the request itself. */
import { AppError, forbidden, unauthenticated } from './errors.js';
import type { UserId } from './ids.js';

/** What a verified token says about its bearer. Absent claims are null. */
export interface Claims {
  readonly issuer: string;
  readonly subject: string;
  /** The session the token belongs to: the `sid` claim, else its `jti`; null when it has neither. */
  readonly sessionId: string | null;
  /** The session is this token and no other: it has a `jti` and no `sid`. */
  readonly isSession: boolean;
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly preferredUsername: string | null;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly nickname: string | null;
  readonly name: string | null;
  readonly locale: string | null;
  readonly picture: string | null;
  /** When the token ends: what outlives a request must end then too. Null where nothing is known of that. */
  readonly expiresAt: Date | null;
  /** The development issuer vouches that this subject is an instance operator. Always false for other issuers. */
  readonly operator: boolean;
}

/**
 * Who is behind a request, resolved once a request.
 * - `anonymous`: no credential came
 * - `newcomer`: a good token whose subject has not called SetUser yet
 * - `user`: somebody with a row of their own
 * - `worker`: the billing worker, by one of `WORKER_KEYS`
 */
export type Principal =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'newcomer'; readonly claims: Claims }
  | UserPrincipal
  | { readonly kind: 'worker' };

/** A caller with a user row. `claims` is null when no token is behind it (authentication off, personal access token). */
export interface UserPrincipal {
  readonly kind: 'user';
  readonly userId: UserId;
  readonly claims: Claims | null;
  /** Holds an IAM membership: sees and may change everything in this instance. */
  readonly operator: boolean;
}

/** One request by one principal. Passed to every service method; never reused. */
export interface Call {
  readonly principal: Principal;
  readonly requestId: string;
  /** The address the request came from, for limits by address. */
  readonly address: string;
  /** Fires when the client went away or its time ran out. */
  readonly signal: AbortSignal;
}

/**
 * The user who asks.
 * @throws AppError `unauthenticated` for anonymous callers, `forbidden` for the worker, `not_found` before SetUser
 */
export function callingUser(call: Call): UserPrincipal {
  const { principal } = call;
  switch (principal.kind) {
    case 'user':
      return principal;
    case 'newcomer':
      throw new AppError('not_found', 'USER_NOT_FOUND', 'There is no user for this sign-in yet: call setUser first.');
    case 'worker':
      throw forbidden();
    case 'anonymous':
      throw unauthenticated();
  }
}
