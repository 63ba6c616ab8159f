/** The search for grants against a small evaluator of its own: the same rows for any filter, in any order, for anybody. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filterTrees, holds, terms, texts, userNames, type GrantRow } from '../support/grants.model.js';
import { createWorld, type Person, type World } from '../support/world.js';

let world: World;
let olga: Person;
let ann: Person;
let gus: Person;
let vic: Person;
const accounts = { acme: '', globex: '' };

let rows: GrantRow[] = [];
/** The database's own folding of every text that occurs: the only one there is. */
let folded = new Map<string, string>();

beforeAll(async () => {
  world = await createWorld();
  const { query } = world.testApp.database;
  olga = await world.person('Olga', { operator: true });
  accounts.acme = (await world.team('acme').admin('Ann').viewer('Vic').made()).id;
  accounts.globex = (await world.team('globex').admin('Gus').viewer('Vic').made()).id;
  [ann, gus, vic] = [await world.person('Ann'), await world.person('Gus'), await world.person('Vic')];
  for (const [i, name] of userNames.entries()) {
    const machine = name === 'ci-bot';
    await query(
      `INSERT INTO users (id, type, state, user_name, resource_owner, first_name, last_name, display_name, email)
       VALUES (gen_random_uuid(), $1, 1, $2, $3, $4, $5, $6, $7)`,
      [
        machine ? 2 : 1,
        name,
        i % 2 === 0 ? accounts.acme : accounts.globex,
        machine ? null : name.slice(0, 3),
        machine ? null : 'A_b%',
        machine || i % 3 === 0 ? null : `The ${name}`,
        machine || i % 4 === 0 ? null : `${name.length}@ACME.test`,
      ],
    );
  }
  await query(
    `INSERT INTO projects (id, account_id, name) SELECT gen_random_uuid(), a.id, p.name
     FROM accounts a, (VALUES ('Apollo'), ('100% p_roject'), ('back\\slash')) p (name) WHERE a.slug IN ('acme', 'globex')`,
  );
  await query(
    `INSERT INTO project_grants (id, project_id, account_id)
     SELECT gen_random_uuid(), p.id, a.id FROM projects p, accounts a
     WHERE a.slug IN ('acme', 'globex') AND a.id <> p.account_id AND p.name = 'Apollo'`,
  );
  await query(
    `INSERT INTO user_grants (id, user_id, project_id, project_grant_id, role_keys, state, created_at, created_ns, resource_owner)
     SELECT gen_random_uuid(), u.id, p.id, CASE WHEN (u.n + p.n) % 2 = 0 THEN pg.id END,
       CASE (u.n + p.n) % 4 WHEN 0 THEN '{reader}' WHEN 1 THEN '{reader,Writer}' WHEN 2 THEN '{100%,a\\\\b}' ELSE '{}' END::text[],
       1 + (u.n + p.n) % 2, timestamptz '2024-01-01' + ((u.n * p.n) % 3) * interval '1 second', (u.n % 2) * 500, p.account_id
     FROM (SELECT *, row_number() OVER (ORDER BY user_name COLLATE "C") n FROM users) u
     JOIN (SELECT *, row_number() OVER (ORDER BY name COLLATE "C", account_id) n FROM projects) p ON (u.n * 7 + p.n) % 5 < 3
     LEFT JOIN project_grants pg ON pg.project_id = p.id`,
  );
  rows = await query<GrantRow & Record<string, unknown>>(
    `SELECT g.id, u.id AS "userId", p.id AS "projectId", g.project_grant_id AS "projectGrantId", g.role_keys AS "roleKeys",
       g.state, extract(epoch FROM g.created_at)::float AS "createdAt", g.created_ns AS "createdNs", u.user_name AS "userName",
       u.first_name AS "firstName", u.last_name AS "lastName", u.display_name AS "displayName", u.email,
       CASE u.type WHEN 1 THEN 'HUMAN' ELSE 'MACHINE' END AS "userType", a.id AS "orgId", a.slug AS "orgName",
       a.slug || '.localhost' AS "orgDomain", p.name AS "projectName"
     FROM user_grants g JOIN users u ON u.id = g.user_id JOIN projects p ON p.id = g.project_id
     JOIN accounts a ON a.id = p.account_id`,
  );
  const said = [...terms, ...rows.flatMap((row) => [...texts.map((text) => row[text] ?? ''), ...row.roleKeys])];
  const lower = await query<{ raw: string; low: string }>(
    `SELECT raw, lower(raw) AS low FROM unnest($1::text[]) AS raw`,
    [said],
  );
  folded = new Map(lower.map(({ raw, low }) => [raw, low]));
});
afterAll(() => world.stop());

const fold = (text: string): string => {
  const low = folded.get(text);
  if (low === undefined) throw new Error(`Nobody folded ${text}.`);
  return low;
};
const people = () => [
  { person: olga, sees: () => true },
  { person: ann, sees: (row: GrantRow) => inAcme(row) || row.userId === ann.id },
  { person: gus, sees: (row: GrantRow) => inGlobex(row) || row.userId === gus.id },
  { person: vic, sees: (row: GrantRow) => row.userId === vic.id || usersSeen(row, 'acme', 'globex') },
];
const owners = new Map(userNames.map((name, i) => [name, i % 2 === 0 ? 'acme' : 'globex']));
const teams: Readonly<Record<string, readonly string[]>> = {
  ann: ['acme'],
  vic: ['acme', 'globex'],
  gus: ['globex'],
};
/** Whether a row is of somebody who belongs to one of these accounts, on a project of one of these accounts. */
function usersSeen(row: GrantRow, ...mine: string[]): boolean {
  const name = row.userName.replace('@people.test', '');
  const of = teams[name] ?? [owners.get(row.userName) ?? 'nobody'];
  return mine.includes(row.orgName) && of.some((account) => mine.includes(account));
}
const inAcme = (row: GrantRow) => usersSeen(row, 'acme');
const inGlobex = (row: GrantRow) => usersSeen(row, 'globex');

const tree = filterTrees(() => rows);

interface Page {
  readonly userGrants: {
    readonly nodes: readonly { readonly id: string }[];
    readonly totalCount: number;
    readonly pageInfo: {
      readonly hasNextPage: boolean;
      readonly hasPreviousPage: boolean;
      readonly startCursor: string | null;
      readonly endCursor: string | null;
    };
  };
}
const document = `query($filter: [UserGrantFilter!], $orderBy: [UserGrantOrder!], $accountId: ID, $first: Int, $after: String,
  $last: Int, $before: String) {
  userGrants(filter: $filter, orderBy: $orderBy, accountId: $accountId, first: $first, after: $after, last: $last, before: $before) {
    nodes { id } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;

async function search(person: Person, variables: object): Promise<Page['userGrants']> {
  const { data, errors } = await person.ask<Page>(document, variables);
  expect(errors).toEqual([]);
  if (!data) throw new Error('There is no answer.');
  return data.userGrants;
}

describe('the search for grants', () => {
  it('finds for any filter exactly what the evaluator finds, for whoever asks', async () => {
    expect(rows.length).toBeGreaterThan(40);
    expect(new Set(people().map(({ sees }) => rows.filter(sees).length)).size).toBe(4);
    await fc.assert(
      fc.asyncProperty(fc.array(tree, { maxLength: 2 }), fc.nat({ max: 3 }), async (filter, who) => {
        const { person, sees } = people()[who] as ReturnType<typeof people>[number];
        const wanted = rows.filter((row) => sees(row) && filter.every((node) => holds(node, row, fold)));
        const found = await search(person, { filter, first: 100 });
        expect(found.nodes.map(({ id }) => id).sort()).toEqual(wanted.map(({ id }) => id).sort());
        expect(found.totalCount).toBe(wanted.length);
      }),
      { numRuns: 250 },
    );
  });

  it('gives each row once over all pages, forwards and backwards, in any order', async () => {
    const keys: Readonly<Record<string, (row: GrantRow) => readonly (string | number | null)[]>> = {
      USER_NAME: (row) => [fold(row.userName)],
      DISPLAY_NAME: (row) => [row.displayName === null ? null : fold(row.displayName)],
      EMAIL: (row) => [row.email === null ? null : fold(row.email)],
      PROJECT_NAME: (row) => [fold(row.projectName)],
      ORG_NAME: (row) => [row.orgName],
      STATE: (row) => [row.state],
      CREATION_DATE: (row) => [row.createdAt, row.createdNs],
    };
    const bytes = (text: string | number) => (typeof text === 'string' ? Buffer.from(text) : text);
    const compare = (a: string | number | null, b: string | number | null): number => {
      if (a === null || b === null) return Number(a === null) - Number(b === null);
      const [x, y] = [bytes(a), bytes(b)];
      return typeof x === 'number' ? x - Number(y) : Buffer.compare(x, y as Buffer);
    };
    const key = fc.record({
      field: fc.constantFrom(...Object.keys(keys)),
      direction: fc.constantFrom('ASC', 'DESC'),
    });
    const order = fc.uniqueArray(key, { maxLength: 3, selector: ({ field }) => field });
    await fc.assert(
      fc.asyncProperty(order, fc.integer({ min: 3, max: 30 }), async (orderBy, size) => {
        const sorted = [...rows].sort((a, b) => {
          for (const { field, direction } of orderBy.length > 0
            ? orderBy
            : [{ field: 'CREATION_DATE', direction: 'ASC' }]) {
            const [x, y] = [keys[field]?.(a) ?? [], keys[field]?.(b) ?? []];
            const by = x.map((one, i) => compare(one, y[i] ?? null)).find((found) => found !== 0);
            if (by !== undefined) return direction === 'DESC' ? -by : by;
          }
          const last = orderBy.at(-1)?.direction === 'DESC' ? -1 : 1;
          return last * compare(a.id, b.id);
        });
        const wanted = sorted.map(({ id }) => id);
        expect(await walk(orderBy, size, 'first')).toEqual(wanted);
        expect(await walk(orderBy, size, 'last')).toEqual(wanted);
      }),
      { numRuns: 15 },
    );
  });

  async function walk(orderBy: object, size: number, from: 'first' | 'last'): Promise<string[]> {
    const ids: string[] = [];
    for (let cursor: string | null = null, more = true; more;) {
      const place = from === 'first' ? { first: size, after: cursor } : { last: size, before: cursor };
      const { nodes, pageInfo } = await search(olga, { orderBy, ...place });
      const found = nodes.map(({ id }) => id);
      if (from === 'first') ids.push(...found);
      else ids.unshift(...found);
      more = from === 'first' ? pageInfo.hasNextPage : pageInfo.hasPreviousPage;
      cursor = from === 'first' ? pageInfo.endCursor : pageInfo.startCursor;
    }
    return ids;
  }

  it('takes a field that stands twice as it stands first', async () => {
    const key = { field: 'STATE', direction: 'DESC' };
    const again = { field: 'STATE', direction: 'ASC' };
    const once = await search(olga, { orderBy: [key], first: 5 });
    expect(await search(olga, { orderBy: [key, again], first: 5 })).toEqual(once);
  });

  it('refuses the cursor of another order', async () => {
    const { pageInfo } = await search(olga, { orderBy: [{ field: 'USER_NAME' }], first: 1 });
    for (const orderBy of [[], [{ field: 'EMAIL' }], [{ field: 'USER_NAME', direction: 'DESC' }]]) {
      const { errors } = await olga.ask(document, { orderBy, after: pageInfo.endCursor });
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', path: ['after'] } }]);
    }
  });

  it('keeps to an account, and an account that is not the caller’s has none', async () => {
    const ofAcme = rows.filter(inAcme).map(({ id }) => id);
    const found = await search(ann, { accountId: accounts.acme.toUpperCase(), first: 100 });
    expect(found.nodes.map(({ id }) => id).sort()).toEqual(ofAcme.sort());
    expect((await search(olga, { accountId: accounts.globex, first: 100 })).totalCount).toBe(
      rows.filter(({ orgId }) => orgId === accounts.globex).length,
    );
    for (const accountId of [accounts.globex, '99999999-9999-4999-8999-999999999999', 'no-id', '']) {
      expect(await search(ann, { accountId })).toMatchObject({ nodes: [], totalCount: 0 });
    }
  });

  it('lists what each user has, as many statements for one as for all', async () => {
    const ask = (count: number) =>
      ann.ask<{ users: { nodes: { id: string; grants: { totalCount: number; nodes: { id: string }[] } }[] } }>(
        `query($first: Int, $filter: [UserGrantFilter!]) { users(first: $first) { nodes { id
          grants(filter: $filter, first: 50) { totalCount nodes { id user { id userName } } } } } }`,
        { first: count, filter: [{ not: { roleKey: { contains: 'Writ' } } }] },
      );
    const { statements } = world.testApp;
    const counts: number[] = [];
    for (const first of [3, 50]) {
      statements.length = 0;
      const { data, errors } = await ask(first);
      expect(errors).toEqual([]);
      // The pages and their totals; how many steps the search for users takes is its own affair.
      counts.push(statements.filter((sql) => sql.includes('user_grants')).length);
      for (const user of data?.users.nodes ?? []) {
        const wanted = rows.filter(
          (row) => row.userId === user.id && (inAcme(row) || row.userId === ann.id) && !row.roleKeys.includes('Writer'),
        );
        expect(user.grants.nodes.map(({ id }) => id).sort()).toEqual(wanted.map(({ id }) => id).sort());
        expect(user.grants.totalCount).toBe(wanted.length);
      }
    }
    expect(counts).toEqual([2, 2]);
  });
});
