/** A search that gives up each of its ways soon, so that it takes them all, compared with the model. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';
import { openDatabase } from '../../src/db/client.js';
import { cursorKeys } from '../../src/domains/user/user.search.js';
import { createUserSearch } from '../../src/domains/user/user.search.service.js';
import { pageRequest } from '../../src/kernel/page.js';
import { inOrder, matches } from '../support/directory.model.js';
import { createRandomDirectory, orders, queryOf, type RandomDirectory } from '../support/directory.random.js';

let directory: RandomDirectory;
beforeAll(async () => {
  directory = await createRandomDirectory();
}, 120_000);
afterAll(() => directory.world.stop());

it('whichever way it is taken, a search finds the same from both ends', async () => {
  const { callers, users, fold, world } = directory;
  const db = openDatabase({ connectionString: world.testApp.database.url }, readConfig({}).db);
  const { access } = world.testApp.app.services;
  const patience = { whole: 3, found: 6, walked: 5, walkedBlindly: 9, sampled: 80 };
  const impatient = createUserSearch({ db, access, patience });
  const size = 4;
  const sizes = { default: size, most: size, count: size };
  await fc.assert(
    fc.asyncProperty(fc.option(directory.filters), orders, async (filter, order) => {
      const query = queryOf(filter, order);
      for (const { person, sees } of callers) {
        const expected = inOrder(
          users.filter((user) => sees.has(user.id) && (!filter || matches(user, filter as never, fold))),
          order,
          fold,
        ).map(({ userName }) => userName);
        const first = { limit: size, backward: false, after: null, before: null };
        const page = await impatient.search(person.call, query, first);
        expect(page.edges.map(({ node }) => node.userName)).toEqual(expected.slice(0, size));
        expect(page.hasNextPage).toBe(expected.length > size);
        expect(await page.count(7)).toBe(Math.min(7, expected.length));
        expect(await page.count()).toBe(expected.length);
        const last = await impatient.search(person.call, query, { ...first, backward: true });
        expect(last.edges.map(({ node }) => node.userName)).toEqual(expected.slice(-size));
        const [end, start] = [page.edges.at(-1)?.cursor, last.edges[0]?.cursor];
        if (end === undefined || start === undefined) continue;
        const keys = cursorKeys(query.order);
        const next = await impatient.search(person.call, query, pageRequest({ first: size, after: end }, keys, sizes));
        expect(next.edges.map(({ node }) => node.userName)).toEqual(expected.slice(size, 2 * size));
        const previous = await impatient.search(
          person.call,
          query,
          pageRequest({ last: size, before: start }, keys, sizes),
        );
        expect(previous.edges.map(({ node }) => node.userName)).toEqual(expected.slice(0, -size).slice(-size));
        const skipped = await impatient.search(person.call, query, { ...first, offset: 3 });
        expect(skipped.edges.map(({ node }) => node.userName)).toEqual(expected.slice(3, 3 + size));
      }
    }),
    { numRuns: 200, endOnFailure: false },
  );
  await db.close();
}, 600_000);
