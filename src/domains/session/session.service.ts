/** Who asks: from the Authorization header to the principal of a request. */
import type { Claims, Principal } from '../../kernel/call.js';
import { AppError, unauthenticated } from '../../kernel/errors.js';
import type { UserId } from '../../kernel/ids.js';
import type { Bearers, SignedUpUser } from './session.bearers.js';
import { accessTokenPrefix, badToken } from './session.rules.js';
import type { Sessions } from './session.js';
import type { Verifier } from './session.verifier.js';
import { workerKeyTest } from './session.worker.js';

/** What {@link createSessions} works with. */
export interface SessionsOptions {
  readonly auth: 'oidc' | 'dev' | 'off';
  readonly verifier: Verifier;
  readonly workerKeys: readonly string[];
  readonly bearers: Bearers;
  /** Everybody, when `auth` is off. */
  readonly anonymousUser: UserId;
}

const bearer = /^bearer ([\x21-\x7e]+)$/i;

/** The sessions of an instance, see {@link Sessions}. */
export function createSessions({ auth, verifier, workerKeys, bearers, anonymousUser }: SessionsOptions): Sessions {
  const isWorkerKey = workerKeyTest(workerKeys);

  const principalOf = ({ userId, usable, operator }: SignedUpUser, claims: Claims | null): Principal => {
    if (!usable) throw new AppError('unauthenticated', 'USER_NOT_ACTIVE', 'This user is not active.');
    return { kind: 'user', userId, claims, operator };
  };

  async function byIssuedToken(token: string, userAgent: string): Promise<Principal> {
    const claims = await verifier.verify(token);
    const user = await bearers.byClaims(claims, userAgent);
    if (user === null) return { kind: 'newcomer', claims };
    if (user.terminated) throw badToken('SESSION_TERMINATED');
    return principalOf(user, claims);
  }

  async function byAccessToken(token: string): Promise<Principal> {
    const user = await bearers.byAccessToken(token);
    if (user === null) throw badToken('TOKEN_INVALID');
    if (user.expired) throw badToken('TOKEN_EXPIRED');
    return principalOf(user, null);
  }

  return {
    async authenticate(authorization, userAgent = '') {
      if (auth === 'off') return { kind: 'user', userId: anonymousUser, claims: null, operator: false };
      if (authorization === undefined) return { kind: 'anonymous' };
      const token = bearer.exec(authorization)?.[1];
      if (token === undefined) throw unauthenticated('Sign in with the header "Authorization: Bearer <token>".');
      if (isWorkerKey(token)) return { kind: 'worker' };
      return token.startsWith(accessTokenPrefix) ? byAccessToken(token) : byIssuedToken(token, userAgent);
    },
  };
}
