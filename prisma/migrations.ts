/**
 * Writes and checks migrations: `new <name>` writes the SQL that brings the migrations in step with schema.prisma,
 * `check` fails when they are not in step. Needs no database.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openEngine } from './engine.mjs';

/** The files that must agree. */
export interface Paths {
  /** Prisma's schema file. */
  readonly schema: string;
  /** The folder of migrations. */
  readonly migrations: string;
}

const here = import.meta.dirname;
const usage = 'usage: migrations.ts new <name> | check   [--schema <file>] [--migrations <folder>]\n';

/**
 * The SQL that is missing: what brings a database that has all migrations to the schema. Empty when they are in step.
 * What the engine cannot see it leaves alone: CHECK constraints, expression indexes, partial indexes' conditions.
 */
export async function missingSql(paths: Paths): Promise<string> {
  const schema = { path: paths.schema, content: await readFile(paths.schema, 'utf8') };
  const { engine, close } = await openEngine([[schema.path, schema.content]]);
  try {
    const { exitCode, stdout } = await engine.diff({
      from: { tag: 'migrations', ...(await migrationList(paths.migrations)) },
      to: { tag: 'schemaDatamodel', files: [schema] },
      script: true,
      exitCode: true,
      filters: { externalTables: [], externalEnums: [] },
    });
    return exitCode === 2 ? (stdout ?? '') : '';
  } finally {
    await close();
  }
}

/** Writes the next migration and returns its folder; null when nothing is missing. */
export async function writeMigration(paths: Paths, name: string, now: Date): Promise<string | null> {
  const sql = await missingSql(paths);
  if (sql === '') return null;
  const timestamp = now.toISOString().replace(/\D/g, '').slice(0, 14);
  const folder = join(paths.migrations, `${timestamp}_${name}`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'migration.sql'), sql, { flag: 'wx' });
  return folder;
}

async function migrationList(baseDir: string) {
  const lockfile = await readFile(join(baseDir, 'migration_lock.toml'), 'utf8').catch(() => null);
  const entries = await readdir(baseDir, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return {
    baseDir,
    lockfile: { path: 'migration_lock.toml', content: lockfile },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      folders.sort().map(async (path) => ({
        path,
        migrationFile: {
          path: 'migration.sql',
          content: { tag: 'ok' as const, value: await readFile(join(baseDir, path, 'migration.sql'), 'utf8') },
        },
      })),
    ),
  };
}

/** Each verb prints what it has to say and returns the exit code. */
const verbs: Readonly<Record<string, (paths: Paths, name: string | undefined) => Promise<number>>> = {
  async new(paths, name) {
    if (!name || !/^[a-z0-9_]+$/.test(name)) return fail('a name of small letters, digits and _ is needed\n');
    const folder = await writeMigration(paths, name, new Date());
    process.stdout.write(folder ? `${folder}/migration.sql\n` : 'nothing to do: the migrations match schema.prisma\n');
    return 0;
  },
  async check(paths) {
    const sql = await missingSql(paths);
    return sql === '' ? 0 : fail(`the migrations do not match schema.prisma; missing:\n\n${sql}\n`);
  },
};

function fail(message: string): number {
  process.stderr.write(message);
  return 1;
}

async function main(words: readonly string[]): Promise<number> {
  const option = (name: string, fallback: string) => {
    const at = words.indexOf(`--${name}`);
    return resolve(at < 0 ? fallback : (words[at + 1] ?? fallback));
  };
  const verb = verbs[words[0] ?? ''];
  if (!verb) return fail(usage);
  const paths = {
    schema: option('schema', join(here, 'schema.prisma')),
    migrations: option('migrations', join(here, 'migrations')),
  };
  return verb(paths, words[1]).catch((error: unknown) =>
    fail(`${error instanceof Error ? error.message : String(error)}\n`),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv.slice(2));
