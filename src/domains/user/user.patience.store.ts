/** How far a search goes one way before it takes another. */

/** How many users each way looks at before it gives up. */
export interface Patience {
  /** Of a smaller whole (an account, all that somebody sees): one by one. */
  readonly whole: number;
  /** Whom the indexes find: sorted. */
  readonly found: number;
  /** Who remains when those are out whom an index knows to be: one by one. */
  readonly remaining: number;
  /** Along the order of the list, to see whether nearly everybody matches. */
  readonly glanced: number;
  /** Along the order of the list, for a page that is not full yet. */
  readonly walked: number;
  /** The same where no index would find anybody. */
  readonly walkedBlindly: number;
  /** Further along it, where those met so far promise a full page. */
  readonly walkedOn: number;
  /** By chance, to know about where a page ends. */
  readonly sampled: number;
}
/** Each takes 1 to 25 ms at a million users. */
export const usualPatience: Patience = {
  whole: 2_000,
  found: 1_000,
  remaining: 10_000,
  glanced: 300,
  walked: 1_000,
  walkedBlindly: 5_000,
  walkedOn: 10_000,
  sampled: 5_000,
};
