/** An account never loses its last admin, whoever goes and however; and what goes with an admin. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutate, type Asker } from '../support/mutate.js';
import { createWorld, type Person, type Team, type World } from '../support/world.js';

let world: World;
let beside: World;
let count = 0;
beforeAll(async () => {
  world = await createWorld();
  beside = await createWorld({ database: world.testApp.database, dataDir: world.testApp.dataDir });
});
afterAll(async () => {
  await beside.stop();
  await world.stop();
});

const team = () => world.team(`team-${++count}`);
const remove = (by: Asker, at: Team, person: Person) =>
  mutate(by, 'removeTeamAccountMember', { accountId: at.id, userId: person.id }, 'account { id }');
const setRole = (by: Asker, at: Team, person: Person, role: string) =>
  mutate(by, 'setUserRole', { accountId: at.id, userId: person.id, role });
const admins = async (at: Pick<Team, 'id'>) =>
  (await world.testApp.database.query('SELECT 1 FROM account_members WHERE account_id = $1 AND role = 1', [at.id]))
    .length;
const who = (at: Team, name: string): Person => {
  const person = at.people[name];
  if (!person) throw new Error(`${name} is not in the team.`);
  return person;
};
const lastAdmin = { code: 'FAILED_PRECONDITION', path: ['userId'], asData: true };

describe('The last admin', () => {
  it('cannot leave, be removed or be demoted, not even by an operator', async () => {
    const acme = await team().admin('Ann').viewer('Vic').made();
    const ann = who(acme, 'Ann');
    const olga = await world.person('Olga', { operator: true });
    for (const by of [ann, olga]) {
      expect(await remove(by, acme, ann)).toMatchObject(lastAdmin);
      for (const role of ['JOB_DEVELOPER', 'JOB_VIEWER', 'JOB_EXECUTOR']) {
        expect(await setRole(by, acme, ann, role)).toMatchObject(lastAdmin);
      }
      expect((await setRole(by, acme, ann, 'ADMIN')).code).toBeNull();
    }
    expect(await admins(acme)).toBe(1);
  });

  it('of a personal account cannot be demoted either', async () => {
    const bea = await world.person('Bea');
    const { payload } = await mutate<{ account: Team }>(bea, 'setPersonalAccount', {}, 'account { id }');
    const own = payload?.account ?? { id: '' as Team['id'], people: {} };
    expect(await setRole(bea, own, bea, 'JOB_VIEWER')).toMatchObject(lastAdmin);
    expect(await remove(bea, own, bea)).toMatchObject({ code: 'FORBIDDEN', payload: null });
    expect(await admins(own)).toBe(1);
  });

  it('may go once there is another', async () => {
    const acme = await team().admin('Ann').viewer('Vic').made();
    const [ann, vic] = [who(acme, 'Ann'), who(acme, 'Vic')];
    await setRole(ann, acme, vic, 'ADMIN');
    expect((await remove(ann, acme, ann)).payload).toEqual({ account: null, errors: [] });
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
    expect((await setRole(ann, acme, sleeper, 'JOB_VIEWER')).code).toBeNull();
    expect((await remove(ann, acme, sleeper)).code).toBeNull();
  });
});

describe('Two admins', () => {
  it('who remove or demote each other at once, over two processes, never leave an account without one', async () => {
    const seen = new Set<string>();
    for (let round = 0; round < 20; round++) {
      const acme = await team().admin('Ann').admin('Bob').made();
      const [ann, bob] = [who(acme, 'Ann'), who(acme, 'Bob')];
      const besideBob = await beside.person('Bob');
      const act = (by: Asker, on: Person, demotes: boolean) =>
        demotes ? setRole(by, acme, on, 'JOB_VIEWER') : remove(by, acme, on);
      const answers = await Promise.all([
        act(ann, bob, round % 2 === 0),
        act(besideBob, ann, round % 4 < 2),
        // Leaving at the same instant.
        ...(round % 3 === 0 ? [remove(ann, acme, ann), remove(besideBob, acme, bob)] : []),
      ]);
      for (const { code } of answers) seen.add(code ?? 'done');
      expect(await admins(acme), `round ${round}`).toBe(1);
      expect(answers.filter(({ code }) => code === null)).not.toHaveLength(0);
    }
    // BAD_USER_INPUT: a role for somebody who left a moment before.
    for (const code of seen) expect(['done', 'FORBIDDEN', 'FAILED_PRECONDITION', 'BAD_USER_INPUT']).toContain(code);
    expect(seen.size).toBeGreaterThan(1);
  });
});

describe('The open invites of an admin', () => {
  const invite = (by: Asker, at: Team, email: string) =>
    mutate<{ token: string; invite: { id: string } }>(
      by,
      'inviteUserToTeamAccount',
      { accountId: at.id, email },
      'token invite { id }',
    );

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

    const accept = (person: Person, token = '') => mutate(person, 'acceptTeamAccountInvite', { token });
    expect(await accept(guest, open.payload?.token)).toMatchObject({ code: 'BAD_USER_INPUT', path: ['token'] });
    expect((await accept(other, kept.payload?.token)).code).toBeNull();
    expect((await accept(guest, apart.payload?.token)).code).toBeNull();
  });

  it('stay when the admin stays one', async () => {
    const acme = await team().admin('Ann').admin('Bob').made();
    const [ann, bob] = [who(acme, 'Ann'), who(acme, 'Bob')];
    const guest = await world.person(`Guest${++count}`);
    const { payload } = await invite(bob, acme, guest.email);
    await setRole(ann, acme, bob, 'ADMIN');
    expect((await mutate(guest, 'acceptTeamAccountInvite', { token: payload?.token })).code).toBeNull();
  });
});
