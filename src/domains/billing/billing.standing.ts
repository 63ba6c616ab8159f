/** Where accounts stand: from our tables, which are brought up to date from the provider when they are stale. */
import DataLoader from 'dataloader';
import type { Db } from '../../db/client.js';
import type { Call } from '../../kernel/call.js';
import { forbidden } from '../../kernel/errors.js';
import type { AccountId } from '../../kernel/ids.js';
import type { Clock } from '../../kernel/ports.js';
import { accountTypes, type Access } from '../access/access.js';
import type { Billing } from './billing.js';
import { inTime } from './billing.background.js';
import { billingPeriod, billingStatus, validityOf, type Standing, type Usage } from './billing.rules.js';
import * as store from './billing.store.js';
import { unavailable, type Log, type Provider } from './billing.stripe.js';

/** What standings need. */
export interface StandingParts {
  readonly db: Db;
  readonly access: Access;
  readonly clock: Clock;
  readonly provider: Provider;
  readonly log: Log;
  /** For so long what we know of a customer needs no new look. */
  readonly freshMs: number;
  /** Accounts that are exempt from billing. */
  readonly exempt: readonly string[];
}

/** A caller waits so long for a look at the provider; then what is known serves, and the look goes on. */
const patienceMs = 4_000;
/** After a look that failed nobody is made to wait for another one, for so long. */
const restMs = 5_000;
/** So many customers are looked at together. */
const together = 8;

interface Account {
  readonly standing: Standing;
  readonly usage: Usage;
}

/** Standings on this database. */
export function createStandings(parts: StandingParts): Pick<Billing, 'statusOf' | 'validityOf'> {
  const { db, access, clock, provider, log, freshMs } = parts;
  const exempt = new Set(parts.exempt);
  const looking = new Map<string, Promise<void>>();
  let restsUntil = 0;

  const isKnown = (account: store.BilledAccount): boolean =>
    account.customerId === null || account.refreshedAt !== null || account.subscriptions.length > 0;

  function needsLook({ type, customerId, refreshedAt, changes, seenChanges }: store.BilledAccount): boolean {
    if (customerId === null || accountTypes.fromNumber(type) === 'PERSONAL') return false;
    if (refreshedAt === null || changes > seenChanges) return true;
    return clock.now().getTime() - refreshedAt.getTime() >= freshMs;
  }

  /** Looks at these customers, and keeps what it finds. */
  async function look(accounts: readonly store.BilledAccount[]): Promise<void> {
    const began = clock.now();
    const waiting = [...accounts];
    const looks: store.Look[] = [];
    const work = async (): Promise<void> => {
      for (let next = waiting.pop(); next; next = waiting.pop()) {
        const customerId = next.customerId ?? '';
        const subscriptions = await provider.subscriptionsOf(customerId);
        looks.push({ customerId, seenChanges: next.changes, subscriptions });
      }
    };
    const ended = await Promise.allSettled(Array.from({ length: Math.min(together, accounts.length) }, work));
    if (ended.some(({ status }) => status === 'rejected')) restsUntil = clock.now().getTime() + restMs;
    if (looks.length > 0) await store.saveLooks(db, looks, began);
  }

  /** Brings accounts up to date, as far as the provider answers in time. Never throws. */
  async function freshen(stale: readonly store.BilledAccount[]): Promise<void> {
    const unseen = stale.filter(({ customerId }) => !looking.has(customerId ?? ''));
    if (unseen.length > 0) {
      const batch = look(unseen).finally(() => unseen.forEach(({ customerId }) => looking.delete(customerId ?? '')));
      batch.catch((error: unknown) => log.warn({ cause: error }, 'what the payment provider told could not be kept'));
      for (const { customerId } of unseen) looking.set(customerId ?? '', batch);
    }
    const looks = new Set(stale.flatMap(({ customerId }) => looking.get(customerId ?? '') ?? []));
    await inTime(Promise.all(looks), patienceMs).catch(() => undefined);
  }

  async function load(call: Call, asked: readonly AccountId[]): Promise<(Account | Error)[]> {
    const ids = [...new Set(asked)];
    const visible = access.visible(call);
    let accounts = await store.findBilled(db, visible, ids);
    const stale = accounts.filter(needsLook);
    if (stale.length > 0 && clock.now().getTime() >= restsUntil) {
      await freshen(stale);
      accounts = await store.findBilled(db, visible, ids);
    }
    const now = clock.now();
    const standings = accounts.map((account) => ({ account, standing: standingOf(account) }));
    const periods = standings.map(({ account: { accountId }, standing }) => ({
      accountId,
      period: billingPeriod(standing, now),
    }));
    const used = periods.length > 0 ? await store.sumUsed(db, periods) : new Map<AccountId, bigint>();
    const found = new Map(
      standings.map(({ account, standing }): [AccountId, Account | Error] => {
        const { accountId, allowed } = account;
        const usage = { used: used.get(accountId) ?? 0n, allowed };
        return [accountId, isKnown(account) ? { standing, usage } : unavailable()];
      }),
    );
    return asked.map((id) => found.get(id) ?? forbidden());
  }

  const standingOf = (account: store.BilledAccount): Standing => ({
    subscriptions: account.subscriptions,
    trialStartedAt: account.trialStartedAt,
    type: accountTypes.fromNumber(account.type),
    isCustomer: account.customerId !== null,
    isExempt: exempt.has(account.accountId),
  });

  const loaders = new WeakMap<Call, DataLoader<AccountId, Account>>();
  function accountOf(call: Call, id: AccountId): Promise<Account> {
    let loader = loaders.get(call);
    if (!loader) {
      loader = new DataLoader((ids: readonly AccountId[]) => load(call, ids), { cache: false });
      loaders.set(call, loader);
    }
    return loader.load(id);
  }

  return {
    async statusOf(call, accountId) {
      const { standing, usage } = await accountOf(call, accountId);
      return {
        usedRecordCount: usage.used,
        allowedRecordCount: usage.allowed,
        subscriptionStatus: billingStatus(standing, clock.now()),
      };
    },

    async validityOf(call, accountId, requested) {
      const { standing, usage } = await accountOf(call, accountId);
      return validityOf(standing, usage, requested, clock.now());
    },
  };
}
