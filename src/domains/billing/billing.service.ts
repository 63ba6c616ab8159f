/** Billing: in force in cloud mode with a payment provider, and switched off elsewhere. */
import type { Db } from '../../db/client.js';
import { callingUser, type Call } from '../../kernel/call.js';
import { AppError, forbidden } from '../../kernel/errors.js';
import { emptyPage } from '../../kernel/page.js';
import type { Clock, Random } from '../../kernel/ports.js';
import type { Rates } from '../../kernel/rates.js';
import type { Access } from '../access/access.js';
import type { Audit } from '../audit/audit.js';
import type { Billing, StatusReport, Validity } from './billing.js';
import { countEvents } from './billing.meter.store.js';
import { createMeter, demandStaff } from './billing.meter.js';
import { createSessions } from './billing.sessions.js';
import { createStandings } from './billing.standing.js';
import { createProvider, type Log, type StripeSettings } from './billing.stripe.js';
import { createWebhooks } from './billing.webhooks.js';
import { countUnapplied } from './billing.webhook.store.js';

/** What billing needs. */
export interface BillingParts {
  readonly db: Db;
  readonly access: Access;
  readonly audit: Audit;
  readonly rates: Rates;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Null: nothing is billed. */
  readonly stripe: (StripeSettings & { readonly webhookSecrets: readonly string[] }) | null;
  /** The front end's base address. */
  readonly appUrl: string;
  readonly checkoutsPerHour: number;
  /** How long a request may take as a whole. */
  readonly requestMs: number;
  /** For so long what webhooks told needs no look at the provider. */
  readonly freshMs: number;
  /** Accounts that are exempt from billing. */
  readonly exempt: readonly string[];
}

/** Without webhooks only a look tells what changed. */
const freshWithoutWebhooksMs = 1_000;

/** Billing. Nothing goes on by itself before `background.start()`. */
export function createBilling(parts: BillingParts): Billing {
  const { db, stripe, log, requestMs } = parts;
  if (stripe === null) return switchedOff(parts);

  const provider = createProvider(stripe, log);
  const meter = createMeter({ ...parts, provider });
  const webhooks = createWebhooks({ ...parts, secrets: stripe.webhookSecrets });
  const freshMs = webhooks.webhook === null ? freshWithoutWebhooksMs : parts.freshMs;
  const loops = [meter.background, webhooks.background];
  return {
    isInForce: true,
    ...createStandings({ ...parts, provider, freshMs }),
    // What was committed must still be told when the provider hangs, so its share of the time is smaller.
    ...createSessions({ ...parts, provider, patienceMs: Math.max(requestMs - 2_000, requestMs / 2) }),
    recordMeterEvent: meter.recordMeterEvent,
    deadLetters: meter.deadLetters,
    async backlog() {
      const [events, webhookEvents] = await Promise.all([countEvents(db), countUnapplied(db)]);
      return { ...events, webhooks: webhookEvents };
    },
    webhook: webhooks.webhook,
    background: {
      start: () => loops.forEach((loop) => loop.start()),
      stop: async () => void (await Promise.all(loops.map((loop) => loop.stop()))),
    },
  };
}

const status: StatusReport = { usedRecordCount: 0n, allowedRecordCount: null, subscriptionStatus: null };
const validity: Validity = {
  isValid: true,
  reason: null,
  shouldPoll: false,
  accountStatus: null,
  trialExpiresAt: null,
};

function switchedOff({ access }: BillingParts): Billing {
  const notBilled = () =>
    new AppError('disabled', 'BILLING_DISABLED', 'Billing is not in force: this instance does not run in cloud mode.');

  const refuse = async (call: Call): Promise<never> => {
    callingUser(call);
    throw notBilled();
  };

  return {
    isInForce: false,
    statusOf: async () => status,
    validityOf: async () => validity,
    checkout: refuse,
    portal: refuse,
    async recordMeterEvent(call) {
      demandStaff(access, call);
      throw notBilled();
    },
    async deadLetters(call) {
      if (call.principal.kind === 'newcomer') return emptyPage;
      demandStaff(access, call);
      if (call.principal.kind === 'worker') throw forbidden();
      return emptyPage;
    },
    backlog: async () => ({ pending: 0, dead: 0, webhooks: 0 }),
    webhook: null,
    background: { start: () => undefined, stop: () => Promise.resolve() },
  };
}
