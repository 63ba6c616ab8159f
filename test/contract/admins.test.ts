/** An account never loses its last admin, whoever goes and however; and what goes with an admin. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccountRole } from '../../src/domains/access/access.js';
import type { Actor } from '../support/faces.deed.js';
import { faceNames, openScene, refused, statuses, type Face, type Scene } from '../support/faces.js';
import type { Person, Team, World } from '../support/world.js';

const { denied, invalid, precondition } = statuses;
const lastAdmin = refused(precondition, 'userId');

const who = (at: Team, name: string): Person => {
  const person = at.people[name];
  if (!person) throw new Error(`${name} is not in the team.`);
  return person;
};

describe.each(faceNames)('Over %s', (name) => {
  let scene: Scene;
  let world: World;
  let face: Face;
  let beside: Scene;
  let count = 0;
  beforeAll(async () => {
    scene = await openScene(name);
    ({ world, face } = scene);
    beside = await openScene(name, { database: world.testApp.database, dataDir: world.testApp.dataDir });
  });
  afterAll(async () => {
    await beside.close();
    await scene.close();
  });

  const team = () => world.team(`team-${++count}`);
  const remove = (by: Actor, at: { id: string }, person: Person, process = face) =>
    process.remove(by, at.id, person.id);
  const setRole = (by: Actor, at: { id: string }, person: Person, role: AccountRole, process = face) =>
    process.setRole(by, at.id, person.id, role);
  const admins = async (at: { id: string }) =>
    (await world.testApp.database.query('SELECT 1 FROM account_members WHERE account_id = $1 AND role = 1', [at.id]))
      .length;

  describe('the last admin', () => {
    it('cannot leave, be removed or be demoted, not even by an operator', async () => {
      const acme = await team().admin('Ann').viewer('Vic').made();
      const ann = who(acme, 'Ann');
      const olga = await world.person('Olga', { operator: true });
      for (const by of [ann, olga]) {
        expect(await remove(by, acme, ann)).toMatchObject(lastAdmin);
        for (const role of ['JOB_DEVELOPER', 'JOB_VIEWER', 'JOB_EXECUTOR'] as const) {
          expect(await setRole(by, acme, ann, role)).toMatchObject(lastAdmin);
        }
        expect((await setRole(by, acme, ann, 'ADMIN')).status).toBe(0);
      }
      expect(await admins(acme)).toBe(1);
    });

    it('of a personal account cannot be demoted either', async () => {
      const bea = await world.person('Bea');
      const own = { id: (await face.setPersonal(bea)).value ?? '' };
      expect(await setRole(bea, own, bea, 'JOB_VIEWER')).toMatchObject(lastAdmin);
      expect(await remove(bea, own, bea)).toMatchObject(refused(denied));
      expect(await admins(own)).toBe(1);
    });

    it('may go once there is another', async () => {
      const acme = await team().admin('Ann').viewer('Vic').made();
      const [ann, vic] = [who(acme, 'Ann'), who(acme, 'Vic')];
      await setRole(ann, acme, vic, 'ADMIN');
      expect((await remove(ann, acme, ann)).status).toBe(0);
      expect((await face.members(ann, acme.id)).status).toBe(denied);
      expect(await remove(vic, acme, vic)).toMatchObject(lastAdmin);
    });

    it.each([
      ['deactivated', 2],
      ['locked', 4],
      ['suspended', 5],
    ])('is the last though another is there, who is %s', async (_name, state) => {
      const acme = await team().admin('Ann').admin(`Sleeper${state}`).made();
      const [ann, sleeper] = [who(acme, 'Ann'), who(acme, `Sleeper${state}`)];
      await world.setState(sleeper, state);
      expect(await remove(ann, acme, ann)).toMatchObject(lastAdmin);
      expect(await setRole(ann, acme, ann, 'JOB_VIEWER')).toMatchObject(lastAdmin);
      expect((await setRole(ann, acme, sleeper, 'JOB_VIEWER')).status).toBe(0);
      expect((await remove(ann, acme, sleeper)).status).toBe(0);
    });
  });

  describe('two admins', () => {
    it('who remove or demote each other at once, over two processes, never leave an account without one', async () => {
      const seen = new Set<number>();
      for (let round = 0; round < 20; round++) {
        const acme = await team().admin('Ann').admin('Bob').made();
        const [ann, bob] = [who(acme, 'Ann'), who(acme, 'Bob')];
        const besideBob = await beside.world.person('Bob');
        const act = (by: Actor, on: Person, demotes: boolean, process = face) =>
          demotes ? setRole(by, acme, on, 'JOB_VIEWER', process) : remove(by, acme, on, process);
        const answers = await Promise.all([
          act(ann, bob, round % 2 === 0),
          act(besideBob, ann, round % 4 < 2, beside.face),
          // Leaving at the same instant.
          ...(round % 3 === 0 ? [remove(ann, acme, ann), remove(besideBob, acme, bob, beside.face)] : []),
        ]);
        for (const { status } of answers) seen.add(status);
        expect(await admins(acme), `round ${round}`).toBe(1);
        expect(answers.filter(({ status }) => status === 0)).not.toHaveLength(0);
      }
      // Invalid: a role for somebody who left a moment before.
      for (const status of seen) expect([0, denied, precondition, invalid]).toContain(status);
      expect(seen.size).toBeGreaterThan(1);
    });
  });

  describe('the open invites of an admin', () => {
    const invite = async (by: Actor, { id: accountId }: Pick<Team, 'id'>, email: string) =>
      (await face.invite(by, { accountId, email })).value?.token ?? '';

    it.each(['removed', 'demoted', 'gone'])('go when the admin is %s, and those of others stay', async (how) => {
      const acme = await team().admin('Ann').admin('Bob').made();
      const [ann, bob] = [who(acme, 'Ann'), who(acme, 'Bob')];
      const [guest, other] = [await world.person(`Guest${++count}`), await world.person(`Other${count}`)];
      const open = await invite(bob, acme, guest.email);
      const kept = await invite(ann, acme, other.email);
      const elsewhere = await team().admin('Bob').made();
      const apart = await invite(bob, elsewhere, guest.email);

      if (how === 'removed') await remove(ann, acme, bob);
      else if (how === 'demoted') await setRole(ann, acme, bob, 'JOB_DEVELOPER');
      else await remove(bob, acme, bob);

      expect(await face.accept(guest, open)).toMatchObject(refused(invalid, 'token'));
      expect((await face.accept(other, kept)).status).toBe(0);
      expect((await face.accept(guest, apart)).status).toBe(0);
    });

    it('stay when the admin stays one', async () => {
      const acme = await team().admin('Ann').admin('Bob').made();
      const [ann, bob] = [who(acme, 'Ann'), who(acme, 'Bob')];
      const guest = await world.person(`Guest${++count}`);
      const token = await invite(bob, acme, guest.email);
      await setRole(ann, acme, bob, 'ADMIN');
      expect((await face.accept(guest, token)).status).toBe(0);
    });
  });
});
