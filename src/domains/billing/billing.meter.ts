/** What accounts used: taken into the ledger, and delivered from there to the payment provider. */
import type { Db } from '../../db/client.js';
import { pageOf } from '../../db/keyset.js';
import { callingUser, type Call } from '../../kernel/call.js';
import { AppError, forbidden, invalid } from '../../kernel/errors.js';
import { emptyPage } from '../../kernel/page.js';
import type { Clock, Random } from '../../kernel/ports.js';
import { accountTypes, type Access, type Visible } from '../access/access.js';
import type { Audit } from '../audit/audit.js';
import { createLoop } from './billing.background.js';
import type { Background, Billing } from './billing.js';
import * as store from './billing.meter.store.js';
import { demandRecent, settle } from './billing.rules.js';
import type { Log, Provider } from './billing.stripe.js';

/** What the ledger needs. */
export interface MeterParts {
  readonly db: Db;
  readonly access: Access;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly random: Random;
  readonly provider: Provider;
  readonly log: Log;
}

const lookEveryMs = 1_000;
const together = 8;
/** After a failure nothing is sent for so long: while the provider is down, events are not tried one and all. */
const restMs = 500;
/** Longer than the provider is waited for; an event of a process that died waits so long for another. */
const leaseMs = 15_000;

/** The ledger on this database. */
export function createMeter(
  parts: MeterParts,
): Pick<Billing, 'recordMeterEvent' | 'deadLetters'> & { readonly background: Background } {
  const { db, access, audit, clock, random, provider, log } = parts;
  let holdsUntil = 0;

  async function deliver(event: store.ClaimedEvent): Promise<void> {
    const sending = await provider.send(event);
    const now = clock.now();
    const settlement = settle(event, sending, now, (random.bytes(1)[0] ?? 0) / 255);
    // That the provider is down, or asks for a pace, is about all that we send and not about this one event.
    if (sending.how === 'later' || sending.how === 'unsure') {
      const holdMs = (sending.how === 'later' && sending.afterMs) || restMs;
      holdsUntil = Math.max(holdsUntil, now.getTime() + holdMs);
    }
    if (settlement.state === 'dead') {
      const { attempts, eventId } = event;
      log.warn({ eventId, attempts, why: settlement.lastError }, 'a meter event was given up');
    }
    await store.saveSettlement(db, event.eventId, settlement);
  }

  const delivery = createLoop('meter events', lookEveryMs, log, async () => {
    const now = clock.now();
    if (now.getTime() < holdsUntil) return false;
    const claimed = await store.claimEvents(db, now, new Date(now.getTime() + leaseMs), together);
    const ended = await Promise.allSettled(claimed.map(deliver));
    const failed = ended.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
    return claimed.length === together;
  });

  /** Whether an event that is in the ledger says the same. Null when none with its id is. */
  async function isSame(event: store.EventContent): Promise<boolean | null> {
    const known = await store.findEvent(db, event.eventId);
    if (!known) return null;
    const isSameTime = known.givenAt?.getTime() === event.givenAt?.getTime();
    return (
      known.accountId === event.accountId &&
      known.eventName === event.eventName &&
      known.value === event.value &&
      isSameTime
    );
  }

  const duplicate = (eventId: string, same: boolean) => {
    if (same) return { eventId, duplicate: true };
    throw new AppError('conflict', 'EVENT_ID_TAKEN', 'An event with this id was taken in with other content.', {
      path: ['eventId'],
    });
  };

  return {
    async recordMeterEvent(call, { accountId, eventName, value, eventId, timestamp }) {
      const visible = demandStaff(access, call);
      const account = await store.findMetered(db, visible, accountId);
      if (!account) throw forbidden();
      const givenAt = timestamp === null ? null : new Date(timestamp);
      const event = { eventId, accountId, eventName, value: BigInt(value), givenAt };
      const known = await isSame(event);
      if (known !== null) return duplicate(eventId, known);

      const now = clock.now();
      const occurredAt = givenAt ?? now;
      demandRecent(occurredAt, now);
      const isPersonal = accountTypes.fromNumber(account.type) === 'PERSONAL';
      const customerId = isPersonal ? null : account.customerId;
      if (!isPersonal && customerId === null) {
        throw invalid(['accountId'], 'This account is no customer yet: it has to go through a checkout.', 'NOT_BILLED');
      }
      const isNew = await db.transact(async (tx) => {
        if (!(await store.insertEvent(tx, { ...event, occurredAt, customerId }, now))) return false;
        await audit.record(tx, call, {
          action: 'billing.meter',
          accountId,
          target: { type: 'meter_event', id: eventId },
          detail: { eventName, value },
        });
        return true;
      });
      if (!isNew) return duplicate(eventId, (await isSame(event)) ?? false);
      delivery.poke();
      return { eventId, duplicate: false };
    },

    async deadLetters(call, page) {
      if (call.principal.kind === 'newcomer') return emptyPage;
      const visible = demandStaff(access, call);
      if (call.principal.kind === 'worker') throw forbidden();
      const rows = await store.listDead(db, visible, page);
      return pageOf(rows, page, (limit) => store.countDead(db, visible, limit ?? null));
    },

    background: delivery,
  };
}

/**
 * What the billing worker and operators see: everything.
 * @throws AppError `forbidden` for anybody else
 */
export function demandStaff(access: Access, call: Call): Visible {
  const visible = access.visible(call);
  if (visible.sees === 'all') return visible;
  callingUser(call);
  throw forbidden();
}
