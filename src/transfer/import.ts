/** The import of a file of users: batch after batch, on from where it was interrupted. */
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Bulk } from '../db/bulk.js';
import { buildIndexes, defer, enforceKeys } from '../db/deferred.js';
import { createBatchImport, parseBatch, type ParsedBatch } from './import.batch.js';
import { identify, readBatches } from './import.reader.js';
import { openRejected } from './import.rejected.js';
import { finishRun, forgetRun, openRun, settle, type Run } from './import.run.store.js';
import { hasFew } from './import.store.js';
import { tables } from './tables.js';

/** What to import, and how. */
export interface ImportOptions {
  readonly file: string;
  /** Where rejected lines go; null: beside the file, or where they went so far. */
  readonly rejectedFile: string | null;
  /** Begins anew, whatever was imported before. */
  readonly restart: boolean;
  /** How many lines make a transaction. */
  readonly batchLines: number;
  /** Told after each batch, and once before the first. */
  readonly onProgress: (run: Run, size: number) => void;
  /**
   * Opens further connections, where nobody else is on the database: then a directory with few users is without its
   * search indexes until all lines are in. Null where others are there.
   */
  readonly spare: (() => Promise<Bulk>) | null;
  /** Told before the search indexes are built. */
  readonly onIndexing: () => void;
  /** Ends the import between two batches. */
  readonly signal: AbortSignal;
}

/** What came of it. */
export interface ImportResult {
  readonly run: Run;
  readonly size: number;
  /** How many lines this very call went through. */
  readonly linesNow: number;
  /** Whether the import had come to its end before. */
  readonly wasFinished: boolean;
}

const batchBytes = 8 * 1024 * 1024;
/** From here on it is quicker to build indexes anew than to keep them, if not more users than this are there already. */
const muchBytes = 4 * 1024 * 1024;
const fewUsers = 10_000;
const exceptions = {
  // Each batch asks whether an id is allotted to somebody.
  kept: ['users_resource_owner_idx'],
  // A user name is a login name too, and those are unique.
  implied: ['users_user_name_key'],
};

/**
 * Imports a file. An interrupted import goes on after its last batch.
 * @throws Error with one clear line when the files or the database are not what they should be
 */
export async function importFile(bulk: Bulk, options: ImportOptions): Promise<ImportResult> {
  const { key, size } = await identify(options.file).catch((cause: Error) => {
    throw new Error(`${options.file} cannot be read: ${cause.message}`, { cause });
  });
  const wanted = resolve(options.rejectedFile ?? `${options.file}.rejected.ndjson`);
  if (wanted === resolve(options.file)) throw new Error('rejected lines cannot go into the file they come from');
  if (options.restart) await forgetRun(bulk, key);
  const before = await openRun(bulk, key, wanted);
  if (options.rejectedFile !== null && before.rejectedFile !== wanted) {
    throw new Error(
      `rejected lines of this file go to ${before.rejectedFile}; to change that begin anew with --restart`,
    );
  }
  if (before.finished) return { run: before, size, linesNow: 0, wasFinished: true };

  const { spare, onIndexing } = options;
  if (spare && size - before.offset >= muchBytes && (await hasFew(bulk, fewUsers)))
    await defer(bulk, Object.keys(tables), exceptions);
  const run = await importRest(bulk, options, before, size);
  if (run.offset === size) {
    if (spare) {
      await enforceKeys(spare);
      await buildIndexes(spare, onIndexing);
    }
    await bulk.transact(() => finishRun(bulk, run));
    await settle(bulk);
    if (run.rejected === 0) await rm(run.rejectedFile, { force: true });
  }
  return {
    run: { ...run, finished: run.offset === size },
    size,
    linesNow: run.lines - before.lines,
    wasFinished: false,
  };
}

async function importRest(bulk: Bulk, options: ImportOptions, before: Run, size: number): Promise<Run> {
  const { file, batchLines, onProgress, signal } = options;
  const rejected = await openRejected(before.rejectedFile, before.rejectedBytes);
  const batches = parsed(file, before, batchLines);
  const importBatch = createBatchImport(bulk, rejected);
  let run = before;
  // Each batch asks for few of many, of tables that grow faster than what the planner knows of them.
  await bulk.query('SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off');
  try {
    onProgress(run, size);
    let next = batches.next();
    for (;;) {
      const { value: batch, done } = await next;
      if (done || signal.aborted) break;
      // While the database takes one batch, the next is read.
      next = batches.next();
      next.catch(() => undefined);
      run = await importBatch(run, batch);
      onProgress(run, size);
    }
    return run;
  } finally {
    await batches.return(undefined);
    await rejected.close();
  }
}

async function* parsed(file: string, run: Run, lines: number): AsyncGenerator<ParsedBatch, undefined> {
  const from = { offset: run.offset, lineCount: run.lines };
  for await (const batch of readBatches(file, from, { lines, bytes: batchBytes })) yield await parseBatch(batch);
}
