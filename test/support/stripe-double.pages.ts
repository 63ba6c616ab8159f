/** The pages of the Stripe double, to click through: a checkout that is paid by a button, a portal that cancels by one. */
import type { ServerResponse } from 'node:http';
import type Stripe from 'stripe';
import { unix, type EventObject } from './stripe-double.objects.js';
import type { StripeState } from './stripe-double.state.js';

/** What the pages work with. */
export interface PageParts {
  readonly state: StripeState;
  subscribe(customer: string): Stripe.Subscription;
  send(type: string, object: EventObject): Promise<number>;
  now(): Date;
}

/** Serves a page or does what its button says. */
export async function pageFor(parts: PageParts, endpoint: string, res: ServerResponse): Promise<void> {
  if (/^GET \/app\/[a-z0-9-]+\/settings\/billing$/.test(endpoint)) {
    return html(
      res,
      200,
      '<h1>Billing</h1><p>This is where your front end would be: ask in GraphiQL where the team stands.</p>',
    );
  }
  const [, method = '', kind = '', id = '', act] = /^(GET|POST) \/(pay|portal)\/(\w+)(\/done)?$/.exec(endpoint) ?? [];
  const checkout = kind === 'pay' ? parts.state.checkouts.get(id) : undefined;
  const portal = kind === 'portal' ? parts.state.portals.get(id) : undefined;
  if (!checkout && !portal) return html(res, 404, '<p>There is no such session.</p>');
  const back = checkout?.success_url ?? portal?.return_url ?? '/';

  if (method === 'GET') {
    const words = checkout
      ? ['Subscribe to the team plan', 'Pay with a test card']
      : ['Your subscription', 'Cancel it'];
    const form = `<form method="post" action="/${kind}/${id}/done"><button autofocus>${words[1]}</button></form>`;
    const leave = `<p><a href="${escaped(checkout?.cancel_url ?? back)}">Back without doing anything</a></p>`;
    return html(res, 200, `<h1>${words[0]}</h1><p>This is a double of Stripe: no money moves.</p>${form}${leave}`);
  }
  if (method === 'POST' && act) {
    if (checkout) await pay(parts, checkout);
    if (portal) await cancel(parts, portal.customer);
    res.writeHead(303, { location: back }).end();
    return;
  }
  html(res, 405, '<p>This page cannot do that.</p>');
}

async function pay({ state, subscribe, send }: PageParts, checkout: Stripe.Checkout.Session): Promise<void> {
  if (checkout.status !== 'open' || typeof checkout.customer !== 'string') return;
  const subscription = subscribe(checkout.customer);
  const paid = {
    ...checkout,
    status: 'complete',
    payment_status: 'paid',
    subscription: subscription.id,
    url: null,
  } as const;
  state.checkouts.set(checkout.id, paid);
  await send('customer.subscription.created', subscription);
  await send('checkout.session.completed', paid);
}

async function cancel({ state, send, now }: PageParts, customer: string): Promise<void> {
  for (const subscription of state.subscriptions.values()) {
    if (subscription.customer !== customer || subscription.status === 'canceled') continue;
    const at = unix(now());
    const canceled: Stripe.Subscription = { ...subscription, status: 'canceled', canceled_at: at, ended_at: at };
    state.subscriptions.set(subscription.id, canceled);
    await send('customer.subscription.deleted', canceled);
  }
}

function html(res: ServerResponse, status: number, body: string): void {
  res.writeHead(status, { 'content-type': 'text/html; charset=utf-8' });
  res.end(`<!doctype html><meta charset="utf-8"><title>Stripe double</title>${body}`);
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
