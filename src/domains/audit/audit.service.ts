/** Writes the audit record. */
import type { Db } from '../../db/client.js';
import type { Call } from '../../kernel/call.js';
import type { Audit, AuditRecord } from './audit.js';
import { append, type AuditRow } from './audit.store.js';

/** The audit record on this database. */
export function createAudit({ db }: { readonly db: Db }): Audit {
  return {
    record: (tx, call, entry) => append({ tx }, rowOf(call, entry, 'done')),
    async denied(call, entry) {
      if (call.principal.kind !== 'anonymous') await append({ db }, rowOf(call, entry, 'denied'));
    },
  };
}

function rowOf({ principal, requestId }: Call, entry: AuditRecord, outcome: AuditRow['outcome']): AuditRow {
  return {
    actor: principal.kind === 'user' ? principal.userId : null,
    actorKind: principal.kind === 'user' && principal.operator ? 'operator' : principal.kind,
    action: entry.action,
    accountId: entry.accountId,
    targetType: entry.target.type,
    targetId: entry.target.id,
    outcome,
    requestId,
    detail: entry.detail ?? {},
  };
}
