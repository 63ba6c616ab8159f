/** The process as its users run it: it starts, stops without failing anybody, and loses nothing when it is killed. */
import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import pg from 'pg';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { withDatabase } from '../support/global-setup.js';
import { newDirectory } from './embedded.programs.js';
import { startGatehouse, tokenFor, type Gatehouse } from './process.programs.js';

const status = async (url: string): Promise<number> => (await fetch(url)).status;

async function newDatabase(): Promise<TestDatabase> {
  const database = await createDatabase();
  onTestFinished(() => database.drop());
  return database;
}

/** A database with nothing in it at all, not even our tables. */
async function emptyDatabase(): Promise<string> {
  const server = inject('databaseServer');
  const name = `gatehouse_empty_${randomBytes(8).toString('hex')}`;
  const admin = new pg.Client({ connectionString: server });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  onTestFinished(async () => {
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin.end();
  });
  return withDatabase(server, name);
}

describe('a process with an embedded database', { timeout: 60_000 }, () => {
  it('says where it listens in one line, answers probes, keeps others off its data, and ends with 0', async () => {
    const dataDir = await newDirectory();
    const first = startGatehouse(dataDir);
    const http = await first.http;
    expect(first.stdout()).toMatch(/^\{"event":"listening","http":"http:\/\/127\.0\.0\.1:\d+"(,"grpc":"[^"]+")?\}\n$/);
    expect([await status(`${http}/healthz`), await status(`${http}/readyz`)]).toEqual([200, 200]);

    const second = startGatehouse(dataDir);
    expect(await second.ended).toBe(1);
    expect(second.stdout()).toBe('');
    expect(second.stderr()).toBe(`gatehouse: another Gatehouse process (pid ${first.child.pid}) is using ${dataDir}\n`);

    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(first.stdout().split('\n')).toHaveLength(2);
  });

  it('has every team that it acknowledged when it is killed while it founds teams', async () => {
    const dataDir = await newDirectory();
    const first = startGatehouse(dataDir);
    await first.http;
    const token = await tokenFor(dataDir, { sub: 'ann' });
    await first.ask(token, 'mutation { setUser { errors { code } } }');

    const acknowledged: string[] = [];
    const found =
      'mutation ($input: CreateTeamAccountInput!) { createTeamAccount(input: $input) { account { name } } }';
    const founder = async (prefix: string): Promise<void> => {
      for (let n = 0; ; n++) {
        const { data } = await first.ask(token, found, { input: { name: `${prefix}-${n}` } });
        if (data?.['createTeamAccount']?.['account']) acknowledged.push(`${prefix}-${n}`);
        if (acknowledged.length >= 40) first.child.kill('SIGKILL');
      }
    };
    await Promise.allSettled(['north', 'east', 'south', 'west'].map(founder));
    expect(await first.ended).toBeNull();
    expect(acknowledged.length).toBeGreaterThanOrEqual(40);

    const second = startGatehouse(dataDir);
    await second.http;
    const { data } = await second.ask(token, '{ viewer { accounts(first: 100) { nodes { name } } } }');
    const { viewer } = data as unknown as { viewer: { accounts: { nodes: { name: string }[] } } };
    const kept = new Set(viewer.accounts.nodes.map(({ name }) => name));
    expect(acknowledged.filter((name) => !kept.has(name))).toEqual([]);
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
  });
});

/** Keeps connections open and asks again and again, until the server tells it to leave or is gone. */
async function askUntilSent(
  url: string,
  token: string,
  clients: number,
): Promise<{ answers: number; faults: string[] }> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const body = JSON.stringify({ query: '{ viewer { userId accounts { nodes { name } } } }' });
  const seen = { answers: 0, faults: [] as string[] };
  const ask = () =>
    new Promise<boolean>((resolve) => {
      const asked = request(`${url}/graphql`, { agent, method: 'POST', headers }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => void (text += part));
        answer.on('end', () => {
          seen.answers++;
          if (answer.statusCode !== 200 || !text.startsWith('{"data":'))
            seen.faults.push(`${answer.statusCode} ${text}`);
          resolve(true);
        });
        answer.on('error', (error) => resolve(void seen.faults.push(error.message) === undefined));
      });
      asked.on('error', (error: NodeJS.ErrnoException) => {
        // Nobody listens any more: what was never accepted did not fail.
        if (error.code !== 'ECONNREFUSED') seen.faults.push(error.code ?? error.message);
        resolve(false);
      });
      asked.end(body);
    });
  const client = async (): Promise<void> => {
    while (await ask());
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  return seen;
}

describe('a process on a database of its operator', { timeout: 60_000 }, () => {
  async function startOn(settings: Readonly<Record<string, string>>, dataDir?: string): Promise<Gatehouse> {
    const gatehouse = startGatehouse(dataDir ?? (await newDirectory()), settings);
    await gatehouse.http;
    return gatehouse;
  }

  it('fails no accepted request when it is stopped under load, and ends with 0 in time', async () => {
    const gatehouse = await startOn({ DATABASE_URL: (await newDatabase()).url });
    const token = await tokenFor(gatehouse.dataDir, { sub: 'ann' });
    await gatehouse.ask(token, 'mutation { setUser { errors { code } } }');

    const load = askUntilSent(await gatehouse.http, token, 16);
    await gatehouse.logged('"msg":"request"');
    await gatehouse.ask(token, '{ viewer { userId } }');
    const stopped = performance.now();
    gatehouse.child.kill('SIGTERM');
    const { answers, faults } = await load;
    expect(await gatehouse.ended).toBe(0);
    expect(performance.now() - stopped).toBeLessThan(25_000);
    expect(faults).toEqual([]);
    expect(answers).toBeGreaterThan(16);
  });

  it('is unready at once when it is stopped, and ends at once at the second signal', async () => {
    const gatehouse = await startOn({ DATABASE_URL: (await newDatabase()).url });
    const http = await gatehouse.http;
    const { port } = new URL(http);
    // A request whose body never ends, so that stopping has something to wait for.
    const slow = connect(Number(port), '127.0.0.1');
    onTestFinished(() => void slow.destroy());
    slow.on('error', () => undefined);
    slow.write('POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{');
    expect(await status(`${http}/readyz`)).toBe(200);
    gatehouse.child.kill('SIGTERM');
    await gatehouse.logged('"event":"stopping"');
    expect(await status(`${http}/readyz`)).toBe(503);
    const again = performance.now();
    gatehouse.child.kill('SIGTERM');
    expect(await gatehouse.ended).toBe(1);
    expect(performance.now() - again).toBeLessThan(2_000);
  });

  it('starts beside others that start at the same instant on an empty database', async () => {
    const url = await emptyDatabase();
    const dataDir = await newDirectory();
    const starters = await Promise.all([1, 2, 3].map(() => startOn({ DATABASE_URL: url, DEMO: 'on' }, dataDir)));
    const token = await tokenFor(dataDir, { sub: 'ada', email: 'ada@acme.test' });
    for (const starter of starters) {
      const { data } = await starter.ask(token, '{ viewer { accounts { nodes { name members { totalCount } } } } }');
      expect(data).toEqual({ viewer: { accounts: { nodes: demoAccountsOfAda } } });
      starter.child.kill('SIGTERM');
    }
    expect(await Promise.all(starters.map(({ ended }) => ended))).toEqual([0, 0, 0]);
  });

  const demoAccountsOfAda = [
    { name: 'personal', members: { totalCount: 1 } },
    { name: 'acme', members: { totalCount: 9 } },
    { name: 'globex', members: { totalCount: 4 } },
  ];

  it.each([
    ['people', 'users', 3],
    ['teams', 'accounts WHERE type = 2', 1],
    ['members', 'account_members JOIN accounts a ON a.id = account_id WHERE a.type = 2', 5],
    ['invites', 'account_invites WHERE accepted_at IS NULL', 5],
  ])('makes the demo world whole after it was killed among the %s', async (_what, rows, enough) => {
    const database = await newDatabase();
    const dataDir = await newDirectory();
    const settings = { DATABASE_URL: database.url, DEMO: 'on' };
    const first = startGatehouse(dataDir, settings);
    const count = async (): Promise<number> =>
      (await database.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${rows}`))[0]?.n ?? 0;
    while ((await count()) < enough);
    first.child.kill('SIGKILL');
    await first.ended;
    expect(first.stdout()).toBe('');

    const second = await startOn(settings, dataDir);
    const token = await tokenFor(dataDir, { sub: 'ada', email: 'ada@acme.test' });
    const { data } = await second.ask(token, '{ viewer { accounts { nodes { name members { totalCount } } } } }');
    expect(data).toEqual({ viewer: { accounts: { nodes: demoAccountsOfAda } } });
    expect(await database.query('SELECT count(*)::int AS people FROM users')).toEqual([{ people: 15 }]);
    const invites = await database.query<{ email: string; open: boolean }>(
      `SELECT email, bool_or(expires_at > now()) AS open FROM account_invites
       WHERE accepted_at IS NULL AND superseded_at IS NULL GROUP BY email ORDER BY email COLLATE "C"`,
    );
    const emails = ['ada@acme.test', 'nobody@acme.test', 'uwe@globex.test', 'vera@globex.test', 'walt@acme.test'];
    expect(invites.map(({ email, open }) => `${email} ${open ? 'open' : 'expired'}`)).toEqual(
      [...emails, 'yuri@acme.test', 'zoe@acme.test'].map(
        (email) => `${email} ${/^(uwe|walt)/.test(email) ? 'expired' : 'open'}`,
      ),
    );
  });
});
