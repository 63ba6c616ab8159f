/** What the payment provider tells us: stored first, then applied once, in whatever order it comes. */
import type { Db } from '../../db/client.js';
import type { Clock } from '../../kernel/ports.js';
import type { Audit } from '../audit/audit.js';
import { createLoop } from './billing.background.js';
import type { Background, Webhook } from './billing.js';
import { upsertSubscriptions } from './billing.store.js';
import { readEvent } from './billing.stripe.read.js';
import type { Log } from './billing.stripe.js';
import * as store from './billing.webhook.store.js';

/** What webhooks need. */
export interface WebhookParts {
  readonly db: Db;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly log: Log;
  /** Any of these may have signed; two while one replaces the other. */
  readonly secrets: readonly string[];
}

const lookEveryMs = 5_000;
const keptMs = 30 * 24 * 60 * 60_000;

/** Webhooks on this database. */
export function createWebhooks(parts: WebhookParts): {
  readonly webhook: Webhook | null;
  readonly background: Background;
} {
  const { db, audit, clock, log, secrets } = parts;

  /** Applies one event: this one or the next in turn. False when there is none. */
  async function apply(id: string | null): Promise<boolean> {
    let applying = id;
    try {
      return await db.transact(async (tx) => {
        const event = await store.lockUnapplied(tx, id);
        if (!event) return false;
        applying = event.id;
        const now = clock.now();
        await store.markApplied(tx, event.id, now);
        const { facts } = event;
        if (!facts) return true;

        const { customerId } = facts;
        const accountId = await store.lockAccountOf(tx, customerId);
        await store.countChange(tx, customerId);
        const isChanged =
          facts.kind === 'subscription' &&
          (await upsertSubscriptions(tx, [{ customerId, ...facts.subscription }], event.createdAt)) > 0;
        if (!accountId) return true;

        if (facts.kind === 'deleted') await store.forgetCustomer(tx, accountId, now);
        if (facts.kind === 'deleted' || isChanged) {
          const target =
            facts.kind === 'subscription'
              ? { type: 'subscription', id: facts.subscription.id }
              : { type: 'customer', id: customerId };
          const detail = {
            event: event.type,
            ...(facts.kind === 'subscription' && { status: facts.subscription.status }),
          };
          await audit.reported(tx, `webhook:${event.id}`, { action: event.type, accountId, target, detail });
        }
        return true;
      });
    } catch (error) {
      if (applying !== null) await store.postpone(db, applying);
      throw error;
    }
  }

  const loop = createLoop('webhook events', lookEveryMs, log, async () => {
    const isMore = await apply(null);
    if (!isMore) await store.forgetApplied(db, new Date(clock.now().getTime() - keptMs));
    return isMore;
  });

  return {
    webhook:
      secrets.length === 0
        ? null
        : {
            async receive(body, signature) {
              const event = readEvent(body, signature, secrets, clock.now());
              if (!(await store.insertWebhookEvent(db, event, clock.now()))) return;
              // Stored it is safe: should it not be applied now, the loop comes back to it.
              await apply(event.id).catch((error: unknown) => {
                log.warn({ cause: error, eventType: event.type }, 'a webhook event waits to be applied');
              });
            },
          },
    background: loop,
  };
}
