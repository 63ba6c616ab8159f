/** Users on this database. */
import type { Db } from '../../db/client.js';
import { callingUser, type Call, type Claims } from '../../kernel/call.js';
import { storedId } from '../../kernel/foreign-ids.js';
import { anonymousUserId, type UserId } from '../../kernel/ids.js';
import type { Clock, Random } from '../../kernel/ports.js';
import type { Tx } from '../../kernel/transaction.js';
import type { Audit } from '../audit/audit.js';
import { usableStates, userStates, userTypes, type User, type Users } from './user.js';
import { afterProof } from './user.life.rules.js';
import { candidateNames, profileOf, refreshed } from './user.rules.js';
import { usersReader } from './user.reader.store.js';
import * as store from './user.store.js';

/** What users need. */
export interface UserParts {
  readonly db: Db;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly random: Random;
  /** The issuer's e-mails count as verified. */
  readonly trustEmail: boolean;
  /** Whether a subject is named as an instance operator. */
  readonly isOperatorSubject: (issuer: string, subject: string) => boolean;
}

/** Users on this database. */
export function createUsers({ db, audit, clock, random, trustEmail, isOperatorSubject }: UserParts): Users {
  const readUsers = usersReader(db);

  /** Null when somebody else made this user at the same instant: then it is there to be found. */
  const create = (call: Call, claims: Claims): Promise<UserId | null> => {
    const id = random.uuid() as UserId;
    const taken = new Error('This identity has its user already.');
    return db
      .transact(async (tx) => {
        await store.insertUser(
          tx,
          {
            id,
            type: userTypes.toNumber('HUMAN'),
            state: userStates.toNumber('ACTIVE'),
            resourceOwner: random.uuid(),
            createdAt: clock.now(),
            ...profileOf(claims, trustEmail),
          },
          candidateNames(claims, trustEmail, random.bytes(4).toString('hex')),
        );
        if (!(await store.insertIdentity(tx, claims.issuer, claims.subject, id))) throw taken;
        await audit.record(tx, call, { action: 'user.create', accountId: null, target: { type: 'user', id } });
        await makeOperator(tx, call, claims, id);
        return id;
      })
      .catch((error: unknown) => {
        if (error === taken) return null;
        throw error;
      });
  };

  const refresh = (call: Call, claims: Claims): Promise<UserId | null> =>
    db.transact(async (tx) => {
      const user = await store.lockByIdentity(tx, claims.issuer, claims.subject);
      if (!user) return null;
      const id = user.id as UserId;
      const news = refreshed(user, profileOf(claims, trustEmail));
      if (news) {
        const proven = news.emailVerified === true ? afterProof(user) : {};
        await store.updateProfile(tx, id, { ...news, ...proven }, clock.now());
        await audit.record(tx, call, {
          action: 'user.refresh',
          accountId: null,
          target: { type: 'user', id },
          detail: { fields: Object.keys(news).join(' ') },
        });
      }
      await makeOperator(tx, call, claims, id);
      return id;
    });

  async function makeOperator(tx: Tx, call: Call, claims: Claims, id: UserId): Promise<void> {
    if (!claims.operator && !isOperatorSubject(claims.issuer, claims.subject)) return;
    if (await store.insertInstanceMember(tx, id)) {
      await audit.record(tx, call, { action: 'operator.add', accountId: null, target: { type: 'user', id } });
    }
  }

  return {
    async byIdentity(issuer, subject) {
      const found = await store.findByIdentity(db, issuer, subject);
      if (!found) return null;
      const state = userStates.fromNumber(found.state);
      return { userId: found.id, usable: state !== null && usableStates.includes(state), operator: found.operator };
    },

    async set(call) {
      const { principal } = call;
      const claims = principal.kind === 'newcomer' ? principal.claims : callingUser(call).claims;
      // No token is behind the anonymous user or a personal access token, so there is nothing to take over.
      if (!claims) return callingUser(call).userId;
      const id = (await refresh(call, claims)) ?? (await create(call, claims)) ?? (await refresh(call, claims));
      if (!id) throw new Error('A user vanished while it was being made.');
      return id;
    },

    async byIds(visible, ids) {
      const wanted = ids.map((id) => storedId(id));
      const found = new Map((await readUsers(visible, wanted)).map((user: User) => [user.id, user]));
      return wanted.map((id) => found.get(id) ?? null);
    },

    async isUnique(call, { userName, email }) {
      callingUser(call);
      return !(await store.hasUser(db, userName.trim(), email.trim()));
    },

    async loginNames(ids) {
      const found = await store.findLoginNames(db, ids);
      return ids.map((id) => found.get(id) ?? []);
    },

    isEmpty: () => store.isEmpty(db),

    ensureAnonymous: () =>
      db.transact(async (tx) => {
        await store.insertUser(
          tx,
          {
            id: anonymousUserId,
            type: userTypes.toNumber('HUMAN'),
            state: userStates.toNumber('ACTIVE'),
            resourceOwner: random.uuid(),
            createdAt: clock.now(),
          },
          ['anonymous', `user-${random.bytes(4).toString('hex')}`],
        );
      }),
  };
}
