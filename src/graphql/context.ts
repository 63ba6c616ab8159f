/** What every resolver gets: who asks, and the services that answer. */
import type { Call } from '../kernel/call.js';

/** The context of one request. A new object for each, because the shield remembers its verdicts on it. */
export interface Context<Services = unknown> {
  readonly call: Call;
  readonly services: Services;
}

/** Makes the context of a request. Must return a new, unfrozen object every time. */
export type ContextFor = (call: Call) => object;
