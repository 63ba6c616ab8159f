/** What must be replaceable in tests: time and chance. */

/** Tells the time. */
export interface Clock {
  now(): Date;
}

/** Makes what nobody may guess. */
export interface Random {
  /** A random UUID (version 4). */
  uuid(): string;
  /** `size` random bytes. */
  bytes(size: number): Buffer;
}
