/** The main story, over both faces: a team is founded, people come and go, and are refused what they may not do. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { facesOf, type Face } from '../support/faces.js';
import { createWorld, type World } from '../support/world.js';

const [invalid, notFound, conflict, denied, precondition] = [3, 5, 6, 7, 9];
const unknown = '6f1d2c5e-0000-4000-8000-000000000000';

let world: World;
let faces: ReturnType<typeof facesOf>;
beforeAll(async () => {
  world = await createWorld();
  faces = facesOf(world);
});
afterAll(async () => {
  faces.close();
  await world.stop();
});

describe.each(['graphql', 'grpc'] as const)('over %s', (name) => {
  let face: Face;
  beforeAll(() => {
    face = faces[name];
  });

  it('Ann founds a team, invites Vic, who accepts, and only Ann may change roles', async () => {
    const ann = await world.newcomer(`Ann-${name}`);
    const vic = await world.newcomer(`Vic-${name}`);
    expect((await face.whoAmI(ann)).status).toBe(notFound);
    const annId = (await face.signIn(ann)).value ?? '';
    const vicId = (await face.signIn(vic)).value ?? '';
    expect((await face.whoAmI(ann)).value).toBe(annId);

    const accountId = (await face.found(ann, `acme-${name}`)).value ?? '';
    expect(await face.found(ann, `acme-${name}`)).toMatchObject({ value: null, status: conflict, field: 'name' });
    expect(await face.found(ann, 'No Good')).toMatchObject({ value: null, status: invalid, field: 'name' });

    const invited = await face.invite(ann, { accountId, email: ` ${vic.email.toUpperCase()} `, role: 'JOB_VIEWER' });
    expect(invited.value).toMatchObject({ email: vic.email, role: 'JOB_VIEWER', accepted: false });
    const { token, ...open } = invited.value ?? { token: '' };
    expect((await face.invites(ann, accountId)).value).toEqual([open]);
    expect((await face.members(vic, accountId)).status).toBe(denied);
    expect((await face.accept(vic, token)).value).toEqual({ id: accountId, name: `acme-${name}`, type: 'TEAM' });
    expect((await face.members(vic, accountId)).value).toEqual([
      { id: annId, name: `Ann-${name}`, email: ann.email, role: 'ADMIN' },
      { id: vicId, name: `Vic-${name}`, email: vic.email, role: 'JOB_VIEWER' },
    ]);
    expect((await face.invites(ann, accountId)).value).toEqual([]);

    expect((await face.invite(vic, { accountId, email: 'eve@people.test' })).status).toBe(denied);
    expect((await face.setRole(vic, accountId, vicId, 'ADMIN')).status).toBe(denied);
    expect((await face.setRole(ann, accountId, annId, 'JOB_VIEWER')).status).toBe(precondition);
    expect((await face.setRole(ann, accountId, vicId, 'ADMIN')).status).toBe(0);
    expect((await face.remove(vic, accountId, annId)).status).toBe(0);
    expect((await face.members(ann, accountId)).status).toBe(denied);
    expect((await face.remove(vic, accountId, vicId)).status).toBe(precondition);
  });

  it("an invite gives its role once, and cannot be used once it is somebody else's, withdrawn or unknown", async () => {
    const team = await world.team(`invites-${name}`).admin('Iris').viewer('Ivo').made();
    const accountId = team.id;
    const [iris, ivo, guest] = [
      await world.person('Iris'),
      await world.person('Ivo'),
      await world.person(`Guest-${name}`),
    ];
    const unusable = { value: null, status: invalid, field: 'token' };
    expect(await face.accept(guest, 'A'.repeat(43))).toMatchObject(unusable);
    expect(await face.invite(iris, { accountId, email: 'nobody' })).toMatchObject({ status: invalid, field: 'email' });
    expect((await face.invite(iris, { accountId: unknown, email: guest.email })).status).toBe(denied);

    const unnamed = await face.invite(iris, { accountId, email: guest.email, role: null });
    expect(unnamed.value?.role).toBe('JOB_VIEWER');
    expect(await face.accept(ivo, unnamed.value?.token ?? '')).toMatchObject(unusable);
    expect((await face.withdraw(ivo, unnamed.value?.id ?? '')).status).toBe(denied);
    expect((await face.withdraw(iris, unnamed.value?.id ?? '')).status).toBe(0);
    expect(await face.accept(guest, unnamed.value?.token ?? '')).toMatchObject(unusable);

    const { value } = await face.invite(iris, { accountId, email: guest.email, role: 'JOB_DEVELOPER' });
    for (let again = 0; again < 2; again++) {
      expect((await face.accept(guest, value?.token ?? '')).value?.id).toBe(accountId);
    }
    const roles = (await face.members(guest, accountId)).value?.map(({ role }) => role);
    expect(roles).toEqual(['JOB_DEVELOPER', 'ADMIN', 'JOB_VIEWER']);
  });

  it('a member has the role that was given last, and one who left has none', async () => {
    const team = await world.team(`members-${name}`).admin('Mia').viewer('Moe').made();
    const accountId = team.id;
    const [mia, moe, stranger] = [await world.person('Mia'), await world.person('Moe'), await world.person('Stan')];
    const roleOfMoe = async () =>
      (await face.members(mia, accountId)).value?.find(({ id }) => id === moe.id)?.role ?? null;
    for (const role of ['ADMIN', 'JOB_DEVELOPER', 'JOB_EXECUTOR', 'JOB_VIEWER'] as const) {
      expect((await face.setRole(mia, accountId, moe.id, role)).status).toBe(0);
      expect(await roleOfMoe()).toBe(role);
    }
    await face.setRole(mia, accountId, moe.id, 'JOB_EXECUTOR');
    await face.setRole(mia, accountId, moe.id, null);
    expect(await roleOfMoe()).toBe('JOB_VIEWER');
    for (const userId of [stranger.id, unknown]) {
      const refused = await face.setRole(mia, accountId, userId, 'ADMIN');
      expect(refused).toMatchObject({ value: null, status: invalid, field: 'userId' });
    }
    expect((await face.setRole(stranger, accountId, moe.id, 'ADMIN')).status).toBe(denied);

    for (const userId of [moe.id, moe.id, unknown]) {
      expect((await face.remove(mia, accountId, userId)).status).toBe(0);
    }
    expect((await face.members(moe, accountId)).status).toBe(denied);
    expect(await roleOfMoe()).toBeNull();
  });
});
