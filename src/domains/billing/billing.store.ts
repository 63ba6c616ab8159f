/** The rows of customers, what is known of them, and the sessions they asked for. */
import { within, type Db } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { AccountId } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/transaction.js';
import type { Scope, Visible } from '../access/access.js';
import { seesAccount } from '../access/access.visible.js';
import type { Period, Subscription } from './billing.rules.js';
import type { CustomerRequest } from './billing.stripe.js';

/** An account, and all that our tables know of its subscriptions. */
export interface BilledAccount {
  readonly accountId: AccountId;
  readonly type: number;
  readonly customerId: string | null;
  readonly trialStartedAt: Date | null;
  readonly allowed: bigint | null;
  /** When the provider was last looked at; null: never. */
  readonly refreshedAt: Date | null;
  /** What the provider had told by then, as a count. */
  readonly changes: bigint;
  readonly seenChanges: bigint;
  readonly subscriptions: readonly Subscription[];
}

type StoredSubscription = Omit<Subscription, 'periodStart' | 'periodEnd'> & {
  readonly periodStart: string | null;
  readonly periodEnd: string | null;
};

/** These accounts, as far as they may be seen, with everything their standing follows from. One statement. */
export async function findBilled(db: Db, visible: Visible, ids: readonly AccountId[]): Promise<BilledAccount[]> {
  const rows = await db.query<
    Omit<BilledAccount, 'subscriptions'> & { readonly subscriptions: readonly StoredSubscription[] }
  >(Prisma.sql`
    SELECT a.id AS "accountId", a.type, a.stripe_customer_id AS "customerId", a.trial_started_at AS "trialStartedAt",
      a.max_allowed_records AS allowed, s.refreshed_at AS "refreshedAt", COALESCE(s.changes, 0) AS changes,
      COALESCE(s.seen_changes, 0) AS "seenChanges",
      COALESCE((
        SELECT jsonb_agg(jsonb_build_object('id', b.id, 'status', b.status, 'periodStart', b.period_start,
          'periodEnd', b.period_end) ORDER BY b.id)
        FROM billing_subscriptions b WHERE b.customer_id = a.stripe_customer_id), '[]') AS subscriptions
    FROM accounts a LEFT JOIN billing_states s ON s.customer_id = a.stripe_customer_id
    WHERE a.id = ANY(${ids}::uuid[]) AND ${seesAccount(visible, Prisma.sql`a.id`)}`);
  return rows.map((row) => ({
    ...row,
    subscriptions: row.subscriptions.map((one) => ({
      ...one,
      periodStart: one.periodStart === null ? null : new Date(one.periodStart),
      periodEnd: one.periodEnd === null ? null : new Date(one.periodEnd),
    })),
  }));
}

/** What accounts used in their periods. One statement. */
export async function sumUsed(
  db: Db,
  asked: readonly { readonly accountId: AccountId; readonly period: Period }[],
): Promise<Map<AccountId, bigint>> {
  const rows = await db.query<{ accountId: AccountId; used: string }>(Prisma.sql`
    SELECT asked.id AS "accountId", COALESCE((
      SELECT sum(m.value) FROM meter_events m
      WHERE m.account_id = asked.id AND m.occurred_at >= asked.starts AND m.occurred_at < asked.ends), 0)::text AS used
    FROM unnest(
      ${asked.map((one) => one.accountId)}::uuid[],
      ${asked.map((one) => one.period.start.toISOString())}::timestamptz[],
      ${asked.map((one) => one.period.end.toISOString())}::timestamptz[]) AS asked (id, starts, ends)`);
  return new Map(rows.map((row) => [row.accountId, BigInt(row.used)]));
}

/** What a look at the provider found. */
export interface Look {
  readonly customerId: string;
  /** The count of changes before the look. */
  readonly seenChanges: bigint;
  readonly subscriptions: readonly Subscription[];
}

/**
 * Keeps what looks found, as of the time they began. A subscription that a look did not find stays as it was: the
 * provider forgets none, so it is one it has not listed yet. Two statements whatever the number of looks.
 */
export async function saveLooks(db: Db, looks: readonly Look[], began: Date): Promise<void> {
  const found = looks.flatMap(({ customerId, subscriptions }) => subscriptions.map((one) => ({ customerId, ...one })));
  await db.transact(async (tx) => {
    await upsertSubscriptions(tx, found, began);
    await within(tx).$executeRaw`
      INSERT INTO billing_states AS known (customer_id, refreshed_at, changes, seen_changes)
      SELECT look.id, ${began}::timestamptz, 0, look.seen FROM unnest(
        ${looks.map((look) => look.customerId)}::text[], ${looks.map((look) => look.seenChanges)}::bigint[]
      ) AS look (id, seen) ORDER BY look.id
      ON CONFLICT (customer_id) DO UPDATE SET
        refreshed_at = GREATEST(known.refreshed_at, excluded.refreshed_at),
        seen_changes = GREATEST(known.seen_changes, excluded.seen_changes)`;
  });
}

/** Keeps subscriptions, each unless something later is known of it. Answers how many were new or changed. */
export function upsertSubscriptions(
  tx: Tx,
  subscriptions: readonly (Subscription & { readonly customerId: string })[],
  asOf: Date,
): Promise<number> {
  if (subscriptions.length === 0) return Promise.resolve(0);
  return within(tx).$executeRaw`
    INSERT INTO billing_subscriptions AS known (id, customer_id, status, period_start, period_end, as_of)
    SELECT one.id, one.customer_id, one.status, one.period_start, one.period_end, ${asOf}::timestamptz FROM unnest(
      ${subscriptions.map((one) => one.id)}::text[],
      ${subscriptions.map((one) => one.customerId)}::text[],
      ${subscriptions.map((one) => one.status)}::text[],
      ${subscriptions.map((one) => one.periodStart?.toISOString() ?? null)}::timestamptz[],
      ${subscriptions.map((one) => one.periodEnd?.toISOString() ?? null)}::timestamptz[]
    ) AS one (id, customer_id, status, period_start, period_end) ORDER BY one.id
    ON CONFLICT (id) DO UPDATE SET customer_id = excluded.customer_id, status = excluded.status,
      period_start = excluded.period_start, period_end = excluded.period_end, as_of = excluded.as_of
    WHERE known.as_of <= excluded.as_of`;
}

/** An account that asks for a session. */
export interface AskingAccount {
  readonly slug: string;
  readonly customerId: string | null;
}

/** The account of the scope. */
export async function findAsking(tx: Tx, scope: Scope): Promise<AskingAccount> {
  const { slug, stripeCustomerId } = await within(tx).account.findUniqueOrThrow({
    where: { id: scope.accountId },
    select: { slug: true, stripeCustomerId: true },
  });
  return { slug, customerId: stripeCustomerId };
}

/** How a customer was asked for. */
export interface CustomerAsked {
  readonly idempotencyKey: string;
  readonly request: CustomerRequest;
  readonly requestedAt: Date;
}

/** How the customer of the account was asked for, by whoever was first; `asked` when nobody was. */
export async function keepCustomerAsked(tx: Tx, scope: Scope, asked: CustomerAsked): Promise<CustomerAsked> {
  const [row] = await within(tx).$queryRaw<CustomerAsked[]>`
    INSERT INTO billing_customers AS kept (account_id, idempotency_key, request, requested_at)
    VALUES (${scope.accountId}::uuid, ${asked.idempotencyKey}, ${JSON.stringify(asked.request)}::jsonb,
      ${asked.requestedAt}::timestamptz)
    ON CONFLICT (account_id) DO UPDATE SET account_id = kept.account_id
    RETURNING idempotency_key AS "idempotencyKey", request, requested_at AS "requestedAt"`;
  return row ?? asked;
}

/** Asks anew under another key, unless somebody did so already. */
export async function renewCustomerAsked(tx: Tx, scope: Scope, old: CustomerAsked, key: string, now: Date) {
  const rows = await within(tx).$queryRaw<CustomerAsked[]>`
    UPDATE billing_customers SET
      idempotency_key = CASE WHEN idempotency_key = ${old.idempotencyKey} THEN ${key} ELSE idempotency_key END,
      requested_at = CASE WHEN idempotency_key = ${old.idempotencyKey} THEN ${now}::timestamptz ELSE requested_at END
    WHERE account_id = ${scope.accountId}::uuid
    RETURNING idempotency_key AS "idempotencyKey", request, requested_at AS "requestedAt"`;
  return rows[0] ?? old;
}

/** Forgets how the customer was asked for, so that whoever asks next does so in words of their own. */
export async function forgetCustomerAsked(tx: Tx, scope: Scope, { idempotencyKey }: CustomerAsked): Promise<void> {
  await within(tx).$executeRaw`
    DELETE FROM billing_customers
    WHERE account_id = ${scope.accountId}::uuid AND idempotency_key = ${idempotencyKey}`;
}

/** Gives the account its customer, unless it has one. True when this was its first. */
export async function setCustomer(tx: Tx, scope: Scope, customerId: string, now: Date): Promise<boolean> {
  const set = await within(tx).$executeRaw`
    UPDATE accounts SET stripe_customer_id = ${customerId}, updated_at = ${now}::timestamptz
    WHERE id = ${scope.accountId}::uuid AND stripe_customer_id IS NULL`;
  // A new customer has no subscriptions, and that is knowledge: with the provider down it still stands.
  await within(tx).$executeRaw`
    INSERT INTO billing_states (customer_id, refreshed_at) VALUES (${customerId}, ${now}::timestamptz)
    ON CONFLICT (customer_id) DO NOTHING`;
  return set === 1;
}

/** A session that is asked for; `id` is its idempotency key. */
export interface SessionAsked {
  readonly id: string;
  readonly kind: 'checkout' | 'portal';
  readonly createdAt: Date;
}

/** Notes that a session is asked for. */
export async function insertRequest(tx: Tx, scope: Scope, { id, kind, createdAt }: SessionAsked): Promise<void> {
  await within(tx).$executeRaw`
    INSERT INTO billing_requests (id, account_id, kind, requested_by, created_at)
    VALUES (${id}::uuid, ${scope.accountId}::uuid, ${kind}, ${scope.userId}::uuid, ${createdAt}::timestamptz)`;
}

/** Notes which session came of it. */
export async function noteSession(db: Db, id: string, sessionId: string): Promise<void> {
  await db.query(Prisma.sql`UPDATE billing_requests SET session_id = ${sessionId} WHERE id = ${id}::uuid`);
}
