/** A connection to the database that dies without a word, as behind a firewall that forgot it: others take its place. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';
import { openDatabase, type Db } from '../../src/db/client.js';
import { Prisma } from '../../src/generated/prisma/client.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let db: Db;
let between: Server;
const pairs: [Socket, Socket][] = [];

beforeAll(async () => {
  database = await createDatabase();
  const { host, port, user, database: name, password } = new pg.Client({ connectionString: database.url });
  between = createServer((near) => {
    const far = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    for (const socket of [near, far]) socket.on('error', () => undefined);
    near.pipe(far).pipe(near);
    near.on('close', () => far.destroy());
    pairs.push([near, far]);
  }).listen(0, '127.0.0.1');
  await once(between, 'listening');
  const here = (between.address() as AddressInfo).port;
  const address = `postgresql://${user ?? ''}:${password ?? ''}@127.0.0.1:${here}/${name ?? ''}`;
  db = openDatabase({ connectionString: address }, readConfig({ DB_STATEMENT_TIMEOUT_MS: '200' }).db);
});
afterAll(async () => {
  await db.close();
  between.close();
  for (const [near] of pairs) near.destroy();
  await database.drop();
});

it('ends what waits for it, and whoever reads together with others is answered again', async () => {
  const read = db.gathered(async (keys: readonly string[]) => {
    await db.query(Prisma.sql`SELECT 1`);
    return keys;
  });
  expect(await Promise.all([read('a'), read('b')])).toEqual(['a', 'b']);
  for (const [near, far] of pairs) {
    near.unpipe(far);
    far.unpipe(near);
  }
  const lost = await Promise.allSettled([read('c'), read('d')]);
  expect(lost.map((one) => one.status === 'rejected' && (one.reason as { reason: string }).reason)).toEqual(
    Array(2).fill('DATABASE_UNAVAILABLE'),
  );
  expect(await Promise.all([read('e'), read('f'), read('g')])).toEqual(['e', 'f', 'g']);
});
