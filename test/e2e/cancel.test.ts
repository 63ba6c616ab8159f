/** A request whose client is gone, or whose time is up, has its SQL cancelled and leaves its connection to others. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readConfig } from '../../src/config.js';
import { currentAsker, onBehalfOf, underSignal } from '../../src/db/cancel.js';
import { openDatabase, within, type Db } from '../../src/db/client.js';
import { Prisma } from '../../src/generated/prisma/client.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { grpcClient, type GrpcClient } from '../support/grpc.js';
import { createWorld, type Person, type World } from '../support/world.js';

const mostMs = 300;
const patient = { DB_STATEMENT_TIMEOUT_MS: '30000', DB_LOCK_TIMEOUT_MS: '30000' };

/** How many statements of the application wait or sleep. */
async function busy(database: TestDatabase): Promise<number> {
  const [row] = await database.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'
     AND application_name = 'gatehouse' AND (wait_event_type = 'Lock' OR wait_event = 'PgSleep')`,
  );
  return row?.n ?? 0;
}
const untilBusy = (database: TestDatabase, n: number) =>
  vi.waitFor(async () => expect(await busy(database)).toBe(n), { interval: 10, timeout: 5_000 });

/** Milliseconds from now until nothing of the application waits any more. */
async function untilFree(database: TestDatabase): Promise<number> {
  const began = performance.now();
  await untilBusy(database, 0);
  return performance.now() - began;
}

describe('a statement under a signal', () => {
  let database: TestDatabase;
  let db: Db;
  beforeAll(async () => {
    database = await createDatabase();
    db = openDatabase({ connectionString: database.url }, readConfig({ ...patient, DB_POOL: '1' }).db);
  });
  afterAll(async () => {
    await db.close();
    await database.drop();
  });

  const sleep = Prisma.sql`SELECT pg_sleep(20)::text`;
  const ways: Readonly<Record<string, () => Promise<unknown>>> = {
    'written by hand': () => db.query(sleep),
    'sent by Prisma': () => db.prisma.$queryRaw(sleep),
    'in a transaction': () => db.transact((tx) => within(tx).$queryRaw(sleep)),
    'behind others in a transaction': () =>
      db.transact(async (tx) => {
        for (let i = 0; i < 1_000; i++) await within(tx).$queryRaw(Prisma.sql`SELECT pg_sleep(0.05)::text`);
      }),
  };
  it.each(Object.entries(ways))('is cancelled when %s', async (_how, run) => {
    const abort = new AbortController();
    const asked = underSignal(abort.signal, run);
    const refused = expect(asked).rejects.toThrow();
    await untilBusy(database, 1);
    abort.abort();
    expect(await untilFree(database)).toBeLessThan(mostMs);
    await refused;
    expect(await db.query(Prisma.sql`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
  });

  it('that two wait for is cancelled when the second of them is gone, and not before', async () => {
    const [ann, ben] = [new AbortController(), new AbortController()];
    const asked = underSignal(ann.signal, () => {
      const first = currentAsker();
      return underSignal(ben.signal, () => onBehalfOf([first, currentAsker()], () => db.query(sleep)));
    });
    const refused = expect(asked).rejects.toThrow();
    await untilBusy(database, 1);
    ann.abort();
    // Time enough for a cancel to arrive: it takes the same way.
    for (let i = 0; i < 20; i++) expect(await busy(database)).toBe(1);
    ben.abort();
    expect(await untilFree(database)).toBeLessThan(mostMs);
    await refused;
  });

  it('does not begin when the signal has fired already', async () => {
    await expect(underSignal(AbortSignal.abort(), () => db.query(sleep))).rejects.toMatchObject({
      reason: 'CALL_ENDED',
    });
    await expect(underSignal(AbortSignal.abort(), () => db.transact(() => Promise.resolve(1)))).rejects.toThrow();
  });

  it('never cancels what others ask on the same connection afterwards', async () => {
    for (let i = 0; i < 20; i++) {
      const abort = new AbortController();
      const first = underSignal(abort.signal, () => db.query(Prisma.sql`SELECT pg_sleep(0.005)::text`));
      const settled = Promise.allSettled([first]);
      setTimeout(() => abort.abort(), 5);
      await settled;
      expect(await db.query(Prisma.sql`SELECT 1 AS one, pg_sleep(0.01)::text`)).toMatchObject([{ one: 1 }]);
    }
  });
});

describe('a request', () => {
  let world: World;
  let client: GrpcClient<'mgmt.v1alpha1.UserAccountService'>;
  let ann: Person;
  let locker: pg.Client;
  beforeAll(async () => {
    world = await createWorld({ settings: patient });
    client = grpcClient(world.testApp.grpc ?? '');
    ann = await world.person('Ann');
    locker = new pg.Client({ connectionString: world.testApp.database.url });
    await locker.connect();
  });
  afterAll(async () => {
    client.close();
    await locker.end();
    await world.stop();
  });

  /** Runs `work` while nobody can read a table. */
  async function whileLocked(table: string, work: (database: TestDatabase) => Promise<void>): Promise<void> {
    await locker.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
    try {
      await work(world.testApp.database);
    } finally {
      await locker.query('ROLLBACK');
    }
  }

  it.each([
    ['GetUserAccounts', 'accounts'],
    ['SetPersonalAccount', 'accounts'],
    // Who asks is read together with who else asks.
    ['GetUser', 'users'],
  ] as const)('over gRPC that is cancelled: %s', (method, table) =>
    whileLocked(table, async (database) => {
      const abort = new AbortController();
      const asked = client.ask(method, {}, { authorization: ann.authorization, signal: abort.signal });
      await untilBusy(database, 1);
      abort.abort();
      expect(await untilFree(database)).toBeLessThan(mostMs);
      expect((await asked).code).toBe(1);
    }),
  );

  it('over gRPC whose deadline passes', () =>
    whileLocked('accounts', async (database) => {
      const asked = client.ask('GetUserAccounts', {}, { authorization: ann.authorization, deadlineMs: 1_500 });
      await untilBusy(database, 1);
      expect((await asked).code).toBe(4);
      expect(await untilFree(database)).toBeLessThan(mostMs);
    }));

  it('over HTTP whose client went away', () =>
    whileLocked('accounts', async (database) => {
      const abort = new AbortController();
      const asked = fetch(`${world.testApp.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: ann.authorization },
        body: JSON.stringify({ query: '{ viewer { accounts { edges { node { id } } } } }' }),
        signal: abort.signal,
      }).catch(() => null);
      await untilBusy(database, 1);
      abort.abort();
      expect(await untilFree(database)).toBeLessThan(mostMs);
      expect(await asked).toBeNull();
    }));

  it('is answered as ever afterwards', async () => {
    expect((await client.ask('GetUserAccounts', {}, { authorization: ann.authorization })).code).toBe(0);
    const failures = world.testApp.lines.filter(({ level }) => level === 'error');
    expect(failures).toEqual([]);
  });
});
