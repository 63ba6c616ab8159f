/** One batch of an import: what of it is good goes in, the rest is told, and the checkpoint moves with it. */
import { setImmediate as breathe } from 'node:timers/promises';
import type { Bulk } from '../db/bulk.js';
import { AppError } from '../kernel/errors.js';
import { readCandidate, type Candidate } from './import.candidate.js';
import { createKeyCheck } from './import.keys.js';
import { createThings } from './import.make.js';
import type { RawBatch } from './import.reader.js';
import type { Rejected, RejectedFile } from './import.rejected.js';
import { lockOffset, saveRun, type Run } from './import.run.store.js';
import { tableNames, tables } from './tables.js';

/** A batch whose lines were read. */
export interface ParsedBatch extends Omit<RawBatch, 'lines'> {
  readonly candidates: readonly Candidate[];
  readonly rejected: readonly Rejected[];
}

const linesInOneGo = 25;

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
    for (const [i, table] of tableNames.entries()) {
      await bulk.copy(table, tables[table], accepted.map(({ copies }) => copies[i]).join(''));
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
    const keys = await createKeyCheck(
      bulk,
      candidates.flatMap((candidate) => candidate.keys),
    );
    const referred = await createThings(
      bulk,
      candidates.map(({ things }) => things),
    );
    for (const candidate of candidates) {
      const refusal = referred.refusal(candidate.things) ?? keys.claim(candidate.keys);
      if (refusal) {
        refused.push({ line: candidate.number, ...refusal, text: candidate.text });
        continue;
      }
      referred.take(candidate.things);
      accepted.push(candidate);
    }
    await referred.make();
  }
  return { accepted, rejected: refused.sort((a, b) => a.line - b.line) };
}
