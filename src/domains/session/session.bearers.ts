/** Whom tokens lead to, in this database: users by their identity, machines by their personal access tokens. */
import type { Db } from '../../db/client.js';
import type { Claims } from '../../kernel/call.js';
import type { UserId } from '../../kernel/ids.js';
import type { Clock, Random } from '../../kernel/ports.js';
import { usableStates, userStates } from '../user/user.js';
import { sessionStates } from './session.js';
import { hashToken } from './session.rules.js';
import * as store from './session.store.js';

/** What a sign-in needs to know about the user behind it. */
export interface SignedUpUser {
  readonly userId: UserId;
  /** Neither locked nor deactivated. */
  readonly usable: boolean;
  readonly operator: boolean;
}

/** Finds users by what they sign in with. */
export interface Bearers {
  /**
   * The user of an identity and whether its session was ended; null before SetUser. A session that was never seen is
   * recorded.
   */
  byClaims(claims: Claims, userAgent: string): Promise<(SignedUpUser & { readonly terminated: boolean }) | null>;
  /** The user of a personal access token and whether that token has run out; null for a token that is nobody's. */
  byAccessToken(token: string): Promise<(SignedUpUser & { readonly expired: boolean }) | null>;
}

const longestAgent = 200;

/** Bearers in this database. */
export function createBearers({ db, clock, random }: { db: Db; clock: Clock; random: Random }): Bearers {
  const userOf = ({ userId, state, operator }: store.Bearer): SignedUpUser => {
    const name = userStates.fromNumber(state);
    return { userId, usable: name !== null && usableStates.includes(name), operator };
  };

  const findByIdentity = db.gathered((identities: readonly store.Identity[]) => store.findByIdentities(db, identities));

  return {
    async byClaims({ issuer, subject, sessionId, isSession, expiresAt }, userAgent) {
      const found = await findByIdentity({ issuer, subject, sessionId });
      if (!found) return null;
      const user = userOf(found);
      if (sessionId !== null && found.session === null && user.usable) {
        await store.insertSession(db, {
          id: random.uuid(),
          userId: user.userId,
          issuer,
          sid: sessionId,
          agentId: userAgent.slice(0, longestAgent),
          state: sessionStates.toNumber('ACTIVE'),
          at: clock.now(),
          endsAt: isSession ? expiresAt : null,
        });
      }
      return { ...user, terminated: found.session === sessionStates.toNumber('TERMINATED') };
    },

    async byAccessToken(token) {
      const found = await store.findByTokenHash(db, hashToken(token));
      return found && { ...userOf(found), expired: found.expirationDate <= clock.now() };
    },
  };
}
