/**
 * What keeps tables quick and sound row by row, away while very much data comes in: done afterwards, all at once, it costs
 * far less. What is away stands in the database, so that it comes back whatever ends the process.
 */
import type { Bulk } from './bulk.js';

/** So many indexes are built at the same time. */
const builders = 2;

/** Indexes by what becomes of them, against the rule. */
export interface Exceptions {
  /** Needed meanwhile. */
  readonly kept: readonly string[];
  /** Unique, and away too: others that stay refuse as much. */
  readonly implied: readonly string[];
}

/**
 * Takes all indexes but the unique ones from these tables and leaves their foreign keys unchecked, until
 * {@link enforceKeys} and {@link buildIndexes}. For whoever is alone on the database, and sees to it that what rows refer to is there.
 */
export async function defer(bulk: Bulk, tables: readonly string[], { kept, implied }: Exceptions): Promise<void> {
  await bulk.transact(async () => {
    const away = await bulk.query<{ name: string }>(
      `INSERT INTO deferred_indexes (name, definition)
       SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
       WHERE i.indrelid = ANY($1::text[]::regclass[]) AND i.indexrelid <> ALL($2::text[]::regclass[])
         AND (NOT i.indisunique OR i.indexrelid::regclass::text = ANY($3::text[]))
       ON CONFLICT (name) DO UPDATE SET definition = excluded.definition
       RETURNING name`,
      [tables, kept, implied],
    );
    if (away.length > 0) await bulk.query(`DROP INDEX ${away.map(({ name }) => name).join(', ')}`);
    await alterKeys(bulk, 'conenforced AND conrelid = ANY($1::text[]::regclass[])', [tables], 'NOT ENFORCED');
  });
}

/** Changes the foreign keys that are so. */
async function alterKeys(bulk: Bulk, which: string, values: readonly unknown[], to: string): Promise<void> {
  const keys = await bulk.query<{ alter: string }>(
    `SELECT format('ALTER TABLE %s ALTER CONSTRAINT %I', conrelid::regclass, conname) AS alter FROM pg_constraint
     WHERE contype = 'f' AND ${which} ORDER BY 1`,
    values,
  );
  for (const { alter } of keys) await bulk.query(`${alter} ${to}`);
}

/** Whether anything is away. Keys never are without an index: they come back first. */
async function hasDeferred(bulk: Bulk): Promise<boolean> {
  return (await bulk.query('SELECT FROM deferred_indexes LIMIT 1')).length > 0;
}

/**
 * Checks all rows against the foreign keys that were left unchecked, and each row from now on.
 * @throws Error when a row refers to what is not there
 */
export async function enforceKeys(open: () => Promise<Bulk>): Promise<void> {
  const bulk = await open();
  try {
    if (await hasDeferred(bulk)) await alterKeys(bulk, 'NOT conenforced', [], 'ENFORCED');
  } finally {
    await bulk.close();
  }
}

/**
 * Builds the indexes that are away, each in one transaction with the note that it is there again. After {@link enforceKeys}.
 * @param open a connection of its own for each builder
 * @param onBuild told before anything is built; not when there is nothing to build
 */
export async function buildIndexes(open: () => Promise<Bulk>, onBuild: () => void): Promise<void> {
  const first = await open();
  try {
    if (!(await hasDeferred(first))) return;
    onBuild();
    const others = await Promise.all(Array.from({ length: builders - 1 }, open));
    try {
      await Promise.all([first, ...others].map(buildAll));
    } finally {
      await Promise.all(others.map((bulk) => bulk.close()));
    }
  } finally {
    await first.close();
  }
}

async function buildAll(bulk: Bulk): Promise<void> {
  while (await bulk.transact(() => buildNext(bulk)));
}

async function buildNext(bulk: Bulk): Promise<boolean> {
  // What takes longest must not come last: those of trigrams.
  const [next] = await bulk.query<{ name: string; definition: string }>(
    `DELETE FROM deferred_indexes WHERE name = (
       SELECT name FROM deferred_indexes ORDER BY definition LIKE '% USING gin %' DESC, name LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING name, definition`,
  );
  if (next === undefined) return false;
  const [there] = await bulk.query('SELECT WHERE to_regclass($1) IS NOT NULL', [next.name]);
  if (there === undefined) await bulk.query(next.definition);
  return true;
}
