/** Reading Stripe: its subscriptions, its webhook events with their signatures, and its errors. */
import Stripe from 'stripe';
import { z } from 'zod';
import { AppError } from '../../kernel/errors.js';
import type { Sending, Subscription } from './billing.rules.js';

const seconds = z.int().nonnegative();
const period = { current_period_start: seconds.nullish(), current_period_end: seconds.nullish() };
const reference = z.union([z.string().min(1), z.object({ id: z.string().min(1) }).transform(({ id }) => id)]);

/** The period stood on the subscription until 2025 and stands on its items since; an endpoint may speak either version. */
const stripeSubscription = z.object({
  id: z.string().min(1),
  customer: reference,
  status: z.string(),
  ...period,
  items: z.object({ data: z.array(z.object(period)) }).nullish(),
});

/** Reads a subscription, of a list or of an event. @throws Error when it is none */
export function subscriptionOf(object: unknown): { readonly customerId: string; readonly subscription: Subscription } {
  const read = stripeSubscription.parse(object);
  const holder = read.items?.data[0] ?? read;
  return {
    customerId: read.customer,
    subscription: {
      id: read.id,
      status: read.status,
      periodStart: instant(holder.current_period_start ?? read.current_period_start),
      periodEnd: instant(holder.current_period_end ?? read.current_period_end),
    },
  };
}

const instant = (unix: number | null | undefined): Date | null => (unix == null ? null : new Date(unix * 1000));

/** What an event tells us; null in an event that we have no use for. */
export type Facts =
  | { readonly kind: 'subscription'; readonly customerId: string; readonly subscription: Subscription }
  /** Something changed that is worth a look. */
  | { readonly kind: 'changed'; readonly customerId: string }
  | { readonly kind: 'deleted'; readonly customerId: string };

/** A webhook event. */
export interface ProviderEvent {
  readonly id: string;
  readonly type: string;
  /** When it happened, in milliseconds of which the last three rank events of one second: created, updated, deleted. */
  readonly createdAt: Date;
  readonly facts: Facts | null;
}

const stripeEvent = z.object({
  id: z.string().min(1).max(255),
  type: z.string().min(1).max(255),
  created: seconds,
  data: z.object({ object: z.unknown() }).nullish(),
});

const rankWithinSecond = (type: string): number => (type.endsWith('.created') ? 0 : type.endsWith('.deleted') ? 2 : 1);

const readers: readonly (readonly [RegExp, (object: unknown) => Facts | null])[] = [
  [/^customer\.subscription\./, (object) => ({ kind: 'subscription', ...subscriptionOf(object) })],
  [
    /^checkout\.session\.completed$/,
    (object) => {
      const { customer } = z.object({ customer: reference.nullish() }).parse(object);
      return customer == null ? null : { kind: 'changed', customerId: customer };
    },
  ],
  [
    /^customer\.deleted$/,
    (object) => ({ kind: 'deleted', customerId: z.object({ id: z.string().min(1) }).parse(object).id }),
  ],
];

/** How far a signature may lie in the past or in the future, in seconds. */
const toleranceSeconds = 300;

/**
 * Reads a webhook event whose signature by one of `secrets` is good and of now.
 * @throws AppError `invalid`: SIGNATURE_INVALID, or EVENT_UNREADABLE for signed bytes that are no event
 */
export function readEvent(
  body: Buffer,
  header: string | undefined,
  secrets: readonly string[],
  now: Date,
): ProviderEvent {
  const signed = secrets.some((secret) => isSignedBy(secret, body, header ?? '', now));
  if (!signed) throw new AppError('invalid', 'SIGNATURE_INVALID', 'The signature is not good.');
  try {
    const { id, type, created, data } = stripeEvent.parse(JSON.parse(body.toString('utf8')));
    const reader = readers.find(([pattern]) => pattern.test(type))?.[1];
    const createdAt = new Date(created * 1000 + rankWithinSecond(type));
    return { id, type, createdAt, facts: reader ? reader(data?.object) : null };
  } catch {
    throw new AppError('invalid', 'EVENT_UNREADABLE', 'This is no event.');
  }
}

function isSignedBy(secret: string, body: Buffer, header: string, now: Date): boolean {
  // The SDK takes the last of several times, and looks back only.
  const at = Number(
    header
      .split(',')
      .findLast((part) => part.startsWith('t='))
      ?.slice(2),
  );
  if (!Number.isSafeInteger(at) || at - now.getTime() / 1000 > toleranceSeconds) return false;
  try {
    const at = now.getTime();
    return signatures.signature?.verifyHeader(body, header, secret, toleranceSeconds, undefined, at) === true;
  } catch {
    return false;
  }
}

const signatures = Stripe.webhooks;

/** What the log may know of a failure: which it was, never what was sent. */
export function describeFailure(error: unknown): Readonly<Record<string, string | number | undefined>> {
  if (!(error instanceof Stripe.errors.StripeError)) {
    return { failure: error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 300) : 'unknown' };
  }
  const { type, code, statusCode, param, requestId } = error;
  return { failure: type, code: connectionCode(error) ?? code, status: statusCode, param, stripeRequestId: requestId };
}

/** Whether Stripe said that there is no such thing. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing';

/** Whether Stripe said that what was sent is wrong. */
export const isInvalid = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeInvalidRequestError && error.statusCode === 400;

/** Whether Stripe said that a request with the same key is under way. */
export const isBusy = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeError && error.code === 'idempotency_key_in_use';

/** Node's code of a connection that could not be made or broke. */
function connectionCode(error: unknown): string | undefined {
  const { detail } = error as { readonly detail?: unknown };
  const code = typeof detail === 'object' && detail !== null && 'code' in detail ? detail.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** Nothing was sent at all. */
const neverSent: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
/** Not the event's fault, though the status says that the request was wrong: our key, our right, our pace. */
const ours: ReadonlySet<number> = new Set([401, 403, 408, 409, 425, 429]);

/** What a failed try to send a meter event means. */
export function sendingOf(error: unknown): Sending {
  const told = describeFailure(error);
  const summary = [told['failure'], told['code'], told['status']].filter((part) => part !== undefined).join(' ');
  if (!(error instanceof Stripe.errors.StripeError)) return { how: 'unsure', why: summary };
  const { statusCode, message } = error;
  if (statusCode === undefined) {
    const code = connectionCode(error);
    return code !== undefined && neverSent.has(code)
      ? { how: 'later', why: summary, afterMs: null }
      : { how: 'unsure', why: summary };
  }
  if (statusCode >= 500) return { how: 'unsure', why: summary };
  if (error instanceof Stripe.errors.StripeRateLimitError || ours.has(statusCode)) {
    return { how: 'later', why: summary, afterMs: retryAfterMs(error.headers?.['retry-after']) };
  }
  // Stripe gives this refusal no code of its own.
  if (/identifier/i.test(message) && /already|exists|duplicate/i.test(message)) return { how: 'taken' };
  return { how: 'refused', why: `${summary}: ${message}`.slice(0, 300) };
}

/** A wait is told in seconds; what is longer than an hour is not believed. */
function retryAfterMs(header: unknown): number | null {
  const wait = Number(header);
  return Number.isFinite(wait) && wait > 0 ? Math.min(wait, 3_600) * 1000 : null;
}
