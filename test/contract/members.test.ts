/** The members of an account: their list, their roles, and how they leave. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutate } from '../support/mutate.js';
import { pageArguments, pageVariables, walk, walked, type WalkedPage } from '../support/paging.js';
import { createWorld, type Person, type Team, type World } from '../support/world.js';

let world: World;
let acme: Team;
let ann: Person;
beforeAll(async () => {
  world = await createWorld();
  acme = await world.team('acme').admin('Ann').developer('bob').executor('Cid').viewer('Dot').viewer('Eva').made();
  ann = await world.person('Ann');
});
afterAll(() => world.stop());

const setRole = (by: Person, userId: string, role?: string | null, accountId: string = acme.id) =>
  mutate(by, 'setUserRole', { accountId, userId, role }, 'member { id role }');
const unknown = '6f1d2c5e-0000-4000-8000-000000000000';

describe('The list of members', () => {
  interface List {
    readonly account: { readonly members: WalkedPage };
  }
  const document = `query ($id: ID!, ${pageVariables}) { account(id: $id) { members(${pageArguments}) ${walked} } }`;
  let crowd: Team;
  let expected: string[];

  beforeAll(async () => {
    const names = ['Moe', 'Nan', 'Oli', 'Pat', 'Quin', 'Ray', 'Sue', 'Tom', 'Uma'];
    crowd = await names.reduce((team, name) => team.viewer(name), world.team('crowd').admin('Lea')).made();
    const { query } = world.testApp.database;
    for (const name of ['Moe', 'Nan', 'Oli', 'Pat', 'Quin']) {
      await query('UPDATE users SET display_name = $2 WHERE id = $1', [crowd.people[name]?.id, 'Same "Name", 100%\\']);
    }
    await query('UPDATE users SET display_name = NULL WHERE id = $1', [crowd.people['Ray']?.id]);
    const rows = await query<{ id: string }>(
      `SELECT u.id FROM users u JOIN account_members m ON m.user_id = u.id WHERE m.account_id = $1
       ORDER BY lower(coalesce(u.display_name, u.user_name)) COLLATE "C", u.id`,
      [crowd.id],
    );
    expected = rows.map(({ id }) => id);
  });

  it.each([1, 2, 3, 4, 9, 10])('is in the order of names, then ids, in pages of %i from either end', async (size) => {
    const lea = await world.person('Lea');
    const pick = (data: List) => data.account.members;
    expect(await walk(lea, document, pick, { size, from: 'start', variables: { id: crowd.id } })).toEqual(expected);
    expect(await walk(lea, document, pick, { size, from: 'end', variables: { id: crowd.id } })).toEqual(expected);
  });

  it('does not look at the case of names', async () => {
    const { data } = await ann.ask('query ($id: ID!) { account(id: $id) { members { nodes { name } } } }', {
      id: acme.id,
    });
    expect(data).toEqual({
      account: { members: { nodes: ['Ann', 'bob', 'Cid', 'Dot', 'Eva'].map((name) => ({ name })) } },
    });
  });

  it('tells how long it is, and who is in it', async () => {
    const { data } = await ann.ask(
      `query ($id: ID!) { account(id: $id) { members(first: 1) {
        totalCount up3: totalCountUpTo(limit: 3) up9: totalCountUpTo(limit: 9)
        edges { node { id name email image role user { id } account { id } } } } } }`,
      { id: acme.id },
    );
    const node = { id: ann.id, name: 'Ann', email: 'ann@people.test', image: null, role: 'ADMIN' };
    expect(data).toEqual({
      account: {
        members: {
          totalCount: 5,
          up3: 3,
          up9: 5,
          edges: [{ node: { ...node, user: { id: ann.id }, account: { id: acme.id } } }],
        },
      },
    });
  });

  it('of a personal account is its owner, and there are no invites', async () => {
    const { payload } = await mutate(
      ann,
      'setPersonalAccount',
      {},
      'account { members { totalCount nodes { id role } } invites { totalCount nodes { id } } }',
    );
    expect(payload).toMatchObject({
      account: {
        members: { totalCount: 1, nodes: [{ id: ann.id, role: 'ADMIN' }] },
        invites: { totalCount: 0, nodes: [] },
      },
    });
  });
});

describe('A role', () => {
  it.each([undefined, null])('that is not named (%s) is that of a viewer', async (role) => {
    const cid = await world.person('Cid');
    await setRole(ann, cid.id, 'JOB_EXECUTOR');
    expect((await setRole(ann, cid.id, role)).payload).toEqual({
      member: { id: cid.id, role: 'JOB_VIEWER' },
      errors: [],
    });
  });

  it.each(['ADMIN', 'JOB_DEVELOPER', 'JOB_EXECUTOR', 'JOB_VIEWER'])('of %s holds at the next request', async (role) => {
    const dot = await world.person('Dot');
    await setRole(ann, dot.id, role);
    const { data } = await dot.ask('query ($id: ID!) { account(id: $id) { viewerRole } }', { id: acme.id });
    expect(data).toEqual({ account: { viewerRole: role } });
  });

  it('moves updated_at, and leaves it where nothing changes', async () => {
    const bob = await world.person('bob');
    const stamp = async () =>
      (await world.testApp.database.query('SELECT updated_at FROM account_members WHERE user_id = $1', [bob.id]))[0];
    const before = await stamp();
    await setRole(ann, bob.id, 'JOB_DEVELOPER');
    expect(await stamp()).toEqual(before);
    await setRole(ann, bob.id, 'JOB_VIEWER');
    expect(await stamp()).not.toEqual(before);
  });

  it('is for members: a stranger and nobody at all are told apart by nothing', async () => {
    const stranger = await world.person('Stan');
    const refused = await setRole(ann, stranger.id, 'ADMIN');
    expect(refused).toMatchObject({ code: 'BAD_USER_INPUT', path: ['userId'], asData: true });
    expect((await setRole(ann, unknown, 'ADMIN')).answer).toEqual(refused.answer);
  });
});

describe('A member', () => {
  it('who is removed sees nothing any more; removing somebody who is none changes nothing', async () => {
    const eva = await world.person('Eva');
    const input = { accountId: acme.id, userId: eva.id };
    const fields = 'removedUserId account { id }';
    expect((await mutate(ann, 'removeTeamAccountMember', input, fields)).payload).toEqual({
      removedUserId: eva.id,
      account: { id: acme.id },
      errors: [],
    });
    expect((await eva.ask('query ($id: ID!) { account(id: $id) { id } }', { id: acme.id })).data).toEqual({
      account: null,
    });
    const before = await world.dump(acme);
    for (const userId of [eva.id, unknown]) {
      expect((await mutate(ann, 'removeTeamAccountMember', { accountId: acme.id, userId })).code).toBeNull();
    }
    expect(await world.dump(acme)).toBe(before);
  });

  it('of an enterprise account is invited, listed, changed and removed like one of a team', async () => {
    const big = await world.enterprise(await world.team('big').admin('Ann').made());
    const hal = await world.person('Hal');
    const invite = { accountId: big.id, email: hal.email };
    const { payload } = await mutate<{ token: string }>(ann, 'inviteUserToTeamAccount', invite, 'token');
    expect(
      (await mutate(hal, 'acceptTeamAccountInvite', { token: payload?.token }, 'account { type }')).payload,
    ).toEqual({
      account: { type: 'ENTERPRISE' },
      errors: [],
    });
    expect((await setRole(ann, hal.id, 'JOB_DEVELOPER', big.id)).code).toBeNull();
    const { data } = await hal.ask('query ($id: ID!) { account(id: $id) { members { nodes { role } } } }', {
      id: big.id,
    });
    expect(data).toEqual({ account: { members: { nodes: [{ role: 'ADMIN' }, { role: 'JOB_DEVELOPER' }] } } });
    expect((await mutate(ann, 'removeTeamAccountMember', { accountId: big.id, userId: hal.id })).code).toBeNull();
  });
});
