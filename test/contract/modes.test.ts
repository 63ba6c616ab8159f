/** The two switches that change who may do what: AUTH=off, where everybody is one user, and RBAC=off, without roles. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anonymousUserId } from '../../src/kernel/ids.js';
import { mutate, type Asker } from '../support/mutate.js';
import { createWorld, type Team, type World } from '../support/world.js';

describe('With AUTH=off', () => {
  let world: World;
  let everybody: Asker;
  beforeAll(async () => {
    world = await createWorld({ settings: { AUTH: 'off' } });
    everybody = { ask: (query, variables) => world.ask(null, query, variables) };
  });
  afterAll(() => world.stop());

  it('everybody is the anonymous user, whatever the header says', async () => {
    for (const header of [null, 'Bearer nonsense', 'Basic YTpi']) {
      const { data } = await world.ask(header, '{ viewer { userId user { id } } }');
      expect(data).toEqual({ viewer: { userId: anonymousUserId, user: { id: anonymousUserId } } });
    }
    const { payload } = await mutate(everybody, 'setUser', {}, 'viewer { userId }');
    expect(payload).toEqual({ viewer: { userId: anonymousUserId }, errors: [] });
  });

  it('there is one personal account, and everybody is its admin', async () => {
    const empty = await everybody.ask('{ viewer { accounts { totalCount } } }');
    expect(empty.data).toEqual({ viewer: { accounts: { totalCount: 0 } } });
    const { payload } = await mutate<{ account: { id: string } }>(
      everybody,
      'setPersonalAccount',
      {},
      'account { id name viewerRole }',
    );
    expect(payload).toMatchObject({ account: { name: 'personal', viewerRole: 'ADMIN' } });
    const input = { accountId: payload?.account.id, hasCompletedOnboarding: true };
    expect((await mutate(everybody, 'setAccountOnboardingConfig', input)).code).toBeNull();
    const { data } = await everybody.ask('{ viewer { accounts { nodes { members { nodes { id } } } } } }');
    expect(data).toEqual({ viewer: { accounts: { nodes: [{ members: { nodes: [{ id: anonymousUserId }] } }] } } });
  });

  it('there are no teams, and nothing of a team can be done to the personal account', async () => {
    const { payload } = await mutate<{ account: { id: string } }>(
      everybody,
      'setPersonalAccount',
      {},
      'account { id }',
    );
    const accountId = payload?.account.id;
    const refused = [
      ['createTeamAccount', { name: 'team' }],
      ['convertPersonalToTeamAccount', { name: 'team' }],
      ['convertPersonalToTeamAccount', { name: 'team', accountId }],
      ['inviteUserToTeamAccount', { accountId, email: 'eve@people.test' }],
      ['removeTeamAccountMember', { accountId, userId: anonymousUserId }],
      ['removeTeamAccountInvite', { id: anonymousUserId }],
    ] as const;
    for (const [name, input] of refused) {
      expect(await mutate(everybody, name, input), name).toMatchObject({ code: 'FORBIDDEN', payload: null });
    }
  });

  it('nobody can accept an invite', async () => {
    const answer = await mutate(everybody, 'acceptTeamAccountInvite', { token: 'x' });
    expect(answer).toMatchObject({ code: 'UNAUTHENTICATED', payload: null });
  });
});

describe('With RBAC=off', () => {
  let world: World;
  let acme: Team;
  beforeAll(async () => {
    world = await createWorld({ settings: { RBAC: 'off' } });
    acme = await world.team('acme').admin('Ann').viewer('Vic').made();
  });
  afterAll(() => world.stop());

  it('roles read as null, and every member has every permission that there is', async () => {
    const vic = await world.person('Vic');
    const permissions = ['ACCOUNT', 'CONNECTION', 'JOB'].flatMap((type) =>
      ['CREATE', 'READ', 'UPDATE', 'DELETE'].map((action) => ({ type, action, id: acme.id })),
    );
    const { data } = await vic.ask(
      `query ($id: ID!, $resources: [ResourcePermissionInput!]!) { account(id: $id) {
        viewerRole members { nodes { role } } viewerPermissions(resources: $resources) { allowed } } }`,
      { id: acme.id, resources: permissions },
    );
    expect(data).toEqual({
      account: {
        viewerRole: null,
        members: { nodes: [{ role: null }, { role: null }] },
        viewerPermissions: permissions.map(() => ({ allowed: true })),
      },
    });
  });

  it('every member may change the account, yet setting a role changes nothing', async () => {
    const vic = await world.person('Vic');
    const ann = await world.person('Ann');
    const before = await world.dump(acme);
    const input = { accountId: acme.id, userId: ann.id, role: 'JOB_VIEWER' };
    expect((await mutate(vic, 'setUserRole', input, 'member { role }')).payload).toEqual({
      member: { role: null },
      errors: [],
    });
    expect(await world.dump(acme)).toBe(before);
    expect(
      (await mutate(vic, 'setAccountOnboardingConfig', { accountId: acme.id, hasCompletedOnboarding: true })).code,
    ).toBeNull();
  });

  it('invites carry no role, and strangers stay outside', async () => {
    const vic = await world.person('Vic');
    const sam = await world.person('Sam');
    const invite = { accountId: acme.id, email: 'new@people.test', role: 'ADMIN' };
    const { payload } = await mutate(vic, 'inviteUserToTeamAccount', invite, 'invite { role }');
    expect(payload).toEqual({ invite: { role: null }, errors: [] });
    expect((await sam.ask('query ($id: ID!) { account(id: $id) { id } }', { id: acme.id })).data).toEqual({
      account: null,
    });
    expect(await mutate(sam, 'inviteUserToTeamAccount', invite)).toMatchObject({ code: 'FORBIDDEN', payload: null });
  });

  it('the last stored admin stays', async () => {
    const vic = await world.person('Vic');
    const ann = await world.person('Ann');
    const answer = await mutate(vic, 'removeTeamAccountMember', { accountId: acme.id, userId: ann.id });
    expect(answer).toMatchObject({ code: 'FAILED_PRECONDITION', asData: true });
  });
});
