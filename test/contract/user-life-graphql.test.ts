/** What only GraphQL can say of users: roles for new ones, absent against null, pictures, and which sign-in is whose. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { change, createHuman, createMachine, done, human, lifeOf } from '../support/user-life.js';
import { createWorld, type Person, type Team, type World } from '../support/world.js';

let world: World;
let team: Team;
let ann: Person;
let olga: Person;

beforeAll(async () => {
  world = await createWorld();
  team = await world.team('acme').admin('Ann').made();
  ann = team.people['Ann'] as Person;
  olga = await world.person('Olga', { operator: true });
});
afterAll(() => world.stop());

const kindOf = `{ id type details { sequence } accounts { nodes { id } }
  kind { ... on Human { profile { displayName nickName } phone { phone isPhoneVerified } }
    ... on Machine { name description accessTokenType } } }`;

describe('Creating', () => {
  it('answers with the user, in its account', async () => {
    expect(await done(ann, 'createHumanUser', human(team.id, 'gigi'), 'user', kindOf)).toMatchObject({
      type: 'HUMAN',
      details: { sequence: '1' },
      accounts: { nodes: [{ id: team.id }] },
      kind: { profile: { displayName: 'gigi Test' } },
    });
    const machine = { accountId: team.id, userName: 'ci', name: 'CI' };
    expect(await done(ann, 'createMachineUser', machine, 'user', kindOf)).toMatchObject({ type: 'MACHINE' });
  });

  it('gives the role that is named, else JOB_VIEWER', async () => {
    const admin = await createHuman(ann, team.id, 'made-admin', { role: 'ADMIN' });
    const viewer = await createMachine(ann, team.id, 'made-viewer');
    const { data } = await ann.ask<{ account: { members: { nodes: { id: string; role: string }[] } } }>(
      'query ($id: ID!) { account(id: $id) { members(first: 100) { nodes { id role } } } }',
      { id: team.id },
    );
    const roles = new Map(data?.account.members.nodes.map(({ id, role }) => [id, role]));
    expect([roles.get(admin), roles.get(viewer)]).toEqual(['ADMIN', 'JOB_VIEWER']);
  });

  it.each([
    ['profile.firstName', { profile: { firstName: '', lastName: 'x' } }],
    ['profile.avatarUrl', { profile: { firstName: 'x', lastName: 'x', avatarUrl: 'javascript:alert(1)' } }],
    ['email.email', { email: { email: 'nobody' } }],
    ['phone.phone', { phone: { phone: '079 123 45 67' } }],
    ['accountId', { accountId: 'nope' }],
  ])('names the whole path %s as the fault of %j', async (path, more) => {
    const { errors } = await change(ann, 'createHumanUser', { ...human(team.id, 'faulty'), ...more });
    expect(errors).toEqual([`BAD_USER_INPUT ${path}`]);
  });
});

describe('Editing', () => {
  it('calls a person by its full name again where no other name is given', async () => {
    const profile = { firstName: 'A', lastName: 'B', displayName: 'Cee', nickName: 'N' };
    const id = await createHuman(ann, team.id, 'renamed', { profile });
    const input = { id, profile: { firstName: 'A', lastName: 'B' } };
    expect(await done(ann, 'updateHumanProfile', input, 'user', kindOf)).toMatchObject({
      kind: { profile: { displayName: 'A B', nickName: '' } },
    });
  });

  it('removes a phone by null and by leaving it out', async () => {
    const phone = { phone: '+4912345', isPhoneVerified: true };
    const id = await createHuman(ann, team.id, 'called', { phone });
    expect(await done(ann, 'updateHumanPhone', { id, phone: null }, 'user', kindOf)).toMatchObject({
      kind: { phone: { phone: '', isPhoneVerified: false } },
    });
    expect((await change(ann, 'updateHumanPhone', { id })).errors).toEqual(['FAILED_PRECONDITION']);
  });

  it('leaves what is not said of a machine as it is', async () => {
    const id = await createMachine(ann, team.id, 'bot', { description: 'Builds', accessTokenType: 'JWT' });
    expect(await done(ann, 'updateMachine', { id, name: 'Bot' }, 'user', kindOf)).toMatchObject({
      kind: { name: 'Bot', description: 'Builds', accessTokenType: 'JWT' },
    });
    const input = { id, name: 'Bot', description: null, accessTokenType: 'BEARER' };
    expect(await done(ann, 'updateMachine', input, 'user', kindOf)).toMatchObject({
      kind: { name: 'Bot', description: '', accessTokenType: 'BEARER' },
    });
  });
});

describe('A sign-in', () => {
  it('leads to the user that an operator tied it to, and to no other', async () => {
    const one = await createHuman(ann, team.id, 'linked');
    const two = await createHuman(ann, team.id, 'unlinked');
    const issuer = world.testApp.app.development?.issuer ?? '';
    const link = { id: one, issuer, subject: 'lea' };
    expect((await change(ann, 'linkUserIdentity', link)).refusals).toEqual(['FORBIDDEN']);
    await done(olga, 'linkUserIdentity', link, 'user', '{ id }');
    await done(olga, 'linkUserIdentity', link, 'user', '{ id }');
    expect((await change(olga, 'linkUserIdentity', { ...link, id: two })).errors).toEqual(['CONFLICT subject']);
    const lea = await world.newcomer('Lea');
    expect((await lea.ask('{ viewer { userId } }')).data).toEqual({ viewer: { userId: one } });
    expect(await lifeOf(ann, one)).toMatchObject({ details: { sequence: '2' } });
  });
});
