/** How strictly the Stripe double reads requests: by name, shape and presence; what is unknown or missing is refused. */

/** A refusal in Stripe's own shape. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly type: 'invalid_request_error' | 'idempotency_error' | 'api_error' | 'rate_limit_error',
    message: string,
    readonly facts: { readonly code?: string; readonly param?: string } = {},
  ) {
    super(message);
  }

  /** The body of the answer. */
  get body() {
    return {
      error: { type: this.type, message: this.message, ...this.facts, doc_url: 'https://stripe.com/docs/error-codes' },
    };
  }
}

/** The parameters of an endpoint: names as they stand in the form, each with what its value must look like. */
export interface Form {
  readonly required: Readonly<Record<string, RegExp>>;
  readonly optional?: Readonly<Record<string, RegExp>>;
  /** Names with a part that may vary: `metadata[anything]`, `line_items[0][price]`. */
  readonly patterns?: readonly (readonly [RegExp, RegExp])[];
}

export const any = /^[\s\S]{1,5000}$/;
export const whole = /^-?\d{1,15}$/;
export const bool = /^(true|false)$/;
export const url = /^https?:\/\/\S+$/;
const paging = { limit: /^([1-9]\d?|100)$/, starting_after: any, ending_before: any };
const metadata = [/^metadata\[[^\]]{1,40}\]$/, /^[\s\S]{0,500}$/] as const;

/** Every endpoint that there is. */
export const forms = {
  'POST /v1/customers': { required: {}, optional: { email: /^[^\s@]+@[^\s@]+$/, name: any }, patterns: [metadata] },
  'GET /v1/customers': { required: {}, optional: { email: any, ...paging } },
  'GET /v1/prices': { required: {}, optional: { active: bool, ...paging }, patterns: [[/^lookup_keys\[\d\]$/, any]] },
  'POST /v1/checkout/sessions': {
    required: { mode: /^subscription$/, success_url: url, customer: any, 'line_items[0][price]': any },
    optional: { cancel_url: url, 'subscription_data[billing_cycle_anchor]': whole },
    patterns: [
      metadata,
      [/^line_items\[\d{1,2}\]\[price\]$/, any],
      [/^line_items\[\d{1,2}\]\[quantity\]$/, /^[1-9]\d*$/],
    ],
  },
  'POST /v1/billing_portal/sessions': { required: { customer: any }, optional: { return_url: url } },
  'GET /v1/subscriptions': {
    required: {},
    optional: {
      customer: any,
      status: /^(active|all|canceled|ended|incomplete|incomplete_expired|past_due|paused|trialing|unpaid)$/,
      ...paging,
    },
  },
  'POST /v1/billing/meter_events': {
    required: { event_name: /^.{1,100}$/, 'payload[stripe_customer_id]': any, 'payload[value]': /^\d{1,18}$/ },
    optional: { identifier: /^.{1,100}$/, timestamp: whole },
  },
} as const satisfies Readonly<Record<string, Form>>;

/** The name of an endpoint. */
export type Endpoint = keyof typeof forms;

/** Whether there is such an endpoint. */
export const isEndpoint = (name: string): name is Endpoint => Object.hasOwn(forms, name);

/** Reads a form. @throws Refusal for the first parameter that is unknown, malformed, given twice or missing */
export function readForm(endpoint: Endpoint, text: string): ReadonlyMap<string, string> {
  const form: Form = forms[endpoint];
  const read = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    const shape =
      form.required[name] ?? form.optional?.[name] ?? form.patterns?.find(([pattern]) => pattern.test(name))?.[1];
    if (!shape || read.has(name)) {
      throw new Refusal(400, 'invalid_request_error', `Received unknown parameter: ${name}`, {
        code: 'parameter_unknown',
        param: name,
      });
    }
    if (!shape.test(value)) {
      throw new Refusal(400, 'invalid_request_error', `Invalid ${name}`, { code: 'parameter_invalid', param: name });
    }
    read.set(name, value);
  }
  for (const name of Object.keys(form.required)) {
    if (!read.has(name)) {
      throw new Refusal(400, 'invalid_request_error', `Missing required param: ${name}.`, {
        code: 'parameter_missing',
        param: name,
      });
    }
  }
  return read;
}

/** The values of `prefix[anything]`. */
export function nested(form: ReadonlyMap<string, string>, prefix: string): Record<string, string> {
  const entries = [...form].flatMap(([name, value]) => {
    const inner = name.startsWith(`${prefix}[`) ? name.slice(prefix.length + 1, -1) : null;
    return inner === null ? [] : [[inner, value] as const];
  });
  return Object.fromEntries(entries);
}
