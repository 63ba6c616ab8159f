/** Who asks: from the Authorization header to the principal of a request. */
import type { Claims, Principal } from '../../kernel/call.js';
import { AppError, unauthenticated } from '../../kernel/errors.js';
import type { UserId } from '../../kernel/ids.js';
import type { Sessions } from './session.js';
import type { Verifier } from './session.verifier.js';
import { workerKeyTest } from './session.worker.js';

/** What a sign-in needs to know about the user behind it. */
export interface SignedUpUser {
  readonly userId: UserId;
  /** Neither locked, deactivated nor removed. */
  readonly usable: boolean;
  readonly operator: boolean;
}

/** What {@link createSessions} works with. */
export interface SessionsOptions {
  readonly auth: 'oidc' | 'dev' | 'off';
  readonly verifier: Verifier;
  readonly workerKeys: readonly string[];
  /** The user of an identity; null before SetUser. */
  readonly findUser: (issuer: string, subject: string) => Promise<SignedUpUser | null>;
  /** Everybody, when `auth` is off. */
  readonly anonymousUser: UserId;
}

const bearer = /^bearer ([\x21-\x7e]+)$/i;

/** The sessions of an instance, see {@link Sessions}. */
export function createSessions({ auth, verifier, workerKeys, findUser, anonymousUser }: SessionsOptions): Sessions {
  const isWorkerKey = workerKeyTest(workerKeys);

  async function principalOf(claims: Claims): Promise<Principal> {
    const user = await findUser(claims.issuer, claims.subject);
    if (user === null) return { kind: 'newcomer', claims };
    if (!user.usable) throw new AppError('unauthenticated', 'USER_NOT_ACTIVE', 'This user is not active.');
    return { kind: 'user', userId: user.userId, claims, operator: user.operator };
  }

  return {
    async authenticate(authorization) {
      if (auth === 'off') return { kind: 'user', userId: anonymousUser, claims: null, operator: false };
      if (authorization === undefined) return { kind: 'anonymous' };
      const token = bearer.exec(authorization)?.[1];
      if (token === undefined) throw unauthenticated('Sign in with the header "Authorization: Bearer <token>".');
      if (isWorkerKey(token)) return { kind: 'worker' };
      return principalOf(await verifier.verify(token));
    },
  };
}
