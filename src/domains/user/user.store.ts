/** The rows of users, their identities and their IAM memberships. */
import { uuids, within, type Db } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { AccountId, UserId } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/transaction.js';
import type { User } from './user.js';
import type { Profile } from './user.rules.js';

/** Every column of the row `u` of users, under the names of the contract. */
export const userColumns = Prisma.raw(`
  u.id, u.type, u.state, u.user_name AS "userName", u.resource_owner AS "resourceOwner",
  u.first_name AS "firstName", u.last_name AS "lastName", u.nick_name AS "nickName", u.display_name AS "displayName",
  u.preferred_language AS "preferredLanguage", u.gender, u.avatar_url AS "avatarUrl",
  u.email, u.email_verified AS "emailVerified", u.phone, u.phone_verified AS "phoneVerified",
  u.password_changed AS "passwordChanged", u.machine_name AS "machineName", u.description,
  u.has_secret AS "hasSecret", u.access_token_type AS "accessTokenType", u.edited, u.sequence,
  u.created_at AS "createdAt", u.updated_at AS "updatedAt", u.created_ns AS "createdNs", u.updated_ns AS "updatedNs",
  u.password_changed_ns AS "passwordChangedNs", u.state_before_lock AS "stateBeforeLock", u.foreign_id AS "foreignId",
  u.preferred_login_name AS "preferredName"`);

/** The state of the user behind an identity, and whether it holds an IAM membership. */
export async function findByIdentity(db: Db, issuer: string, subject: string) {
  const [row] = await db.query<{ id: UserId; state: number; operator: boolean }>(Prisma.sql`
    SELECT u.id, u.state, EXISTS (SELECT 1 FROM instance_members i WHERE i.user_id = u.id
      AND 'IAM_OWNER' = ANY(i.roles)) AS operator
    FROM user_identities ui JOIN users u ON u.id = ui.user_id
    WHERE ui.issuer = ${issuer} AND ui.subject = ${subject}`);
  return row ?? null;
}

/** Whether there is no user at all. */
export async function isEmpty(db: Db): Promise<boolean> {
  const [row] = await db.query<{ empty: boolean }>(Prisma.sql`SELECT NOT EXISTS (SELECT 1 FROM users) AS empty`);
  return row?.empty ?? true;
}

/** The user behind an identity, locked until the transaction ends. */
export async function lockByIdentity(tx: Tx, issuer: string, subject: string) {
  const rows = await within(tx).$queryRaw<{ id: UserId }[]>`
    SELECT u.id FROM user_identities ui JOIN users u ON u.id = ui.user_id
    WHERE ui.issuer = ${issuer} AND ui.subject = ${subject}
    FOR NO KEY UPDATE OF u`;
  return rows[0] ? within(tx).user.findUniqueOrThrow({ where: { id: rows[0].id } }) : null;
}

/** Locks a user's row until the transaction ends, so that two changes by one caller never overlap. */
export async function lockUser(tx: Tx, userId: UserId): Promise<void> {
  await within(tx).$queryRaw`SELECT id FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
}

type FurtherColumns =
  'foreignId' | 'gender' | 'phone' | 'phoneVerified' | 'machineName' | 'description' | 'accessTokenType';

/** A user to add. */
export interface NewUser extends Partial<Profile & Pick<User, FurtherColumns>> {
  readonly id: UserId;
  readonly type: number;
  readonly state: number;
  readonly resourceOwner: string;
  readonly createdAt: Date;
}

/**
 * Adds a user under the first of `names` that nobody has, whatever its letter case.
 * @returns the name it got; null when all are taken, or the id is
 */
export async function insertUser(tx: Tx, user: NewUser, names: readonly string[]): Promise<string | null> {
  for (const userName of names) {
    // The unique index, not a prior read, decides: two may try the same name at once.
    const added = await within(tx).$executeRaw`
      INSERT INTO users (id, type, state, user_name, resource_owner, created_at, updated_at)
      VALUES (${user.id}::uuid, ${user.type}, ${user.state}, ${userName}, ${user.resourceOwner}::uuid,
        ${user.createdAt}, ${user.createdAt})
      ON CONFLICT DO NOTHING`;
    if (added === 1 && (await insertLoginName(tx, user.id, userName))) {
      const { id, type: _type, state: _state, resourceOwner: _owner, createdAt: _created, ...profile } = user;
      await within(tx).user.update({ where: { id }, data: profile, select: { id: true } });
      return userName;
    }
    // The name is somebody's login name: the row that was added under it goes again.
    if (added === 1) await within(tx).user.delete({ where: { id: user.id }, select: { id: true } });
  }
  return null;
}

/** Whether an id is somebody's. */
export async function isTaken(tx: Tx, id: UserId): Promise<boolean> {
  return (await within(tx).user.count({ where: { id } })) > 0;
}

/** The id of the user whom a login name leads to, whatever its letter case: one at most. */
export const idByLoginName = (name: string): Prisma.Sql =>
  Prisma.sql`SELECT l.user_id FROM user_login_names l WHERE lower(l.login_name) = lower(${name}::text)`;

/** Whether anybody has this login name, whatever its letter case, and this address; what is empty is not asked about. */
export async function hasUser(db: Db, userName: string, email: string): Promise<boolean> {
  const [row] = await db.query<{ found: boolean }>(
    Prisma.sql`
    SELECT EXISTS (SELECT 1 FROM users u
      WHERE (${userName}::text = '' OR u.id = (${idByLoginName(userName)}))
        AND (${email}::text = '' OR (u.email = ${email}::text
          AND coalesce(lower(u.email), U&'\\+10FFFF') COLLATE "C" = lower(${email}::text)))
    ) AS found`,
    'each time',
  );
  return row?.found ?? false;
}

/** One user, inside the transaction. */
export function findUser(tx: Tx, id: UserId): Promise<User> {
  return within(tx).user.findUniqueOrThrow({ where: { id } });
}

/** Adds a user name as a login name. False when it leads to somebody already, whatever its letter case. */
export async function insertLoginName(tx: Tx, userId: UserId, userName: string): Promise<boolean> {
  const added = await within(tx).$executeRaw`
    INSERT INTO user_login_names (user_id, login_name) VALUES (${userId}::uuid, ${userName}) ON CONFLICT DO NOTHING`;
  return added === 1;
}

/** The login names of each of these users, the user name first. */
export async function findLoginNames(db: Db, ids: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await db.query<{ userId: string; names: string[] }>(Prisma.sql`
    SELECT l.user_id AS "userId",
      array_agg(l.login_name ORDER BY l.login_name <> coalesce(nullif(u.preferred_login_name, ''), u.user_name),
        l.place, l.login_name COLLATE "C") AS names
    FROM user_login_names l JOIN users u ON u.id = l.user_id
    WHERE l.user_id = ANY(${uuids(ids)}) GROUP BY l.user_id`);
  return new Map(rows.map((row) => [row.userId, row.names]));
}

/** Ties an identity to a user. False when the identity is tied already. */
export async function insertIdentity(tx: Tx, issuer: string, subject: string, userId: UserId): Promise<boolean> {
  const added = await within(tx).$executeRaw`
    INSERT INTO user_identities (issuer, subject, user_id) VALUES (${issuer}, ${subject}, ${userId}::uuid)
    ON CONFLICT DO NOTHING`;
  return added === 1;
}

/** Takes over what a token says. */
export async function updateProfile(
  tx: Tx,
  userId: UserId,
  profile: Partial<Profile & Pick<User, 'state' | 'stateBeforeLock'>>,
  now: Date,
): Promise<void> {
  await within(tx).user.update({
    where: { id: userId },
    data: { ...profile, sequence: { increment: 1 }, updatedAt: now, updatedNs: 0 },
    select: { id: true },
  });
}

/** Makes a user an instance operator. False when it is one already. */
export async function insertInstanceMember(tx: Tx, userId: UserId): Promise<boolean> {
  const added = await within(tx).$executeRaw`
    INSERT INTO instance_members AS i (user_id) VALUES (${userId}::uuid)
    ON CONFLICT (user_id) DO UPDATE SET roles = i.roles || '{IAM_OWNER}' WHERE NOT 'IAM_OWNER' = ANY(i.roles)`;
  return added === 1;
}

/** Moves a user to the account that owns it from now on. */
export async function moveResourceOwner(tx: Tx, userId: UserId, accountId: string, now: Date): Promise<void> {
  await within(tx).user.update({
    where: { id: userId },
    data: { resourceOwner: accountId, sequence: { increment: 1 }, updatedAt: now, updatedNs: 0 },
    select: { id: true },
  });
}

/** The account that owns a user: the personal one of somebody who signed in, which need not exist yet. */
export async function findOwnerAccount(tx: Tx, userId: UserId): Promise<AccountId> {
  const user = await within(tx).user.findUniqueOrThrow({ where: { id: userId }, select: { resourceOwner: true } });
  return user.resourceOwner as AccountId;
}
