/** What access reads: accounts and who is in them. It writes neither. */
import { uuids, within, type Db } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { AccountId, UserId } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/transaction.js';
import type { Visible, Writable } from './access.js';
import { seesUser, writesUser } from './access.visible.js';

/** An account and the caller's place in it; `role` is null for whoever is no member. Numbers are the protobuf's. */
export interface Standing {
  readonly accountId: AccountId;
  readonly type: number;
  readonly role: number | null;
}

/** Where a user stands in each of these accounts. Unknown accounts are left out. */
export function standings(db: Db, userId: UserId, accountIds: readonly AccountId[]): Promise<Standing[]> {
  return db.query<Standing>(Prisma.sql`
    SELECT a.id AS "accountId", a.type, m.role
    FROM accounts a LEFT JOIN account_members m ON m.account_id = a.id AND m.user_id = ${userId}::uuid
    WHERE a.id = ANY(${uuids(accountIds)})`);
}

/**
 * Locks an account's row and the caller's membership until the transaction ends, and reads both as they are by then.
 * Nothing is locked, and null comes back, when the caller is no member.
 */
export async function lockAsMember(tx: Tx, userId: UserId, accountId: AccountId): Promise<Standing | null> {
  const rows = await within(tx).$queryRaw<Standing[]>`
    SELECT a.id AS "accountId", a.type, m.role
    FROM accounts a JOIN account_members m ON m.account_id = a.id
    WHERE a.id = ${accountId}::uuid AND m.user_id = ${userId}::uuid
    FOR NO KEY UPDATE OF a, m`;
  return rows[0] ?? null;
}

/** Locks an account's row until the transaction ends, whoever asks. */
export async function lockAccount(tx: Tx, accountId: AccountId): Promise<Standing | null> {
  const rows = await within(tx).$queryRaw<Standing[]>`
    SELECT id AS "accountId", type, NULL::smallint AS role FROM accounts WHERE id = ${accountId}::uuid
    FOR NO KEY UPDATE`;
  return rows[0] ?? null;
}

/** The account that owns a user; null for a user that is unknown or may not be seen. */
export async function ownerOf(tx: Tx, visible: Visible, userId: UserId): Promise<AccountId | null> {
  const rows = await within(tx).$queryRaw<{ owner: AccountId }[]>`
    SELECT u.resource_owner AS owner FROM users u
    WHERE u.id = ${userId}::uuid AND ${seesUser(visible, Prisma.sql`u`)}`;
  return rows[0]?.owner ?? null;
}

/**
 * Locks accounts until the transaction ends, in the order of their ids, so that two who want the same ones never wait
 * for each other: the owner of a user and, where `member` is given, every account that user is in.
 */
export async function lockAccountsOf(tx: Tx, owner: AccountId, member: UserId | null): Promise<Set<AccountId>> {
  const rows = await within(tx).$queryRaw<{ id: AccountId }[]>`
    SELECT id FROM accounts
    WHERE id = ${owner}::uuid OR id IN (SELECT account_id FROM account_members WHERE user_id = ${member}::uuid)
    ORDER BY id FOR NO KEY UPDATE`;
  return new Set(rows.map((row) => row.id));
}

/**
 * Locks a user's row until the transaction ends and reads which account owns it by then.
 * @param alone also keeps others from adding what refers to the user, such as a membership
 */
export async function lockUser(tx: Tx, userId: UserId, alone: boolean): Promise<AccountId | null> {
  const strength = alone ? Prisma.sql`FOR UPDATE` : Prisma.sql`FOR NO KEY UPDATE`;
  const rows = await within(tx).$queryRaw<{ owner: AccountId }[]>`
    SELECT resource_owner AS owner FROM users WHERE id = ${userId}::uuid ${strength}`;
  return rows[0]?.owner ?? null;
}

/** The accounts that a user is in. */
export async function accountsOf(tx: Tx, userId: UserId): Promise<AccountId[]> {
  const rows = await within(tx).accountMember.findMany({ where: { userId }, select: { accountId: true } });
  return rows.map((row) => row.accountId as AccountId);
}

/** Which of these users may be written, as seen inside the transaction or outside of any. */
export async function writableOf(
  where: { readonly tx: Tx } | { readonly db: Db },
  writable: Writable,
  userIds: readonly UserId[],
): Promise<Set<UserId>> {
  const statement = Prisma.sql`
    SELECT u.id FROM users u WHERE u.id = ANY(${uuids(userIds)}) AND ${writesUser(writable, Prisma.sql`u`)}`;
  const rows =
    'tx' in where
      ? await within(where.tx).$queryRaw<{ id: UserId }[]>(statement)
      : await where.db.query<{ id: UserId }>(statement);
  return new Set(rows.map((row) => row.id));
}
