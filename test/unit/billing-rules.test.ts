/** What billing decides: the table of standings row by row, limits, periods, and the fate of a sent event. */
import { describe, expect, it } from 'vitest';
import type { Validity } from '../../src/domains/billing/billing.js';
import {
  billingPeriod,
  billingStatus,
  demandRecent,
  monthStart,
  settle,
  trialMs,
  validityOf,
  type Standing,
  type Subscription,
} from '../../src/domains/billing/billing.rules.js';

const now = new Date('2026-03-15T12:00:00Z');
const ago = (ms: number) => new Date(now.getTime() - ms);
const day = 86_400_000;
const freshTrial = ago(3 * day);
const oldTrial = ago(30 * day);
const subscription = (status: string): Subscription => ({
  id: `sub_${status}`,
  status,
  periodStart: null,
  periodEnd: null,
});
const standing = (some: Partial<Standing>): Standing => ({
  type: 'TEAM',
  isCustomer: true,
  isExempt: false,
  subscriptions: [],
  trialStartedAt: oldTrial,
  ...some,
});
const unlimited = { used: 0n, allowed: null };

const trialActive: Partial<Validity> = {
  isValid: true,
  reason: '',
  accountStatus: 'ACCOUNT_TRIAL_ACTIVE',
  shouldPoll: false,
};
const trialExpired: Partial<Validity> = {
  isValid: false,
  accountStatus: 'ACCOUNT_TRIAL_EXPIRED',
  shouldPoll: false,
  trialExpiresAt: null,
};
const active: Partial<Validity> = {
  isValid: true,
  reason: '',
  accountStatus: null,
  shouldPoll: false,
  trialExpiresAt: null,
};
const expired: Partial<Validity> = {
  isValid: false,
  accountStatus: 'ACCOUNT_IN_EXPIRED_STATE',
  shouldPoll: false,
  trialExpiresAt: null,
};

describe('the table of standings', () => {
  const rows: readonly (readonly [string, Partial<Standing>, string, Partial<Validity>])[] = [
    [
      'row 2: a personal account in its trial',
      { type: 'PERSONAL', trialStartedAt: freshTrial },
      'TRIAL_ACTIVE',
      trialActive,
    ],
    ['row 3: a personal account after its trial', { type: 'PERSONAL' }, 'TRIAL_EXPIRED', trialExpired],
    [
      'row 4: a team without a customer in its trial',
      { isCustomer: false, trialStartedAt: freshTrial },
      'TRIAL_ACTIVE',
      trialActive,
    ],
    ['row 5: a team without a customer after its trial', { isCustomer: false }, 'TRIAL_EXPIRED', trialExpired],
    ['row 6: an exempt team', { isExempt: true, subscriptions: [subscription('canceled')] }, 'ACTIVE', active],
    [
      'row 7: a team that subscribed',
      { subscriptions: [subscription('incomplete_expired'), subscription('active')] },
      'ACTIVE',
      active,
    ],
    [
      'row 7: a team that subscribed in its trial',
      { subscriptions: [subscription('active')], trialStartedAt: freshTrial },
      'ACTIVE',
      active,
    ],
    ['row 8: a team that never subscribed, in its trial', { trialStartedAt: freshTrial }, 'TRIAL_ACTIVE', trialActive],
    ['row 9: a team that never subscribed, after its trial', {}, 'TRIAL_EXPIRED', trialExpired],
    [
      'row 10: a team that cancelled in its trial',
      { subscriptions: [subscription('canceled')], trialStartedAt: freshTrial },
      'TRIAL_ACTIVE',
      trialActive,
    ],
    [
      'row 11: a team that cancelled after its trial',
      { subscriptions: [subscription('canceled')] },
      'EXPIRED',
      expired,
    ],
    ['row 11 for an enterprise', { type: 'ENTERPRISE', subscriptions: [subscription('unpaid')] }, 'EXPIRED', expired],
  ];
  it.each(rows)('%s', (_row, some, status, validity) => {
    const it = standing(some);
    expect(billingStatus(it, now)).toBe(status);
    const verdict = validityOf(it, unlimited, null, now);
    expect(verdict).toMatchObject(validity);
    if (!verdict.isValid) expect(verdict.reason).toMatch(/billing page/);
    if (status === 'TRIAL_ACTIVE') expect(verdict.trialExpiresAt).toEqual(new Date(freshTrial.getTime() + trialMs));
  });

  it.each(['active', 'trialing', 'past_due', 'incomplete'])(
    'takes a subscription that is %s for a running one',
    (status) => {
      expect(billingStatus(standing({ subscriptions: [subscription(status)] }), now)).toBe('ACTIVE');
    },
  );

  it.each(['canceled', 'incomplete_expired', 'unpaid', 'paused', 'a_word_of_tomorrow'])(
    'takes a subscription that is %s for one that ended',
    (status) => {
      expect(billingStatus(standing({ subscriptions: [subscription(status)] }), now)).toBe('EXPIRED');
    },
  );

  it('ends a trial after exactly fourteen days', () => {
    const at = (ms: number) => billingStatus(standing({ isCustomer: false, trialStartedAt: ago(ms) }), now);
    expect(at(14 * day - 1)).toBe('TRIAL_ACTIVE');
    expect(at(14 * day)).toBe('TRIAL_EXPIRED');
    expect(billingStatus(standing({ isCustomer: false, trialStartedAt: null }), now)).toBe('TRIAL_EXPIRED');
  });
});

describe('the limit on records', () => {
  const inTrial = standing({ type: 'PERSONAL', trialStartedAt: freshTrial });
  const verdict = (used: bigint, allowed: bigint | null, requested: bigint | null = null, of = inTrial) =>
    validityOf(of, { used, allowed }, requested, now);

  it('lets an account poll that has a limit and is within it', () => {
    expect(verdict(2n, 100n)).toMatchObject({ isValid: true, reason: '', shouldPoll: true });
    expect(verdict(2n, null)).toMatchObject({ isValid: true, shouldPoll: false });
  });

  it('is reached when everything is used', () => {
    expect(verdict(99n, 100n)).toMatchObject({ isValid: true });
    expect(verdict(100n, 100n)).toMatchObject({ isValid: false, shouldPoll: false, accountStatus: null });
    expect(verdict(100n, 100n).reason).toMatch(/All 100 records/);
    expect(verdict(0n, 0n)).toMatchObject({ isValid: false });
  });

  it('counts what is asked for as if it were used, up to the limit itself', () => {
    expect(verdict(50n, 100n, 50n)).toMatchObject({ isValid: true, shouldPoll: true });
    expect(verdict(50n, 100n, 51n)).toMatchObject({ isValid: false, shouldPoll: false, accountStatus: null });
    expect(verdict(50n, null, 10n ** 18n)).toMatchObject({ isValid: true });
  });

  it('says that an account expired before it says that it used too much', () => {
    expect(verdict(100n, 100n, null, standing({ type: 'PERSONAL' }))).toMatchObject(trialExpired);
  });
});

describe('the billing period', () => {
  it('is the calendar month in UTC without a running subscription', () => {
    const month = { start: new Date('2026-03-01T00:00:00Z'), end: new Date('2026-04-01T00:00:00Z') };
    expect(billingPeriod(standing({ isCustomer: false }), now)).toEqual(month);
    const canceled = { ...subscription('canceled'), periodStart: ago(day), periodEnd: new Date(now.getTime() + day) };
    expect(billingPeriod(standing({ subscriptions: [canceled] }), now)).toEqual(month);
  });

  it('is that of the newest running subscription', () => {
    const running = (days: number) => ({
      ...subscription('active'),
      periodStart: ago(days * day),
      periodEnd: new Date(now.getTime() + day),
    });
    const period = billingPeriod(standing({ subscriptions: [running(20), running(3), running(9)] }), now);
    expect(period.start).toEqual(ago(3 * day));
  });

  it.each([
    ['2024-02-29T10:00:00Z', '2024-03-01'],
    ['2026-01-31T23:30:00-08:00', '2026-03-01'],
    ['2026-12-31T23:59:59Z', '2027-01-01'],
  ])('is anchored, seen from %s, at the first of the next month in UTC: %s', (at, first) => {
    expect(monthStart(new Date(at), 1)).toEqual(new Date(`${first}T00:00:00Z`));
  });
});

describe('the time of an event', () => {
  it('lies between 35 days ago and 5 minutes from now', () => {
    demandRecent(ago(35 * day), now);
    demandRecent(ago(-300_000), now);
    const refused = (at: Date) => () => demandRecent(at, now);
    expect(refused(ago(35 * day + 1))).toThrow(expect.objectContaining({ kind: 'invalid', inputPath: ['timestamp'] }));
    expect(refused(ago(-300_001))).toThrow(expect.objectContaining({ kind: 'invalid', inputPath: ['timestamp'] }));
  });
});

describe('an event that was sent', () => {
  const first = { attempts: 1, uncertainSince: null };
  const why = 'StripeAPIError 500';

  it('is delivered when it was taken and dead when it was refused', () => {
    expect(settle(first, { how: 'taken' }, now, 0)).toMatchObject({
      state: 'delivered',
      settledAt: now,
      lastError: null,
    });
    expect(settle(first, { how: 'refused', why }, now, 0)).toMatchObject({
      state: 'dead',
      settledAt: now,
      lastError: why,
    });
  });

  it('is tried again later each time, and never more than ten seconds later', () => {
    const pause = (attempts: number) =>
      settle({ ...first, attempts }, { how: 'unsure', why }, now, 1).nextAttemptAt.getTime() - now.getTime();
    expect([1, 2, 3, 7, 50].map(pause)).toEqual([500, 1_000, 2_000, 10_000, 10_000]);
  });

  it('waits as long as the provider asks for', () => {
    const { state, nextAttemptAt } = settle(first, { how: 'later', why, afterMs: 7_000 }, now, 0);
    expect(state).toBe('pending');
    expect(nextAttemptAt).toEqual(new Date(now.getTime() + 7_000));
  });

  it('is tried for ever while it is sure that nobody took it', () => {
    expect(settle({ attempts: 9_999, uncertainSince: null }, { how: 'later', why, afterMs: null }, now, 0).state).toBe(
      'pending',
    );
  });

  it('is given up when nobody knows for a day whether it was taken: the identifier protects no longer', () => {
    const unsure = settle(first, { how: 'unsure', why }, now, 0);
    expect(unsure.uncertainSince).toEqual(now);
    const since = (ms: number) =>
      settle({ attempts: 9, uncertainSince: ago(ms) }, { how: 'unsure', why }, now, 0).state;
    expect([since(day), since(day + 1)]).toEqual(['pending', 'dead']);
  });
});
