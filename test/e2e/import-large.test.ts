/** A large import into an embedded directory: indexes are away meanwhile, and keys unchecked; they come back whatever happens. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmbedded } from '../../src/db/embedded.js';
import { createDatabase } from '../support/database.js';
import { exportedLine } from '../support/import-lines.js';
import { run, start } from './import.programs.js';
import { startGatehouse, tokenFor } from './process.programs.js';

const people = 5_000;
/** What keeps the tables sound and quick. */
const upkeep = `SELECT indexdef AS it FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
  ORDER BY 1`;
const unchecked = `SELECT conname FROM pg_constraint WHERE NOT conenforced`;

let folder: string;
let dataDir: string;
let file: string;
/** The indexes and keys that there must be. */
let whole: unknown[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-large-'));
  // Another user than root runs the server, and must be able to reach its home.
  await chmod(folder, 0o755);
  dataDir = join(folder, 'data');
  file = join(folder, 'users.ndjson');
  await writeFile(file, Array.from({ length: people }, (_, i) => `${JSON.stringify(exportedLine(i))}\n`).join(''));
  const database = await createDatabase();
  whole = await database.query(upkeep);
  await database.drop();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Asks the embedded database while somebody runs it. */
async function ask<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
  const socket = join(dataDir, 'postgres', 'socket');
  const client = new pg.Client({ host: socket, port: 5432, user: 'gatehouse', database: 'gatehouse' });
  await client.connect();
  const { rows } = await client.query<Row>(sql);
  await client.end();
  return rows;
}

describe('A large import into an empty directory', () => {
  it('that is killed has left indexes away; the next start builds them, and finds who came in', async () => {
    const { child, ended } = start('import', { DATA_DIR: dataDir }, [file, '--batch', '100']);
    let told = '';
    await new Promise<void>((resolve) => {
      child.once('close', () => resolve());
      child.stderr?.on('data', (text: string) => {
        told += text;
        if (/"accepted":[1-9]/.test(told)) resolve();
      });
    });
    child.kill('SIGKILL');
    expect((await ended).code).toBeNull();
    // Its database outlives it until somebody takes it over.
    expect(await ask(upkeep)).not.toEqual(whole);
    expect(await ask(unchecked)).toContainEqual({ conname: 'user_login_names_user_id_fkey' });

    const gatehouse = startGatehouse(dataDir);
    await gatehouse.http;
    expect(gatehouse.stderr()).toContain('building indexes');
    expect(await ask(upkeep)).toEqual(whole);
    const [found] = await ask<{ id: string; name: string }>(
      'SELECT id, user_name AS name FROM users ORDER BY id LIMIT 1',
    );
    const token = await tokenFor(dataDir, { sub: 'olga', email: 'olga@people.test', operator: true });
    await gatehouse.ask(token, 'mutation { setUser(input: {}) { viewer { userId } } }');
    const { data } = await gatehouse.ask(
      token,
      'query ($text: String!) { users(filter: { userName: { contains: $text } }) { nodes { id } } }',
      { text: found?.name.slice(1) },
    );
    expect(data).toMatchObject({ users: { nodes: expect.arrayContaining([{ id: found?.id }]) } });
    gatehouse.child.kill('SIGTERM');
    expect(await gatehouse.ended).toBe(0);
  });

  it('goes on after that, and has all indexes at its end', async () => {
    const result = await run('import', { DATA_DIR: dataDir }, [file]);
    expect(result).toMatchObject({ event: 'imported', accepted: people, rejected: 0 });
    const embedded = await startEmbedded({ dataDir, log: () => undefined });
    expect(await ask(upkeep)).toEqual(whole);
    expect(await ask('SELECT * FROM deferred_indexes')).toEqual([]);
    await embedded.stop();
  });

  it('that left a row without what it refers to keeps the next start from serving', async () => {
    const embedded = await startEmbedded({ dataDir, log: () => undefined });
    await ask(`
      ALTER TABLE user_login_names ALTER CONSTRAINT user_login_names_user_id_fkey NOT ENFORCED;
      INSERT INTO user_login_names (user_id, login_name) VALUES (gen_random_uuid(), 'nobody');
      INSERT INTO deferred_indexes VALUES ('users_email_end', 'CREATE INDEX users_email_end ON users (email)')`);
    await embedded.stop();
    const gatehouse = startGatehouse(dataDir);
    expect(await gatehouse.ended).toBe(1);
    expect(gatehouse.stderr()).toContain('user_login_names_user_id_fkey');
  });
});
