/** Memberships over GraphQL: one list of accounts, the instance, projects and project grants, and who sees which of it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type Person, type Team, type World } from '../support/world.js';

let world: World;
let acme: Team;
let globex: Team;
let olga: Person;
let ann: Person;
let vic: Person;
let gus: Person;
const projectId = '11111111-1111-4111-8111-111111111111';
const projectGrantId = '22222222-2222-4222-8222-222222222222';

beforeAll(async () => {
  world = await createWorld();
  olga = await world.person('Olga', { operator: true });
  acme = await world.team('acme').admin('Ann').viewer('Vic').made();
  globex = await world.team('globex').admin('Gus').viewer('Wes').made();
  [ann, vic, gus] = [await world.person('Ann'), await world.person('Vic'), await world.person('Gus')];
  const { query } = world.testApp.database;
  await query(`INSERT INTO projects (id, account_id, name) VALUES ($1, $2, 'Apollo')`, [projectId, acme.id]);
  await query(`INSERT INTO project_grants (id, project_id, account_id) VALUES ($1, $2, $3)`, [
    projectGrantId,
    projectId,
    globex.id,
  ]);
  await query(
    `INSERT INTO project_members (project_id, user_id, roles, sequence, created_at, created_ns, updated_at, updated_ns, resource_owner)
     VALUES ($1, $2, '{PROJECT_OWNER,PROJECT_OWNER_VIEWER}', 7, '2020-01-02T03:04:05.006Z', 7008, '2021-01-01Z', 0, $3)`,
    [projectId, vic.id, acme.id],
  );
  await query(
    `INSERT INTO project_grant_members (project_grant_id, user_id, roles, resource_owner)
     VALUES ($1, $2, '{PROJECT_GRANT_OWNER}', $3)`,
    [projectGrantId, gus.id, globex.id],
  );
  // Somebody whom Ann sees, in a project grant of an account that she may not read.
  await query(
    `INSERT INTO project_grant_members (project_grant_id, user_id, roles, resource_owner)
     VALUES ($1, $2, '{PROJECT_GRANT_OWNER}', $3)`,
    [projectGrantId, vic.id, globex.id],
  );
});
afterAll(() => world.stop());

interface MembershipNode {
  readonly userId: string;
  readonly displayName: string;
  readonly scope: Readonly<Record<string, unknown>>;
}
interface Found {
  readonly nodes: readonly MembershipNode[];
  readonly totalCount: number;
  readonly edges: readonly { readonly cursor: string }[];
}

const scope = `scope { __typename ... on IamScope { iam } ... on OrgScope { orgId account { name } }
  ... on ProjectScope { projectId } ... on ProjectGrantScope { projectGrantId } }`;

async function memberships(who: Person, variables: object = {}): Promise<Found> {
  const { data, errors } = await who.ask<{ memberships: Found }>(
    `query($filter: [MembershipFilter!], $accountId: ID, $first: Int, $after: String, $last: Int, $before: String) {
      memberships(filter: $filter, accountId: $accountId, first: $first, after: $after, last: $last, before: $before) {
        nodes { userId displayName ${scope} } edges { cursor } totalCount } }`,
    variables,
  );
  expect(errors).toEqual([]);
  if (!data) throw new Error('There is no answer.');
  return data.memberships;
}

/** What is in a list, each as `who: kind name`, sorted. */
async function told(who: Person, variables: object = {}): Promise<string[]> {
  const { nodes, totalCount } = await memberships(who, { first: 100, ...variables });
  expect(totalCount).toBe(nodes.length);
  const names = new Map(
    await Promise.all(
      ['Olga', 'Ann', 'Vic', 'Gus', 'Wes'].map(
        async (name) => [(await world.person(name)).id as string, name] as const,
      ),
    ),
  );
  return nodes
    .map(({ userId, displayName, scope: about }) => {
      const kind = String(about['__typename']).replace('Scope', '');
      return `${names.get(userId) ?? 'somebody'}: ${kind} ${displayName}`;
    })
    .sort();
}

const ofAcme = ['Ann: Org acme', 'Vic: Org acme'];
const ofGlobex = ['Gus: Org globex', 'Wes: Org globex'];
const projectOf = 'Vic: Project Apollo';
const grantsOf = ['Gus: ProjectGrant Apollo', 'Vic: ProjectGrant Apollo'];
const everything = [...ofAcme, ...ofGlobex, 'Olga: Iam localhost', projectOf, ...grantsOf].sort();

describe('a membership', () => {
  it('tells what it is about, its roles and its changes', async () => {
    const { data, errors } = await vic.ask<{ viewer: { user: { memberships: unknown } } }>(
      `{ viewer { user { memberships { nodes { userId user { id userName } roles displayName
        details { sequence creationDate changeDate resourceOwner } ${scope} } } } } }`,
    );
    expect(errors).toEqual([]);
    const user = { id: vic.id, userName: 'vic@people.test' };
    expect(data?.viewer.user.memberships).toEqual({
      nodes: [
        {
          userId: vic.id,
          user,
          roles: ['JOB_VIEWER'],
          displayName: 'acme',
          details: expect.objectContaining({ sequence: '1', resourceOwner: acme.id }) as unknown,
          scope: { __typename: 'OrgScope', orgId: acme.id, account: { name: 'acme' } },
        },
        {
          userId: vic.id,
          user,
          roles: ['PROJECT_OWNER', 'PROJECT_OWNER_VIEWER'],
          displayName: 'Apollo',
          details: {
            sequence: '7',
            creationDate: '2020-01-02T03:04:05.006007008Z',
            changeDate: '2021-01-01T00:00:00Z',
            resourceOwner: acme.id,
          },
          scope: { __typename: 'ProjectScope', projectId },
        },
        {
          userId: vic.id,
          user,
          roles: ['PROJECT_GRANT_OWNER'],
          displayName: 'Apollo',
          details: expect.objectContaining({ resourceOwner: globex.id }) as unknown,
          scope: { __typename: 'ProjectGrantScope', projectGrantId },
        },
      ],
    });
  });
});

describe('of all memberships', () => {
  it('an operator sees every one', async () => {
    expect(await told(olga)).toEqual(everything);
  });

  it('a member sees those of its accounts and their projects, and its own', async () => {
    expect(await told(ann)).toEqual([...ofAcme, projectOf].sort());
    expect(await told(vic)).toEqual([...ofAcme, projectOf, 'Vic: ProjectGrant Apollo'].sort());
    // Vic is nobody whom Gus sees, although the project grant is his account's.
    expect(await told(gus)).toEqual([...ofGlobex, 'Gus: ProjectGrant Apollo'].sort());
  });

  it('a stranger sees none, a newcomer neither', async () => {
    expect(await told(await world.person('Eve'))).toEqual([]);
    const newcomer = await world.newcomer('Nell');
    expect((await newcomer.ask('{ memberships { totalCount nodes { userId } } }')).data).toEqual({
      memberships: { totalCount: 0, nodes: [] },
    });
    expect((await world.ask(null, '{ memberships { totalCount } }')).errors).toMatchObject([
      { extensions: { code: 'UNAUTHENTICATED' } },
    ]);
  });
});

describe('the filter', () => {
  it.each([
    [{ orgId: 'acme' }, ofAcme],
    [{ iam: true }, ['Olga: Iam localhost']],
    [{ iam: false }, everything.filter((one) => !one.includes('Iam'))],
    [{ not: { iam: true } }, everything.filter((one) => !one.includes('Iam'))],
    [{ projectId }, [projectOf, ...grantsOf]],
    [{ projectGrantId }, grantsOf],
    [{ and: [{ projectId }, { not: { projectGrantId } }] }, [projectOf]],
    [{ or: [{ orgId: 'acme' }, { projectGrantId }] }, [...ofAcme, ...grantsOf]],
    [{ not: { or: [{ orgId: 'acme' }, { projectId }] } }, [...ofGlobex, 'Olga: Iam localhost']],
    [{ projectId: 'no-id' }, []],
  ] as const)('%j is applied to all four sources', async (filter, wanted) => {
    const text = JSON.stringify(filter).replaceAll('"acme"', `"${acme.id.toUpperCase()}"`);
    expect(await told(olga, { filter: [JSON.parse(text) as unknown] })).toEqual([...wanted].sort());
  });

  it('takes several conditions as all of them, and none as no restriction', async () => {
    expect(await told(olga, { filter: [{ projectId }, { projectGrantId }] })).toEqual([...grantsOf].sort());
    expect(await told(olga, { filter: [] })).toEqual(everything);
  });

  it.each([
    [[{ and: [] }], ['filter', '0', 'and'], 'BAD_USER_INPUT'],
    [[{ iam: true }, { not: { or: [] } }], ['filter', '1', 'not', 'or'], 'BAD_USER_INPUT'],
    [[deep(21)], ['filter', ...Array.from({ length: 21 }, (_, i) => (i === 0 ? '0' : 'not')), 'not'], 'LIMIT_EXCEEDED'],
  ])('%j is refused with its path', async (filter, path, code) => {
    const { errors } = await olga.ask(
      `query($filter: [MembershipFilter!]) { memberships(filter: $filter) { totalCount } }`,
      {
        filter,
      },
    );
    expect(errors).toMatchObject([{ extensions: { code, path } }]);
  });

  it('stays within an account', async () => {
    expect(await told(olga, { accountId: acme.id })).toEqual([...ofAcme, projectOf].sort());
    expect(await told(olga, { accountId: globex.id })).toEqual([...ofGlobex, ...grantsOf].sort());
    expect(await told(ann, { accountId: acme.id, filter: [{ projectId }] })).toEqual([projectOf]);
    for (const accountId of [globex.id, 'no-id']) expect(await told(ann, { accountId })).toEqual([]);
    // His own, but the account is not his to look into.
    expect(await told(vic, { accountId: globex.id })).toEqual([]);
  });
});

/** A filter under this many negations. */
function deep(operators: number): object {
  let filter: object = { iam: true };
  for (let i = 0; i < operators; i++) filter = { not: filter };
  return filter;
}

describe('the list', () => {
  it('gives each membership once, forwards and backwards', async () => {
    const all = (await memberships(olga, { first: 100 })).nodes;
    for (const size of [1, 3]) {
      const forward: unknown[] = [];
      for (let after: string | null = null; ;) {
        const page: Found = await memberships(olga, { first: size, after });
        forward.push(...page.nodes);
        after = page.edges.at(-1)?.cursor ?? null;
        if (page.nodes.length < size) break;
      }
      expect(forward).toEqual(all);
      const backward: unknown[] = [];
      for (let before: string | null = null; ;) {
        const page: Found = await memberships(olga, { last: size, before });
        backward.unshift(...page.nodes);
        before = page.edges[0]?.cursor ?? null;
        if (page.nodes.length < size) break;
      }
      expect(backward).toEqual(all);
    }
  });

  it('takes as many statements for many users as for few', async () => {
    const counts: number[] = [];
    const { statements } = world.testApp;
    for (const first of [2, 50]) {
      statements.length = 0;
      const { data, errors } = await olga.ask<{ users: { nodes: { memberships: Found }[] } }>(
        `query($first: Int) { users(first: $first) { nodes { memberships(filter: { not: { iam: true } }, first: 10) {
          totalCount nodes { userId user { id } ${scope} } } } } }`,
        { first },
      );
      expect(errors).toEqual([]);
      counts.push(statements.filter((sql) => /instance_members m|WHERE (u|a)\.id = ANY/.test(sql)).length);
      const found = data?.users.nodes.flatMap((user) => user.memberships.nodes) ?? [];
      if (first === 50) expect(found).toHaveLength(everything.length - 1);
    }
    expect(counts).toEqual([4, 4]);
  });
});
