/** What billing decides: where an account stands, what it used, and what becomes of an event that was sent. */
import { invalid } from '../../kernel/errors.js';
import type { AccountType } from '../access/access.js';
import type { AccountStatus, BillingStatus, Validity } from './billing.js';

/** A subscription as far as it matters here. The period is null where the provider names none. */
export interface Subscription {
  readonly id: string;
  readonly status: string;
  readonly periodStart: Date | null;
  readonly periodEnd: Date | null;
}

/** All that an account's standing follows from. */
export interface Standing {
  readonly type: AccountType | null;
  readonly isCustomer: boolean;
  /** Exempt from billing, by a setting. */
  readonly isExempt: boolean;
  readonly subscriptions: readonly Subscription[];
  /** Null counts as a trial that is over. */
  readonly trialStartedAt: Date | null;
}

const dayMs = 24 * 60 * 60_000;
/** How long a trial lasts. */
export const trialMs = 14 * dayMs;

const activeLike: ReadonlySet<string> = new Set(['active', 'trialing', 'past_due', 'incomplete']);
const isActive = ({ status }: Subscription): boolean => activeLike.has(status);

/** When the trial of an account ends; null where none ever began. */
export function trialEnd(startedAt: Date | null): Date | null {
  return startedAt && new Date(startedAt.getTime() + trialMs);
}

/** Where an account stands that is billed. */
export function billingStatus(standing: Standing, now: Date): BillingStatus {
  const end = trialEnd(standing.trialStartedAt);
  const trial = end !== null && now < end ? 'TRIAL_ACTIVE' : 'TRIAL_EXPIRED';
  if (standing.type === 'PERSONAL' || !standing.isCustomer) return trial;
  if (standing.isExempt || standing.subscriptions.some(isActive)) return 'ACTIVE';
  return trial === 'TRIAL_EXPIRED' && standing.subscriptions.length > 0 ? 'EXPIRED' : trial;
}

const billingPage = 'Activate a subscription on the billing page.';

/** What each standing means for whoever wants to use the account. The reason is empty where there is nothing to say. */
const verdicts: Readonly<
  Record<
    BillingStatus,
    { readonly isValid: boolean; readonly reason: string; readonly accountStatus: AccountStatus | null }
  >
> = {
  ACTIVE: { isValid: true, reason: '', accountStatus: null },
  TRIAL_ACTIVE: { isValid: true, reason: '', accountStatus: 'ACCOUNT_TRIAL_ACTIVE' },
  TRIAL_EXPIRED: {
    isValid: false,
    reason: `The trial of this account is over. ${billingPage}`,
    accountStatus: 'ACCOUNT_TRIAL_EXPIRED',
  },
  EXPIRED: {
    isValid: false,
    reason: `The subscription of this account has expired. ${billingPage}`,
    accountStatus: 'ACCOUNT_IN_EXPIRED_STATE',
  },
};

/** What an account used in its billing period, and may use; no limit is null. */
export interface Usage {
  readonly used: bigint;
  readonly allowed: bigint | null;
}

/** Why an account may use no more records, or not as many as are asked for; null when it may. */
export function overLimit({ used, allowed }: Usage, requested: bigint | null): string | null {
  if (allowed === null) return null;
  if (used >= allowed) return `All ${allowed} records of this billing period are used.`;
  if (used + (requested ?? 0n) <= allowed) return null;
  return `Of ${allowed} records in this billing period ${used} are used, so there is no room for ${requested ?? 0n} more.`;
}

/** Whether an account that is billed may be used. */
export function validityOf(standing: Standing, usage: Usage, requested: bigint | null, now: Date): Validity {
  const status = billingStatus(standing, now);
  const verdict = verdicts[status];
  const trialExpiresAt = status === 'TRIAL_ACTIVE' ? trialEnd(standing.trialStartedAt) : null;
  if (!verdict.isValid) return { ...verdict, shouldPoll: false, trialExpiresAt };
  const over = overLimit(usage, requested);
  if (over !== null) return { isValid: false, reason: over, shouldPoll: false, accountStatus: null, trialExpiresAt };
  return { ...verdict, shouldPoll: usage.allowed !== null, trialExpiresAt };
}

/** A span of time: from `start` until strictly before `end`. */
export interface Period {
  readonly start: Date;
  readonly end: Date;
}

/** The billing period: that of the account's newest running subscription, else the calendar month in UTC. */
export function billingPeriod({ type, isCustomer, subscriptions }: Standing, now: Date): Period {
  const month = { start: monthStart(now, 0), end: monthStart(now, 1) };
  if (type === 'PERSONAL' || !isCustomer) return month;
  const periods = subscriptions
    .filter(isActive)
    .flatMap(({ periodStart: start, periodEnd: end }) =>
      start && end && start <= now && now < end ? [{ start, end }] : [],
    )
    .sort((one, other) => other.start.getTime() - one.start.getTime());
  return periods[0] ?? month;
}

/** The first instant of a month in UTC: the month of `now`, or so many later. */
export function monthStart(now: Date, later: number): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + later, 1));
}

const backMs = 35 * dayMs;
const aheadMs = 5 * 60_000;

/**
 * The time of a meter event must lie in the window in which the payment provider takes events.
 * @throws AppError `invalid` with path `timestamp`
 */
export function demandRecent(at: Date, now: Date): void {
  const age = now.getTime() - at.getTime();
  if (age > backMs) throw invalid(['timestamp'], 'An event is at most 35 days old.', 'EVENT_TOO_OLD');
  if (-age > aheadMs) throw invalid(['timestamp'], 'An event lies at most 5 minutes ahead.', 'EVENT_TOO_EARLY');
}

/**
 * How sending an event ended.
 * - `taken`: the provider has it, now or from an earlier try
 * - `refused`: the provider will never take it
 * - `unsure`: it may have been taken or not
 * - `later`: it was not taken, and may be next time, not before `afterMs` have passed
 */
export type Sending =
  | { readonly how: 'taken' }
  | { readonly how: 'refused'; readonly why: string }
  | { readonly how: 'unsure'; readonly why: string }
  | { readonly how: 'later'; readonly why: string; readonly afterMs: number | null };

/** What becomes of an event in the ledger. */
export interface Settlement {
  readonly state: 'pending' | 'delivered' | 'dead';
  readonly nextAttemptAt: Date;
  readonly uncertainSince: Date | null;
  readonly lastError: string | null;
  readonly settledAt: Date | null;
}

const firstPauseMs = 500;
const longestPauseMs = 10_000;
/** For this long the provider is sure to know an identifier again. */
const rememberedMs = dayMs;

/**
 * What becomes of an event after a try to deliver it.
 * @param attempts how often it was tried, this time included
 * @param jitter from 0 to 1: spreads the tries of many events
 */
export function settle(
  event: { readonly attempts: number; readonly uncertainSince: Date | null },
  sending: Sending,
  now: Date,
  jitter: number,
): Settlement {
  const done = { nextAttemptAt: now, uncertainSince: event.uncertainSince, settledAt: now };
  if (sending.how === 'taken') return { ...done, state: 'delivered', lastError: null };
  if (sending.how === 'refused') return { ...done, state: 'dead', lastError: sending.why };

  const uncertainSince = event.uncertainSince ?? (sending.how === 'unsure' ? now : null);
  // Past this the identifier protects no more: sending it again might bill it twice, so a person must look.
  if (uncertainSince !== null && now.getTime() - uncertainSince.getTime() > rememberedMs) {
    return { ...done, state: 'dead', lastError: `Not known for a day whether it was taken. ${sending.why}` };
  }
  const backoff = Math.min(firstPauseMs * 2 ** Math.min(event.attempts - 1, 16), longestPauseMs);
  const told = sending.how === 'later' ? (sending.afterMs ?? 0) : 0;
  const pause = Math.max(told, backoff * (0.5 + jitter / 2));
  return {
    state: 'pending',
    nextAttemptAt: new Date(now.getTime() + Math.ceil(pause)),
    uncertainSince,
    lastError: sending.why,
    settledAt: null,
  };
}
