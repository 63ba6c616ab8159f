/** What a call costs its caller, by the figures of GraphQL. */
import { protoMessages } from '../generated/proto-model.js';
import { costs } from '../kernel/cost.js';
import type { ListSizes } from '../kernel/page.js';
import type { Message } from './codecs.js';

const reading = /^(Get|List|Is|Has)/;

/** What a call costs before anything is known of its request. */
export function methodCost(method: string): number {
  return costs.request + (reading.test(method) ? costs.object : costs.change);
}

/**
 * What the list costs that a request asks for: each row that its page may have, and the length of the whole, which is
 * always told. A page that is too long costs as much as the longest.
 * @param type the request's type; the function answers 0 for the requests of types that ask for no part of a list
 */
export function listCost(type: string, sizes: ListSizes): (message: Message) => number {
  const fields = Object.values(protoMessages[type]?.fields ?? {});
  const query = fields.find((field) => field.type === 'zitadel.v1.ListQuery');
  if (!query) return () => 0;
  return (message) => {
    const { limit = 0 } = (message[query.property] ?? {}) as { readonly limit?: number | null };
    return costs.object * Math.min(limit || sizes.default, sizes.most) + costs.total;
  };
}
