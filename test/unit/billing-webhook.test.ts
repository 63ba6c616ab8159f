/** Reading what the payment provider reports: signatures in every state, and events of several versions. */
import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { readEvent } from '../../src/domains/billing/billing.stripe.read.js';
import { checkoutOf, customerOf, eventOf, subscriptionOf } from '../support/stripe-double.objects.js';

const now = new Date('2026-03-15T12:00:00Z');
const seconds = now.getTime() / 1000;
const subscription = subscriptionOf('sub_1', seconds, 'cus_1', 'active', { start: seconds, end: seconds + 86_400 });
const bodyOf = (type: string, object: Parameters<typeof eventOf>[3]) =>
  JSON.stringify(eventOf('evt_1', type, seconds, object));
const body = bodyOf('customer.subscription.updated', subscription);
const sign = (payload: string, secret = 'whsec_new', timestamp = seconds) =>
  Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
const read = (text: string, header: string | undefined, secrets = ['whsec_new', 'whsec_old']) =>
  readEvent(Buffer.from(text), header, secrets, now);
const unsigned = expect.objectContaining({ kind: 'invalid', reason: 'SIGNATURE_INVALID' });

describe('a signature', () => {
  it('counts by either secret while one replaces the other, and by no third', () => {
    expect(read(body, sign(body)).id).toBe('evt_1');
    expect(read(body, sign(body, 'whsec_old')).id).toBe('evt_1');
    expect(() => read(body, sign(body, 'whsec_other'))).toThrow(unsigned);
  });

  it('may be five minutes old or early, and no more', () => {
    expect(read(body, sign(body, 'whsec_new', seconds - 300)).id).toBe('evt_1');
    expect(read(body, sign(body, 'whsec_new', seconds + 300)).id).toBe('evt_1');
    expect(() => read(body, sign(body, 'whsec_new', seconds - 301))).toThrow(unsigned);
    expect(() => read(body, sign(body, 'whsec_new', seconds + 301))).toThrow(unsigned);
  });

  it.each([
    ['is missing', undefined],
    ['is empty', ''],
    ['has no time', sign(body).replace(/t=\d+,/, '')],
    ['has two times, of which the last is not the signed one', `${sign(body)},t=${seconds + 1}`],
    ['is of another scheme', sign(body).replace('v1=', 'v0=')],
  ])('is refused when it %s', (_how, header) => {
    expect(() => read(body, header)).toThrow(unsigned);
  });

  it('covers every byte', () => {
    expect(() => read(body.replace('active', 'paused'), sign(body))).toThrow(unsigned);
    expect(() => read(`${body} `, sign(body))).toThrow(unsigned);
  });
});

describe('an event', () => {
  it('about a subscription tells its customer, status and period', () => {
    expect(read(body, sign(body)).facts).toEqual({
      kind: 'subscription',
      customerId: 'cus_1',
      subscription: {
        id: 'sub_1',
        status: 'active',
        periodStart: now,
        periodEnd: new Date(now.getTime() + 86_400_000),
      },
    });
  });

  it('of an older version has the period on the subscription itself', () => {
    const { items: _items, ...rest } = subscription;
    const old = JSON.stringify(
      eventOf('evt_1', 'customer.subscription.created', seconds, {
        ...rest,
        current_period_start: seconds,
        current_period_end: seconds + 60,
      } as never),
    );
    expect(read(old, sign(old)).facts).toMatchObject({ subscription: { periodStart: now } });
  });

  it('about a finished checkout says that something changed, about a deleted customer that it is gone', () => {
    const given = { customer: 'cus_1', metadata: {}, success_url: null, cancel_url: null };
    const done = bodyOf('checkout.session.completed', checkoutOf('cs_1', seconds, 'https://pay.test', given));
    expect(read(done, sign(done)).facts).toEqual({ kind: 'changed', customerId: 'cus_1' });
    const gone = bodyOf('customer.deleted', customerOf('cus_1', seconds, null, null, {}));
    expect(read(gone, sign(gone)).facts).toEqual({ kind: 'deleted', customerId: 'cus_1' });
  });

  it('of a type nobody asked for is taken, and tells nothing', () => {
    const other = bodyOf('invoice.paid', subscription);
    expect(read(other, sign(other))).toMatchObject({ type: 'invoice.paid', facts: null });
  });

  it('that is signed and unreadable is refused', () => {
    for (const text of [
      '{',
      '[]',
      '{"id":"evt_1"}',
      JSON.stringify(eventOf('evt_1', 'customer.subscription.updated', 1, {} as never)),
    ]) {
      expect(() => read(text, sign(text))).toThrow(expect.objectContaining({ reason: 'EVENT_UNREADABLE' }));
    }
  });

  it('ranks after earlier ones of the same second by what it is', () => {
    const at = (type: string) => {
      const text = bodyOf(type, subscription);
      return read(text, sign(text)).createdAt.getTime();
    };
    expect(at('customer.subscription.created')).toBeLessThan(at('customer.subscription.updated'));
    expect(at('customer.subscription.updated')).toBeLessThan(at('customer.subscription.deleted'));
  });
});
