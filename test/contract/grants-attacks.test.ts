/** Grants and memberships under attack: foreign tenants and races. Filters and cursors: grants-filters.test.ts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type Person, type Team, type World } from '../support/world.js';

let world: World;
let acme: Team;
let ann: Person;
let vic: Person;
let gus: Person;
let olga: Person;
let eve: Person;
let projectId: string;
let ofVic: string;
let ofGus: string;

const worker = 'worker-key-of-the-test-0123456789';
const nobody = '99999999-9999-4999-8999-999999999999';

beforeAll(async () => {
  world = await createWorld({ settings: { WORKER_KEYS: worker } });
  olga = await world.person('Olga', { operator: true });
  acme = await world.team('acme').admin('Ann').admin('Amy').viewer('Vic').made();
  await world.team('globex').admin('Gus').made();
  [ann, vic] = [await world.person('Ann'), await world.person('Vic')];
  [gus, eve] = [await world.person('Gus'), await world.person('Eve')];
  const { grants } = world.testApp.app.services;
  projectId = await grants.createProject(ann.call, { accountId: acme.id, name: 'Apollo' });
  const draft = { projectId: projectId as never, projectGrantId: null, roleKeys: ['reader'] };
  ofVic = (await grants.create(ann.call, { ...draft, userId: vic.id })).id;
  ofGus = (await grants.create(olga.call, { ...draft, userId: gus.id })).id;
});
afterAll(() => world.stop());

const mutations: Readonly<Record<string, () => object>> = {
  createProject: () => ({ accountId: acme.id, name: 'Mine' }),
  createUserGrant: () => ({ userId: vic.id, projectId, roleKeys: ['owner'] }),
  updateUserGrant: () => ({ id: ofVic, roleKeys: ['owner'] }),
  deactivateUserGrant: () => ({ id: ofVic }),
  reactivateUserGrant: () => ({ id: ofVic }),
  removeUserGrant: () => ({ id: ofVic }),
};

/** Sends a mutation by its name and tells the code of the refusal, wherever it stands. */
async function codeOf(authorization: string | null, name: string, input: object): Promise<string> {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input!`;
  const { data, errors } = await world.ask<Record<string, { errors: { code: string }[] }>>(
    authorization,
    `mutation($input: ${type}) { ${name}(input: $input) { errors { code } } }`,
    { input },
  );
  return (errors[0]?.extensions['code'] as string | undefined) ?? data?.[name]?.errors[0]?.code ?? 'done';
}

async function stored(): Promise<unknown> {
  const { query } = world.testApp.database;
  return {
    grants: await query('SELECT * FROM user_grants ORDER BY id'),
    projects: await query('SELECT * FROM projects ORDER BY id'),
  };
}

describe('nobody but an admin changes anything', () => {
  it.each(Object.keys(mutations))('%s', async (name) => {
    const before = await stored();
    const input = mutations[name]?.() ?? {};
    const newcomer = await world.newcomer('Nell');
    const foreign = name === 'createProject' ? 'FORBIDDEN' : 'NOT_FOUND';
    expect(await codeOf(null, name, input)).toBe('UNAUTHENTICATED');
    expect(await codeOf(newcomer.authorization, name, input)).toBe('NOT_FOUND');
    expect(await codeOf(`Bearer ${worker}`, name, input)).toBe('FORBIDDEN');
    expect(await codeOf(vic.authorization, name, input)).toBe('FORBIDDEN');
    expect(await codeOf(gus.authorization, name, input)).toBe(foreign);
    expect(await codeOf(eve.authorization, name, input)).toBe(foreign);
    expect(await stored()).toEqual(before);
  });

  it('the holder of a grant on a foreign project sees it, and may not change it', async () => {
    expect(await codeOf(gus.authorization, 'updateUserGrant', { id: ofGus, roleKeys: ['owner'] })).toBe('FORBIDDEN');
    expect(await codeOf(gus.authorization, 'removeUserGrant', { id: ofGus })).toBe('FORBIDDEN');
    // Ann may change the account of the project, and does not see Gus.
    expect(await codeOf(ann.authorization, 'removeUserGrant', { id: ofGus })).toBe('NOT_FOUND');
  });

  it('an unknown and an invisible id get the very same answer', async () => {
    const answers = [];
    for (const id of [ofVic, nobody]) {
      const { data, errors } = await gus.ask(
        `mutation($input: RemoveUserGrantInput!) { removeUserGrant(input: $input) { removedUserGrantId errors { code message path } } }`,
        { input: { id } },
      );
      answers.push({ data, errors });
    }
    expect(answers[0]).toEqual(answers[1]);
  });
});

describe('nobody sees what is not theirs', () => {
  const list = async (who: Person, query: string, variables: object = {}): Promise<unknown> => {
    const { data, errors } = await who.ask(query, variables);
    expect(errors).toEqual([]);
    return data;
  };
  const ids = '{ totalCount totalCountUpTo(limit: 10) nodes { id } }';
  const none = { totalCount: 0, totalCountUpTo: 0, nodes: [] };

  it('a stranger finds nothing, by whatever it knows', async () => {
    for (const filter of [
      { userId: vic.id },
      { projectId },
      { email: { equals: vic.email } },
      { not: { userId: eve.id } },
      { not: { not: { projectName: { equals: 'Apollo' } } } },
      { or: [{ withGranted: true }, { not: { withGranted: true } }] },
    ]) {
      expect(
        await list(eve, `query($f: [UserGrantFilter!]) { userGrants(filter: $f) ${ids} }`, { f: [filter] }),
      ).toEqual({ userGrants: none });
    }
    expect(await list(eve, `{ nodes(ids: ["${ofVic}", "${ofGus}", "${projectId}"]) { id } }`)).toEqual({
      nodes: [null, null, null],
    });
  });

  it('the holder sees its own grant, and neither the account of the project nor its members', async () => {
    const data = await list(
      gus,
      `query($account: ID!) { userGrants { totalCount nodes { id user { id } orgId orgName } } account(id: $account) { id }
        memberships(filter: { orgId: $account }) { totalCount } }`,
      { account: acme.id },
    );
    expect(data).toEqual({
      userGrants: { totalCount: 1, nodes: [{ id: ofGus, user: { id: gus.id }, orgId: acme.id, orgName: 'acme' }] },
      account: null,
      memberships: { totalCount: 0 },
    });
  });

  it('whoever reads the account of a project sees the grants of those it sees', async () => {
    expect(await list(vic, `{ userGrants ${ids} }`)).toMatchObject({ userGrants: { nodes: [{ id: ofVic }] } });
    expect(await list(ann, `{ userGrants ${ids} }`)).toMatchObject({ userGrants: { nodes: [{ id: ofVic }] } });
    expect(await list(olga, `{ userGrants { totalCount } }`)).toEqual({ userGrants: { totalCount: 2 } });
  });

  it('whoever sees a user sees none of its grants on foreign projects', async () => {
    // Ivy is in both teams; Gus reads globex only.
    const initech = await world.team('initech').admin('Ina').viewer('Ivy').made();
    const ivy = await world.person('Ivy');
    const { grants, invites, accounts } = world.testApp.app.services;
    const home = await accounts.createTeam(gus.call, { name: 'umbrella' });
    const { token } = await invites.create(gus.call, {
      accountId: home.account.id as never,
      email: ivy.email,
      role: 'JOB_VIEWER',
    });
    await invites.accept(ivy.call, { token });
    const ina = await world.person('Ina');
    const secret = await grants.createProject(ina.call, { accountId: initech.id, name: 'Secret' });
    await grants.create(ina.call, { userId: ivy.id, projectId: secret, projectGrantId: null, roleKeys: ['spy'] });
    const query = `query($id: ID!) { user(id: $id) { id grants ${ids} memberships { nodes { displayName } } } }`;
    expect(await list(gus, query, { id: ivy.id })).toEqual({
      user: { id: ivy.id, grants: none, memberships: { nodes: [{ displayName: 'umbrella' }] } },
    });
    expect(await list(ivy, query, { id: ivy.id })).toMatchObject({ user: { grants: { totalCount: 1 } } });
  });

  it('a grant is out of sight once its holder left the team, except for the holder', async () => {
    const team = await world.team('hooli').admin('Hal').viewer('Hank').made();
    const [hal, hank] = [await world.person('Hal'), await world.person('Hank')];
    const { grants, memberships } = world.testApp.app.services;
    const project = await grants.createProject(hal.call, { accountId: team.id, name: 'Nucleus' });
    const draft = { userId: hank.id, projectId: project, projectGrantId: null, roleKeys: ['reader'] };
    const { id } = await grants.create(hal.call, draft);
    await memberships.remove(hal.call, { accountId: team.id, userId: hank.id });
    expect(await list(hal, `{ userGrants ${ids} }`)).toEqual({ userGrants: none });
    expect(await codeOf(hal.authorization, 'deactivateUserGrant', { id })).toBe('NOT_FOUND');
    expect(await list(hank, '{ userGrants { nodes { id } } }')).toEqual({ userGrants: { nodes: [{ id }] } });
  });
});

describe('of changes at the same instant', () => {
  it('one takes place, and the others find it done', async () => {
    const amy = await world.person('Amy');
    const { grants } = world.testApp.app.services;
    const project = await grants.createProject(ann.call, { accountId: acme.id, name: 'Race' });
    const draft = { userId: vic.id, projectId: project, projectGrantId: null, roleKeys: ['reader'] };
    const { id } = await grants.create(ann.call, draft);
    const codes = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        codeOf((i % 2 === 0 ? ann : amy).authorization, 'deactivateUserGrant', { id }),
      ),
    );
    expect(codes.sort()).toEqual([...Array<string>(7).fill('FAILED_PRECONDITION'), 'done']);
    const [row] = await world.testApp.database.query('SELECT state, sequence::int FROM user_grants WHERE id = $1', [
      id,
    ]);
    expect(row).toEqual({ state: 2, sequence: 2 });
    const removals = await Promise.all(
      Array.from({ length: 4 }, () => codeOf(ann.authorization, 'removeUserGrant', { id })),
    );
    expect(removals.sort()).toEqual(['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND', 'done']);
  });
});
