/** The life of a grant: made, changed, put out of force and back, removed; and who may do and see which of it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type Person, type Team, type World } from '../support/world.js';

let world: World;
let acme: Team;
let globex: Team;
let ann: Person;
let vic: Person;
let gus: Person;
let olga: Person;
beforeAll(async () => {
  world = await createWorld();
  olga = await world.person('Olga', { operator: true });
  acme = await world.team('acme').admin('Ann').viewer('Vic').developer('Dev').made();
  globex = await world.team('globex').admin('Gus').viewer('Wes').made();
  [ann, vic, gus] = [await world.person('Ann'), await world.person('Vic'), await world.person('Gus')];
});
afterAll(() => world.stop());

interface Refusal {
  readonly code: string;
  readonly path: readonly string[];
}
interface GrantNode {
  readonly id: string;
  readonly state: string;
  readonly roleKeys: readonly string[];
  readonly details: { readonly sequence: string; readonly creationDate: string; readonly changeDate: string };
}
interface Payload {
  readonly userGrant: GrantNode | null;
  readonly removedUserGrantId?: string | null;
  readonly projectId?: string | null;
  readonly errors: readonly Refusal[];
}

const fields = 'id state roleKeys details { sequence creationDate changeDate resourceOwner }';
const selections: Readonly<Record<string, string>> = {
  createProject: 'projectId',
  removeUserGrant: 'removedUserGrantId',
};

/** Runs a mutation by its name. */
async function change(who: Person, name: string, input: object) {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input!`;
  const selection = selections[name] ?? `userGrant { ${fields} }`;
  const { data, errors } = await who.ask<Record<string, Payload>>(
    `mutation($input: ${type}) { ${name}(input: $input) { ${selection} errors { code path } } }`,
    { input },
  );
  return { payload: data?.[name] ?? null, codes: errors.map((error) => error.extensions['code']) };
}

async function project(who: Person, team: Team, name: string): Promise<string> {
  const { payload } = await change(who, 'createProject', { accountId: team.id, name });
  if (payload?.projectId == null) throw new Error('There is no project.');
  return payload.projectId;
}

async function grant(who: Person, user: Person, projectId: string, roleKeys = ['reader']): Promise<GrantNode> {
  const { payload } = await change(who, 'createUserGrant', { userId: user.id, projectId, roleKeys });
  if (!payload?.userGrant) throw new Error('There is no grant.');
  return payload.userGrant;
}

const refusedWith = (code: string, ...path: string[]) => ({
  payload: expect.objectContaining({ errors: [{ code, path }] }) as unknown,
  codes: [],
});
const forbidden = { payload: null, codes: ['FORBIDDEN'] };
const nobody = '99999999-9999-4999-8999-999999999999';

describe('a grant', () => {
  it('shows its user, its project and the account of the project', async () => {
    const projectId = await project(ann, acme, 'Apollo');
    const { id } = await grant(ann, vic, projectId, ['reader', 'writer', 'reader']);
    const { data, errors } = await ann.ask(
      `query($id: ID!) { node(id: $id) { __typename id ... on UserGrant {
        state roleKeys userId user { id userName } userName firstName lastName email displayName avatarUrl
        preferredLoginName userType orgId orgName orgDomain projectId projectName projectGrantId
        grantedOrgId grantedOrgName grantedOrgDomain details { sequence resourceOwner } } } }`,
      { id: id.toUpperCase() },
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      node: {
        __typename: 'UserGrant',
        id,
        state: 'ACTIVE',
        roleKeys: ['reader', 'writer'],
        userId: vic.id,
        user: { id: vic.id, userName: 'vic@people.test' },
        userName: 'vic@people.test',
        firstName: '',
        lastName: '',
        email: 'vic@people.test',
        displayName: 'Vic',
        avatarUrl: '',
        preferredLoginName: 'vic@people.test',
        userType: 'HUMAN',
        orgId: acme.id,
        orgName: 'acme',
        orgDomain: 'acme.localhost',
        projectId,
        projectName: 'Apollo',
        projectGrantId: null,
        grantedOrgId: null,
        grantedOrgName: null,
        grantedOrgDomain: null,
        details: { sequence: '1', resourceOwner: acme.id },
      },
    });
  });

  it('shows the account that its project was granted to', async () => {
    const projectId = await project(ann, acme, 'Shared');
    const projectGrantId = '11111111-2222-4333-8444-555555555555';
    await world.testApp.database.query(
      `INSERT INTO project_grants (id, project_id, account_id, role_keys) VALUES ($1, $2, $3, '{reader}')`,
      [projectGrantId, projectId, globex.id],
    );
    const made = await change(ann, 'createUserGrant', { userId: vic.id, projectId, projectGrantId, roleKeys: ['r'] });
    const { data } = await vic.ask(
      `query($id: ID!) { node(id: $id) { ... on UserGrant { projectGrantId grantedOrgId grantedOrgName grantedOrgDomain } } }`,
      { id: made.payload?.userGrant?.id },
    );
    expect(data).toEqual({
      node: {
        projectGrantId,
        grantedOrgId: globex.id,
        grantedOrgName: 'globex',
        grantedOrgDomain: 'globex.localhost',
      },
    });
    const elsewhere = await project(ann, acme, 'Elsewhere');
    expect(
      await change(ann, 'createUserGrant', {
        userId: vic.id,
        projectId: elsewhere,
        projectGrantId,
        roleKeys: ['r'],
      }),
    ).toEqual(refusedWith('NOT_FOUND', 'projectGrantId'));
    // The same user and project, with and without the project grant: two grants.
    await grant(ann, vic, projectId);
    expect(
      await change(ann, 'createUserGrant', { userId: vic.id, projectId, projectGrantId, roleKeys: ['other'] }),
    ).toEqual(refusedWith('CONFLICT', 'userId'));
  });

  it('goes out of force and back, and each change counts', async () => {
    const made = await grant(ann, vic, await project(ann, acme, 'Life'));
    const { id } = made;
    expect(await change(ann, 'reactivateUserGrant', { id })).toEqual(refusedWith('FAILED_PRECONDITION', 'id'));
    world.testApp.clock.advance(1_000);
    const off = (await change(ann, 'deactivateUserGrant', { id })).payload?.userGrant;
    expect(off).toMatchObject({
      id,
      state: 'INACTIVE',
      details: { sequence: '2', creationDate: made.details.creationDate },
    });
    expect(Date.parse(off?.details.changeDate ?? '')).toBeGreaterThan(Date.parse(made.details.changeDate));
    expect(await change(ann, 'deactivateUserGrant', { id })).toEqual(refusedWith('FAILED_PRECONDITION', 'id'));
    expect((await change(ann, 'updateUserGrant', { id, roleKeys: ['reader', 'reader'] })).payload?.errors).toEqual([
      { code: 'FAILED_PRECONDITION', path: ['roleKeys'] },
    ]);
    const roles = await change(ann, 'updateUserGrant', { id, roleKeys: [' owner ', 'reader'] });
    expect(roles.payload?.userGrant).toMatchObject({ state: 'INACTIVE', roleKeys: ['owner', 'reader'] });
    expect((await change(olga, 'reactivateUserGrant', { id })).payload?.userGrant).toMatchObject({
      state: 'ACTIVE',
      details: { sequence: '4' },
    });
    expect(await change(ann, 'removeUserGrant', { id })).toEqual({
      payload: { removedUserGrantId: id, errors: [] },
      codes: [],
    });
    expect(await change(ann, 'removeUserGrant', { id })).toEqual(refusedWith('NOT_FOUND', 'id'));
    const actions = await world.testApp.database.query(
      `SELECT action, outcome, account_id FROM audit_entries WHERE target_id = $1 ORDER BY id`,
      [id],
    );
    expect(actions).toEqual(
      ['create', 'deactivate', 'update', 'reactivate', 'remove'].map((verb) => ({
        action: `grant.${verb}`,
        outcome: 'done',
        account_id: acme.id,
      })),
    );
  });

  it('is made once, however many try at once', async () => {
    const projectId = await project(ann, acme, 'Race');
    const tries = await Promise.all(
      Array.from({ length: 10 }, () =>
        change(ann, 'createUserGrant', { userId: vic.id, projectId, roleKeys: ['reader'] }),
      ),
    );
    const errors = tries.map(({ payload }) => payload?.errors[0]?.code ?? 'made').sort();
    expect(errors).toEqual([...Array<string>(9).fill('CONFLICT'), 'made']);
  });

  it('is out of sight of whoever does not see its user', async () => {
    const { id } = await grant(ann, vic, await project(ann, acme, 'Orphan'));
    await world.testApp.database.query(`UPDATE user_grants SET user_id = $2 WHERE id = $1`, [id, gus.id]);
    expect((await ann.ask(`query($id: ID!) { node(id: $id) { id } }`, { id })).data).toEqual({ node: null });
  });
});

describe('of input that is wrong, the path is told', () => {
  it.each([
    [{ roleKeys: [] }, ['roleKeys']],
    [{ roleKeys: ['  '] }, ['roleKeys', '0']],
    [{ roleKeys: ['ok', 'x'.repeat(201)] }, ['roleKeys', '1']],
    [{ userId: 'vic' }, ['userId']],
    [{ projectId: 'apollo' }, ['projectId']],
  ])('%j', async (wrong, path) => {
    const input = { userId: vic.id, projectId: nobody, roleKeys: ['reader'], ...wrong };
    expect(await change(ann, 'createUserGrant', input)).toEqual(refusedWith('BAD_USER_INPUT', ...path));
  });

  it('a project needs a name', async () => {
    expect(await change(ann, 'createProject', { accountId: acme.id, name: ' ' })).toEqual(
      refusedWith('BAD_USER_INPUT', 'name'),
    );
  });
});

describe('who may make and change grants', () => {
  it('is who may update the account of the project', async () => {
    const projectId = await project(ann, acme, 'Doors');
    const { id } = await grant(ann, vic, projectId);
    const dev = await world.person('Dev');
    const input = { userId: dev.id, projectId, roleKeys: ['reader'] };
    expect(await change(vic, 'createUserGrant', input)).toEqual(forbidden);
    expect(await change(dev, 'createUserGrant', input)).toEqual(forbidden);
    expect(await change(gus, 'createUserGrant', input)).toEqual(refusedWith('NOT_FOUND', 'projectId'));
    expect(await change(gus, 'createUserGrant', { ...input, projectId: nobody })).toEqual(
      refusedWith('NOT_FOUND', 'projectId'),
    );
    for (const name of ['updateUserGrant', 'deactivateUserGrant', 'reactivateUserGrant', 'removeUserGrant']) {
      const more = name === 'updateUserGrant' ? { roleKeys: ['owner'] } : {};
      expect(await change(vic, name, { id, ...more })).toEqual(forbidden);
      expect(await change(gus, name, { id, ...more })).toEqual(refusedWith('NOT_FOUND', 'id'));
      expect(await change(gus, name, { id: nobody, ...more })).toEqual(refusedWith('NOT_FOUND', 'id'));
    }
    expect(await change(vic, 'createProject', { accountId: acme.id, name: 'Mine' })).toEqual(forbidden);
    expect(await change(gus, 'createProject', { accountId: acme.id, name: 'Mine' })).toEqual(forbidden);
    expect(await change(gus, 'createProject', { accountId: nobody, name: 'Mine' })).toEqual(forbidden);
  });

  it('grants only to users whom the admin sees', async () => {
    const projectId = await project(ann, acme, 'Strangers');
    const input = { projectId, roleKeys: ['reader'] };
    expect(await change(ann, 'createUserGrant', { ...input, userId: gus.id })).toEqual(
      refusedWith('NOT_FOUND', 'userId'),
    );
    expect(await change(ann, 'createUserGrant', { ...input, userId: nobody })).toEqual(
      refusedWith('NOT_FOUND', 'userId'),
    );
    expect((await change(olga, 'createUserGrant', { ...input, userId: gus.id })).payload?.errors).toEqual([]);
  });

  it('records who was refused', async () => {
    const before = await denials();
    await change(vic, 'createUserGrant', {
      userId: vic.id,
      projectId: await project(ann, acme, 'Refused'),
      roleKeys: ['owner'],
    });
    expect(await denials()).toBe(before + 1);
  });

  async function denials(): Promise<number> {
    const [row] = await world.testApp.database.query<{ count: number }>(
      `SELECT count(*)::int FROM audit_entries WHERE action = 'grant.create' AND outcome = 'denied' AND actor = $1`,
      [vic.id],
    );
    return row?.count ?? 0;
  }
});
