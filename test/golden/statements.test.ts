/** How many statements a query takes depends on the query alone: as many for one small account as for fifty large ones. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type Person, type World } from '../support/world.js';

let world: World;
let small: Person;
let large: Person;

beforeAll(async () => {
  // Fifty times fifty rows cost more than anybody may ask for at once.
  world = await createWorld({ settings: { LIMIT_DOCUMENT_COST: '1000000' } });
  small = await world.person('Sam');
  large = await world.person('Lara');
  // A session that is seen for the first time is recorded, which takes a statement of its own: these were seen before.
  for (const person of [small, large]) await person.ask('{ viewer { userId } }');
  await addAccounts(small, 1, 2);
  await addAccounts(large, 50, 50);
}, 120_000);
afterAll(() => world.stop());

/** Accounts of which somebody is the admin, each with as many members, the admin included, and as many open invites. */
async function addAccounts(admin: Person, accounts: number, members: number): Promise<void> {
  const { query } = world.testApp.database;
  const prefix = admin.name.toLowerCase();
  await query(
    `WITH crowd AS (
       INSERT INTO users (id, type, state, user_name, resource_owner, display_name)
       SELECT gen_random_uuid(), 1, 1, $2 || '-' || n, gen_random_uuid(), 'Member ' || n
       FROM generate_series(1, $4::int - 1) n RETURNING id),
     founded AS (
       INSERT INTO accounts (id, slug, type)
       SELECT gen_random_uuid(), 'team-' || n, 2 FROM generate_series(1, $3::int) n RETURNING id),
     joined AS (
       INSERT INTO account_members (account_id, user_id, role)
       SELECT founded.id, crowd.id, 4 FROM founded, crowd
       UNION ALL SELECT founded.id, $1::uuid, 1 FROM founded)
     INSERT INTO account_invites (id, account_id, sender_user_id, email, token_hash, role, expires_at)
     SELECT gen_random_uuid(), founded.id, $1::uuid, 'guest-' || n || '@people.test',
       sha256((founded.id || ' ' || n)::bytea), 1, now() + interval '1 day'
     FROM founded, generate_series(1, $4::int) n`,
    [admin.id, prefix, accounts, members],
  );
}

interface Counted {
  readonly rows: number;
  readonly statements: number;
}

async function count(person: Person, query: string): Promise<Counted> {
  const { statements } = world.testApp;
  statements.length = 0;
  const { data, errors } = await person.ask(query);
  expect(errors).toEqual([]);
  return { rows: JSON.stringify(data).split('"id"').length - 1, statements: statements.length };
}

const accounts = (selection: string): string => `{ viewer { accounts(first: 50) { nodes { id ${selection} } } } }`;

describe('one account with two rows and fifty accounts with fifty each take the same statements', () => {
  it.each([
    [
      'members and their users',
      accounts('members(first: 50) { nodes { id user { id userName kind { __typename } } } }'),
      3,
    ],
    [
      'members with every total',
      accounts('members(first: 50) { totalCount totalCountUpTo(limit: 9) nodes { id } }'),
      5,
    ],
    [
      'the caller’s role and permissions',
      accounts('viewerRole viewerHasPermission(resource: { type: JOB, action: READ, id: "*" })'),
      3,
    ],
    [
      'invites and the accounts they lead into',
      accounts('invites(first: 50) { totalCount nodes { id account { id name } } }'),
      5,
    ],
    ['the accounts of members', accounts('members(first: 50) { nodes { id account { id } } }'), 4],
    [
      'the accounts of the users who are members',
      accounts('members(first: 50) { nodes { id user { accounts(first: 2) { nodes { id } } } } }'),
      4,
    ],
  ])('%s', async (_what, query, most) => {
    const one = await count(small, query);
    const many = await count(large, query);
    expect(many.rows).toBeGreaterThanOrEqual(25 * one.rows);
    expect(many.statements).toBe(one.statements);
    expect(one.statements).toBeLessThanOrEqual(most);
  });
});
