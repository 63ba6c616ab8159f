/** The record of what was changed and what was refused. Rows are only ever added. */
import type { Call } from '../../kernel/call.js';
import type { Tx } from '../../kernel/transaction.js';

/** One thing that was done, or refused, to one target. */
export interface AuditRecord {
  /** What was done, as `noun.verb`: `invite.create`. */
  readonly action: string;
  readonly accountId: string | null;
  readonly target: { readonly type: string; readonly id: string };
  /** Facts worth keeping. Never a token, never an e-mail address. */
  readonly detail?: Readonly<Record<string, string | number | boolean | null>>;
}

/** Writes the record. */
export interface Audit {
  /** Records a change in the transaction that makes it, so that neither is ever without the other. */
  record(tx: Tx, call: Call, entry: AuditRecord): Promise<void>;
  /**
   * Records a change that no caller made but the payment provider reported.
   * @param origin leads back to the report: `webhook:evt_1`
   */
  reported(tx: Tx, origin: string, entry: AuditRecord): Promise<void>;
  /** Records a refusal, in a transaction of its own. Anonymous callers are not recorded: there is nobody to name. */
  denied(call: Call, entry: AuditRecord): Promise<void>;
}
