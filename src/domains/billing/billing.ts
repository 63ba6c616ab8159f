/** What an account owes and may use: its standing, its way to the payment provider, and what it used. */
import { z } from 'zod';
import type { Call } from '../../kernel/call.js';
import type { AccountId } from '../../kernel/ids.js';
import { id, optional } from '../../kernel/input.js';
import { wireEnum } from '../../kernel/wire-enum.js';

/** Where an account's subscription stands (`mgmt.v1alpha1.BillingStatus`). */
export type BillingStatus = 'ACTIVE' | 'EXPIRED' | 'TRIAL_ACTIVE' | 'TRIAL_EXPIRED';
export const billingStatuses = wireEnum<BillingStatus>({ ACTIVE: 1, EXPIRED: 2, TRIAL_ACTIVE: 3, TRIAL_EXPIRED: 4 });

/** What there is to report about an account (`mgmt.v1alpha1.AccountStatus`). */
export type AccountStatus = 'ACCOUNT_IN_EXPIRED_STATE' | 'ACCOUNT_TRIAL_ACTIVE' | 'ACCOUNT_TRIAL_EXPIRED';
export const accountStatuses = wireEnum<AccountStatus>({
  ACCOUNT_IN_EXPIRED_STATE: 3,
  ACCOUNT_TRIAL_ACTIVE: 4,
  ACCOUNT_TRIAL_EXPIRED: 5,
});

/** How much an account used in this billing period, and whether it is paid for. */
export interface StatusReport {
  readonly usedRecordCount: bigint;
  /** Null: without limit. */
  readonly allowedRecordCount: bigint | null;
  readonly subscriptionStatus: BillingStatus | null;
}

/** Whether an account may be used. */
export interface Validity {
  readonly isValid: boolean;
  /** Why not; null where billing is not in force. */
  readonly reason: string | null;
  readonly shouldPoll: boolean;
  readonly accountStatus: AccountStatus | null;
  readonly trialExpiresAt: Date | null;
}

export const accountInput = z.object({ accountId: id<AccountId>() });
export const meterEventInput = z.object({
  accountId: id<AccountId>(),
  eventName: z.string().min(1, 'This must not be empty.').max(100, 'This is longer than 100 characters.'),
  value: z.string().regex(/^\d{1,18}$/, 'A value is a whole number of 1 to 18 digits.'),
  eventId: z.string().min(1, 'This must not be empty.').max(100, 'This is longer than 100 characters.'),
  timestamp: optional(z.string()),
});

/** Billing. Outside cloud mode nothing is billed: every account is valid, and what needs the payment provider is refused. */
export interface Billing {
  /** GetAccountStatus. */
  statusOf(call: Call, accountId: AccountId): Promise<StatusReport>;

  /** IsAccountStatusValid; `requested` records are counted as if they were used already. */
  validityOf(call: Call, accountId: AccountId, requested: bigint | null): Promise<Validity>;

  /** Where to subscribe. @throws AppError `disabled` outside cloud mode */
  checkout(call: Call, input: z.output<typeof accountInput>): Promise<string>;

  /** Where to manage the subscription. @throws AppError `disabled` outside cloud mode */
  portal(call: Call, input: z.output<typeof accountInput>): Promise<string>;

  /**
   * Takes in what an account used. For the billing worker and operators.
   * @throws AppError `forbidden` for anybody else, `disabled` outside cloud mode
   */
  recordMeterEvent(
    call: Call,
    input: z.output<typeof meterEventInput>,
  ): Promise<{ readonly eventId: string; readonly duplicate: boolean }>;
}
