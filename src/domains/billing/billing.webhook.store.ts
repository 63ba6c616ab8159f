/** The rows of webhook events, and what applying them changes. The right to change is the provider's signature. */
import { within, type Db } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { AccountId } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/transaction.js';
import type { ProviderEvent } from './billing.stripe.read.js';

/** Stores an event. False when it was stored before. */
export async function insertWebhookEvent(db: Db, event: ProviderEvent, now: Date): Promise<boolean> {
  const rows = await db.query(Prisma.sql`
    INSERT INTO webhook_events (id, type, facts, created_at, received_at)
    VALUES (${event.id}, ${event.type}, ${event.facts && JSON.stringify(event.facts)}::jsonb,
      ${event.createdAt}::timestamptz, ${now}::timestamptz)
    ON CONFLICT (id) DO NOTHING RETURNING id`);
  return rows.length === 1;
}

/** Locks an event that is not applied yet, this one or the next in turn. Null when there is none that nobody else holds. */
export async function lockUnapplied(tx: Tx, id: string | null): Promise<ProviderEvent | null> {
  const rows = await within(tx).$queryRaw<ProviderEvent[]>`
    SELECT id, type, facts, created_at AS "createdAt" FROM webhook_events
    WHERE applied_at IS NULL AND (${id}::text IS NULL OR id = ${id})
    ORDER BY attempts, received_at LIMIT 1 FOR UPDATE SKIP LOCKED`;
  return rows[0] ? { ...rows[0], facts: revived(rows[0].facts) } : null;
}

/** JSON knows no dates. */
function revived(facts: ProviderEvent['facts']): ProviderEvent['facts'] {
  if (facts?.kind !== 'subscription') return facts;
  const { periodStart, periodEnd } = facts.subscription;
  const dated = (value: Date | null) => (value === null ? null : new Date(value));
  return {
    ...facts,
    subscription: { ...facts.subscription, periodStart: dated(periodStart), periodEnd: dated(periodEnd) },
  };
}

/** Notes that an event is applied. */
export async function markApplied(tx: Tx, id: string, now: Date): Promise<void> {
  await within(tx).$executeRaw`UPDATE webhook_events SET applied_at = ${now}::timestamptz WHERE id = ${id}`;
}

/** Puts an event that could not be applied behind the others. */
export async function postpone(db: Db, id: string): Promise<void> {
  await db.query(Prisma.sql`UPDATE webhook_events SET attempts = attempts + 1 WHERE id = ${id} AND applied_at IS NULL`);
}

/** How many events are not applied. */
export async function countUnapplied(db: Db): Promise<number> {
  const [row] = await db.query<{ total: bigint }>(
    Prisma.sql`SELECT count(*) AS total FROM webhook_events WHERE applied_at IS NULL`,
  );
  return Number(row?.total ?? 0n);
}

/** Removes events that were applied and came before this time. */
export async function forgetApplied(db: Db, before: Date): Promise<void> {
  await db.query(Prisma.sql`
    DELETE FROM webhook_events WHERE id IN (
      SELECT id FROM webhook_events WHERE received_at < ${before}::timestamptz AND applied_at IS NOT NULL LIMIT 1000)`);
}

/** Locks the account of a customer. Null for customers that are none of ours. */
export async function lockAccountOf(tx: Tx, customerId: string): Promise<AccountId | null> {
  const rows = await within(tx).$queryRaw<{ id: AccountId }[]>`
    SELECT id FROM accounts WHERE stripe_customer_id = ${customerId} FOR NO KEY UPDATE`;
  return rows[0]?.id ?? null;
}

/** Counts that something changed for a customer, so that the next look is a new one. */
export async function countChange(tx: Tx, customerId: string): Promise<void> {
  await within(tx).$executeRaw`
    INSERT INTO billing_states AS known (customer_id, changes) VALUES (${customerId}, 1)
    ON CONFLICT (customer_id) DO UPDATE SET changes = known.changes + 1`;
}

/** Takes an account's customer away: the provider removed it. The next checkout makes another. */
export async function forgetCustomer(tx: Tx, accountId: AccountId, now: Date): Promise<void> {
  await within(tx).$executeRaw`
    UPDATE accounts SET stripe_customer_id = NULL, updated_at = ${now}::timestamptz WHERE id = ${accountId}::uuid`;
  await within(tx).$executeRaw`DELETE FROM billing_customers WHERE account_id = ${accountId}::uuid`;
}
