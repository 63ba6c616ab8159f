/** What access reads: accounts and who is in them. It writes neither. */
import { within, type Db } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { AccountId, UserId } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/transaction.js';

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
    WHERE a.id = ANY(${accountIds}::uuid[])`);
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
