/** The rows of invites. */
import { uuids, within, type Db } from '../../db/client.js';
import { keysetParts, type Keyed, type Order } from '../../db/keyset.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { AccountId, InviteId, UserId } from '../../kernel/ids.js';
import type { PageRequest } from '../../kernel/page.js';
import type { Tx } from '../../kernel/transaction.js';
import type { Scope, UserScope, Visible } from '../access/access.js';
import { seesAccount, whereAccountSeen } from '../access/access.visible.js';
import type { Invite } from './invite.js';

const newestFirst: Order = {
  keys: [
    { sql: Prisma.sql`i.created_at`, type: 'timestamptz' },
    { sql: Prisma.sql`i.id`, type: 'uuid' },
  ],
  descending: true,
};

const open = (now: Date) => Prisma.sql`
  i.accepted_at IS NULL AND i.superseded_at IS NULL AND i.expires_at > ${now}::timestamptz`;

/** One page of the open invites of each account, all in one statement. */
export function listInvites(
  db: Db,
  visible: Visible,
  accountIds: readonly AccountId[],
  page: PageRequest,
  now: Date,
): Promise<Keyed<Invite>[]> {
  const { cursor, where, orderBy, limit } = keysetParts(newestFirst, page);
  return db.query<Keyed<Invite>>(Prisma.sql`
    SELECT invite.* FROM unnest(${uuids(accountIds)}) WITH ORDINALITY AS asked (id, place)
    CROSS JOIN LATERAL (
      SELECT i.id, i.account_id AS "accountId", i.sender_user_id AS "senderUserId", i.email,
        i.token_hash AS "tokenHash", i.role, i.accepted_at AS "acceptedAt", i.accepted_by AS "acceptedBy",
        i.superseded_at AS "supersededAt", i.expires_at AS "expiresAt", i.created_at AS "createdAt",
        i.updated_at AS "updatedAt", ${cursor} AS cursor
      FROM account_invites i
      WHERE i.account_id = asked.id AND ${open(now)} AND ${where}
      ORDER BY ${orderBy} LIMIT ${limit}
    ) invite
    WHERE ${seesAccount(visible, Prisma.sql`asked.id`)}
    ORDER BY asked.place`);
}

/** How many open invites each account has, counted no further than `limit` when there is one. */
export async function countInvites(
  db: Db,
  visible: Visible,
  accountIds: readonly AccountId[],
  limit: number | null,
  now: Date,
): Promise<Map<AccountId, number>> {
  const rows = await db.query<{ id: AccountId; total: bigint }>(Prisma.sql`
    SELECT asked.id, (SELECT count(*) FROM (
      SELECT 1 FROM account_invites i WHERE i.account_id = asked.id AND ${open(now)} LIMIT ${limit}::bigint
    ) counted) AS total
    FROM unnest(${uuids(accountIds)}) AS asked (id)
    WHERE ${seesAccount(visible, Prisma.sql`asked.id`)}`);
  return new Map(rows.map((row) => [row.id, Number(row.total)]));
}

/** These invites, as far as they may be seen. In no order; the rest is left out. */
export function findInvites(db: Db, visible: Visible, ids: readonly string[]): Promise<Invite[]> {
  return db.prisma.accountInvite.findMany({
    where: { id: { in: [...ids] }, account: whereAccountSeen(visible) },
  });
}

/** Which account an invite belongs to. For finding the account to lock; decides nothing. */
export async function accountOf(db: Db, by: { id: InviteId } | { tokenHash: Invite['tokenHash'] }) {
  const row = await db.prisma.accountInvite.findUnique({ where: by, select: { accountId: true } });
  return (row?.accountId as AccountId | undefined) ?? null;
}

/** The invite with this token, under the lock on its account. */
export function findByToken(tx: Tx, scope: Scope, tokenHash: Invite['tokenHash']): Promise<Invite | null> {
  return within(tx).accountInvite.findUnique({ where: { tokenHash, accountId: scope.accountId } });
}

/** Ends the open invites of the account to an address: a newer one takes their place. Answers which. */
export async function supersede(tx: Tx, scope: Scope, email: string, now: Date): Promise<string[]> {
  const ended = await within(tx).accountInvite.updateManyAndReturn({
    where: { accountId: scope.accountId, email, acceptedAt: null, supersededAt: null },
    data: { supersededAt: now, updatedAt: now },
    select: { id: true },
  });
  return ended.map(({ id }) => id);
}

/** Keeps the caller from being removed until the transaction ends. False when that happened already. */
export async function holdSender(tx: Tx, { userId }: Scope): Promise<boolean> {
  const rows = await within(tx).$queryRaw<unknown[]>`SELECT 1 FROM users WHERE id = ${userId}::uuid FOR KEY SHARE`;
  return rows.length === 1;
}

/** Adds an invite to the account. */
export function insertInvite(
  tx: Tx,
  scope: Scope,
  invite: Pick<Invite, 'id' | 'email' | 'tokenHash' | 'role' | 'expiresAt' | 'createdAt'>,
): Promise<Invite> {
  return within(tx).accountInvite.create({
    data: { ...invite, accountId: scope.accountId, senderUserId: scope.userId, updatedAt: invite.createdAt },
  });
}

/** Notes that an invite was used. */
export async function markAccepted(tx: Tx, scope: Scope, id: string, by: UserId, now: Date): Promise<void> {
  await within(tx).accountInvite.update({
    where: { id, accountId: scope.accountId },
    data: { acceptedAt: now, acceptedBy: by, updatedAt: now },
    select: { id: true },
  });
}

/** Removes an invite of the account. False when it is gone already. */
export async function deleteInvite(tx: Tx, scope: Scope, id: InviteId): Promise<boolean> {
  const { count } = await within(tx).accountInvite.deleteMany({ where: { id, accountId: scope.accountId } });
  return count === 1;
}

/** Removes the invites of the account that somebody sent and nobody used yet. Answers which. */
export async function deleteOpenBy(tx: Tx, scope: Scope, senderUserId: UserId): Promise<string[]> {
  const gone = await within(tx).$queryRaw<{ id: string }[]>`
    DELETE FROM account_invites
    WHERE account_id = ${scope.accountId}::uuid AND sender_user_id = ${senderUserId}::uuid AND accepted_at IS NULL
    RETURNING id`;
  return gone.map(({ id }) => id);
}

/** Removes the invites, in whatever account, that the user of the scope sent and nobody used yet. Answers which. */
export function deleteOpenEverywhere(tx: Tx, { targetId }: UserScope): Promise<{ id: string; accountId: AccountId }[]> {
  return within(tx).$queryRaw`
    DELETE FROM account_invites WHERE sender_user_id = ${targetId}::uuid AND accepted_at IS NULL
    RETURNING id, account_id AS "accountId"`;
}
