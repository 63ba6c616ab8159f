/** Migrations as a starting process meets them: all or nothing, once, in order, and never onto a stranger's schema. */
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Embedded, startEmbedded } from '../../src/db/embedded.js';
import { migrate } from '../../src/db/migrate.js';
import { missingSql, writeMigration } from '../../prisma/migrations.js';
import { userStates, userTypes } from '../../src/domains/user/user.js';
import { newDirectory, start } from './embedded.programs.js';

const first = ['20260101000000_first', 'CREATE TABLE people (id INTEGER PRIMARY KEY);'] as const;
const second = [
  '20260102000000_second',
  'ALTER TABLE people ADD COLUMN name TEXT; INSERT INTO people VALUES (1);',
] as const;
const broken = ['20260103000000_broken', 'CREATE TABLE half (n INTEGER); SELECT 1/0;'] as const;

let dataDir: string;
let embedded: Embedded;
let databases = 0;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-test-'));
  // Otherwise root's server would have to live elsewhere.
  await chmod(dataDir, 0o755);
  embedded = await startEmbedded({ dataDir, log: () => undefined });
}, 30_000);

afterAll(async () => {
  await embedded.stop();
  await rm(dataDir, { recursive: true });
});

async function ask(connection: pg.ClientConfig, sql: string, values: unknown[] = []): Promise<unknown[]> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql, values)).rows.flatMap((row) => Object.values(row));
  } finally {
    await client.end();
  }
}

/** The migrations of Gatehouse, in order. */
async function own(): Promise<(readonly [name: string, sql: string])[]> {
  const folder = fileURLToPath(new URL('../../prisma/migrations/', import.meta.url));
  const names = (await readdir(folder)).filter((name) => /^\d/.test(name)).sort();
  return Promise.all(names.map(async (name) => [name, await readFile(join(folder, name, 'migration.sql'), 'utf8')]));
}

/** An empty database with a folder of migrations, and what a starter would do with them. */
async function world(...migrations: readonly (readonly [string, string])[]) {
  const database = `migrate_${++databases}`;
  await ask(embedded.connection, `CREATE DATABASE ${database}`);
  const connection = { ...embedded.connection, database };
  const directory = await newDirectory();
  await writeFile(join(directory, 'migration_lock.toml'), 'provider = "postgresql"\n');
  const write = async ([name, sql]: readonly [string, string]) => {
    await mkdir(join(directory, name), { recursive: true });
    await writeFile(join(directory, name, 'migration.sql'), sql);
  };
  for (const migration of migrations) await write(migration);
  return {
    connection,
    directory,
    write,
    run: (timeoutMs = 10_000) => migrate(connection, { directory, timeoutMs, log: () => undefined }),
    forget: (name: string) => rm(join(directory, name), { recursive: true }),
  };
}

describe('migrations at start', { timeout: 30_000 }, () => {
  it('are applied in order, each with a row as Prisma writes it, and never again', async () => {
    const { connection, run } = await world(second, first);
    expect(await run()).toEqual([first[0], second[0]]);
    expect(await run()).toEqual([]);
    expect(
      await ask(
        connection,
        `SELECT migration_name, checksum, applied_steps_count, logs, rolled_back_at, finished_at >= started_at AS finished
         FROM _prisma_migrations ORDER BY migration_name LIMIT 1`,
      ),
    ).toEqual([first[0], createHash('sha256').update(first[1]).digest('hex'), 1, null, null, true]);
  });

  it('are applied by one of four processes that start at once', async () => {
    const { connection, directory } = await world(first, [second[0], `SELECT pg_sleep(0.2); ${second[1]}`]);
    const words = [connection.host, connection.database, directory];
    const starters = [1, 2, 3, 4].map(() => start('migrate.starter.ts', words));
    const lines = await Promise.all(starters.map((starter) => starter.said((line) => line.event === 'migrated')));
    expect(lines.flatMap((line) => line?.['applied'])).toEqual([first[0], second[0]]);
    expect(await ask(connection, 'SELECT count(*)::int FROM people')).toEqual([1]);
  });

  it('leave nothing behind when a statement fails, and can be mended', async () => {
    const { connection, run, write } = await world(first, broken);
    await expect(run()).rejects.toMatchObject({
      reason: 'MIGRATION_FAILED',
      message: `migration ${broken[0]} failed: division by zero`,
    });
    expect(await ask(connection, 'SELECT migration_name FROM _prisma_migrations')).toEqual([first[0]]);
    expect(await ask(connection, "SELECT to_regclass('half')")).toEqual([null]);
    await write([broken[0], 'CREATE TABLE half (n INTEGER);']);
    expect(await run()).toEqual([broken[0]]);
  });

  it('refuse a file that was edited after it was applied', async () => {
    const { run, write } = await world(first);
    await run();
    await write([first[0], `${first[1]} -- better`]);
    await write(second);
    await expect(run()).rejects.toMatchObject({ reason: 'MIGRATION_CHANGED' });
  });

  it('refuse a database that is newer than this build', async () => {
    const { run, forget } = await world(first, second);
    await run();
    await forget(second[0]);
    await expect(run()).rejects.toMatchObject({ reason: 'MIGRATION_UNKNOWN' });
  });

  it('refuse a database where another tool stopped half-way, until somebody says it was rolled back', async () => {
    const { connection, run } = await world(first);
    await run();
    await ask(connection, 'UPDATE _prisma_migrations SET finished_at = NULL');
    await expect(run()).rejects.toMatchObject({ reason: 'MIGRATION_UNFINISHED' });
    await ask(connection, 'UPDATE _prisma_migrations SET rolled_back_at = now()');
    await ask(connection, 'DROP TABLE people');
    expect(await run()).toEqual([first[0]]);
  });

  it('say in one line that the role may not make their table', async () => {
    const { connection, directory } = await world(first);
    await ask(connection, 'CREATE ROLE reader LOGIN');
    const run = () =>
      migrate({ ...connection, user: 'reader' }, { directory, timeoutMs: 10_000, log: () => undefined });
    await expect(run()).rejects.toMatchObject({
      name: 'AppError',
      reason: 'MIGRATION_DENIED',
      message: expect.stringMatching(
        /^the role .*_prisma_migrations.*: permission denied for schema public$/,
      ) as string,
    });
    await ask(connection, 'GRANT CREATE ON SCHEMA public TO reader');
    expect(await run()).toEqual([first[0]]);
  });

  it('wait for another starter only so long', async () => {
    const { connection, run } = await world(first);
    const other = new pg.Client(connection);
    await other.connect();
    onTestFinished(() => other.end());
    await other.query('SELECT pg_advisory_lock(72707369)');
    await expect(run(100)).rejects.toMatchObject({ reason: 'MIGRATION_LOCKED' });
    await other.query('SELECT pg_advisory_unlock(72707369)');
    expect(await run(100)).toEqual([first[0]]);
  });
});

const schema = (fields: string) => `
datasource db {
  provider = "postgresql"
}
model Person {
  id     Int     @id
  name   String
  state  Int
  folded String? @default(dbgenerated("lower(name)"))
${fields}
  @@index([name(ops: raw("gin_trgm_ops"))], type: Gin)
  @@map("people")
}
`;

/** What Prisma's language cannot say. */
const byHand = `
CREATE EXTENSION pg_trgm;
CREATE EXTENSION btree_gin;
CREATE TABLE people (
  id INTEGER NOT NULL CONSTRAINT people_pkey PRIMARY KEY,
  name TEXT NOT NULL,
  state INTEGER NOT NULL CHECK (state > 0),
  folded TEXT GENERATED ALWAYS AS (lower(name)) STORED
);
CREATE INDEX people_name_idx ON people USING gin (name gin_trgm_ops);
CREATE UNIQUE INDEX people_lower ON people (lower(name));
CREATE UNIQUE INDEX people_active ON people (name) WHERE state = 1;
CREATE INDEX people_mixed ON people USING gin (state, lower(name) gin_trgm_ops);
`;

describe('a directory of before', { timeout: 60_000 }, () => {
  it('has its other login names beside each user, whatever an import that was interrupted left away', async () => {
    const all = await own();
    const split = all.findIndex(([name]) => name.endsWith('_login_names_beside_the_user'));
    const { connection, write, run } = await world(...all.slice(0, split));
    await run(60_000);
    const indexes = () =>
      ask(connection, `SELECT indexname || ': ' || indexdef FROM pg_indexes WHERE tablename = 'users' ORDER BY 1`);
    const before = await indexes();
    await ask(
      connection,
      `INSERT INTO users (id, type, state, user_name, resource_owner)
       SELECT md5(name)::uuid, 1, 1, name, md5('acme')::uuid FROM unnest('{ann,bob,cyd,dee}'::text[]) AS name`,
    );
    await ask(
      connection,
      `INSERT INTO user_login_names (user_id, login_name, place, is_user_name)
       SELECT md5(owner)::uuid, name, place, owner = name
       FROM (VALUES ('ann', 'Ann@acme.test', 1), ('ann', 'a.nn', 0), ('ann', 'ann', 2), ('bob', 'bob', NULL),
         ('cyd', 'cyd', -1), ('cyd', 'CYD@acme.test', 0), ('dee', 'dee', NULL), ('dee', 'zz', NULL), ('dee', 'Aa', NULL)
       ) AS row (owner, name, place)`,
    );
    await ask(connection, 'DROP INDEX users_email_end, users_capitals, user_login_names_end');
    await ask(connection, `INSERT INTO deferred_indexes SELECT name, 'CREATE INDEX' FROM unnest($1::text[]) AS name`, [
      ['users_email_end', 'users_capitals', 'user_login_names_end'],
    ]);

    for (const migration of all.slice(split, split + 1)) await write(migration);
    await run(60_000);
    expect(
      await ask(connection, `SELECT translate(other_login_names, E'\\u0002', '|') FROM users ORDER BY user_name`),
    ).toEqual(['|a.nn|Ann@acme.test|', null, '|CYD@acme.test|', '|Aa|zz|']);
    expect(await ask(connection, 'SELECT name FROM deferred_indexes')).toEqual(['users_email_end']);
    const names = (lines: unknown[]) =>
      lines.filter((line) => !/^users_(capitals|email_end|other_login)/.test(String(line)));
    const after = await indexes();
    expect(names(after)).toEqual(names(before));
    expect(after.filter((line) => /^users_(capitals|email_end|other_login)/.test(String(line)))).toHaveLength(2);
  });

  it('has an index for each state and type, whatever an import that was interrupted left away', async () => {
    const all = await own();
    const split = all.findIndex(([name]) => name.endsWith('_a_list_of_each_state'));
    const { connection, write, run } = await world(...all.slice(0, split));
    await run(60_000);
    await ask(connection, 'DROP INDEX users_state_order');
    await ask(connection, `INSERT INTO deferred_indexes VALUES ('users_state_order', 'CREATE INDEX')`);

    for (const migration of all.slice(split)) await write(migration);
    await run(60_000);
    expect(await ask(connection, 'SELECT name FROM deferred_indexes')).toEqual([]);
    const of = (column: string) =>
      ask(
        connection,
        `SELECT substring(indexdef FROM 'WHERE \\(${column} = (\\d)\\)')::int AS number FROM pg_indexes
         WHERE tablename = 'users' AND indexdef ~ '\\(lower\\(user_name\\)' AND indexdef ~ '${column} ' ORDER BY 1`,
      );
    expect(await of('state')).toEqual(userStates.names.map(userStates.toNumber));
    expect(await of('type')).toEqual(userTypes.names.map(userTypes.toNumber));
    const before = `SELECT indexname FROM pg_indexes WHERE indexname IN ('users_state_order', 'users_type_order')`;
    expect(await ask(connection, before)).toEqual([]);
  });
});

describe('writing migrations', { timeout: 60_000 }, () => {
  it('sees a field that the migrations lack, writes it, and leaves alone what was written by hand', async () => {
    const { connection, directory, run } = await world(['20260101000000_init', byHand]);
    const paths = { schema: join(directory, 'schema.prisma'), migrations: directory };
    await writeFile(paths.schema, schema(''));
    expect(await missingSql(paths)).toBe('');

    await writeFile(paths.schema, schema('  nick String?'));
    const now = new Date('2026-02-03T04:05:06.789Z');
    expect(await writeMigration(paths, 'nick', now)).toBe(join(directory, '20260203040506_nick'));
    expect(await writeMigration(paths, 'again', now)).toBeNull();
    expect(await run()).toEqual(['20260101000000_init', '20260203040506_nick']);
    expect(await ask(connection, 'SELECT count(nick)::int FROM people')).toEqual([0]);
  });
});
