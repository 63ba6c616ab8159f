/** Thousands of random filters and orders, each compared with a model that knows nothing of SQL. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';
import { openDatabase } from '../../src/db/client.js';
import { userFilterGrammar } from '../../src/domains/user/user.search.graphql.js';
import { cursorKeys, type UserOrder } from '../../src/domains/user/user.search.js';
import { createUserSearch } from '../../src/domains/user/user.search.service.js';
import { readFilter } from '../../src/kernel/filter.js';
import { pageRequest } from '../../src/kernel/page.js';
import { addUsers, search, type Entry, type Search } from '../support/directory.js';
import { inOrder, matches, type Fold, type ModelOrder, type ModelUser } from '../support/directory.model.js';
import { createWorld, type Person, type World } from '../support/world.js';

const words = [
  'ann', 'Ann', 'ANNA', 'a%n', '100%', 'a_n', '_', 'back\\slash', '\\', '\\%', 'Straße', 'STRASSE', 'ß', 'ẞ', 'İzmir',
  'izmir', 'ısı', 'ISI', 'Σίσυφος', 'ΣΊΣΥΦΟΣ', 'é', 'E\u0301', '日本', '😀 smile', ' blank ', "o'neill", '{"x"}',
]; // prettier-ignore
const pieces = [
  ...words,
  ...words.map((word) => [...word].slice(1, 3).join('')),
  '',
  'a',
  'n',
  '%',
  'ss',
  'I',
  'i',
  '-1',
  '@acme',
  '@log',
  'n-',
  'TEST',
];

let world: World;
let users: readonly ModelUser[];
let fold: Fold;
/** Who asks, and which users it may see. */
let callers: readonly { readonly person: Person; readonly sees: ReadonlySet<string> }[];

/** A number that follows from another, evenly spread enough. */
const mix = (seed: number, most: number): number =>
  Math.floor((Math.abs(Math.sin(seed * 12.9898) * 43758.5453) % 1) * most);
const pick = <T>(values: readonly T[], seed: number): T => values[mix(seed, values.length)] as T;
const maybe = (seed: number): string | null => (mix(seed, 3) === 0 ? null : pick(words, seed + 0.5));

beforeAll(async () => {
  world = await createWorld();
  const olga = await world.person('Olga', { operator: true });
  const teams = [await world.team('acme').admin('Ann').made(), await world.team('globex').admin('Gus').made()];
  const { database } = world.testApp;
  const entries = Array.from({ length: 160 }, (_, i): Entry => {
    const machine = mix(i + 0.1, 5) === 0;
    const owner = teams[i % 2]?.id ?? '';
    return {
      userName: `${pick(words, i)}-${i}`,
      type: machine ? 'MACHINE' : 'HUMAN',
      state: pick(['ACTIVE', 'ACTIVE', 'INACTIVE', 'LOCKED', 'INITIAL', 'SUSPEND'] as const, i + 0.2),
      ...(machine
        ? {}
        : {
            firstName: maybe(i + 0.3),
            lastName: maybe(i + 0.4),
            nickName: maybe(i + 0.6),
            displayName: maybe(i + 0.7),
            email: mix(i + 0.8, 4) === 0 ? null : `${pick(words, i + 0.9)}@${pick(['acme', 'ACME', 'other'], i)}.test`,
          }),
      loginNames:
        mix(i + 0.05, 3) === 0
          ? Array.from({ length: 1 + mix(i + 0.06, 4) }, (_, n) => `${pick(words, i + 0.15)}@login-${i}-${n}`)
          : [],
      owner,
      member: mix(i + 0.25, 4) !== 0,
      createdAt: new Date(Date.UTC(2026, 0, 1 + mix(i + 0.35, 20))).toISOString(),
    };
  });
  await addUsers(database, entries);
  const rows = await database.query<ModelUser & { owner: string; state: number; type: number }>(`
    SELECT u.id, user_name AS "userName", first_name AS "firstName", last_name AS "lastName", nick_name AS "nickName",
      display_name AS "displayName", email, state, type, created_at::text AS "createdAt", resource_owner AS owner,
      (SELECT array_agg(login_name) FROM user_login_names l WHERE l.user_id = u.id) AS "loginNames"
    FROM users u`);
  const states: Readonly<Record<number, string>> = {
    1: 'ACTIVE',
    2: 'INACTIVE',
    4: 'LOCKED',
    5: 'SUSPEND',
    6: 'INITIAL',
  };
  users = rows.map((row) => ({ ...row, state: states[row.state] ?? '', type: row.type === 1 ? 'HUMAN' : 'MACHINE' }));

  const texts = [...new Set([...pieces, ...users.flatMap((user) => [
    ...user.loginNames, user.userName, user.firstName, user.lastName, user.nickName, user.displayName, user.email,
  ])])].filter((text) => text !== null && text !== undefined); // prettier-ignore
  const folded = await database.query<{ text: string; folded: string }>(
    'SELECT text, lower(text) AS folded FROM unnest($1::text[]) AS text',
    [texts],
  );
  const byText = new Map(folded.map((row) => [row.text, row.folded]));
  fold = (text) => {
    const known = byText.get(text);
    if (known === undefined) throw new Error(`Nobody asked the database how it folds ${text}.`);
    return known;
  };

  const ofTeam = (owner: string | undefined, self: Person) =>
    new Set([self.id, ...rows.filter((row) => row.owner === owner).map(({ id }) => id)]);
  const [ann, gus] = [await world.person('Ann'), await world.person('Gus')];
  callers = [
    { person: olga, sees: new Set(users.map(({ id }) => id)) },
    { person: ann, sees: ofTeam(teams[0]?.id, ann) },
    { person: gus, sees: ofTeam(teams[1]?.id, gus) },
  ];
}, 120_000);
afterAll(() => world.stop());

const methods = ['equals', 'startsWith', 'contains', 'endsWith'].flatMap((method) => [method, `${method}IgnoreCase`]);
const texts = ['userName', 'firstName', 'lastName', 'nickName', 'displayName', 'email', 'loginName'];
const place = fc.nat({ max: 1_000 });

/** Random filters, as GraphQL has them. Made after the world, whose ids and addresses they ask for. */
const filters = () => {
  const known = [...pieces, ...users.flatMap(({ userName, email }) => [userName, ...(email === null ? [] : [email])])];
  // The model can only fold what the database was asked about.
  const text = fc.constantFrom(...known);
  const one = (key: string, value: fc.Arbitrary<unknown>) => value.map((inner) => ({ [key]: inner }));
  const compared = (key: string) =>
    one(
      key,
      fc.constantFrom(...methods).chain((method) => one(method, text)),
    );
  // Several login names of one user meet in an AND.
  const joined = one(
    'and',
    fc.array(one('loginName', one('containsIgnoreCase', fc.constantFrom('@log', 'n-', 'a', 'n', 'i'))), {
      minLength: 2,
      maxLength: 3,
    }),
  );
  const leaf = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...texts).chain(compared) },
    { weight: 1, arbitrary: joined },
    { weight: 1, arbitrary: one('state', fc.constantFrom('ACTIVE', 'INACTIVE', 'DELETED', 'LOCKED', 'SUSPEND', 'INITIAL')) },
    { weight: 1, arbitrary: one('type', fc.constantFrom('HUMAN', 'MACHINE')) },
    { weight: 1, arbitrary: one('inUserIds', fc.array(place.map((i) => users[i % users.length]?.id), { minLength: 1, maxLength: 9 })) },
    { weight: 1, arbitrary: one('inUserEmails', fc.array(text, { minLength: 1, maxLength: 9 })) },
  ); // prettier-ignore
  return fc.letrec<{ node: object }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 5, depthSize: 'medium' },
      leaf,
      one('and', fc.array(tie('node'), { minLength: 1, maxLength: 3 })),
      one('or', fc.array(tie('node'), { minLength: 1, maxLength: 3 })),
      one('not', tie('node')),
    ),
  })).node;
};

const orders = fc.uniqueArray(
  fc.record({
    field: fc.constantFrom('USER_NAME', 'FIRST_NAME', 'LAST_NAME', 'NICK_NAME', 'DISPLAY_NAME', 'EMAIL', 'STATE', 'TYPE', 'CREATION_DATE'),
    direction: fc.constantFrom('ASC', 'DESC'),
  }),
  { maxLength: 3, selector: ({ field }) => field },
); // prettier-ignore

const limits = { operators: 20, nodes: 2_000, texts: 2_000, list: 1_000, text: 200 };
const orderOf = (order: readonly ModelOrder[]): UserOrder[] =>
  order.map(({ field, direction }) => ({ field: field as UserOrder['field'], descending: direction === 'DESC' }));

describe('a random filter under a random order', () => {
  it('finds exactly whom the model finds, for an operator and for members of two teams', async () => {
    await fc.assert(
      fc.asyncProperty(filters(), orders, async (filter, order) => {
        const read = readFilter(userFilterGrammar, [filter], ['filter'], limits);
        const query = {
          filter: read,
          accountId: null,
          memberOf: null,
          order: orderOf(order.length > 0 ? order : [{ field: 'USER_NAME', direction: 'ASC' }]),
        };
        for (const { person, sees } of callers) {
          const page = await world.testApp.app.services.userSearch.search(person.call, query, {
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

  it('finds them in whichever way, from both ends: where a way gives up soon, every way is taken', async () => {
    const db = openDatabase({ connectionString: world.testApp.database.url }, readConfig({}).db);
    const { access } = world.testApp.app.services;
    const patience = { whole: 3, found: 6, walked: 5, walkedBlindly: 9 };
    const impatient = createUserSearch({ db, access, patience });
    const size = 4;
    const sizes = { default: size, most: size, count: size };
    await fc.assert(
      fc.asyncProperty(fc.option(filters()), orders, async (filter, order) => {
        const query = {
          filter: filter && readFilter(userFilterGrammar, [filter], ['filter'], limits),
          accountId: null,
          memberOf: null,
          order: orderOf(order.length > 0 ? order : [{ field: 'USER_NAME', direction: 'ASC' }]),
        };
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
          const next = await impatient.search(
            person.call,
            query,
            pageRequest({ first: size, after: end }, keys, sizes),
          );
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

  it('is paged forwards and backwards over HTTP, and the pages together are the whole, once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.option(filters()),
        orders,
        fc.integer({ min: 7, max: 60 }),
        fc.nat(2),
        async (filter, orderBy, size, who) => {
          const { person, sees } = callers[who] ?? callers[0]!;
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
    const { database } = world.testApp;
    const owner = '00000000-0000-4000-8000-0000000000aa';
    let born = 0;
    await fc.assert(
      fc.asyncProperty(orders, fc.boolean(), async (orderBy, backwards) => {
        const { person } = callers[0]!;
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
