/** Writes the audit record. */
import type { Db } from '../../db/client.js';
import type { Call } from '../../kernel/call.js';
import type { Audit, AuditRecord } from './audit.js';
import { append, type AuditRow } from './audit.store.js';

/** The audit record on this database. */
export function createAudit({ db }: { readonly db: Db }): Audit {
  return {
    record: (tx, call, entry) => append({ tx }, rowOf(actorOf(call), call.requestId, entry, 'done')),
    reported: (tx, origin, entry) => append({ tx }, rowOf(provider, origin, entry, 'done')),
    async denied(call, entry) {
      if (call.principal.kind !== 'anonymous')
        await append({ db }, rowOf(actorOf(call), call.requestId, entry, 'denied'));
    },
  };
}

type Actor = Pick<AuditRow, 'actor' | 'actorKind'>;
const provider: Actor = { actor: null, actorKind: 'provider' };

function actorOf({ principal }: Call): Actor {
  return principal.kind === 'user'
    ? { actor: principal.userId, actorKind: principal.operator ? 'operator' : 'user' }
    : { actor: null, actorKind: principal.kind };
}

function rowOf(actor: Actor, requestId: string, entry: AuditRecord, outcome: AuditRow['outcome']): AuditRow {
  return {
    ...actor,
    action: entry.action,
    accountId: entry.accountId,
    targetType: entry.target.type,
    targetId: entry.target.id,
    outcome,
    requestId,
    detail: entry.detail ?? {},
  };
}
