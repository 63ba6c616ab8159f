/** An open transaction, as everybody but the stores sees it. */

declare const transaction: unique symbol;

/**
 * An open transaction: opened by `transact`, handed from service to store, never looked into by a service. What is done
 * with it commits together or not at all.
 */
export interface Tx {
  readonly [transaction]: true;
}

/** Opens transactions. */
export interface Transactor {
  /**
   * Runs `work` in a transaction (READ COMMITTED; what must not race takes row locks). Serialization failures, deadlocks
   * and lock time-outs are tried again three times, so `work` must have no effect outside the transaction.
   * @throws AppError `conflict` when the tries are used up
   */
  transact<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}
