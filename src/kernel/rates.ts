/** Limits on how often something may be tried. */

import type { Tx } from './transaction.js';

/** How often, per what. */
export interface Rate {
  readonly most: number;
  readonly perMs: number;
}

/** Counts tries across all processes. */
export interface Rates {
  /**
   * Counts one try under `key`: for good, or as part of `tx`, where only what commits counts.
   * @throws AppError `rate` with `retryAfter` in seconds when there were too many
   */
  take(key: string, rate: Rate, tx?: Tx): Promise<void>;
}
