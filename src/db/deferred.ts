/**
 * Indexes that are away while very much data comes into a table: built afterwards, all at once, they cost far less. Which
 * are away stands in the database, so that they come back whatever ends the process.
 */
import type { Bulk } from './bulk.js';

/** So many are built at the same time. */
const builders = 2;

/** Takes all indexes but the unique ones from these tables, until {@link buildDeferred}. For whoever is alone on the database. */
export async function deferIndexes(bulk: Bulk, tables: readonly string[]): Promise<void> {
  await bulk.transact(async () => {
    const away = await bulk.query<{ name: string }>(
      `INSERT INTO deferred_indexes (name, definition)
       SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
       WHERE i.indrelid = ANY($1::text[]::regclass[]) AND NOT i.indisunique
       ON CONFLICT (name) DO UPDATE SET definition = excluded.definition
       RETURNING name`,
      [tables],
    );
    if (away.length > 0) await bulk.query(`DROP INDEX ${away.map(({ name }) => name).join(', ')}`);
  });
}

/** Whether any index is away. */
async function hasDeferred(bulk: Bulk): Promise<boolean> {
  return (await bulk.query('SELECT FROM deferred_indexes LIMIT 1')).length > 0;
}

/**
 * Builds what is away, each index in one transaction with the note that it is there again.
 * @param open a connection of its own for each builder
 * @param onBuild told before anything is built; not when there is nothing to build
 */
export async function buildDeferred(open: () => Promise<Bulk>, onBuild: () => void): Promise<void> {
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
  // The longest definition has the most columns and takes longest: it must not come last.
  const [next] = await bulk.query<{ name: string; definition: string }>(
    `DELETE FROM deferred_indexes WHERE name = (
       SELECT name FROM deferred_indexes ORDER BY length(definition) DESC, name LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING name, definition`,
  );
  if (next === undefined) return false;
  const [there] = await bulk.query('SELECT WHERE to_regclass($1) IS NOT NULL', [next.name]);
  if (there === undefined) await bulk.query(next.definition);
  return true;
}
