/** One batch of an import: what of it is good goes in, the rest is told, and the checkpoint moves with it. */
import { setImmediate as breathe } from 'node:timers/promises';
import type { Bulk } from '../db/bulk.js';
import { AppError } from '../kernel/errors.js';
import { createKeyCheck, type Candidate } from './import.keys.js';
import { createThings } from './import.make.js';
import type { RawBatch } from './import.reader.js';
import type { Rejected, RejectedFile } from './import.rejected.js';
import { lockOffset, saveRun, type Run } from './import.run.store.js';
import { insertRows } from './import.store.js';
import { thingsOf } from './import.things.js';
import { parseLine } from './line.js';
import { rowsOf } from './rows.js';
import { tables, type Table } from './tables.js';

/** A batch whose lines were read. */
export interface ParsedBatch extends Omit<RawBatch, 'lines'> {
  readonly candidates: readonly Candidate[];
  readonly rejected: readonly Rejected[];
}

const linesInOneGo = 100;

/** Reads the lines of a batch, giving way now and then to what the database answers meanwhile. */
export async function parseBatch({ lines, ...rest }: RawBatch): Promise<ParsedBatch> {
  const candidates: Candidate[] = [];
  const rejected: Rejected[] = [];
  for (const [i, { number, text, fault }] of lines.entries()) {
    if (i % linesInOneGo === linesInOneGo - 1) await breathe();
    try {
      if (fault !== null) throw new AppError('invalid', 'UNREADABLE', fault);
      const parsed = parseLine(text);
      candidates.push({ ...parsed, number, text, rows: rowsOf(parsed.line) });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      rejected.push({ line: number, reason: error.message, path: error.inputPath.join('.'), text });
    }
  }
  return { ...rest, candidates, rejected };
}

/**
 * Imports a batch in one transaction with its checkpoint and its rejected lines.
 * @returns where the import stands now
 * @throws Error when another process imports the same file
 */
export function importBatch(bulk: Bulk, run: Run, file: RejectedFile, batch: ParsedBatch): Promise<Run> {
  return bulk.transact(async () => {
    if ((await lockOffset(bulk, run.fileKey)) !== run.offset) throw new Error('another process is importing this file');
    const { accepted, rejected } = await decide(bulk, batch);
    for (const table of Object.keys(tables) as Table[]) {
      await insertRows(
        bulk,
        table,
        accepted.flatMap(({ rows }) => rows[table]),
      );
    }
    const after: Run = {
      ...run,
      offset: batch.end,
      lines: batch.lineCount,
      accepted: run.accepted + accepted.length,
      rejected: run.rejected + rejected.length,
      rejectedBytes: await file.write(run.rejectedBytes, rejected),
    };
    await saveRun(bulk, after);
    return after;
  });
}

/** Goes through the lines in their order, so that of two that want the same the first gets it. */
async function decide(bulk: Bulk, { candidates, rejected }: ParsedBatch) {
  const accepted: Candidate[] = [];
  const refused: Rejected[] = [...rejected];
  if (candidates.length > 0) {
    const things = candidates.map(thingsOf);
    const keys = await createKeyCheck(bulk, candidates);
    const referred = await createThings(bulk, things);
    candidates.forEach((candidate, i) => {
      const wanted = things[i];
      if (!wanted) return;
      const refusal = keys.refusal(i) ?? referred.refusal(wanted);
      if (refusal) {
        refused.push({ line: candidate.number, ...refusal, text: candidate.text });
        return;
      }
      keys.take(i);
      referred.take(wanted);
      accepted.push(candidate);
    });
    await referred.make();
  }
  return { accepted, rejected: refused.sort((a, b) => a.line - b.line) };
}
