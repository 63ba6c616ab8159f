/** A search that gives up each of its ways soon, so that it takes them all, compared with the model. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';
import { openDatabase, type Db } from '../../src/db/client.js';
import { cursorKeys, type UserSearch } from '../../src/domains/user/user.search.js';
import { createUserSearch } from '../../src/domains/user/user.search.service.js';
import { pageRequest } from '../../src/kernel/page.js';
import { inOrder, matches } from '../support/directory.model.js';
import { createRandomDirectory, orders, queryOf, type RandomDirectory } from '../support/directory.random.js';

let directory: RandomDirectory;
let db: Db;
const statements: string[] = [];
beforeAll(async () => {
  directory = await createRandomDirectory();
  const connection = { connectionString: directory.world.testApp.database.url };
  db = openDatabase(connection, readConfig({}).db, (sql) => statements.push(sql));
}, 120_000);
afterAll(async () => {
  await db.close();
  await directory.world.stop();
});

const size = 4;
const sizes = { default: size, most: size, count: size };
const first = { limit: size, backward: false, after: null, before: null };

function impatient(over: Db, walkedOn = 30): UserSearch {
  const { access } = directory.world.testApp.app.services;
  const patience = { whole: 3, found: 6, remaining: 6, glanced: 4, walked: 5, walkedBlindly: 9, walkedOn, sampled: 80 };
  return createUserSearch({ db: over, access, patience });
}

it('whichever way it is taken, a search finds the same from both ends', async () => {
  const { callers, users, team, fold } = directory;
  const { search } = impatient(db);
  await fc.assert(
    fc.asyncProperty(fc.option(directory.filters), orders, fc.boolean(), async (filter, order, owned) => {
      const query = { ...queryOf(filter, order), accountId: owned ? team : null };
      for (const { person, sees } of callers) {
        const expected = inOrder(
          users
            .filter((user) => sees.has(user.id) && (!owned || user.owner === team))
            .filter((user) => !filter || matches(user, filter as never, fold)),
          order,
          fold,
        ).map(({ userName }) => userName);
        const page = await search(person.call, query, first);
        expect(page.edges.map(({ node }) => node.userName)).toEqual(expected.slice(0, size));
        expect(page.hasNextPage).toBe(expected.length > size);
        expect(await page.count(7)).toBe(Math.min(7, expected.length));
        expect(await page.count()).toBe(expected.length);
        const last = await search(person.call, query, { ...first, backward: true });
        expect(last.edges.map(({ node }) => node.userName)).toEqual(expected.slice(-size));
        const [end, start] = [page.edges.at(-1)?.cursor, last.edges[0]?.cursor];
        if (end === undefined || start === undefined) continue;
        const keys = cursorKeys(query.order);
        const next = await search(person.call, query, pageRequest({ first: size, after: end }, keys, sizes));
        expect(next.edges.map(({ node }) => node.userName)).toEqual(expected.slice(size, 2 * size));
        const previous = await search(person.call, query, pageRequest({ last: size, before: start }, keys, sizes));
        expect(previous.edges.map(({ node }) => node.userName)).toEqual(expected.slice(0, -size).slice(-size));
        const skipped = await search(person.call, query, { ...first, offset: 3 });
        expect(skipped.edges.map(({ node }) => node.userName)).toEqual(expected.slice(3, 3 + size));
      }
    }),
    { numRuns: 200, endOnFailure: false, examples: [[{ not: { userName: { equals: 'ann' } } }, [], false]] },
  );
  const [counts, pages] = [true, false].map((counts) => statements.filter((sql) => isCount(sql) === counts));
  const taken = (asked: readonly string[] = []) =>
    Object.keys(ways).filter((way) => asked.some((sql) => ways[way]?.test(sql)));
  expect(taken(pages)).toEqual(Object.keys(ways));
  expect(taken(counts)).toEqual(['remaining', 'whole']);
}, 600_000);

const isCount = (sql: string): boolean => sql.includes('CASE WHEN NOT tally.over THEN');
/** What a statement does, by its words. */
const ways: Readonly<Record<string, RegExp>> = {
  remaining: /FROM \(SELECT u\.id FROM users u WHERE [^]*one\.id = ANY/,
  whole: /FROM \(SELECT (?!u\.id)[^]*one\.id = ANY/,
  walked: /FROM \(\s+SELECT u\.\*/,
  found: /tally LEFT JOIN \(/,
  sampled: /TABLESAMPLE/,
  gathered: /WITH firsts AS MATERIALIZED \(\s+SELECT u\.id/,
};

it.each([
  ['what equals is looked for by an index first', { email: { equals: 'a@acme.test' } }, ['found']],
  ['a beginning too', { email: { startsWith: 'nobody' } }, ['found']],
  ['an end of many, then along the order', { email: { endsWith: '.test' } }, ['found', 'walked 5']],
  ['a part by its trigrams, after a glance', { email: { contains: 'nobody' } }, ['walked 4', 'found']],
  ['a login name too', { loginName: { startsWith: 'nobody' } }, ['walked 4', 'found']],
  ['but not where no trigram tells', { loginName: { startsWith: 'no\u0001' } }, ['walked 9', 'sampled', 'gathered']],
  ['a few signs by chance', { email: { contains: 'q' } }, ['walked 5', 'sampled', 'gathered']],
  ['further along the order where one of the first matches', { email: { contains: 'é@' } }, ['walked 5', 'walked 15']],
  ['a part that is not there too', { not: { userName: { contains: '-' } } }, ['walked 9', 'sampled', 'gathered']],
  [
    'or may not be',
    { or: [{ not: { userName: { contains: '-' } } }, { email: { equals: 'a' } }] },
    ['walked 9', 'sampled', 'gathered'],
  ],
  ['what it is not by an index, after a glance', { not: { userName: { startsWith: '' } } }, ['walked 4', 'remaining']],
  [
    'who remains of nearly all is counted before anything else is asked',
    { and: [{ not: { userName: { equals: 'ann' } } }, { not: { userName: { contains: '-' } } }] },
    ['walked 4', 'remaining', 'walked 9', 'sampled', 'gathered'],
  ],
  ['a beginning of the order is read there', { userName: { startsWithIgnoreCase: 'ann' } }, ['walked 2']],
  ['few with two signs at once, in an order of lists', { email: { contains: 'q@' } }, ['sampled', 'gathered'], 'STATE'],
])('%s', async (_what, filter, expected, field?: string) => {
  const asked: string[] = [];
  const noting: Db = {
    ...db,
    query(...[statement, planned]: Parameters<Db['query']>) {
      const [way = '?'] = Object.entries(ways).find(([, words]) => words.test(statement.text)) ?? [];
      const [, most] = /LIMIT \$(\d+)\s+\) u/.exec(statement.text) ?? [];
      asked.push(most === undefined ? way : `${way} ${String(statement.values[Number(most) - 1])}`);
      return db.query(statement, planned);
    },
  };
  const [{ person }] = directory.callers;
  await impatient(noting).search(person.call, queryOf(filter, field ? [{ field, direction: 'ASC' }] : []), {
    ...first,
    limit: 1,
  });
  expect(asked).toEqual(expected);
});

it('a page is full, although those who told how far it reaches go before it is read', async () => {
  const { callers, users, world, fold } = directory;
  const filter = { or: ['é', 'ß', '_', 'İzmir', '日本'].map((start) => ({ userName: { startsWith: start } })) };
  const order = [{ field: 'EMAIL', direction: 'ASC' }];
  const expected = inOrder(
    users.filter((user) => matches(user, filter, fold)),
    order,
    fold,
  );
  const gone = expected.slice(0, size + 2).map(({ id }) => id);
  let samples = 0;
  const hasty: Db = {
    ...db,
    async query<Row>(...asked: Parameters<Db['query']>) {
      const rows = await db.query<Row>(...asked);
      if (/TABLESAMPLE/.test(asked[0].text)) {
        samples++;
        await world.testApp.database.query('DELETE FROM users WHERE id = ANY($1::uuid[])', [gone]);
      }
      return rows;
    },
  };
  const page = await impatient(hasty, 0).search(callers[0].person.call, queryOf(filter, order), first);
  expect(samples).toBe(1);
  expect(page.edges.map(({ node }) => node.userName)).toEqual(
    expected.slice(gone.length, gone.length + size).map(({ userName }) => userName),
  );
  expect(page.hasNextPage).toBe(true);
});

it('nobody is on a page twice who changes from one state into another meanwhile', async () => {
  const { callers, world } = directory;
  const [{ person }] = callers;
  const query = queryOf({ userName: { contains: 'ann' } }, [{ field: 'STATE', direction: 'ASC' }]);
  const wide = { ...first, limit: 100 };
  const [edge] = (await impatient(db).search(person.call, query, wide)).edges;
  if (edge?.node.state !== 1) throw new Error('The first of this list is active.');
  const { id } = edge.node;
  let changes = 0;
  const hasty: Db = {
    ...db,
    async query<Row>(...asked: Parameters<Db['query']>) {
      // The list of the inactive is next: whoever is active was read before.
      if (changes === 0 && asked[0].values.includes(2)) {
        changes++;
        await world.testApp.database.query('UPDATE users SET state = 2 WHERE id = $1', [id]);
      }
      return db.query<Row>(...asked);
    },
  };
  const ids = (await impatient(hasty).search(person.call, query, wide)).edges.map(({ node }) => node.id);
  expect(changes).toBe(1);
  expect(ids.filter((one) => one === id)).toEqual([id]);
});
