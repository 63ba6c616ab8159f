/** The rows of the audit record. */
import { within, type Db } from '../../db/client.js';
import type { Tx } from '../../kernel/transaction.js';

/** A row to add. */
export interface AuditRow {
  readonly actor: string | null;
  readonly actorKind: string;
  readonly action: string;
  readonly accountId: string | null;
  readonly targetType: string;
  readonly targetId: string;
  readonly outcome: 'done' | 'denied';
  readonly requestId: string;
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

/** Adds a row, in `tx` when there is one. */
export async function append(where: { readonly tx: Tx } | { readonly db: Db }, row: AuditRow): Promise<void> {
  const prisma = 'tx' in where ? within(where.tx) : where.db.prisma;
  await prisma.auditEntry.create({ data: row, select: { id: true } });
}
