/** The rows of accounts. */
import { uuids, within, type Db } from '../../db/client.js';
import { keysetParts, type Keyed, type Order } from '../../db/keyset.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { AccountId, UserId } from '../../kernel/ids.js';
import type { PageRequest } from '../../kernel/page.js';
import type { Tx } from '../../kernel/transaction.js';
import { accountTypes, type Scope, type UserScope, type Visible } from '../access/access.js';
import { seesAccount } from '../access/access.visible.js';
import type { Account } from './account.js';

/** Every column of the row `a` of accounts, under the names of the contract. */
const accountColumns = Prisma.raw(`
  a.id, a.slug, a.type, a.stripe_customer_id AS "stripeCustomerId", a.temporal_url AS "temporalUrl",
  a.temporal_namespace AS "temporalNamespace", a.temporal_queue AS "temporalQueue",
  a.onboarding_completed AS "onboardingCompleted", a.max_allowed_records AS "maxAllowedRecords",
  a.trial_started_at AS "trialStartedAt", a.created_at AS "createdAt", a.updated_at AS "updatedAt",
  a.foreign_id AS "foreignId"`);

const personalFirst: Order = {
  keys: [
    { sql: Prisma.sql`(a.type <> ${accountTypes.toNumber('PERSONAL')}::int)::int`, type: 'int' },
    { sql: Prisma.sql`a.slug COLLATE "C"`, type: 'text' },
    { sql: Prisma.sql`a.id`, type: 'uuid' },
  ],
};

/** One page of the visible accounts of each user, all in one statement. */
export function listAccountsOf(db: Db, visible: Visible, userIds: readonly string[], page: PageRequest) {
  const { cursor, where, orderBy, limit } = keysetParts(personalFirst, page);
  return db.query<Keyed<Account & { memberId: string }>>(Prisma.sql`
    SELECT account.*, asked.id AS "memberId" FROM unnest(${uuids(userIds)}) WITH ORDINALITY AS asked (id, place)
    CROSS JOIN LATERAL (
      SELECT ${accountColumns}, ${cursor} AS cursor
      FROM account_members m JOIN accounts a ON a.id = m.account_id
      WHERE m.user_id = asked.id AND ${seesAccount(visible, Prisma.sql`a.id`)} AND ${where}
      ORDER BY ${orderBy} LIMIT ${limit}
    ) account
    ORDER BY asked.place`);
}

/** How many visible accounts each user has, counted no further than `limit` when there is one. */
export async function countAccountsOf(db: Db, visible: Visible, userIds: readonly string[], limit: number | null) {
  const rows = await db.query<{ id: string; total: bigint }>(Prisma.sql`
    SELECT asked.id, (SELECT count(*) FROM (
      SELECT 1 FROM account_members m
      WHERE m.user_id = asked.id AND ${seesAccount(visible, Prisma.sql`m.account_id`)} LIMIT ${limit}::bigint
    ) counted) AS total
    FROM unnest(${uuids(userIds)}) AS asked (id)`);
  return new Map(rows.map((row) => [row.id, Number(row.total)]));
}

/** These accounts, as far as they may be seen. In no order; the rest is left out. */
export function findAccounts(db: Db, visible: Visible, ids: readonly string[]): Promise<Account[]> {
  return db.query<Account>(Prisma.sql`
    SELECT ${accountColumns} FROM accounts a
    WHERE a.id = ANY(${uuids(ids)}) AND ${seesAccount(visible, Prisma.sql`a.id`)}`);
}

/** The personal accounts that these users own, as far as they may be seen. */
export function findPersonal(db: Db, visible: Visible, userIds: readonly string[]) {
  return db.query<Account & { ownerId: string }>(Prisma.sql`
    SELECT ${accountColumns}, u.id AS "ownerId" FROM users u JOIN accounts a ON a.id = u.resource_owner
    WHERE u.id = ANY(${uuids(userIds)}) AND a.type = ${accountTypes.toNumber('PERSONAL')}
      AND ${seesAccount(visible, Prisma.sql`a.id`)}`);
}

const byNameThenId: Order = {
  keys: [
    { sql: Prisma.sql`a.slug COLLATE "C"`, type: 'text' },
    { sql: Prisma.sql`a.id`, type: 'uuid' },
  ],
};

const billed = (visible: Visible, ids: readonly AccountId[] | null) => Prisma.sql`
  a.stripe_customer_id IS NOT NULL AND ${seesAccount(visible, Prisma.sql`a.id`)}
  AND (${ids}::uuid[] IS NULL OR a.id = ANY(${ids}::uuid[]))`;

/** One page of the accounts with a Stripe customer. */
export function listBilled(db: Db, visible: Visible, ids: readonly AccountId[] | null, page: PageRequest) {
  const { cursor, where, orderBy, limit } = keysetParts(byNameThenId, page);
  return db.query<Keyed<Account>>(Prisma.sql`
    SELECT ${accountColumns}, ${cursor} AS cursor FROM accounts a
    WHERE ${billed(visible, ids)} AND ${where} ORDER BY ${orderBy} LIMIT ${limit}`);
}

/** How many accounts have a Stripe customer, counted no further than `limit` when there is one. */
export async function countBilled(db: Db, visible: Visible, ids: readonly AccountId[] | null, limit: number | null) {
  const [row] = await db.query<{ total: bigint }>(Prisma.sql`
    SELECT count(*) AS total FROM (
      SELECT 1 FROM accounts a WHERE ${billed(visible, ids)} LIMIT ${limit}::bigint) counted`);
  return Number(row?.total ?? 0n);
}

/** The names of all accounts that a user is a member of. */
export async function slugsOf(tx: Tx, userId: UserId): Promise<string[]> {
  const rows = await within(tx).accountMember.findMany({
    where: { userId },
    select: { account: { select: { slug: true } } },
  });
  return rows.map((row) => row.account.slug);
}

/** One account, inside the transaction. */
export function findInside(tx: Tx, accountId: string): Promise<Account | null> {
  return within(tx).account.findUnique({ where: { id: accountId } });
}

/** Adds an account. */
export function insertAccount(
  tx: Tx,
  account: Pick<Account, 'id' | 'slug' | 'type' | 'createdAt' | 'trialStartedAt' | 'maxAllowedRecords'>,
): Promise<Account> {
  return within(tx).account.create({ data: { ...account, updatedAt: account.createdAt } });
}

/** Changes the account of the scope. */
export function updateAccount(
  tx: Tx,
  scope: Scope,
  change: Partial<Omit<Account, 'id' | 'createdAt' | 'updatedAt'>>,
  now: Date,
): Promise<Account> {
  return within(tx).account.update({ where: { id: scope.accountId }, data: { ...change, updatedAt: now } });
}

/** Removes the personal account of a user. False when there is none, or somebody else is in it or owned by it. */
export async function deletePersonal(tx: Tx, { targetId, ownerId }: UserScope): Promise<boolean> {
  const removed = await within(tx).$executeRaw`
    DELETE FROM accounts a WHERE a.id = ${ownerId}::uuid AND a.type = ${accountTypes.toNumber('PERSONAL')}
      AND NOT EXISTS (SELECT 1 FROM account_members m WHERE m.account_id = a.id AND m.user_id <> ${targetId}::uuid)
      AND NOT EXISTS (SELECT 1 FROM users u WHERE u.resource_owner = a.id AND u.id <> ${targetId}::uuid)`;
  return removed === 1;
}
