/** Thousands of random filters and orders, each compared with a model that knows nothing of SQL. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addUsers, search, type Entry, type Search } from '../support/directory.js';
import { inOrder, matches } from '../support/directory.model.js';
import { createRandomDirectory, orders, queryOf, words, type RandomDirectory } from '../support/directory.random.js';

let directory: RandomDirectory;
beforeAll(async () => {
  directory = await createRandomDirectory();
}, 120_000);
afterAll(() => directory.world.stop());

describe('a random filter under a random order', () => {
  it('finds exactly whom the model finds, for an operator and for members of two teams', async () => {
    const { callers, users, fold } = directory;
    await fc.assert(
      fc.asyncProperty(directory.filters, orders, async (filter, order) => {
        const query = queryOf(filter, order);
        for (const { person, sees } of callers) {
          const page = await directory.world.testApp.app.services.userSearch.search(person.call, query, {
            limit: 500,
            backward: false,
            after: null,
            before: null,
          });
          const expected = inOrder(
            users.filter((user) => sees.has(user.id) && matches(user, filter as never, fold)),
            order,
            fold,
          );
          expect(page.edges.map(({ node }) => node.userName)).toEqual(expected.map(({ userName }) => userName));
          expect(await page.count()).toBe(expected.length);
          expect(await page.count(7)).toBe(Math.min(7, expected.length));
        }
      }),
      { numRuns: 2_000, endOnFailure: false },
    );
  }, 600_000);

  it('is paged forwards and backwards over HTTP, and the pages together are the whole, once', async () => {
    const { callers, users, fold } = directory;
    await fc.assert(
      fc.asyncProperty(
        fc.option(directory.filters),
        orders,
        fc.integer({ min: 7, max: 60 }),
        fc.nat(2),
        async (filter, orderBy, size, who) => {
          const { person, sees } = callers[who] ?? callers[0];
          const asked: Search = { orderBy, ...(filter === null ? {} : { filter: [filter] }) };
          const expected = inOrder(
            users.filter((user) => sees.has(user.id) && (filter === null || matches(user, filter as never, fold))),
            orderBy,
            fold,
          ).map(({ id }) => id);
          const forwards: string[] = [];
          for (let after: string | null = null, more = true; more;) {
            const { nodes, pageInfo } = await search(person, { ...asked, first: size, after });
            forwards.push(...nodes.map(({ id }) => id));
            ({ endCursor: after, hasNextPage: more } = pageInfo);
          }
          expect(forwards).toEqual(expected);
          const backwards: string[] = [];
          for (let before: string | null = null, more = true; more;) {
            const { nodes, pageInfo } = await search(person, { ...asked, last: size, before });
            backwards.unshift(...nodes.map(({ id }) => id));
            ({ startCursor: before, hasPreviousPage: more } = pageInfo);
          }
          expect(backwards).toEqual(expected);
        },
      ),
      { numRuns: 60, endOnFailure: true },
    );
  }, 600_000);
});

describe('while users come and go between two pages', () => {
  it('everybody who was there all the time is on exactly one page', async () => {
    const { callers, users, world } = directory;
    const { database } = world.testApp;
    const owner = '00000000-0000-4000-8000-0000000000aa';
    let born = 0;
    await fc.assert(
      fc.asyncProperty(orders, fc.boolean(), async (orderBy, backwards) => {
        const { person } = callers[0];
        const seen: string[] = [];
        let guests: string[] = [];
        for (let cursor: string | null = null, more = true; more;) {
          const page = await search(person, {
            orderBy,
            ...(backwards ? { last: 40, before: cursor } : { first: 40, after: cursor }),
          });
          seen.push(...page.nodes.map(({ id }) => id));
          cursor = backwards ? page.pageInfo.startCursor : page.pageInfo.endCursor;
          more = backwards ? page.pageInfo.hasPreviousPage : page.pageInfo.hasNextPage;
          await database.query('DELETE FROM users WHERE id = ANY($1::uuid[])', [guests]);
          guests = await addUsers(
            database,
            words
              .slice(0, 9)
              .map((word): Entry => ({ userName: `${word}+${born++}`, firstName: word, owner, member: false })),
          );
        }
        await database.query('DELETE FROM users WHERE id = ANY($1::uuid[])', [guests]);
        expect(new Set(seen).size).toBe(seen.length);
        expect(users.filter(({ id }) => !seen.includes(id))).toEqual([]);
      }),
      { numRuns: 25, endOnFailure: true },
    );
  }, 600_000);
});
