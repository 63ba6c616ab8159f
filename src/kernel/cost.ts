/** What a caller is charged for what it asks, over whichever face: see `RATE_USER_COST_PER_S`. */
export const costs = {
  /** Asking at all. */
  request: 1,
  /** An entity, or a row of a list. */
  object: 1,
  /** A change. */
  change: 10,
  /** The length of a whole list. */
  total: 5,
} as const;
