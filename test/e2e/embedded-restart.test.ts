/** The embedded database when its server is killed and the process that holds it lives on. */
import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, it, vi } from 'vitest';
import { type Line, newDirectory, start } from './embedded.programs.js';
import { startGatehouse, tokenFor } from './process.programs.js';

async function serverPid(dataDir: string): Promise<number> {
  const note = await readFile(join(dataDir, 'postgres', 'cluster', 'postmaster.pid'), 'utf8');
  // The server makes the file first and writes into it then.
  if (note === '') throw new Error('The server has not said its number yet.');
  return Number.parseInt(note, 10);
}

async function ask(line: Line | null, sql: string): Promise<unknown[]> {
  const connection = { host: String(line?.['host']), port: 5432, user: 'gatehouse', database: 'gatehouse' };
  const client = new pg.Client(connection);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows.flatMap((row) => Object.values(row));
  } finally {
    await client.end();
  }
}

it(
  'an embedded server that is only just starting ends with a process that is told to',
  { timeout: 60_000 },
  async () => {
    const gatehouse = startGatehouse(await newDirectory());
    const pid = await vi.waitFor(() => serverPid(gatehouse.dataDir), { timeout: 30_000, interval: 1 });
    gatehouse.child.kill('SIGTERM');
    expect(await gatehouse.ended).toBe(1);
    expect(gatehouse.stdout()).toBe('');
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), { timeout: 20_000 });
  },
);

describe('an embedded server that is killed', { timeout: 60_000 }, () => {
  it('comes back on the same socket with every acknowledged row, each time', async () => {
    const dataDir = await newDirectory();
    const holder = start('embedded.holder.ts', [dataDir]);
    const up = await holder.said((line) => line.event === 'up');
    await ask(up, 'CREATE TABLE kept (n INTEGER)');
    for (const n of [1, 2]) {
      await ask(up, `INSERT INTO kept VALUES (${n})`);
      const killed = await serverPid(dataDir);
      process.kill(killed, 'SIGKILL');
      const back = await holder.said((line) => line.event === 'database.restarted' && line['died'] === killed);
      expect(back?.['pid']).toBe(await serverPid(dataDir));
      expect(await ask(up, 'SELECT max(n), count(*)::int FROM kept')).toEqual([n, n]);
    }
    expect(await holder.end('SIGTERM')).toBe(0);
    await expect(ask(up, 'SELECT 1')).rejects.toThrow('ENOENT');
  });

  it('can be stopped while it is being started again', async () => {
    const dataDir = await newDirectory();
    const holder = start('embedded.holder.ts', [dataDir]);
    await holder.said((line) => line.event === 'up');
    process.kill(await serverPid(dataDir), 'SIGKILL');
    await holder.said((line) => line.event === 'database.died');
    expect(await holder.end('SIGTERM')).toBe(0);

    const next = start('embedded.holder.ts', [dataDir]);
    expect(await next.said((line) => line.event === 'up' || line.event === 'refused')).toMatchObject({ event: 'up' });
    expect(next.lines.map((line) => line.event)).not.toContain('database.orphan');
  });

  it('is noticed by those who ask in that moment only', async () => {
    const gatehouse = startGatehouse(await newDirectory());
    await gatehouse.http;
    const token = await tokenFor(gatehouse.dataDir, { sub: 'ann', email: 'ann@people.test' });
    await gatehouse.ask(token, 'mutation { setUser { errors { code } } }');
    const before = await gatehouse.ask(token, '{ viewer { userId } }');
    expect(before.data).not.toBeNull();

    process.kill(await serverPid(gatehouse.dataDir), 'SIGKILL');
    const unlucky = Array.from({ length: 20 }, () => gatehouse.ask(token, '{ viewer { accounts { totalCount } } }'));
    await Promise.all(unlucky);
    await gatehouse.logged('database.restarted');
    expect(await gatehouse.ask(token, '{ viewer { userId } }')).toEqual(before);
    expect(gatehouse.stderr()).toMatch(/"level":"error".*"event":"database.died"/);
    gatehouse.child.kill('SIGTERM');
    expect(await gatehouse.ended).toBe(0);
  });

  it('ends the process with one clear line when it cannot be started again', async () => {
    const gatehouse = startGatehouse(await newDirectory());
    await gatehouse.http;
    const cluster = join(gatehouse.dataDir, 'postgres', 'cluster');
    const killed = await serverPid(gatehouse.dataDir);
    await rename(join(cluster, 'PG_VERSION'), join(cluster, 'PG_VERSION.lost'));
    process.kill(killed, 'SIGKILL');
    expect(await gatehouse.ended).toBe(1);
    await rename(join(cluster, 'PG_VERSION.lost'), join(cluster, 'PG_VERSION'));
    // The log has a writer of its own, whose last line may come behind this one.
    const said = gatehouse
      .stderr()
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('{'));
    expect(said).toEqual([expect.stringMatching(/^gatehouse: the embedded PostgreSQL died and /)]);
  });
});
