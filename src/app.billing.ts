/** Billing at the edges of a process: the address where the payment provider reports, and what is measured. */
import { Gauge, type Registry } from 'prom-client';
import type { Billing, Webhook } from './domains/billing/billing.js';
import { send } from './graphql/http/answer.js';
import { readBody } from './graphql/http/body.js';
import type { Handler } from './graphql/server.js';
import { AppError } from './kernel/errors.js';
import type { Log } from './log.js';

/** What the payment provider is answered, by kind of refusal; it sends again whatever is not 2xx. */
const statuses: Readonly<Partial<Record<AppError['kind'], number>>> = { invalid: 400, limit: 413, unavailable: 503 };

/** The route of webhooks; none where billing is not in force or no secret is set. */
export function webhookRoutes({ webhook }: Billing, bodyBytes: number, log: Log): Readonly<Record<string, Handler>> {
  return webhook === null ? {} : { '/stripe/webhook': webhookHandler(webhook, bodyBytes, log) };
}

function webhookHandler(webhook: Webhook, bodyBytes: number, log: Log): Handler {
  return (req, res) => {
    const answer = (status: number, body: object, headers: Readonly<Record<string, string>> = {}): void =>
      send(res, status, { 'content-type': 'application/json; charset=utf-8', ...headers }, JSON.stringify(body));
    if (req.method !== 'POST') return answer(405, { error: 'Events are sent with POST.' }, { allow: 'POST' });

    const signature = req.headers['stripe-signature'];
    readBody(req, bodyBytes)
      .then((body) => webhook.receive(body, typeof signature === 'string' ? signature : undefined))
      .then(() => answer(200, { received: true }))
      .catch((error: unknown) => {
        const status = (error instanceof AppError && statuses[error.kind]) || 500;
        log.warn({ status, cause: error }, 'a webhook event was not taken');
        const message = error instanceof AppError ? error.message : 'Something went wrong on our side.';
        answer(status, { error: message }, status === 413 ? { connection: 'close' } : {});
      });
  };
}

/** Measures what waits to be done, over all processes, whenever the metrics are read. */
export function countBacklog(billing: Billing, registry: Registry): void {
  new Gauge({
    name: 'gatehouse_billing_backlog',
    help: 'What waits in billing: meter events to be delivered, dead ones that were given up, webhook events to be applied.',
    labelNames: ['what'] as const,
    registers: [registry],
    async collect() {
      // While the database is away the figures stand as they were: the other metrics matter all the more then.
      const backlog = await billing.backlog().catch(() => null);
      if (backlog === null) return;
      this.set({ what: 'meter_events_pending' }, backlog.pending);
      this.set({ what: 'meter_events_dead' }, backlog.dead);
      this.set({ what: 'webhook_events_pending' }, backlog.webhooks);
    },
  });
}
