/** The whole matrix of roles, resource types and actions: as HasPermission tells it, and as the operations act. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faceNames, openScene, refused, statuses, type Face, type Scene } from '../support/faces.js';
import type { Asked } from '../support/faces.permissions.js';
import { createWorld, type Person, type Team, type World } from '../support/world.js';

const { denied, invalid } = statuses;
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

const cells = (id: string): readonly Asked[] =>
  types.flatMap((type) => actions.map((action) => ({ type, action, id })));
const settings = { OPERATOR_SUBJECTS: 'urn:gatehouse:development|named, plain' };
const acmeOf = (world: World) => world.team('acme').admin('Ann').developer('Dev').executor('Exe').viewer('Vic').made();

describe.each(faceNames)('Over %s', (name) => {
  let scene: Scene;
  let world: World;
  let face: Face;
  let acme: Team;
  let olga: Person;
  beforeAll(async () => {
    scene = await openScene(name, { settings });
    ({ world, face } = scene);
    acme = await acmeOf(world);
    olga = await world.person('Olga', { operator: true });
  });
  afterAll(() => scene.close());

  describe.each(everyRole)('a member who is %s', (role) => {
    const allowed = ({ type, action }: Asked) => matrix[type][action].includes(role);

    it.each(['*', other, 'any text'])(
      'has the permissions of the matrix, per kind, for the resource %s',
      async (id) => {
        const { value } = await face.permissions(await world.person(roles[role]), acme.id, cells(id));
        // An account's permission is about that account alone.
        expect(value).toEqual(cells(id).map((cell) => cell.type !== 'ACCOUNT' && allowed(cell)));
      },
    );

    it('has those of the account under its id, in any letter case, one by one as well as together', async () => {
      const person = await world.person(roles[role]);
      for (const id of [acme.id, acme.id.toUpperCase()]) {
        expect((await face.permissions(person, acme.id, cells(id))).value).toEqual(cells(id).map(allowed));
        for (const cell of cells(id)) {
          expect((await face.may(person, acme.id, cell)).value).toBe(allowed(cell));
        }
      }
    });

    it('reads the account, its members and its invites', async () => {
      expect(matrix.ACCOUNT.READ).toContain(role);
      const person = await world.person(roles[role]);
      const members = (await face.members(person, acme.id)).value;
      expect(members).toHaveLength(4);
      expect(members?.find(({ id }) => id === person.id)?.role).toBe(role);
      const reads = [
        face.invites(person, acme.id),
        face.onboarded(person, acme.id),
        face.temporal(person, acme.id),
        face.standing(person, acme.id),
        face.validity(person, acme.id),
      ];
      expect((await Promise.all<{ status: number }>(reads)).map(({ status }) => status)).toEqual([0, 0, 0, 0, 0]);
    });

    it('changes it as far as ACCOUNT/UPDATE goes', async () => {
      const person = await world.person(roles[role]);
      const may = matrix.ACCOUNT.UPDATE.includes(role);
      const [ann, vic, stranger] = [await world.person('Ann'), await world.person('Vic'), await world.person('Stan')];
      const email = `for-${role}@people.test`.toLowerCase();
      const { value: open } = await face.invite(ann, { accountId: acme.id, email });
      const config = { url: 'a', namespace: 'b', syncJobQueueName: 'c' };
      const needs = {
        setOnboarded: () => face.setOnboarded(person, acme.id, true),
        setTemporal: () => face.setTemporal(person, acme.id, config),
        invite: () => face.invite(person, { accountId: acme.id, email: 'x@people.test', role: 'ADMIN' }),
        withdraw: () => face.withdraw(person, open?.id ?? ''),
        setRole: () => face.setRole(person, acme.id, vic.id, 'JOB_VIEWER'),
        remove: () => face.remove(person, acme.id, stranger.id),
      };
      const before = await world.dump(acme);
      for (const [need, change] of Object.entries(needs)) {
        const { status } = await change();
        expect({ need, status }).toEqual({ need, status: may ? 0 : denied });
      }
      expect((await world.dump(acme)) === before).toBe(!may);
    });
  });

  describe('questions about permissions', () => {
    it('are answered none for none, at most a hundred', async () => {
      const vic = await world.person('Vic');
      expect((await face.permissions(vic, acme.id, [])).value).toEqual([]);
      const hundred = Array.from({ length: 100 }, (_, i): Asked => {
        return { type: 'JOB', action: i % 2 === 0 ? 'READ' : 'UPDATE', id: `${i}` };
      });
      expect((await face.permissions(vic, acme.id, hundred)).value).toEqual(hundred.map((_, i) => i % 2 === 0));
      const more = await face.permissions(vic, acme.id, [...hundred, ...hundred.slice(0, 1)]);
      expect(more).toMatchObject(refused(invalid, 'resources'));
    });

    it('of a stranger find no account', async () => {
      const stan = await world.person('Stan');
      expect(await face.permissions(stan, acme.id, [])).toMatchObject(refused(denied));
      const asked = await face.permissions(stan, acme.id, cells('*'));
      expect(asked).toMatchObject(refused(denied));
      expect(await face.permissions(stan, other, cells('*'))).toEqual(asked);
    });

    it('follow the account: an admin of one and viewer of another keeps the rights apart', async () => {
      const own = await world.team('own').admin('Vic').made();
      const vic = await world.person('Vic');
      const update = (id: string): Asked[] => [{ type: 'ACCOUNT', action: 'UPDATE', id }];
      expect((await face.permissions(vic, own.id, update(own.id))).value).toEqual([true]);
      expect((await face.permissions(vic, acme.id, update(acme.id))).value).toEqual([false]);
      expect((await face.permissions(vic, acme.id, update(own.id))).value).toEqual([false]);
    });
  });

  describe('an operator', () => {
    it('sees and changes every account without being in it', async () => {
      expect((await face.members(olga, acme.id)).value).toHaveLength(4);
      expect((await face.isIn(olga, acme.id)).value).toBe(false);
      expect((await face.permissions(olga, acme.id, cells(acme.id))).value).toEqual(cells('').map(() => true));
      expect((await face.setOnboarded(olga, acme.id, false)).status).toBe(0);
      expect(await face.setOnboarded(olga, other, false)).toMatchObject(refused(denied));
    });

    it('is who OPERATOR_SUBJECTS names, with its issuer or, under a single one, without', async () => {
      for (const [who, status] of [
        ['Named', 0],
        ['Plain', 0],
        ['Nobody', denied],
      ] as const) {
        expect((await face.members(await world.person(who), acme.id)).status).toBe(status);
      }
    });
  });
});

describe('Over GraphQL', () => {
  let world: World;
  let acme: Team;
  beforeAll(async () => {
    world = await createWorld({ settings });
    acme = await acmeOf(world);
  });
  afterAll(() => world.stop());

  it('each answer about a permission says what was asked, in the order asked', async () => {
    const vic = await world.person('Vic');
    const resources = [...cells(acme.id), ...cells('*')].reverse();
    const { data } = await vic.ask(
      `query ($id: ID!, $resources: [ResourcePermissionInput!]!) { account(id: $id) {
        viewerPermissions(resources: $resources) { allowed resource { type action id } } } }`,
      { id: acme.id, resources },
    );
    const viewerPermissions = resources.map((resource) => ({
      resource,
      allowed: resource.action === 'READ' && (resource.type !== 'ACCOUNT' || resource.id === acme.id),
    }));
    expect(data).toEqual({ account: { viewerPermissions } });
  });

  it.each(everyRole)('%s reads every field of the account, and an operator has no role there', async (role) => {
    const document = `query ($id: ID!) { node(id: $id) { id } account(id: $id) { name viewerRole members { totalCount }
      invites { totalCount } onboardingConfig { hasCompletedOnboarding } temporalConfig { url }
      status { usedRecordCount } validity { isValid } } }`;
    const asked = { id: acme.id };
    const { data, errors } = await (await world.person(roles[role])).ask(document, asked);
    expect(errors).toEqual([]);
    expect(data).toMatchObject({ account: { name: 'acme', viewerRole: role, members: { totalCount: 4 } } });
    const olga = await world.person('Olga', { operator: true });
    expect((await olga.ask(document, asked)).data).toMatchObject({ account: { name: 'acme', viewerRole: null } });
  });
});
