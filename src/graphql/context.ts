/** What every resolver gets: who asks, the services that answer, and Prisma for the relations the plugin loads. */
import type { PrismaClient } from '../generated/prisma/client.js';
import type { Call } from '../kernel/call.js';
import type { Services } from '../services.js';

/** The context of one request. A new object for each, because the shield remembers its verdicts on it. */
export interface Context {
  readonly call: Call;
  readonly services: Services;
  readonly prisma: PrismaClient;
}

/** Makes the context of a request. Must return a new, unfrozen object every time. */
export type ContextFor = (call: Call) => object;
