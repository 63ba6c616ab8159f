/** Accounts: personal, team and enterprise, with their settings. */
import { z } from 'zod';
import type { Call } from '../../kernel/call.js';
import type { AppError } from '../../kernel/errors.js';
import type { AccountId } from '../../kernel/ids.js';
import { id, optional, slug } from '../../kernel/input.js';
import type { Page, PageRequest } from '../../kernel/page.js';

/** An account as stored. `type` is the protobuf number; absent settings are null. */
export interface Account {
  readonly id: string;
  readonly slug: string;
  readonly type: number;
  readonly stripeCustomerId: string | null;
  readonly temporalUrl: string | null;
  readonly temporalNamespace: string | null;
  readonly temporalQueue: string | null;
  readonly onboardingCompleted: boolean;
  readonly maxAllowedRecords: bigint | null;
  readonly trialStartedAt: Date;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** The id it was imported under, where that was no UUID. */
  readonly foreignId: string | null;
}

/** Where an account's jobs run. */
export interface TemporalConfig {
  readonly url: string;
  readonly namespace: string;
  readonly syncJobQueueName: string;
}

/** How many sort keys the cursors of a list of accounts hold: personal first, name, id. */
export const accountKeys = 3;
/** How many sort keys the cursors of a list of billed accounts hold: name, id. */
export const billedKeys = 2;

const setting = z.string().min(1, 'This must not be empty.').max(2_000, 'This is longer than 2000 characters.');

export const createTeamInput = z.object({ name: slug });
export const convertInput = z.object({ name: slug, accountId: optional(id<AccountId>()) });
export const onboardingInput = z.object({ accountId: id<AccountId>(), hasCompletedOnboarding: z.boolean() });
/** All three settings, or none of them to clear the override. */
export const temporalInput = z
  .object({
    accountId: id<AccountId>(),
    url: optional(setting),
    namespace: optional(setting),
    syncJobQueueName: optional(setting),
  })
  .superRefine(({ url, namespace, syncJobQueueName }, context) => {
    const given = { url, namespace, syncJobQueueName };
    const missing = Object.entries(given).find(([, value]) => value === null);
    if (missing && Object.values(given).some((value) => value !== null)) {
      context.addIssue({
        code: 'custom',
        path: [missing[0]],
        message: 'Give all three settings, or none of them to go back to the defaults.',
      });
    }
  });

/** A team that was founded, and where to subscribe. */
export interface Founded {
  readonly account: Account;
  /** Null where nothing is billed, and where the payment provider failed. */
  readonly checkoutSessionUrl: string | null;
  /** Why there is no checkout though the team is billed: the team stands, and the checkout can be asked for again. */
  readonly refusals: readonly AppError[];
}

/** Accounts and their settings. */
export interface Accounts {
  /**
   * A page of the accounts of each of these users, as far as the caller may see them: personal ones first, then by name.
   * One statement whatever the number of users (GetUserAccounts).
   */
  listOf(call: Call, userIds: readonly string[], page: PageRequest): Promise<Page<Account>[]>;

  /** These accounts, in the order asked; null for those that are unknown or that the caller may not see. */
  byIds(call: Call, ids: readonly string[]): Promise<(Account | null)[]>;

  /** The personal account of each of these users, as far as it exists and the caller may see it. */
  personalOf(call: Call, userIds: readonly string[]): Promise<(Account | null)[]>;

  /** Whether the caller is a member of the account (IsUserInAccount). False for unknown accounts. */
  includes(call: Call, accountId: AccountId): Promise<boolean>;

  /** Makes the caller's personal account, or finds it (SetPersonalAccount). Changes no role. */
  setPersonal(call: Call): Promise<Account>;

  /**
   * Founds a team with the caller as its admin (CreateTeamAccount).
   * @throws AppError `conflict` when one of the caller's accounts has the name
   */
  createTeam(call: Call, input: z.output<typeof createTeamInput>): Promise<Founded>;

  /**
   * Makes the caller's personal account a team, under its id, and a new personal account beside it
   * (ConvertPersonalToTeamAccount). Needs ACCOUNT/UPDATE.
   * @throws AppError `not_found` when there is no personal account, `conflict` when the name is taken
   */
  convertPersonal(
    call: Call,
    input: z.output<typeof convertInput>,
  ): Promise<Founded & { readonly newPersonalAccount: Account }>;

  /** Says whether the account is through its onboarding (SetAccountOnboardingConfig). Needs ACCOUNT/UPDATE. */
  setOnboarding(call: Call, input: z.output<typeof onboardingInput>): Promise<Account>;

  /** Sets or clears where the account's jobs run (SetAccountTemporalConfig). Needs ACCOUNT/UPDATE; not in cloud mode. */
  setTemporal(call: Call, input: z.output<typeof temporalInput>): Promise<Account>;

  /** Where the account's jobs run: its own settings over the defaults, one by one. Null in cloud mode. */
  temporalOf(account: Account): TemporalConfig | null;

  /**
   * A page of the accounts with a Stripe customer (GetBillingAccounts). For the billing worker and operators;
   * empty before SetUser.
   * @throws AppError `forbidden` for anybody else
   */
  billed(call: Call, ids: readonly AccountId[] | null, page: PageRequest): Promise<Page<Account>>;
}

/** What of an account can be followed. */
export type ChangeTopic = 'members' | 'invites' | 'validity';

/** The changes of accounts, whichever process makes them. */
export interface AccountChanges {
  /**
   * Follows a topic of an account: answers the account's id once anything of it changed, several changes at a time as one.
   * Needs ACCOUNT/READ, now and at each change; it ends by itself soon after the caller lost that. Leaving off ends it at
   * once, also while a change is awaited.
   * @throws AppError `forbidden` when the permission is missing or the account is unknown, `unavailable` when changes
   * cannot be followed now. As {@link callingUser} for callers without a user.
   */
  follow(call: Call, accountId: string, topic: ChangeTopic): Promise<AsyncGenerator<AccountId, void, void>>;
}
