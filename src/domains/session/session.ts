/** Sessions: who is behind a request. */
import type { Principal } from '../../kernel/call.js';

/** Turns credentials into principals. */
export interface Sessions {
  /**
   * Who the bearer of an Authorization header value is: `Bearer` and a token, or undefined when no header came.
   * A header that came counts: one that is wrong is refused and never makes its bearer anonymous. With authentication
   * off everybody is the anonymous user, whatever the header.
   * @throws AppError `unauthenticated`: UNAUTHENTICATED (not a bearer token), TOKEN_INVALID, TOKEN_EXPIRED,
   * USER_NOT_ACTIVE (locked, deactivated or removed)
   * @throws AppError `unavailable`: ISSUER_UNAVAILABLE
   */
  authenticate(authorization: string | undefined): Promise<Principal>;
}
