/** The way to the payment provider's pages: a customer for each account, and sessions for checkout and portal. */
import type { Db } from '../../db/client.js';
import { callingUser, type Call } from '../../kernel/call.js';
import { AppError, forbidden } from '../../kernel/errors.js';
import type { AccountId } from '../../kernel/ids.js';
import type { Clock } from '../../kernel/ports.js';
import type { Rates } from '../../kernel/rates.js';
import type { Access, Scope } from '../access/access.js';
import type { Audit } from '../audit/audit.js';
import type { Billing } from './billing.js';
import { inTime, pause } from './billing.background.js';
import * as store from './billing.store.js';
import { busyReason, customerRefused, type Provider, type ProviderSession } from './billing.stripe.js';

/** What sessions need. */
export interface SessionParts {
  readonly db: Db;
  readonly access: Access;
  readonly audit: Audit;
  readonly rates: Rates;
  readonly clock: Clock;
  readonly random: { uuid(): string };
  readonly provider: Provider;
  /** The front end's base address. */
  readonly appUrl: string;
  readonly checkoutsPerHour: number;
  /** How long a caller may be kept waiting for the provider. */
  readonly patienceMs: number;
}

/** For this long the provider answers a key again with what it made then. */
const keyLifeMs = 23 * 60 * 60_000;

/** How often, and after which pause, a customer is asked for again that another process is asking for. */
const busyTries = 5;
const busyPauseMs = 500;

/** A session that is allowed and written down, and that the provider is yet to be asked for. */
interface Prepared {
  readonly id: string;
  readonly accountId: AccountId;
  readonly returnUrl: string;
  /** The customer's id, or how to ask for it where there is none yet. */
  readonly customer: string | store.CustomerAsked;
}

/** Sessions on this database. The provider is never asked inside a transaction. */
export function createSessions(parts: SessionParts): Pick<Billing, 'checkout' | 'portal'> {
  const { db, access, audit, clock, random, provider } = parts;
  const making = new Map<AccountId, Promise<string>>();

  /** Checks, and writes down what is about to be asked, its idempotency keys included. */
  function prepare(call: Call, accountId: AccountId, kind: store.SessionAsked['kind']): Promise<Prepared> {
    return access.change(call, { accountId, permission: 'UPDATE', action: `billing.${kind}` }, async (tx, scope) => {
      if (scope.accountType !== 'TEAM' && scope.accountType !== 'ENTERPRISE') throw forbidden();
      const { slug, customerId } = await store.findAsking(tx, scope);
      if (kind === 'portal' && customerId === null) throw forbidden();
      if (kind === 'checkout') {
        await parts.rates.take(`billing.checkout:${accountId}`, { most: parts.checkoutsPerHour, perMs: 3_600_000 }, tx);
      }
      const customer = customerId ?? (await store.keepCustomerAsked(tx, scope, customerFor(call, scope, slug)));
      const id = random.uuid();
      await store.insertRequest(tx, scope, { id, kind, createdAt: clock.now() });
      await audit.record(tx, call, {
        action: `billing.${kind}`,
        accountId,
        target: { type: 'account', id: accountId },
      });
      return { id, accountId, customer, returnUrl: `${parts.appUrl}/${slug}/settings/billing` };
    });
  }

  function customerFor(call: Call, { accountId, userId }: Scope, name: string): store.CustomerAsked {
    const email = callingUser(call).claims?.email ?? null;
    if (email === null) {
      throw new AppError('precondition', 'EMAIL_MISSING', 'Your sign-in names no e-mail address to bill.');
    }
    const request = { email, name, accountId, createdById: userId };
    return { idempotencyKey: random.uuid(), request, requestedAt: clock.now() };
  }

  const inAccount = <T>(call: Call, id: AccountId, work: Parameters<typeof access.change<T>>[2]): Promise<T> =>
    db.transact(async (tx) => work(tx, await access.vouch(tx, call, id)));

  /** Makes the customer of an account. From every process the same key goes out, so all get the same customer. */
  async function makeCustomer(call: Call, accountId: AccountId, first: store.CustomerAsked): Promise<string> {
    let asked = first;
    let found: string | null = null;
    // The provider has forgotten the key by now, but perhaps made the customer, and we died before we knew.
    if (clock.now().getTime() - asked.requestedAt.getTime() > keyLifeMs) {
      found = await provider.findCustomer(asked.request);
      asked = await inAccount(call, accountId, (tx, scope) =>
        store.renewCustomerAsked(tx, scope, asked, random.uuid(), clock.now()),
      );
    }
    const customerId =
      found ??
      (await createCustomer(asked).catch(async (error: unknown) => {
        if (error instanceof AppError && error.reason === customerRefused) {
          await inAccount(call, accountId, (tx, scope) => store.forgetCustomerAsked(tx, scope, asked));
        }
        throw error;
      }));
    return inAccount(call, accountId, async (tx, scope) => {
      if (await store.setCustomer(tx, scope, customerId, clock.now())) {
        await audit.record(tx, call, {
          action: 'billing.customer',
          accountId,
          target: { type: 'customer', id: customerId },
        });
      }
      return (await store.findAsking(tx, scope)).customerId ?? customerId;
    });
  }

  /** The customer, also when another process is asking for it at this moment: then its answer is ours as well. */
  async function createCustomer({ request, idempotencyKey }: store.CustomerAsked): Promise<string> {
    for (let left = busyTries; ; left--) {
      try {
        return await provider.createCustomer(request, idempotencyKey);
      } catch (error) {
        if (!(error instanceof AppError) || error.reason !== busyReason || left === 0) throw error;
        await pause(busyPauseMs);
      }
    }
  }

  function customerOf(call: Call, { accountId, customer }: Prepared): Promise<string> {
    if (typeof customer === 'string') return Promise.resolve(customer);
    let made = making.get(accountId);
    if (!made) {
      made = makeCustomer(call, accountId, customer).finally(() => making.delete(accountId));
      making.set(accountId, made);
    }
    return made;
  }

  async function open(
    call: Call,
    accountId: AccountId,
    kind: store.SessionAsked['kind'],
    ask: (prepared: Prepared, customerId: string) => Promise<ProviderSession>,
  ): Promise<string> {
    const prepared = await prepare(call, accountId, kind);
    const opened = customerOf(call, prepared).then(async (customerId) => {
      const session = await ask(prepared, customerId);
      await store.noteSession(db, prepared.id, session.id);
      return session.url;
    });
    return inTime(opened, parts.patienceMs);
  }

  return {
    checkout: (call, { accountId }) =>
      open(call, accountId, 'checkout', ({ id, returnUrl }, customerId) => {
        const { userId } = callingUser(call);
        return provider.createCheckout({ customerId, returnUrl, userId, now: clock.now() }, id);
      }),

    portal: (call, { accountId }) =>
      open(call, accountId, 'portal', ({ id, returnUrl }, customerId) =>
        provider.createPortal(customerId, returnUrl, id),
      ),
  };
}
