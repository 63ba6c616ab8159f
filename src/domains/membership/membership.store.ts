/** The rows of account members. */
import { uuids, within, type Db } from '../../db/client.js';
import { keysetParts, type Keyed, type Order } from '../../db/keyset.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { AccountId, UserId } from '../../kernel/ids.js';
import type { PageRequest } from '../../kernel/page.js';
import type { Tx } from '../../kernel/transaction.js';
import {
  accountRoles,
  accountTypes,
  type AccountRole,
  type Scope,
  type UserScope,
  type Visible,
} from '../access/access.js';
import { seesAccount } from '../access/access.visible.js';
import { usableStates, userStates } from '../user/user.js';
import { userColumns } from '../user/user.store.js';
import type { Member } from './membership.js';

const usable = usableStates.map((state) => userStates.toNumber(state));

const byName: Order = {
  keys: [
    { sql: Prisma.sql`lower(coalesce(u.display_name, u.machine_name, u.user_name)) COLLATE "C"`, type: 'text' },
    { sql: Prisma.sql`u.id`, type: 'uuid' },
  ],
};

/** One page of the members of each account, all in one statement. */
export function listMembers(db: Db, visible: Visible, accountIds: readonly AccountId[], page: PageRequest) {
  const { cursor, where, orderBy, limit } = keysetParts(byName, page);
  return db.query<Keyed<Member>>(Prisma.sql`
    SELECT member.* FROM unnest(${uuids(accountIds)}) WITH ORDINALITY AS asked (id, place)
    CROSS JOIN LATERAL (
      SELECT ${userColumns}, m.account_id AS "accountId", m.role, ${cursor} AS cursor
      FROM account_members m JOIN users u ON u.id = m.user_id
      WHERE m.account_id = asked.id AND ${where}
      ORDER BY ${orderBy} LIMIT ${limit}
    ) member
    WHERE ${seesAccount(visible, Prisma.sql`asked.id`)}
    ORDER BY asked.place`);
}

/** How many members each account has, counted no further than `limit` when there is one. */
export async function countMembers(
  db: Db,
  visible: Visible,
  accountIds: readonly AccountId[],
  limit: number | null,
): Promise<Map<AccountId, number>> {
  const rows = await db.query<{ id: AccountId; total: bigint }>(Prisma.sql`
    SELECT asked.id, (SELECT count(*) FROM (
      SELECT 1 FROM account_members m WHERE m.account_id = asked.id LIMIT ${limit}::bigint) counted) AS total
    FROM unnest(${uuids(accountIds)}) AS asked (id)
    WHERE ${seesAccount(visible, Prisma.sql`asked.id`)}`);
  return new Map(rows.map((row) => [row.id, Number(row.total)]));
}

/** A member's role in the account of the scope; null for somebody who is no member. */
export async function findRole(tx: Tx, scope: Scope, userId: UserId): Promise<number | null> {
  const row = await within(tx).accountMember.findUnique({
    where: { accountId_userId: { accountId: scope.accountId, userId } },
    select: { role: true },
  });
  return row?.role ?? null;
}

/** One member with its user. */
export async function findMember(tx: Tx, scope: Scope, userId: UserId): Promise<Member | null> {
  const row = await within(tx).accountMember.findUnique({
    where: { accountId_userId: { accountId: scope.accountId, userId } },
    select: { role: true, user: true },
  });
  return row ? { ...row.user, accountId: scope.accountId, role: row.role } : null;
}

/** How many admins the account has besides this user who could act. */
export async function countOtherAdmins(tx: Tx, scope: Scope, userId: UserId): Promise<number> {
  return within(tx).accountMember.count({
    where: {
      accountId: scope.accountId,
      role: accountRoles.toNumber('ADMIN'),
      userId: { not: userId },
      user: { state: { in: usable } },
    },
  });
}

/** Adds a member. False when the user is one already, whose role is then left as it is. */
export async function insertMember(tx: Tx, scope: Scope, userId: UserId, role: AccountRole): Promise<boolean> {
  const added = await within(tx).$executeRaw`
    INSERT INTO account_members (account_id, user_id, role)
    VALUES (${scope.accountId}::uuid, ${userId}::uuid, ${accountRoles.toNumber(role)})
    ON CONFLICT DO NOTHING`;
  return added === 1;
}

/** Gives a member another role. */
export async function updateRole(tx: Tx, scope: Scope, userId: UserId, role: AccountRole, now: Date): Promise<void> {
  await within(tx).accountMember.update({
    where: { accountId_userId: { accountId: scope.accountId, userId } },
    // Roles that were imported beside the old role go with it.
    data: { role: accountRoles.toNumber(role), roles: [], sequence: { increment: 1 }, updatedAt: now, updatedNs: 0 },
    select: { role: true },
  });
}

/** Takes a member out of the account. */
export async function deleteMember(tx: Tx, scope: Scope, userId: UserId): Promise<void> {
  await within(tx).accountMember.deleteMany({ where: { accountId: scope.accountId, userId } });
}

/** Takes the user of the scope out of every account. Answers which, and what its role was there. */
export function deleteEverywhere(tx: Tx, { targetId }: UserScope): Promise<{ accountId: AccountId; role: number }[]> {
  return within(tx).$queryRaw`
    DELETE FROM account_members WHERE user_id = ${targetId}::uuid RETURNING account_id AS "accountId", role`;
}

/**
 * How many accounts have the user of the scope for their only admin who can act. Personal accounts do not count: they
 * are about their owner alone.
 */
export function countAccountsLeftAlone(tx: Tx, { targetId }: UserScope): Promise<number> {
  const role = accountRoles.toNumber('ADMIN');
  return within(tx).account.count({
    where: {
      type: { not: accountTypes.toNumber('PERSONAL') },
      members: {
        some: { userId: targetId, role },
        none: { userId: { not: targetId }, role, user: { state: { in: usable } } },
      },
    },
  });
}
