/** The two switches that change who may do what: AUTH=off, where everybody is one user, and RBAC=off, without roles. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anonymousUserId } from '../../src/kernel/ids.js';
import type { Actor } from '../support/faces.deed.js';
import { bearer, faceNames, openScene, refused, statuses, type Face, type Scene } from '../support/faces.js';
import type { Person, Team, World } from '../support/world.js';

const { denied, precondition, unauthenticated } = statuses;

describe.each(faceNames)('With AUTH=off over %s', (name) => {
  let scene: Scene;
  let world: World;
  let face: Face;
  let everybody: Actor;
  beforeAll(async () => {
    scene = await openScene(name, { settings: { AUTH: 'off' } });
    ({ world, face } = scene);
    everybody = bearer(world, null);
  });
  afterAll(() => scene.close());

  it('everybody is the anonymous user, whatever the header says', async () => {
    for (const header of [null, 'Bearer nonsense', 'Basic YTpi']) {
      expect((await face.whoAmI(bearer(world, header))).value).toBe(anonymousUserId);
      expect((await face.me(bearer(world, header))).value?.id).toBe(anonymousUserId);
    }
    expect((await face.signIn(everybody)).value).toBe(anonymousUserId);
  });

  it('there is one personal account, and everybody is its admin', async () => {
    expect((await face.accounts(everybody)).value).toEqual([]);
    const accountId = (await face.setPersonal(everybody)).value ?? '';
    expect((await face.accounts(everybody)).value).toMatchObject([{ id: accountId, name: 'personal' }]);
    const update = { type: 'ACCOUNT', action: 'UPDATE', id: accountId } as const;
    expect((await face.may(everybody, accountId, update)).value).toBe(true);
    expect((await face.setOnboarded(everybody, accountId, true)).status).toBe(0);
    const { query } = world.testApp.database;
    expect(await query('SELECT user_id, role FROM account_members WHERE account_id = $1', [accountId])).toEqual([
      { user_id: anonymousUserId, role: 1 },
    ]);
  });

  it('there are no teams, and nothing of a team can be done to the personal account', async () => {
    const accountId = (await face.setPersonal(everybody)).value ?? '';
    const answers = {
      found: await face.found(everybody, 'team'),
      convert: await face.convert(everybody, 'team'),
      convertNamed: await face.convert(everybody, 'team', accountId),
      invite: await face.invite(everybody, { accountId, email: 'eve@people.test' }),
      remove: await face.remove(everybody, accountId, anonymousUserId),
      withdraw: await face.withdraw(everybody, anonymousUserId),
    };
    for (const [deed, answer] of Object.entries(answers)) expect(answer, deed).toMatchObject(refused(denied));
  });

  it('nobody can accept an invite', async () => {
    expect(await face.accept(everybody, 'x')).toMatchObject(refused(unauthenticated));
  });
});

describe.each(faceNames)('With RBAC=off over %s', (name) => {
  let scene: Scene;
  let world: World;
  let face: Face;
  let acme: Team;
  let ann: Person;
  let vic: Person;
  beforeAll(async () => {
    scene = await openScene(name, { settings: { RBAC: 'off' } });
    ({ world, face } = scene);
    acme = await world.team('acme').admin('Ann').viewer('Vic').made();
    [ann, vic] = [await world.person('Ann'), await world.person('Vic')];
  });
  afterAll(() => scene.close());

  it('roles read as none, and every member has every permission that there is', async () => {
    const asked = (['ACCOUNT', 'CONNECTION', 'JOB'] as const).flatMap((type) =>
      (['CREATE', 'READ', 'UPDATE', 'DELETE'] as const).map((action) => ({ type, action, id: acme.id })),
    );
    expect((await face.permissions(vic, acme.id, asked)).value).toEqual(asked.map(() => true));
    expect((await face.members(vic, acme.id)).value?.map(({ role }) => role)).toEqual([null, null]);
    // What only GraphQL shows.
    const { data } = await vic.ask('query ($id: ID!) { account(id: $id) { viewerRole } }', { id: acme.id });
    expect(data).toEqual({ account: { viewerRole: null } });
  });

  it('every member may change the account, yet setting a role changes nothing', async () => {
    const before = await world.dump(acme);
    expect((await face.setRole(vic, acme.id, ann.id, 'JOB_VIEWER')).status).toBe(0);
    expect((await face.members(vic, acme.id)).value?.map(({ role }) => role)).toEqual([null, null]);
    expect(await world.dump(acme)).toBe(before);
    expect((await face.setOnboarded(vic, acme.id, true)).status).toBe(0);
  });

  it('invites carry no role, and strangers stay outside', async () => {
    const sam = await world.person('Sam');
    const invite = { accountId: acme.id, email: 'new@people.test', role: 'ADMIN' } as const;
    expect((await face.invite(vic, invite)).value?.role).toBeNull();
    expect((await face.members(sam, acme.id)).status).toBe(denied);
    expect(await face.invite(sam, invite)).toMatchObject(refused(denied));
  });

  it('the last stored admin stays', async () => {
    expect(await face.remove(vic, acme.id, ann.id)).toMatchObject(refused(precondition, 'userId'));
  });
});
