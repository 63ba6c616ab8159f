/**
 * A strict double of the part of Stripe that Gatehouse uses: node:http on loopback, asked by the real SDK. It is ours and
 * was never checked against Stripe itself; docs/billing.md says what that means.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { isEndpoint, readForm, Refusal, type Endpoint } from './stripe-double.form.js';
import { eventOf, unix, type EventObject } from './stripe-double.objects.js';
import { pageFor } from './stripe-double.pages.js';
import { createOperations, emptyState, type StripeState } from './stripe-double.state.js';

/** A fault for one request, before or after its work is done. */
export type Fault =
  | { readonly kind: 'status'; readonly status: 429 | 500 | 503; readonly retryAfterS?: number }
  /** The connection is cut; `afterWork`: what was asked for is done, and nobody learns it. */
  | { readonly kind: 'cut'; readonly afterWork: boolean }
  /** The answer comes this much later. */
  | { readonly kind: 'slow'; readonly ms: number };

/** A request that came. */
export interface Received {
  readonly endpoint: string;
  readonly params: string;
  readonly idempotencyKey: string | undefined;
  /** When it came, in milliseconds. */
  readonly at: number;
}

/** How a double is set up. */
export interface StripeDoubleOptions {
  readonly apiKey: string;
  readonly webhookSecret: string;
  /** Lookup keys of prices with quantities; null for metered ones. */
  readonly prices?: Readonly<Record<string, number | null>>;
  /** Where events go; without it they are only made when a test sends them. */
  readonly webhookUrl?: () => string | null;
  readonly now?: () => Date;
  readonly port?: number;
}

/** A running double. */
export interface StripeDouble extends StripeState {
  readonly url: string;
  readonly received: readonly Received[];
  /** The next requests to an endpoint meet these faults, one each. */
  fault(endpoint: Endpoint, ...faults: readonly Fault[]): void;
  /** Down: every connection is cut until it is up again. */
  down(isDown: boolean): void;
  subscribe(customer: string, status?: Stripe.Subscription.Status): Stripe.Subscription;
  /** Makes an event about an object as it is now. */
  event(type: string, object: EventObject, created?: number): { readonly id: string; readonly body: string };
  /** A signature header for a body. */
  sign(body: string, options?: { readonly secret?: string; readonly at?: Date }): string;
  /** Makes an event and sends it to the webhook address; answers the status. */
  send(type: string, object: EventObject): Promise<number>;
  stop(): Promise<void>;
}

/** Starts a double on 127.0.0.1. */
export async function startStripeDouble(options: StripeDoubleOptions): Promise<StripeDouble> {
  const { apiKey, webhookSecret, now = () => new Date() } = options;
  const state = emptyState(options.prices ?? { 'team-seat': 1, records: null }, now());
  const id = (prefix: string): string => `${prefix}_${randomBytes(8).toString('hex')}`;
  let url = '';
  let isDown = false;
  const { operations, subscribe } = createOperations(state, () => url, now, id);
  const received: Received[] = [];
  const faults = new Map<string, Fault[]>();
  const answers = new Map<string, { readonly asked: string; readonly done: { status: number; body: object } }>();
  const busy = new Set<string>();

  /** Does the work, once for each idempotency key: the same again answers the same, other words are refused. */
  function perform(endpoint: Endpoint, text: string, key: string | undefined): { status: number; body: object } {
    const asked = `${endpoint}\n${text}`;
    const known = key === undefined ? undefined : answers.get(key);
    if (known && known.asked !== asked) {
      const message =
        'Keys for idempotent requests can only be used with the same parameters they were first used with.';
      return { status: 400, body: new Refusal(400, 'idempotency_error', message).body };
    }
    if (known) return known.done;
    const done = attempt(endpoint, text);
    if (key !== undefined && done.status < 400) answers.set(key, { asked, done });
    return done;
  }

  function attempt(endpoint: Endpoint, text: string): { status: number; body: object } {
    try {
      // A copy, as it is now: what changes later must not change an answer that was given.
      return { status: 200, body: structuredClone(operations[endpoint](readForm(endpoint, text))) };
    } catch (error) {
      if (error instanceof Refusal) return { status: error.status, body: error.body };
      throw error;
    }
  }

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (isDown) return void req.socket.destroy();
    const [path = '', query = ''] = (req.url ?? '').split('?');
    const text = await bodyOf(req);
    const endpoint = `${req.method} ${path}`;
    if (!path.startsWith('/v1/')) return pageFor({ state, subscribe, send, now }, endpoint, res);

    const answer = (status: number, body: object, headers: Record<string, string> = {}): void => {
      res.writeHead(status, { 'content-type': 'application/json', 'request-id': id('req'), ...headers });
      res.end(JSON.stringify(body));
    };
    if (req.headers.authorization !== `Bearer ${apiKey}`) {
      return answer(401, new Refusal(401, 'invalid_request_error', 'Invalid API Key provided: sk_test_***').body);
    }
    const idempotencyKey = req.headers['idempotency-key'] as string | undefined;
    const params = req.method === 'GET' ? query : text;
    received.push({ endpoint, params, idempotencyKey, at: performance.now() });
    if (!isEndpoint(endpoint)) {
      return answer(404, new Refusal(404, 'invalid_request_error', `Unrecognized request URL (${endpoint}).`).body);
    }
    const isForm = req.headers['content-type'] === 'application/x-www-form-urlencoded';
    if (req.method === 'POST' && !isForm) {
      return answer(400, new Refusal(400, 'invalid_request_error', 'Send forms.').body);
    }

    const fault = faults.get(endpoint)?.shift();
    if (fault?.kind === 'status') {
      const isRate = fault.status === 429;
      const refusal = new Refusal(fault.status, isRate ? 'rate_limit_error' : 'api_error', 'A fault was asked for.');
      return answer(fault.status, refusal.body, fault.retryAfterS ? { 'retry-after': String(fault.retryAfterS) } : {});
    }
    if (fault?.kind === 'cut' && !fault.afterWork) return void req.socket.destroy();
    if (idempotencyKey !== undefined && busy.has(idempotencyKey)) {
      const message = 'There is currently another in-progress request using this Idempotency Key.';
      return answer(409, new Refusal(409, 'idempotency_error', message, { code: 'idempotency_key_in_use' }).body);
    }
    const done = perform(endpoint, params, idempotencyKey);
    if (fault?.kind === 'cut') return void req.socket.destroy();
    if (fault?.kind === 'slow') {
      const key = idempotencyKey ?? '';
      busy.add(key);
      await new Promise((resolve) => setTimeout(resolve, fault.ms));
      busy.delete(key);
    }
    answer(done.status, done.body);
  }

  const server = createServer((req, res) => {
    serve(req, res).catch(() => res.destroy());
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const sign: StripeDouble['sign'] = (body, { secret = webhookSecret, at = now() } = {}) =>
    Stripe.webhooks.generateTestHeaderString({ payload: body, secret, timestamp: unix(at) });
  const event: StripeDouble['event'] = (type, object, created = unix(now())) => {
    const made = eventOf(id('evt'), type, created, object);
    return { id: made.id, body: JSON.stringify(made) };
  };
  async function send(type: string, object: EventObject): Promise<number> {
    const target = options.webhookUrl?.() ?? null;
    if (target === null) return 0;
    const { body } = event(type, object);
    const headers = { 'content-type': 'application/json', 'stripe-signature': sign(body) };
    return (await fetch(target, { method: 'POST', headers, body })).status;
  }

  return {
    ...state,
    url,
    received,
    fault: (endpoint, ...more) => void faults.set(endpoint, [...(faults.get(endpoint) ?? []), ...more]),
    down(down) {
      isDown = down;
      if (down) server.closeAllConnections();
    },
    subscribe,
    event,
    sign,
    send,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
