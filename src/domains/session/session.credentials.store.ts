/** The rows of credentials: sessions, tokens, factors and passkeys of users. */
import { within, type Db } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { UserId } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/transaction.js';
import type { UserScope, Writable } from '../access/access.js';
import { writesUser } from '../access/access.visible.js';
import type { AccessToken, Detailed, Factor, Passkey, RefreshToken, Session } from './session.js';

/** Whose credentials may be seen: those of the caller, and of whom it may write. */
export interface Sight {
  readonly writable: Writable;
  /** The caller. */
  readonly self: UserId;
}

const sees = ({ writable, self }: Sight) => Prisma.sql`
  (u.id = ${self}::uuid OR ${writesUser(writable, Prisma.sql`u`)})`;

const details = Prisma.raw(`
  c.sequence, c.created_at AS "createdAt", c.updated_at AS "updatedAt", c.created_ns AS "createdNs",
  c.updated_ns AS "updatedNs", c.resource_owner AS "resourceOwner"`);

const sessionColumns = Prisma.sql`
  c.id, c.user_id AS "userId", c.agent_id AS "agentId", c.state, ${details},
  u.user_name AS "userName", coalesce(u.display_name, u.machine_name) AS "displayName", u.avatar_url AS "avatarUrl"`;

const accessTokenColumns = Prisma.sql`
  c.id, c.user_id AS "userId", c.expiration_date AS "expirationDate", c.expiration_ns AS "expirationNs", c.scopes,
  ${details}`;

/** The sessions of these users, the newest first. */
export function listSessions(db: Db, sight: Sight, userIds: readonly UserId[]): Promise<Session[]> {
  return db.query<Session>(Prisma.sql`
    SELECT ${sessionColumns} FROM sessions c JOIN users u ON u.id = c.user_id
    WHERE c.user_id = ANY(${userIds}::uuid[]) AND ${sees(sight)} ORDER BY c.created_at DESC, c.id`);
}

/** The refresh tokens of these users. */
export function listRefreshTokens(db: Db, sight: Sight, userIds: readonly UserId[]): Promise<RefreshToken[]> {
  return db.query<RefreshToken>(Prisma.sql`
    SELECT c.id, c.user_id AS "userId", c.client_id AS "clientId", c.auth_time AS "authTime",
      c.idle_expiration AS "idleExpiration", c.expiration, c.scopes, c.audience, ${details}
    FROM refresh_tokens c JOIN users u ON u.id = c.user_id
    WHERE c.user_id = ANY(${userIds}::uuid[]) AND ${sees(sight)} ORDER BY c.created_at, c.id`);
}

/** The personal access tokens of these users, without what opens anything. */
export function listAccessTokens(db: Db, sight: Sight, userIds: readonly UserId[]): Promise<AccessToken[]> {
  return db.query<AccessToken>(Prisma.sql`
    SELECT ${accessTokenColumns} FROM personal_access_tokens c JOIN users u ON u.id = c.user_id
    WHERE c.user_id = ANY(${userIds}::uuid[]) AND ${sees(sight)} ORDER BY c.created_at, c.id`);
}

/** The second factors of these users. */
export function listFactors(db: Db, sight: Sight, userIds: readonly UserId[]): Promise<Factor[]> {
  return db.query<Factor>(Prisma.sql`
    SELECT c.id, c.user_id AS "userId", c.kind, c.state, c.name FROM auth_factors c JOIN users u ON u.id = c.user_id
    WHERE c.user_id = ANY(${userIds}::uuid[]) AND ${sees(sight)} ORDER BY c.kind, c.id`);
}

/** The passkeys of these users. */
export function listPasskeys(db: Db, sight: Sight, userIds: readonly UserId[]): Promise<Passkey[]> {
  return db.query<Passkey>(Prisma.sql`
    SELECT c.id, c.user_id AS "userId", c.state, c.name FROM passwordless_tokens c JOIN users u ON u.id = c.user_id
    WHERE c.user_id = ANY(${userIds}::uuid[]) AND ${sees(sight)} ORDER BY c.name, c.id`);
}

/** The tables whose rows are credentials with an id of their own. */
export type CredentialTable = 'sessions' | 'refresh_tokens' | 'personal_access_tokens';

/** Whose a credential is. For finding the user to lock; decides nothing. */
export async function ownerOf(db: Db, table: CredentialTable, id: string): Promise<UserId | null> {
  const [row] = await db.query<{ userId: UserId }>(Prisma.sql`
    SELECT user_id AS "userId" FROM ${Prisma.raw(table)} WHERE id = ${id}::uuid`);
  return row?.userId ?? null;
}

/** Ends a session and counts the change; one that has ended is left alone. Null when it is gone. */
export async function endSession(tx: Tx, scope: UserScope, id: string, ended: number, now: Date) {
  const count = await within(tx).$executeRaw`
    UPDATE sessions SET state = ${ended}, terminated_at = ${now}, sequence = sequence + 1, updated_at = ${now},
      updated_ns = 0
    WHERE id = ${id}::uuid AND user_id = ${scope.targetId}::uuid AND state <> ${ended}`;
  const rows = await within(tx).$queryRaw<Session[]>`
    SELECT ${sessionColumns} FROM sessions c JOIN users u ON u.id = c.user_id
    WHERE c.id = ${id}::uuid AND c.user_id = ${scope.targetId}::uuid`;
  return rows[0] ? { session: rows[0], changed: count === 1 } : null;
}

/** Adds a personal access token. */
export async function insertAccessToken(
  tx: Tx,
  scope: UserScope,
  token: Pick<AccessToken, 'id' | 'expirationDate' | 'expirationNs' | 'scopes' | 'createdAt'> & {
    readonly tokenHash: Uint8Array<ArrayBuffer>;
  },
): Promise<AccessToken> {
  return within(tx).personalAccessToken.create({
    data: { ...token, userId: scope.targetId, resourceOwner: scope.ownerId, updatedAt: token.createdAt },
    omit: { tokenHash: true, foreignId: true },
  });
}

/** Removes a token. Null when it is gone already. */
export async function deleteToken(
  tx: Tx,
  scope: UserScope,
  table: Exclude<CredentialTable, 'sessions'>,
  id: string,
): Promise<Detailed | null> {
  const [removed] = await within(tx).$queryRaw<Detailed[]>`
    DELETE FROM ${Prisma.raw(table)} c WHERE c.id = ${id}::uuid AND c.user_id = ${scope.targetId}::uuid
    RETURNING c.id, c.user_id AS "userId", ${details}`;
  return removed ?? null;
}

/** Removes factors by their kind, one of them where an id is given. False when there are none. */
export async function deleteFactors(tx: Tx, scope: UserScope, kind: number, id: string | null): Promise<boolean> {
  const { count } = await within(tx).authFactor.deleteMany({
    where: { userId: scope.targetId, kind, ...(id === null ? {} : { id }) },
  });
  return count > 0;
}

/** Removes a passkey. False when it is gone already. */
export async function deletePasskey(tx: Tx, scope: UserScope, id: string): Promise<boolean> {
  const { count } = await within(tx).passwordlessToken.deleteMany({ where: { userId: scope.targetId, id } });
  return count === 1;
}
