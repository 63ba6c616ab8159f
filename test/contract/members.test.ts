/** The members of an account: their list, their roles, and how they leave. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  faceNames,
  facesOf,
  openScene,
  refused,
  statuses,
  type Face,
  type Faces,
  type Scene,
} from '../support/faces.js';
import { mutate } from '../support/mutate.js';
import { pageArguments, pageVariables, walk, walked, type WalkedPage } from '../support/paging.js';
import { createWorld, type Person, type Team, type World } from '../support/world.js';

const { denied, invalid } = statuses;
const unknown = '6f1d2c5e-0000-4000-8000-000000000000';
const acmeOf = (world: World) =>
  world.team('acme').admin('Ann').developer('bob').executor('Cid').viewer('Dot').viewer('Eva').made();

describe('The list of members', () => {
  let world: World;
  let faces: Faces;
  let acme: Team;
  let ann: Person;
  interface List {
    readonly account: { readonly members: WalkedPage };
  }
  const document = `query ($id: ID!, ${pageVariables}) { account(id: $id) { members(${pageArguments}) ${walked} } }`;
  let crowd: Team;
  let expected: string[];

  beforeAll(async () => {
    world = await createWorld();
    faces = facesOf(world);
    acme = await acmeOf(world);
    ann = await world.person('Ann');
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
  afterAll(async () => {
    faces.close();
    await world.stop();
  });

  it.each(faceNames)('is whole and in the order of names, then ids, over %s', async (name) => {
    const { value } = await faces[name].members(await world.person('Lea'), crowd.id);
    expect(value?.map(({ id }) => id)).toEqual(expected);
  });

  it.each([1, 2, 3, 4, 9, 10])('is in the order of names, then ids, in pages of %i from either end', async (size) => {
    const lea = await world.person('Lea');
    const pick = (data: List) => data.account.members;
    expect(await walk(lea, document, pick, { size, from: 'start', variables: { id: crowd.id } })).toEqual(expected);
    expect(await walk(lea, document, pick, { size, from: 'end', variables: { id: crowd.id } })).toEqual(expected);
  });

  it.each(faceNames)('does not look at the case of names, over %s', async (name) => {
    const { value } = await faces[name].members(ann, acme.id);
    expect(value?.map((member) => member.name)).toEqual(['Ann', 'bob', 'Cid', 'Dot', 'Eva']);
    expect(value?.[0]).toEqual({ id: ann.id, name: 'Ann', email: 'ann@people.test', role: 'ADMIN' });
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

  it('of a personal account is its owner, and there are no invites; over gRPC there is no such list', async () => {
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
    const personal = (await faces.grpc.setPersonal(ann)).value ?? '';
    expect((await faces.grpc.members(ann, personal)).status).toBe(denied);
    expect((await faces.grpc.invites(ann, personal)).status).toBe(denied);
  });
});

describe.each(faceNames)('Over %s', (name) => {
  let scene: Scene;
  let world: World;
  let face: Face;
  let acme: Team;
  let ann: Person;
  beforeAll(async () => {
    scene = await openScene(name);
    ({ world, face } = scene);
    acme = await acmeOf(world);
    ann = await world.person('Ann');
  });
  afterAll(() => scene.close());

  const roleOf = async (who: Person) =>
    (await face.members(who, acme.id)).value?.find(({ id }) => id === who.id)?.role ?? null;

  describe('a role', () => {
    it('that is not named is that of a viewer', async () => {
      const cid = await world.person('Cid');
      await face.setRole(ann, acme.id, cid.id, 'JOB_EXECUTOR');
      expect((await face.setRole(ann, acme.id, cid.id, null)).status).toBe(0);
      expect(await roleOf(cid)).toBe('JOB_VIEWER');
    });

    it.each(['ADMIN', 'JOB_DEVELOPER', 'JOB_EXECUTOR', 'JOB_VIEWER'] as const)(
      'of %s holds at the next request',
      async (role) => {
        const dot = await world.person('Dot');
        expect((await face.setRole(ann, acme.id, dot.id, role)).status).toBe(0);
        expect(await roleOf(dot)).toBe(role);
        const update = { type: 'ACCOUNT', action: 'UPDATE', id: acme.id } as const;
        expect((await face.may(dot, acme.id, update)).value).toBe(role === 'ADMIN');
      },
    );

    it('moves updated_at, and leaves it where nothing changes', async () => {
      const bob = await world.person('bob');
      const stamp = async () =>
        (await world.testApp.database.query('SELECT updated_at FROM account_members WHERE user_id = $1', [bob.id]))[0];
      const before = await stamp();
      await face.setRole(ann, acme.id, bob.id, 'JOB_DEVELOPER');
      expect(await stamp()).toEqual(before);
      await face.setRole(ann, acme.id, bob.id, 'JOB_VIEWER');
      expect(await stamp()).not.toEqual(before);
    });

    it('is for members: a stranger and nobody at all are told apart by nothing', async () => {
      const stranger = await world.person('Stan');
      const answer = await face.setRole(ann, acme.id, stranger.id, 'ADMIN');
      expect(answer).toMatchObject(refused(invalid, 'userId'));
      expect(await face.setRole(ann, acme.id, unknown, 'ADMIN')).toEqual(answer);
    });
  });

  describe('a member', () => {
    it('who is removed sees nothing any more; removing somebody who is none changes nothing', async () => {
      const eva = await world.person('Eva');
      expect((await face.remove(ann, acme.id, eva.id)).status).toBe(0);
      expect((await face.members(eva, acme.id)).status).toBe(denied);
      expect((await face.isIn(eva, acme.id)).value).toBe(false);
      expect((await face.accounts(eva)).value).toEqual([]);
      const before = await world.dump(acme);
      for (const userId of [eva.id, unknown]) {
        expect((await face.remove(ann, acme.id, userId)).status).toBe(0);
      }
      expect(await world.dump(acme)).toBe(before);
    });

    it('of an enterprise account is invited, listed, changed and removed like one of a team', async () => {
      const big = await world.enterprise(await world.team('big').admin('Ann').made());
      const hal = await world.person('Hal');
      const { value } = await face.invite(ann, { accountId: big.id, email: hal.email });
      expect((await face.accept(hal, value?.token ?? '')).value).toEqual({
        id: big.id,
        name: 'big',
        type: 'ENTERPRISE',
      });
      expect((await face.setRole(ann, big.id, hal.id, 'JOB_DEVELOPER')).status).toBe(0);
      expect((await face.members(hal, big.id)).value).toMatchObject([{ role: 'ADMIN' }, { role: 'JOB_DEVELOPER' }]);
      expect((await face.remove(ann, big.id, hal.id)).status).toBe(0);
    });
  });
});

describe('Over GraphQL, the change of a member', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
  });
  afterAll(() => world.stop());

  it('shows the member and the account as they are then, and no account to who left it', async () => {
    const team = await world.team('acme').admin('Ann').admin('Bob').viewer('Cid').made();
    const [ann, bob, cid] = [await world.person('Ann'), await world.person('Bob'), await world.person('Cid')];
    for (const role of [undefined, null]) {
      const input = { accountId: team.id, userId: cid.id, role };
      await mutate(ann, 'setUserRole', { ...input, role: 'JOB_EXECUTOR' });
      expect((await mutate(ann, 'setUserRole', input, 'member { id role }')).payload).toEqual({
        member: { id: cid.id, role: 'JOB_VIEWER' },
        errors: [],
      });
    }
    const fields = 'removedUserId account { id }';
    const remove = (userId: string) => mutate(ann, 'removeTeamAccountMember', { accountId: team.id, userId }, fields);
    expect((await remove(bob.id)).payload).toEqual({ removedUserId: bob.id, account: { id: team.id }, errors: [] });
    await mutate(ann, 'setUserRole', { accountId: team.id, userId: cid.id, role: 'ADMIN' });
    expect((await remove(ann.id)).payload).toEqual({ removedUserId: ann.id, account: null, errors: [] });
  });
});
