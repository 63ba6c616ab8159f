/** How much one caller may ask of this process in a while: a bucket of tokens a caller, refilled steadily. */
import { LRUCache } from 'lru-cache';
import type { Call } from '../../kernel/call.js';
import { anonymousUserId } from '../../kernel/ids.js';
import type { Clock } from '../../kernel/ports.js';

/** The rates, as the settings give them. */
export interface Rates {
  readonly userCostPerSecond: number;
  readonly userBurst: number;
  readonly anonymousPerSecond: number;
}

/** Takes what a call costs out of its caller's bucket. */
export interface RateLimit {
  /** Seconds to wait before asking again, at least 1; 0 when the call may go on, and then it is charged. */
  charge(call: Call, cost: number): number;
}

interface Bucket {
  tokens: number;
  at: number;
}

const anonymousBurst = 50;
const bucketsAtMost = 50_000;

/**
 * Charges users by cost and anonymous addresses by request. The billing worker is never charged. Memory is bounded: of
 * more than 50,000 callers the ones that have been quiet longest are forgotten.
 */
export function createRateLimit(rates: Rates, clock: Clock): RateLimit {
  const buckets = new LRUCache<string, Bucket>({ max: bucketsAtMost });

  function take(key: string, cost: number, perSecond: number, burst: number): number {
    const now = clock.now().getTime();
    let bucket = buckets.get(key);
    if (bucket === undefined) buckets.set(key, (bucket = { tokens: burst, at: now }));
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1_000) * perSecond);
    bucket.at = now;
    const needed = Math.min(cost, burst);
    if (bucket.tokens < needed) return Math.max(1, Math.ceil((needed - bucket.tokens) / perSecond));
    bucket.tokens -= cost;
    return 0;
  }

  return {
    charge(call, cost) {
      const { principal, address } = call;
      if (principal.kind === 'worker') return 0;
      if (principal.kind === 'anonymous')
        return take(`address ${address}`, 1, rates.anonymousPerSecond, anonymousBurst);
      return take(callerOf(call), cost, rates.userCostPerSecond, rates.userBurst);
    },
  };
}

/** With authentication off everybody is one user, so the address tells callers apart. */
function callerOf({ principal, address }: Call): string {
  if (principal.kind === 'newcomer') return `newcomer ${principal.claims.issuer} ${principal.claims.subject}`;
  if (principal.kind !== 'user' || principal.userId === anonymousUserId) return `user at ${address}`;
  return `user ${principal.userId}`;
}
