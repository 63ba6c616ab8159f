/** The plans of searches: whatever is asked, as whomever, no statement reads all users. A plan that does fails here. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';
import { openDatabase, type Db } from '../../src/db/client.js';
import { createAccess } from '../../src/domains/access/access.service.js';
import { createAudit } from '../../src/domains/audit/audit.service.js';
import { userStates, userTypes, type User } from '../../src/domains/user/user.js';
import { defaultUserOrder, type UserLeaf } from '../../src/domains/user/user.search.js';
import { createUserSearch } from '../../src/domains/user/user.search.service.js';
import { Prisma } from '../../src/generated/prisma/client.js';
import type { Call } from '../../src/kernel/call.js';
import type { UserId } from '../../src/kernel/ids.js';
import { fillDirectory } from '../bench/data.js';
import { cases, type Case } from '../bench/search.cases.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

const users = 30_000;
/** No way of searching looks at more users than this before it gives way to the next. */
const mostRead = 10_000;

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Loops': number;
  readonly 'Actual Rows': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

let database: TestDatabase;
let db: Db;
let samples: readonly User[];
let member: UserId;
let scans: PlanNode[] = [];
let statements = 0;

/** A database that notes the scans of every statement before it runs it. */
const noting = (inner: Db): Db => ({
  ...inner,
  async query<Row>(statement: Prisma.Sql, planned?: 'each time') {
    const explained = Prisma.sql`EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${statement}`;
    const [row] = await inner.query<{ 'QUERY PLAN': readonly [{ Plan: PlanNode }] }>(explained, 'each time');
    statements += 1;
    const nodes: PlanNode[] = row ? [row['QUERY PLAN'][0].Plan] : [];
    for (const node of nodes) nodes.push(...(node.Plans ?? []));
    scans.push(...nodes.filter((node) => node['Relation Name'] !== undefined && node['Actual Loops'] > 0));
    return inner.query<Row>(statement, planned);
  },
});

beforeAll(async () => {
  database = await createDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await fillDirectory(client, users);
  await client.end();
  samples = await database.query<User & pg.QueryResultRow>(
    `SELECT id, user_name AS "userName", first_name AS "firstName", last_name AS "lastName", nick_name AS "nickName",
       display_name AS "displayName", email, resource_owner AS "resourceOwner"
     FROM users WHERE nick_name IS NOT NULL ORDER BY md5(id::text) LIMIT 3`,
  );
  const [row] = await database.query<{ id: UserId }>(
    'SELECT min(user_id::text) AS id FROM account_members GROUP BY account_id ORDER BY abs(count(*) - 50) LIMIT 1',
  );
  if (!row) throw new Error('Nobody is a member of anything.');
  member = row.id;
  db = openDatabase({ connectionString: database.url }, { ...readConfig({}).db, statementMs: 60_000 });
}, 300_000);
afterAll(async () => {
  await db.close();
  await database.drop();
});

const read = (node: PlanNode): number =>
  (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];
const isWhole = (node: PlanNode): boolean => node['Node Type'] === 'Seq Scan' || read(node) > mostRead;
// What no index can tell, and what counts everything, reads as much as there is.
const indexed = cases.filter(({ name }) => !/^(common|exact|count)/.test(name));

/** Searches, and leaves the scans of it behind. */
async function scan(userId: UserId, operator: boolean, { query, after }: Case, sample: User): Promise<void> {
  const noted = noting(db);
  const access = createAccess({ db: noted, audit: createAudit({ db: noted }), rbac: true, mostResources: 100 });
  const call: Call = {
    principal: { kind: 'user', userId, claims: null, operator },
    requestId: 'plans',
    address: '127.0.0.1',
    signal: new AbortController().signal,
  };
  scans = [];
  statements = 0;
  await createUserSearch({ db: noted, access }).search(
    call,
    { filter: null, accountId: null, memberOf: null, order: defaultUserOrder, ...query(sample) },
    { limit: 25, backward: false, after: after?.(sample) ?? null, before: null },
  );
}

describe.each([
  ['an operator', true],
  ['a member of one team', false],
])('as %s', (_who, operator) => {
  it.each(indexed.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    for (const sample of samples) {
      await scan(member, operator, one, sample);
      expect(statements).toBeGreaterThan(0);
      expect(scans.filter(isWhole)).toEqual([]);
    }
  });
});

const lists: readonly (readonly [name: string, leaf: UserLeaf])[] = [
  ...userStates.names.map((state) => [state, { state }] as const),
  ...userTypes.names.map((type) => [type, { type }] as const),
];

it.each(lists)('%s: the list is read from an index of its own', async (name, leaf) => {
  const [sample] = samples;
  if (!sample) throw new Error('There is nothing to search with.');
  await scan(member, true, { name, query: () => ({ filter: { is: leaf } }) }, sample);
  expect(scans.map((node) => node['Index Name'])).toEqual([`users_${name.toLowerCase()}_order`]);
});

it('no index begins with a column of few values: the planner takes users who share one for users who lie together', async () => {
  const leading = await database.query<{ index: string; values: number }>(
    `SELECT i.indexrelid::regclass::text AS index, s.n_distinct AS values FROM pg_index i
     JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
     JOIN pg_stats s ON s.tablename = 'users' AND s.attname = a.attname
     WHERE i.indrelid = 'users'::regclass`,
  );
  expect(leading.length).toBeGreaterThan(0);
  expect(leading.filter(({ values }) => values > 0 && values < 100)).toEqual([]);
});

it('without its index, a search would be caught reading everybody', async () => {
  const [one] = cases.filter(({ name }) => name === 'email endsWith');
  const [sample] = samples;
  if (!one || !sample) throw new Error('There is nothing to search with.');
  await database.query('DROP INDEX users_email_end');
  await scan(member, true, one, sample);
  expect(scans.filter(isWhole)).not.toEqual([]);
});
