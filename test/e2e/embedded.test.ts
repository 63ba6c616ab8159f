/** The embedded database as operators meet it: who may start it, where it lives, and what it survives. */
import { spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Embedded, startEmbedded } from '../../src/db/embedded.js';
import { takeOwnership } from '../../src/db/embedded.owner.js';
import { type Line, newCheckout, newDirectory, root, start } from './embedded.programs.js';

const up = (line: Line) => line.event === 'up';
const settled = (line: Line) => line.event === 'up' || line.event === 'refused';

async function startHere(dataDir: string): Promise<Embedded & { readonly events: string[] }> {
  const events: string[] = [];
  const embedded = await startEmbedded({ dataDir, log: (event) => void events.push(event) });
  onTestFinished(() => embedded.stop());
  return { ...embedded, events };
}

async function ask(connection: pg.ClientConfig, sql: string): Promise<unknown[]> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows.flatMap((row) => Object.values(row));
  } finally {
    await client.end();
  }
}

/** Some ordinary user of this system, other than the one that root's database runs as. */
async function listedUser(): Promise<{ uid: number; gid: number }> {
  const users = (await readFile('/etc/passwd', 'utf8'))
    .split('\n')
    .map((line) => line.split(':').slice(2, 4).map(Number));
  const [uid = 1, gid = 1] = users.find(([id]) => id && id < 65534) ?? [];
  return { uid, gid };
}

async function serverPid(home: string): Promise<number> {
  return Number.parseInt(await readFile(join(home, 'cluster', 'postmaster.pid'), 'utf8'), 10);
}

describe('the embedded database', { timeout: 30_000 }, () => {
  it('keeps its data from one start to the next, on a Unix socket only, in UTF-8', async () => {
    const dataDir = join(await newDirectory(), 'data with spaces, "quotes" and ümlauts');
    const first = await startHere(dataDir);
    expect(first.events).toEqual(['database.created']);
    expect(await ask(first.connection, 'CREATE TABLE kept AS SELECT lower($$ÄÖ$$) AS word')).toEqual([]);
    expect(await ask(first.connection, 'SHOW listen_addresses')).toEqual(['']);
    expect(await ask(first.connection, 'SHOW fsync')).toEqual(['on']);
    await first.stop();
    await expect(ask(first.connection, 'SELECT 1')).rejects.toThrow('ENOENT');

    const second = await startHere(dataDir);
    expect(second.events).toEqual([]);
    expect(await ask(second.connection, 'SELECT word FROM kept')).toEqual(['äö']);
  });

  it('lives in a path too long for a socket', async () => {
    const { connection } = await startHere(join(await newDirectory(), 'x'.repeat(90), 'y'.repeat(90)));
    expect(connection.host.length).toBeLessThan(80);
    expect(await ask(connection, 'SELECT 1')).toEqual([1]);
  });

  it('lives below a private directory, says once where, and starts afresh when the data directory is deleted', async () => {
    const closed = join(await newDirectory(), 'private');
    await mkdir(closed, { mode: 0o700 });
    const dataDir = join(closed, 'data');
    const expected = root ? ['database.elsewhere'] : [];

    const first = await startHere(dataDir);
    expect(first.events).toEqual([...expected, 'database.created']);
    expect(first.connection.host.startsWith(root ? '/var/lib/gatehouse/' : closed)).toBe(true);
    await ask(first.connection, 'CREATE TABLE kept (n INTEGER)');
    await first.stop();

    const second = await startHere(dataDir);
    expect(second.events).toEqual(expected);
    expect(await ask(second.connection, 'SELECT count(*)::int FROM kept')).toEqual([0]);
    await second.stop();

    await rm(dataDir, { recursive: true });
    const third = await startHere(dataDir);
    await expect(ask(third.connection, 'SELECT 1 FROM kept')).rejects.toThrow('does not exist');
  });

  it('runs from a private checkout that was installed without scripts', async () => {
    const closed = join(await newDirectory(), 'private home');
    await mkdir(closed, { mode: 0o700 });
    const checkout = await newCheckout(join(closed, 'gate house'));
    const holder = start('embedded.holder.ts', [join(checkout, '.data')], { checkout });
    expect(await holder.said(settled)).toMatchObject({ event: 'up' });
    expect(holder.lines.filter((line) => line.event === 'database.elsewhere')).toHaveLength(root ? 1 : 0);
    expect(await holder.end('SIGTERM')).toBe(0);
  });

  it('repairs an installation without scripts in place where the server can reach it', async () => {
    const checkout = await newCheckout(join(await newDirectory(), 'checkout'));
    const holder = start('embedded.holder.ts', [join(checkout, '.data')], { checkout });
    expect(await holder.said(settled)).toMatchObject({ event: 'up' });
    expect(holder.lines.map((line) => line.event)).toEqual(['database.created', 'up']);
    expect(await holder.end('SIGTERM')).toBe(0);
  });

  it('runs for an ordinary user, and root continues that user’s database', async () => {
    const dataDir = await newDirectory();
    // Where this user is root, the ordinary user is another one, who may be kept out of the checkout.
    const user = root ? await listedUser() : undefined;
    if (user) await chown(dataDir, user.uid, user.gid);
    const entered = spawnSync(process.execPath, ['-e', '0'], { cwd: import.meta.dirname, ...user });
    if (entered.error) return expect(root && entered.error.message).toContain('EACCES');

    const holder = start('embedded.holder.ts', [dataDir], user ? { user } : {});
    expect(await holder.said(settled)).toMatchObject({ event: 'up', host: join(dataDir, 'postgres', 'socket') });
    expect(await holder.end('SIGTERM')).toBe(0);
    const { connection, events } = await startHere(dataDir);
    expect(events).toEqual([]);
    expect(await ask(connection, 'SELECT current_user')).toEqual(['gatehouse']);
  });

  it('says in one line what is wrong with a directory that this user may not use', async () => {
    const file = join(await newDirectory(), 'file');
    await writeFile(file, '');
    const [refused] = await Promise.allSettled([startEmbedded({ dataDir: join(file, 'data'), log: () => undefined })]);
    expect(refused).toMatchObject({ status: 'rejected', reason: { reason: 'EMBEDDED_UNREACHABLE' } });
  });

  it('refuses a second process and names the first', async () => {
    const dataDir = await newDirectory();
    const { connection } = await startHere(dataDir);
    const second = start('embedded.holder.ts', [dataDir]);
    expect(await second.said(settled)).toEqual({
      event: 'refused',
      reason: 'EMBEDDED_BUSY',
      message: `another Gatehouse process (pid ${process.pid}) is using ${dataDir}`,
    });
    expect(await ask(connection, 'SELECT 1')).toEqual([1]);
  });

  it('lets one of several starters win, the first time and after a crash', async () => {
    const dataDir = await newDirectory();
    for (const crashed of [false, true]) {
      const starters = [1, 2, 3].map(() => start('embedded.holder.ts', [dataDir]));
      const outcomes = await Promise.all(starters.map((starter) => starter.said(settled)));
      expect(outcomes.map((line) => line?.event).sort()).toEqual(['refused', 'refused', 'up']);
      expect(starters.some(({ lines }) => lines.some((line) => line.event === 'database.orphan'))).toBe(crashed);
      await Promise.all(starters.map((starter) => starter.end('SIGKILL')));
    }
    await startHere(dataDir);
  });

  it('lets nobody but a living process hold a directory, and only one', async () => {
    const home = await newDirectory();
    await writeFile(join(home, 'owner.7'), JSON.stringify({ pid: process.pid, identity: 'somebody before us' }));
    const takers = await Promise.allSettled(Array.from({ length: 20 }, () => takeOwnership(home, home)));
    const won = takers.flatMap((taker) => (taker.status === 'fulfilled' ? [taker.value] : []));
    expect(won).toHaveLength(1);
    await won[0]?.();
    await expect(takeOwnership(home, home)).resolves.toBeTypeOf('function');
    expect(await readdir(home)).toHaveLength(1);
  });

  it('survives the Ctrl-C that a terminal sends to the whole process group', async () => {
    const holder = start('embedded.holder.ts', [await newDirectory()]);
    const line = await holder.said(up);
    process.kill(-(holder.child.pid ?? Number.NaN), 'SIGINT');
    expect(await holder.said((said) => said.event === 'interrupted')).not.toBeNull();
    const connection = { host: String(line?.['host']), port: 5432, user: 'gatehouse', database: 'gatehouse' };
    expect(await ask(connection, 'SELECT 1')).toEqual([1]);
    expect(await holder.end('SIGTERM')).toBe(0);
  });

  it.each(['the process', 'the process and the server'])(
    'loses nothing acknowledged when %s is killed',
    async (what) => {
      const dataDir = await newDirectory();
      const home = join(dataDir, 'postgres');
      const writer = start('embedded.holder.ts', [dataDir, 'write']);
      expect(await writer.said((line) => line['n'] === 200)).not.toBeNull();
      const server = await serverPid(home);
      if (what.includes('server')) process.kill(server, 'SIGKILL');
      await writer.end('SIGKILL');

      const acknowledged = Number(writer.lines.findLast((line) => line.event === 'acknowledged')?.['n']);
      const { connection } = await startHere(dataDir);
      const [kept] = await ask(connection, 'SELECT max(n) FROM rows HAVING max(n) = count(*)');
      expect(kept).toBeGreaterThanOrEqual(acknowledged);
      expect(await serverPid(home)).not.toBe(server);
    },
  );

  it('uses no cluster whose making was cut short', async () => {
    const dataDir = await newDirectory();
    const home = join(dataDir, 'postgres');
    await mkdir(join(home, 'cluster.new-cut', 'base'), { recursive: true });
    await writeFile(join(home, 'cluster.new-cut', 'PG_VERSION'), '18\n');
    await chmod(home, 0o700);
    const { events } = await startHere(dataDir);
    expect(events).toEqual(['database.created']);
    expect((await readdir(home)).filter((name) => name.startsWith('cluster'))).toEqual(['cluster']);
  });
});
