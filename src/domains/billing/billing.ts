/** What an account owes and may use: its standing, its way to the payment provider, and what it used. */
import { z } from 'zod';
import type { Call } from '../../kernel/call.js';
import type { AccountId } from '../../kernel/ids.js';
import { id, optional } from '../../kernel/input.js';
import type { Page, PageRequest } from '../../kernel/page.js';
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
  /** Why not; empty where there is nothing to say, null where billing is not in force. */
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

/** A meter event that the payment provider will not take: it counts here, and somebody must look at it. */
export interface DeadLetter {
  readonly eventId: string;
  readonly accountId: string;
  readonly eventName: string;
  readonly value: bigint;
  readonly occurredAt: Date;
  readonly attempts: number;
  readonly lastError: string | null;
  /** When it was given up. */
  readonly settledAt: Date;
}

/** How many sort keys the cursors of the list of dead letters hold: when it was given up, id. */
export const deadLetterKeys = 2;

/** How much waits to be done, over all processes. */
export interface Backlog {
  /** Meter events that the payment provider has yet to take. */
  readonly pending: number;
  /** Meter events that were given up. */
  readonly dead: number;
  /** Webhook events that are stored and not applied. */
  readonly webhooks: number;
}

/** Billing. Outside cloud mode nothing is billed: every account is valid, and what needs the payment provider is refused. */
export interface Billing {
  /** Whether accounts are billed here: cloud mode with a payment provider. */
  readonly isInForce: boolean;

  /**
   * GetAccountStatus. Batched within a call; what the provider knows comes from our tables while it cannot be reached.
   * @throws AppError `forbidden` for accounts that are unknown or that the caller may not see, `unavailable` when nothing
   * is known of the account's subscriptions yet and the provider cannot be reached
   */
  statusOf(call: Call, accountId: AccountId): Promise<StatusReport>;

  /** IsAccountStatusValid; `requested` records are counted as if they were used already. Batched, and throws, as {@link statusOf}. */
  validityOf(call: Call, accountId: AccountId, requested: bigint | null): Promise<Validity>;

  /**
   * Where to subscribe (GetAccountBillingCheckoutSession): a new session every time. Needs ACCOUNT/UPDATE in a team.
   * @throws AppError `disabled` outside cloud mode, `precondition` without an e-mail address, `unavailable`, `rate`
   */
  checkout(call: Call, input: z.output<typeof accountInput>): Promise<string>;

  /**
   * Where to manage the subscription (GetAccountBillingPortalSession). Needs ACCOUNT/UPDATE.
   * @throws AppError `disabled` outside cloud mode, `forbidden` for accounts that never went through a checkout, `unavailable`
   */
  portal(call: Call, input: z.output<typeof accountInput>): Promise<string>;

  /**
   * Takes in what an account used (SetBillingMeterEvent): once it is answered it is stored, and is delivered until the
   * provider has it. For the billing worker and operators.
   * @throws AppError `forbidden` for anybody else and for unknown accounts, `disabled` outside cloud mode, `conflict` when
   * the id was taken in with other content, `invalid` for a team that is no customer and for a time out of the window
   */
  recordMeterEvent(
    call: Call,
    input: z.output<typeof meterEventInput>,
  ): Promise<{ readonly eventId: string; readonly duplicate: boolean }>;

  /**
   * A page of the meter events that were given up, the latest first. For operators.
   * @throws AppError `forbidden` for anybody else
   */
  deadLetters(call: Call, page: PageRequest): Promise<Page<DeadLetter>>;

  /** How much waits to be done. */
  backlog(): Promise<Backlog>;

  /** What the payment provider tells us; null where it has no way to. */
  readonly webhook: Webhook | null;

  /** What goes on without anybody asking: delivering meter events, applying webhook events. */
  readonly background: Background;
}

/** Takes in webhook events. */
export interface Webhook {
  /**
   * Stores an event; resolves when it is safe. It is applied once, now or later.
   * @param body the bytes as they came
   * @param signature the header `stripe-signature`
   * @throws AppError `invalid` when the signature is not by the provider, or too old, or from the future
   */
  receive(body: Buffer, signature: string | undefined): Promise<void>;
}

/** Work that repeats itself. */
export interface Background {
  start(): void;
  /** Lets what runs finish; nothing begins any more. */
  stop(): Promise<void>;
}
