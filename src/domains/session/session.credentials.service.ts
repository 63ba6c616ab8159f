/** The credentials of users on this database: listed, made, and taken away. */
import type { Db } from '../../db/client.js';
import { callingUser, type Call } from '../../kernel/call.js';
import { AppError, invalid } from '../../kernel/errors.js';
import type { UserId } from '../../kernel/ids.js';
import type { Clock, Random } from '../../kernel/ports.js';
import { splitTimestamp } from '../../kernel/timestamp.js';
import type { Tx } from '../../kernel/transaction.js';
import type { Access, UserScope } from '../access/access.js';
import type { Audit } from '../audit/audit.js';
import { demandType } from '../user/user.life.rules.js';
import { findChanged, updateUser } from '../user/user.life.store.js';
import { sessionStates, type Credentials, type NamedToken } from './session.js';
import * as store from './session.credentials.store.js';
import {
  accessTokenBytes,
  accessTokenPrefix,
  accessTokenScopes,
  endOfTime,
  factorOf,
  hashToken,
} from './session.rules.js';

/** What credentials need. */
export interface CredentialParts {
  readonly db: Db;
  readonly access: Access;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly random: Random;
}

/** A change of a credential by its id, which is `own` where everybody may take it from itself. */
interface Change {
  readonly table: store.CredentialTable;
  readonly action: string;
  readonly path: string[];
  readonly own: boolean;
}

/** The credentials of users on this database. */
export function createCredentials({ db, access, audit, clock, random }: CredentialParts): Credentials {
  /** A list of many users, each user's rows in the order they came in. */
  const lists =
    <Row extends { readonly userId: string }>(
      list: (db: Db, sight: store.Sight, userIds: readonly UserId[]) => Promise<Row[]>,
    ) =>
    async (call: Call, userIds: readonly UserId[]): Promise<Row[][]> => {
      const sight = { writable: access.writable(call), self: callingUser(call).userId };
      const found = new Map<string, Row[]>(userIds.map((id) => [id, []]));
      for (const row of await list(db, sight, userIds)) found.get(row.userId)?.push(row);
      return userIds.map((id) => found.get(id) ?? []);
    };

  const record = (tx: Tx, call: Call, action: string, { ownerId }: UserScope, type: string, id: string) =>
    audit.record(tx, call, { action, accountId: ownerId, target: { type, id } });

  async function change<T>(
    call: Call,
    { table, id, userId: named, ...rest }: NamedToken & Change,
    work: (tx: Tx, scope: UserScope) => Promise<T | null>,
  ): Promise<T> {
    callingUser(call);
    const owner = await store.ownerOf(db, table, id);
    // An unknown credential takes the way of one that may not be seen: no user has its id.
    const userId = owner === null || (named !== undefined && named !== owner) ? (id as UserId) : owner;
    return access.changeUser(call, { userId, secret: true, ...rest }, async (tx, scope) => {
      const done = await work(tx, scope);
      if (done === null) throw gone(rest.path);
      return done;
    });
  }

  const removal =
    (table: 'refresh_tokens' | 'personal_access_tokens', action: string, type: string, own: boolean) =>
    (call: Call, token: NamedToken) =>
      change(call, { ...token, table, action, path: ['id'], own }, async (tx, scope) => {
        const removed = await store.deleteToken(tx, scope, table, token.id);
        if (removed !== null) await record(tx, call, action, scope, type, token.id);
        return removed;
      });

  return {
    sessions: lists(store.listSessions),
    refreshTokens: lists(store.listRefreshTokens),
    accessTokens: lists(store.listAccessTokens),
    factors: lists(store.listFactors),
    passkeys: lists(store.listPasskeys),

    createAccessToken: (call, { userId, expirationDate }) =>
      access.changeUser(call, { userId, action: 'token.create', path: ['userId'] }, async (tx, scope) => {
        demandType(await findChanged(tx, scope), 'MACHINE', 'userId');
        const now = clock.now();
        const { instant, ns } = splitTimestamp(expirationDate ?? endOfTime);
        if (instant <= now) throw invalid(['expirationDate'], 'This time is past.');
        const token = accessTokenPrefix + random.bytes(accessTokenBytes).toString('base64url');
        const accessToken = await store.insertAccessToken(tx, scope, {
          id: random.uuid(),
          tokenHash: hashToken(token),
          expirationDate: instant,
          expirationNs: ns,
          scopes: [...accessTokenScopes],
          createdAt: now,
        });
        await record(tx, call, 'token.create', scope, 'personal access token', accessToken.id);
        return { accessToken, token };
      }),

    removeAccessToken: removal('personal_access_tokens', 'token.remove', 'personal access token', false),

    revokeRefreshToken: removal('refresh_tokens', 'refresh_token.revoke', 'refresh token', true),

    terminateSession: (call, { sessionId: id }) => {
      const which = { table: 'sessions', id, action: 'session.terminate', path: ['sessionId'], own: true } as const;
      return change(call, { ...which, path: [...which.path] }, async (tx, scope) => {
        const ended = await store.endSession(tx, scope, id, sessionStates.toNumber('TERMINATED'), clock.now());
        if (ended?.changed === true) await record(tx, call, which.action, scope, 'session', id);
        return ended?.session ?? null;
      });
    },

    removeFactor: (call, { userId, factor }) =>
      access.changeUser(call, { userId, action: 'factor.remove', path: ['userId'], own: true }, async (tx, scope) => {
        const { key, kind, id } = factorOf(factor);
        const removed = await (kind === null
          ? store.deletePasskey(tx, scope, id ?? '')
          : store.deleteFactors(tx, scope, kind, id));
        if (!removed) throw gone(['factor', key]);
        await record(tx, call, 'factor.remove', scope, key, id ?? userId);
        return updateUser(tx, scope, {}, clock.now());
      }),
  };
}

const gone = (path: readonly string[]) =>
  new AppError('not_found', 'NOT_FOUND', 'There is no such thing, or you may not see it.', { path });
