/** The whole matrix of roles, resource types and actions: as HasPermission tells it, and as the operations act. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutate } from '../support/mutate.js';
import { createWorld, type Person, type Team, type World } from '../support/world.js';

const roles = { ADMIN: 'Ann', JOB_DEVELOPER: 'Dev', JOB_EXECUTOR: 'Exe', JOB_VIEWER: 'Vic' } as const;
type Role = keyof typeof roles;
const everyRole = Object.keys(roles) as Role[];
const actions = ['CREATE', 'READ', 'UPDATE', 'DELETE'] as const;
const all: readonly Role[] = everyRole;
const makers: readonly Role[] = ['ADMIN', 'JOB_DEVELOPER'];
const admin: readonly Role[] = ['ADMIN'];

/** Who may do what, written out by hand. */
const matrix = {
  ACCOUNT: { CREATE: admin, READ: all, UPDATE: admin, DELETE: admin },
  CONNECTION: { CREATE: makers, READ: all, UPDATE: makers, DELETE: makers },
  JOB: { CREATE: makers, READ: all, UPDATE: makers, DELETE: makers },
} as const;
const types = Object.keys(matrix) as (keyof typeof matrix)[];
const other = '6f1d2c5e-0000-4000-8000-000000000000';

let world: World;
let acme: Team;
let olga: Person;
beforeAll(async () => {
  world = await createWorld({ settings: { OPERATOR_SUBJECTS: 'urn:gatehouse:development|named, plain' } });
  acme = await world.team('acme').admin('Ann').developer('Dev').executor('Exe').viewer('Vic').made();
  olga = await world.person('Olga', { operator: true });
});
afterAll(() => world.stop());

interface Asked {
  readonly type: string;
  readonly action: string;
  readonly id: string;
}
async function ask(person: Person, resources: readonly Asked[], id: string = acme.id) {
  const { data, errors } = await person.ask<{
    account: { viewerPermissions: { allowed: boolean; resource: Asked }[]; one?: boolean } | null;
  }>(
    `query ($id: ID!, $resources: [ResourcePermissionInput!]!) { account(id: $id) {
      viewerPermissions(resources: $resources) { allowed resource { type action id } } } }`,
    { id, resources },
  );
  return { permissions: data?.account?.viewerPermissions ?? null, errors };
}
const cells = (id: string) => types.flatMap((type) => actions.map((action) => ({ type, action, id })));

describe.each(everyRole)('A member who is %s', (role) => {
  it.each(['*', other, 'any text'])('has the permissions of the matrix, per kind, for the resource %s', async (id) => {
    const { permissions } = await ask(await world.person(roles[role]), cells(id));
    const expected = cells(id).map((resource) => {
      // An account's permission is about that account alone.
      const isAccount = resource.type === 'ACCOUNT';
      return { resource, allowed: !isAccount && matrix[resource.type][resource.action].includes(role) };
    });
    expect(permissions).toEqual(expected);
  });

  it('has those of the account under its id, in any letter case, one by one as well as together', async () => {
    const person = await world.person(roles[role]);
    for (const id of [acme.id, acme.id.toUpperCase()]) {
      const { permissions } = await ask(person, cells(id));
      expect(permissions?.map(({ allowed }) => allowed)).toEqual(
        cells(id).map(({ type, action }) => matrix[type][action].includes(role)),
      );
      for (const resource of cells(id)) {
        const { data } = await person.ask(
          `query ($id: ID!, $r: ResourcePermissionInput!) { account(id: $id) { viewerHasPermission(resource: $r) } }`,
          { id: acme.id, r: resource },
        );
        const allowed = matrix[resource.type][resource.action].includes(role);
        expect(data).toEqual({ account: { viewerHasPermission: allowed } });
      }
    }
  });

  it('reads the account, its members and its invites', async () => {
    expect(matrix.ACCOUNT.READ).toContain(role);
    const { data, errors } = await (
      await world.person(roles[role])
    ).ask(
      `query ($id: ID!) { node(id: $id) { id } account(id: $id) { name viewerRole members { totalCount } invites { totalCount }
        onboardingConfig { hasCompletedOnboarding } temporalConfig { url } status { usedRecordCount } validity { isValid } } }`,
      { id: acme.id },
    );
    expect(errors).toEqual([]);
    expect(data).toMatchObject({ account: { name: 'acme', viewerRole: role, members: { totalCount: 4 } } });
  });

  it('changes it as far as ACCOUNT/UPDATE goes', async () => {
    const person = await world.person(roles[role]);
    const may = matrix.ACCOUNT.UPDATE.includes(role);
    const vic = await world.person('Vic');
    const ann = await world.person('Ann');
    const { payload } = await mutate<{ invite: { id: string } }>(
      ann,
      'inviteUserToTeamAccount',
      { accountId: acme.id, email: `for-${role}@people.test`.toLowerCase() },
      'invite { id }',
    );
    const stranger = await world.person('Stan');
    const needs: readonly (readonly [string, object])[] = [
      ['setAccountOnboardingConfig', { accountId: acme.id, hasCompletedOnboarding: true }],
      ['setAccountTemporalConfig', { accountId: acme.id, url: 'a', namespace: 'b', syncJobQueueName: 'c' }],
      ['inviteUserToTeamAccount', { accountId: acme.id, email: 'x@people.test', role: 'ADMIN' }],
      ['removeTeamAccountInvite', { id: payload?.invite.id }],
      ['setUserRole', { accountId: acme.id, userId: vic.id, role: 'JOB_VIEWER' }],
      ['removeTeamAccountMember', { accountId: acme.id, userId: stranger.id }],
    ];
    const before = await world.dump(acme);
    for (const [name, input] of needs) {
      const { code, payload: answer } = await mutate(person, name, input);
      expect({ name, code }).toEqual({ name, code: may ? null : 'FORBIDDEN' });
      if (!may) expect(answer).toBeNull();
    }
    expect((await world.dump(acme)) === before).toBe(!may);
  });
});

describe('Questions about permissions', () => {
  it('are answered in the order asked, none for none, at most a hundred', async () => {
    const vic = await world.person('Vic');
    expect((await ask(vic, [])).permissions).toEqual([]);
    const hundred = Array.from({ length: 100 }, (_, i) => ({ type: 'JOB', action: 'READ', id: `${i}` }));
    expect((await ask(vic, hundred)).permissions?.map(({ resource }) => resource)).toEqual(hundred);
    const { errors } = await ask(vic, [...hundred, ...hundred.slice(0, 1)]);
    expect(errors).toMatchObject([{ extensions: { code: 'LIMIT_EXCEEDED', path: ['resources'] } }]);
  });

  it('of a stranger find no account', async () => {
    const stan = await world.person('Stan');
    expect((await ask(stan, [])).permissions).toBeNull();
    expect(await ask(stan, cells('*'))).toEqual(await ask(stan, cells('*'), other));
  });

  it('follow the account: an admin of one and viewer of another keeps the rights apart', async () => {
    const own = await world.team('own').admin('Vic').made();
    const vic = await world.person('Vic');
    const update = (id: string) => [{ type: 'ACCOUNT', action: 'UPDATE', id }];
    expect((await ask(vic, update(own.id), own.id)).permissions).toMatchObject([{ allowed: true }]);
    expect((await ask(vic, update(acme.id))).permissions).toMatchObject([{ allowed: false }]);
    expect((await ask(vic, update(own.id))).permissions).toMatchObject([{ allowed: false }]);
  });
});

describe('An operator', () => {
  it('sees and changes every account without being in it', async () => {
    const { data } = await olga.ask(
      `query ($id: ID!) { account(id: $id) { name viewerRole members { totalCount } } viewer { isInAccount(accountId: $id) } }`,
      { id: acme.id },
    );
    expect(data).toEqual({
      account: { name: 'acme', viewerRole: null, members: { totalCount: 4 } },
      viewer: { isInAccount: false },
    });
    expect((await ask(olga, cells(acme.id))).permissions?.every(({ allowed }) => allowed)).toBe(true);
    const input = { accountId: acme.id, hasCompletedOnboarding: false };
    expect((await mutate(olga, 'setAccountOnboardingConfig', input)).code).toBeNull();
    expect(await mutate(olga, 'setAccountOnboardingConfig', { ...input, accountId: other })).toMatchObject({
      code: 'FORBIDDEN',
      payload: null,
    });
  });

  it('is who OPERATOR_SUBJECTS names, with its issuer or, under a single one, without', async () => {
    for (const [name, operates] of [
      ['Named', true],
      ['Plain', true],
      ['Nobody', false],
    ] as const) {
      const person = await world.person(name);
      const { data } = await person.ask('query ($id: ID!) { account(id: $id) { id } }', { id: acme.id });
      expect(data).toEqual({ account: operates ? { id: acme.id } : null });
    }
  });
});
