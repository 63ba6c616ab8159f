/** Brings a database to this build's schema: applies the SQL files of `prisma/migrations`, each once and in order. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { AppError } from '../kernel/errors.js';

/** Where the migrations are and how long they may take. */
export interface MigrateOptions {
  /** The folder with one `<timestamp>_<name>/migration.sql` for each migration. */
  readonly directory: string;
  /** Bounds the wait for another starter, and each statement. Milliseconds. */
  readonly timeoutMs: number;
  /** Told of `database.migrated` for each migration applied. */
  readonly log: (event: string, facts: Record<string, unknown>) => void;
}

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

interface AppliedRow {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished_at: Date | null;
}

/** The lock and the table are Prisma's own, so that its tools agree with us on what is applied. */
const lockNumber = 72707369;
const table = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

/**
 * Applies what is missing and returns the names of what it applied. Each migration is one transaction: it is there with
 * its row in `_prisma_migrations`, or not at all. Any number of starters may call it at once: one applies, the others
 * wait and find nothing to do. The connection must be a session of its own (no transaction pooler).
 *
 * @throws AppError `MIGRATION_UNREACHABLE` without a database, `MIGRATION_LOCKED` when another starter takes longer than `timeoutMs`, `MIGRATION_DENIED` when the
 *   role may not make or read the table in its schema, `MIGRATION_CHANGED` when an
 *   applied file was edited, `MIGRATION_UNKNOWN` when the database is newer than this build, `MIGRATION_UNFINISHED`
 *   when another tool left one half-applied, `MIGRATION_FAILED` when a statement fails
 */
export async function migrate(connection: pg.ClientConfig, options: MigrateOptions): Promise<string[]> {
  const migrations = await readMigrations(options.directory);
  const client = new pg.Client(connection);
  // A connection that breaks also fails the query under way; without a listener it would end the process.
  client.on('error', () => undefined);
  await client.connect().catch((cause: Error) => {
    throw fault('UNREACHABLE', `the database cannot be reached: ${cause.message}`, cause);
  });
  try {
    await lock(client, options.timeoutMs);
    const missing = compare(migrations, await appliedRows(client));
    for (const migration of missing) {
      const before = performance.now();
      await apply(client, migration);
      options.log('database.migrated', { migration: migration.name, ms: Math.round(performance.now() - before) });
    }
    return missing.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

async function readMigrations(directory: string): Promise<readonly Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(directory, name, 'migration.sql'));
      return { name, sql: sql.toString('utf8'), checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/** The lock belongs to the session: closing the connection gives it back, whatever happened. */
async function lock(client: pg.Client, timeoutMs: number): Promise<void> {
  const limits = ['lock_timeout', 'statement_timeout'].map((name) => `set_config('${name}', $1, false)`);
  await client.query(`SELECT ${limits.join(', ')}`, [String(timeoutMs)]);
  try {
    await client.query('SELECT pg_advisory_lock($1)', [lockNumber]);
  } catch (cause) {
    if (!hasSqlState(cause, '55P03', '57014')) throw cause;
    throw fault('LOCKED', `another process has been migrating the database for more than ${timeoutMs} ms`, cause);
  }
}

async function appliedRows(client: pg.Client): Promise<readonly AppliedRow[]> {
  try {
    await client.query(table);
    const { rows } = await client.query<AppliedRow>(
      `SELECT migration_name, checksum, finished_at FROM _prisma_migrations
       WHERE rolled_back_at IS NULL ORDER BY started_at, migration_name`,
    );
    return rows;
  } catch (cause) {
    if (!(cause instanceof Error) || !hasSqlState(cause, '42501', '3F000')) throw cause;
    const role = `the role ${client.user ?? ''}`.trimEnd();
    throw fault('DENIED', `${role} may not make or read the table _prisma_migrations: ${cause.message}`, cause);
  }
}

function compare(migrations: readonly Migration[], rows: readonly AppliedRow[]): readonly Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { migration_name: name, checksum, finished_at } of rows) {
    const migration = known.get(name);
    if (!migration) throw fault('UNKNOWN', `the database has migration ${name}, which this build does not know`);
    if (!finished_at) throw fault('UNFINISHED', `migration ${name} was begun and never finished: repair it by hand`);
    if (checksum !== migration.checksum) throw fault('CHANGED', `migration ${name} was edited after it was applied`);
  }
  const applied = new Set(rows.map((row) => row.migration_name));
  return migrations.filter(({ name }) => !applied.has(name));
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES (gen_random_uuid(), $1, $2, now(), clock_timestamp(), 1)`,
      [checksum, name],
    );
    await client.query('COMMIT');
  } catch (cause) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw fault('FAILED', `migration ${name} failed: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

function fault(what: string, message: string, cause?: unknown): AppError {
  return new AppError('unavailable', `MIGRATION_${what}`, message, { cause });
}

function hasSqlState(error: unknown, ...states: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && states.includes(String(error.code));
}
