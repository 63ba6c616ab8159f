/** The rows of the ledger of meter events. */
import { within, type Db } from '../../db/client.js';
import { keysetParts, type Keyed, type Order } from '../../db/keyset.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { AccountId } from '../../kernel/ids.js';
import type { PageRequest } from '../../kernel/page.js';
import type { Tx } from '../../kernel/transaction.js';
import type { Visible } from '../access/access.js';
import { seesAccount } from '../access/access.visible.js';
import type { DeadLetter } from './billing.js';
import type { Settlement } from './billing.rules.js';

/** What an event says: two with one id must say the same. */
export interface EventContent {
  readonly eventId: string;
  readonly accountId: AccountId;
  readonly eventName: string;
  readonly value: bigint;
  readonly givenAt: Date | null;
}

/** An account that an event may be about. */
export interface MeteredAccount {
  readonly type: number;
  readonly customerId: string | null;
}

/** The account, as far as it may be seen. */
export async function findMetered(db: Db, visible: Visible, accountId: AccountId): Promise<MeteredAccount | null> {
  const [row] = await db.query<MeteredAccount>(Prisma.sql`
    SELECT a.type, a.stripe_customer_id AS "customerId" FROM accounts a
    WHERE a.id = ${accountId}::uuid AND ${seesAccount(visible, Prisma.sql`a.id`)}`);
  return row ?? null;
}

/** The event with this id. The one look-up without a `Visible`: ids are unique over all accounts. */
export async function findEvent(db: Db, eventId: string): Promise<EventContent | null> {
  const [row] = await db.query<EventContent>(Prisma.sql`
    SELECT event_id AS "eventId", account_id AS "accountId", event_name AS "eventName", value, given_at AS "givenAt"
    FROM meter_events WHERE event_id = ${eventId}`);
  return row ?? null;
}

/** Takes an event in. False when its id is taken. `customerId` is null for what is sent nowhere. */
export async function insertEvent(
  tx: Tx,
  event: EventContent & { readonly occurredAt: Date; readonly customerId: string | null },
  now: Date,
): Promise<boolean> {
  const added = await within(tx).$executeRaw`
    INSERT INTO meter_events (event_id, account_id, event_name, value, given_at, occurred_at, customer_id, state,
      next_attempt_at, accepted_at)
    VALUES (${event.eventId}, ${event.accountId}::uuid, ${event.eventName}, ${event.value}::bigint,
      ${event.givenAt}::timestamptz, ${event.occurredAt}::timestamptz, ${event.customerId},
      ${event.customerId === null ? 'kept' : 'pending'}, ${now}::timestamptz, ${now}::timestamptz)
    ON CONFLICT (event_id) DO NOTHING`;
  return added === 1;
}

/** An event that is this process's to deliver for a while. */
export interface ClaimedEvent {
  readonly eventId: string;
  readonly eventName: string;
  readonly value: bigint;
  readonly customerId: string;
  readonly occurredAt: Date;
  /** How often it was tried, the coming time included. */
  readonly attempts: number;
  readonly uncertainSince: Date | null;
}

/** Claims events that are due until `leaseEnds`; what another process is claiming is passed over. */
export function claimEvents(db: Db, now: Date, leaseEnds: Date, most: number): Promise<ClaimedEvent[]> {
  return db.query<ClaimedEvent>(Prisma.sql`
    WITH due AS MATERIALIZED (
      SELECT event_id FROM meter_events WHERE state = 'pending' AND next_attempt_at <= ${now}::timestamptz
      ORDER BY next_attempt_at LIMIT ${most}::int FOR UPDATE SKIP LOCKED)
    UPDATE meter_events m SET attempts = m.attempts + 1, next_attempt_at = ${leaseEnds}::timestamptz
    FROM due WHERE m.event_id = due.event_id
    RETURNING m.event_id AS "eventId", m.event_name AS "eventName", m.value, m.customer_id AS "customerId",
      m.occurred_at AS "occurredAt", m.attempts, m.uncertain_since AS "uncertainSince"`);
}

/** Writes what became of a claimed event, unless it was settled meanwhile by whoever claimed it after us. */
export async function saveSettlement(db: Db, eventId: string, settlement: Settlement): Promise<void> {
  await db.query(Prisma.sql`
    UPDATE meter_events SET state = ${settlement.state}, next_attempt_at = ${settlement.nextAttemptAt}::timestamptz,
      uncertain_since = ${settlement.uncertainSince}::timestamptz, last_error = ${settlement.lastError},
      settled_at = ${settlement.settledAt}::timestamptz
    WHERE event_id = ${eventId} AND state = 'pending'`);
}

/** How many events wait, and how many were given up. */
export async function countEvents(db: Db): Promise<{ readonly pending: number; readonly dead: number }> {
  const [row] = await db.query<{ pending: bigint; dead: bigint }>(Prisma.sql`
    SELECT (SELECT count(*) FROM meter_events WHERE state = 'pending') AS pending,
      (SELECT count(*) FROM meter_events WHERE state = 'dead') AS dead`);
  return { pending: Number(row?.pending ?? 0n), dead: Number(row?.dead ?? 0n) };
}

const latestFirst: Order = {
  keys: [
    { sql: Prisma.sql`m.settled_at`, type: 'timestamptz' },
    { sql: Prisma.sql`m.event_id`, type: 'text' },
  ],
  descending: true,
};

/** One page of the events that were given up. */
export function listDead(db: Db, visible: Visible, page: PageRequest): Promise<Keyed<DeadLetter>[]> {
  const { cursor, where, orderBy, limit } = keysetParts(latestFirst, page);
  return db.query<Keyed<DeadLetter>>(Prisma.sql`
    SELECT m.event_id AS "eventId", m.account_id AS "accountId", m.event_name AS "eventName", m.value,
      m.occurred_at AS "occurredAt", m.attempts, m.last_error AS "lastError", m.settled_at AS "settledAt",
      ${cursor} AS cursor
    FROM meter_events m
    WHERE m.state = 'dead' AND ${seesAccount(visible, Prisma.sql`m.account_id`)} AND ${where}
    ORDER BY ${orderBy} LIMIT ${limit}`);
}

/** How many events were given up, counted no further than `limit` when there is one. */
export async function countDead(db: Db, visible: Visible, limit: number | null): Promise<number> {
  const [row] = await db.query<{ total: bigint }>(Prisma.sql`
    SELECT count(*) AS total FROM (
      SELECT 1 FROM meter_events m WHERE m.state = 'dead' AND ${seesAccount(visible, Prisma.sql`m.account_id`)}
      LIMIT ${limit}::bigint) counted`);
  return Number(row?.total ?? 0n);
}
