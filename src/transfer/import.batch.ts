/** One batch of an import: what of it is good goes in, the rest is told, and the checkpoint moves with it. */
import { setImmediate as breathe } from 'node:timers/promises';
import type { Bulk } from '../db/bulk.js';
import { AppError } from '../kernel/errors.js';
import { readCandidate, type Candidate } from './import.candidate.js';
import { askForKeys, claim, knowNothing } from './import.keys.js';
import { createThings } from './import.make.js';
import type { RawBatch } from './import.reader.js';
import type { Rejected, RejectedFile } from './import.rejected.js';
import { lockOffset, saveRun, type Run } from './import.run.store.js';
import { tableNames, tables } from './tables.js';

/** A batch whose lines were read. */
export interface ParsedBatch extends Omit<RawBatch, 'lines'> {
  readonly candidates: readonly Candidate[];
  readonly rejected: readonly Rejected[];
  /** What goes into each table when all candidates are accepted: most batches need nothing else. */
  readonly whole: readonly string[];
}

const linesInOneGo = 10;

/** Reads the lines of a batch, giving way now and then to what the database answers meanwhile. */
export async function parseBatch({ lines, ...rest }: RawBatch): Promise<ParsedBatch> {
  const candidates: Candidate[] = [];
  const rejected: Rejected[] = [];
  for (const [i, { number, text, fault }] of lines.entries()) {
    if (i % linesInOneGo === linesInOneGo - 1) await breathe();
    try {
      if (fault !== null) throw new AppError('invalid', 'UNREADABLE', fault);
      candidates.push(readCandidate(number, text));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      rejected.push({ line: number, reason: error.message, path: error.inputPath.join('.'), text });
    }
  }
  return { ...rest, candidates, rejected, whole: joined(candidates) };
}

/** What of these goes into each table. */
const joined = (candidates: readonly Candidate[]): readonly string[] =>
  tableNames.map((_, i) => candidates.map(({ copies }) => copies[i]).join(''));

/** After a batch that wanted what is taken, the keys of so many are asked for before they are written. */
const careful = 10;

/**
 * Imports batches, each in one transaction with its checkpoint and its rejected lines.
 * @returns what imports a batch and says where the import stands then; it throws when another process imports the same file
 */
export function createBatchImport(bulk: Bulk, file: RejectedFile) {
  let care = 0;
  return (run: Run, batch: ParsedBatch): Promise<Run> => {
    let attempts = 0;
    return bulk.transact(async () => {
      if ((await lockOffset(bulk, run.fileKey)) !== run.offset) {
        throw new Error('another process is importing this file');
      }
      // Most files want nothing that is taken. Of one that does the unique indexes tell, and it is taken up again.
      const asks = care > 0 || attempts > 0;
      attempts += 1;
      const { accepted, rejected, wantedTaken } = await decide(bulk, batch, asks);
      const copies = accepted.length === batch.candidates.length ? batch.whole : joined(accepted);
      for (const [i, table] of tableNames.entries()) await bulk.copy(table, tables[table], copies[i] ?? '');
      const after: Run = {
        ...run,
        offset: batch.end,
        lines: batch.lineCount,
        accepted: run.accepted + accepted.length,
        rejected: run.rejected + rejected.length,
        rejectedBytes: await file.write(run.rejectedBytes, rejected),
      };
      await saveRun(bulk, after);
      care = asks && wantedTaken ? careful : Math.max(care - 1, 0);
      return after;
    });
  };
}

/** Goes through the lines in their order, so that of two that want the same the first gets it. */
async function decide(bulk: Bulk, { candidates, rejected }: ParsedBatch, asks: boolean) {
  const accepted: Candidate[] = [];
  const refused: Rejected[] = [...rejected];
  let wantedTaken = false;
  if (candidates.length > 0) {
    const known = asks
      ? await askForKeys(
          bulk,
          candidates.flatMap(({ keys }) => keys),
        )
      : knowNothing();
    const referred = await createThings(
      bulk,
      candidates.map(({ things }) => things),
    );
    for (const candidate of candidates) {
      const { number, text, keys, things } = candidate;
      const impossible = referred.refusal(things);
      const refusal = impossible ?? claim(keys, known);
      if (refusal) {
        wantedTaken ||= impossible === null;
        refused.push({ line: number, ...refusal, text });
        continue;
      }
      referred.take(things);
      accepted.push(candidate);
    }
    await referred.make();
  }
  return { accepted, rejected: refused.sort((a, b) => a.line - b.line), wantedTaken };
}
