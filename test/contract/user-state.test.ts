/** The states of a user: which change leads where, who is let in, and that no account is left without an admin. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../support/faces.deed.js';
import { at, faceNames, openScene, refused, statuses, type Face, type Scene } from '../support/faces.js';
import { personNamed } from '../support/faces.shown.js';
import { owned } from '../support/user-life.js';
import type { Person, Team, World } from '../support/world.js';

const { denied, notFound, precondition, unauthenticated } = statuses;
const nowhere = refused(precondition, 'id');
type Move = 'lock' | 'unlock' | 'deactivate' | 'reactivate';

describe.each(faceNames)('Over %s', (name) => {
  let scene: Scene;
  let world: World;
  let face: Face;
  let team: Team;
  /** The admin, in the team. */
  let ann: Person & Actor;
  let olga: Person;
  let count = 0;

  beforeAll(async () => {
    scene = await openScene(name);
    ({ world, face } = scene);
    team = await world.team('acme').admin('Ann').made();
    ann = at(team.people['Ann'] as Person, team.id);
    olga = await world.person('Olga', { operator: true });
  });
  afterAll(() => scene.close());

  const add = async (by: Actor, userName: string, more: object = {}) => {
    const { value, told } = await face.addHuman(by, personNamed(userName, more));
    if (value === null) throw new Error(`${userName} was refused: ${told}`);
    return value;
  };
  const initial = { email: { email: 'initial@acme.test' } };
  const make = (more: object = {}) => add(ann, `state-${(count += 1)}`, more);
  const to = async (id: string, ...moves: readonly Move[]) => {
    for (const move of moves) expect(await face[move](ann, id)).toMatchObject({ status: 0 });
  };
  const stateOf = async (id: string, by: Actor = ann) => (await face.user(by, id)).value?.state ?? null;
  /** Somebody, in the account that owns it: the one where others find it. */
  const owner = async (person: Actor): Promise<string> => (await face.me(person)).value?.details.resourceOwner ?? '';

  describe('a change of state', () => {
    it.each<[string, Move[], Move, string]>([
      ['ACTIVE', [], 'lock', 'LOCKED'],
      ['ACTIVE', [], 'deactivate', 'INACTIVE'],
      ['LOCKED', ['lock'], 'unlock', 'ACTIVE'],
      ['LOCKED', ['lock'], 'deactivate', 'INACTIVE'],
      ['INACTIVE', ['deactivate'], 'reactivate', 'ACTIVE'],
      ['INACTIVE after a lock', ['lock', 'deactivate'], 'reactivate', 'ACTIVE'],
    ])('from %s (%j) by %s leads to %s', async (_from, before, move, state) => {
      const id = await make();
      await to(id, ...before);
      const sequence = String(before.length + 2);
      expect((await face[move](ann, id)).value).toEqual({ sequence, resourceOwner: team.id });
      expect((await face.user(ann, id)).value).toMatchObject({ state, details: { sequence } });
    });

    it('from INITIAL leads to LOCKED, and back to INITIAL', async () => {
      const id = await make(initial);
      await to(id, 'lock');
      expect(await stateOf(id)).toBe('LOCKED');
      await to(id, 'unlock');
      expect(await stateOf(id)).toBe('INITIAL');
    });

    it.each<[string, object, Move[], Move[]]>([
      ['ACTIVE', {}, [], ['reactivate', 'unlock']],
      ['INITIAL', initial, [], ['deactivate', 'reactivate', 'unlock']],
      ['LOCKED', {}, ['lock'], ['lock', 'reactivate']],
      ['INACTIVE', {}, ['deactivate'], ['deactivate', 'lock', 'unlock']],
    ])('from %s is refused where it leads nowhere', async (state, more, before, moves) => {
      const id = await make(more);
      await to(id, ...before);
      for (const move of moves) expect(await face[move](ann, id)).toMatchObject(nowhere);
      expect(await stateOf(id)).toBe(state);
    });

    it('is written to the record, and so is one that was refused', async () => {
      const id = await make();
      await to(id, 'lock');
      const strangers = await world.team('strangers').admin('Sten').viewer('Vera').made();
      const vera = at(strangers.people['Vera'] as Person, strangers.id);
      const seen = await add(at(strangers.people['Sten'] as Person, strangers.id), 'seen');
      expect(await face.lock(vera, seen)).toMatchObject(refused(denied));
      expect((await face.lock(vera, id)).status).toBe(notFound);
      const rows = await world.testApp.database.query<{ actor: string; outcome: string }>(
        `SELECT actor, outcome FROM audit_entries WHERE action = 'user.lock' AND target_id = ANY($1) ORDER BY id`,
        [[id, seen]],
      );
      expect(rows).toEqual([
        { actor: ann.id, outcome: 'done' },
        { actor: vera.id, outcome: 'denied' },
      ]);
    });
  });

  describe('who is locked, deactivated or removed', () => {
    it.each(['lock', 'deactivate'] as const)('is refused at the next request after %s', async (move) => {
      const someone = await owned(world, team, ann, `Refused-${move}`, 'JOB_VIEWER');
      expect((await face.whoAmI(someone)).value).toBe(someone.id);
      await to(someone.id, move);
      expect((await face.whoAmI(someone)).status).toBe(unauthenticated);
      await to(someone.id, move === 'lock' ? 'unlock' : 'reactivate');
      expect((await face.whoAmI(someone)).value).toBe(someone.id);
    });

    it('leaves nothing behind, frees its name, and is a newcomer when it signs in again', async () => {
      const rex = await owned(world, team, ann, 'Rex', 'ADMIN');
      expect((await face.invite(rex, { accountId: team.id, email: 'guest@people.test' })).status).toBe(0);
      expect((await face.removeUser(ann, rex.id)).status).toBe(0);
      expect((await face.user(ann, rex.id)).status).toBe(notFound);
      expect((await face.whoAmI(rex)).status).toBe(notFound);
      expect(await face.removeUser(ann, rex.id)).toMatchObject(refused(notFound, 'id'));
      const tables = ['account_members', 'sessions', 'user_login_names', 'user_identities'];
      for (const table of tables) {
        expect(await world.testApp.database.query(`SELECT 1 FROM ${table} WHERE user_id = $1`, [rex.id])).toEqual([]);
      }
      const invites = 'SELECT 1 FROM account_invites WHERE sender_user_id = $1';
      expect(await world.testApp.database.query(invites, [rex.id])).toEqual([]);
      await add(ann, 'rex');
    });

    it('takes its personal account along', async () => {
      const pia = await world.person('Pia');
      const account = (await face.setPersonal(pia)).value;
      expect((await face.removeUser(pia, pia.id)).status).toBe(0);
      expect(await world.testApp.database.query('SELECT 1 FROM accounts WHERE id = $1', [account])).toEqual([]);
      expect((await face.signIn(pia)).status).toBe(0);
    });
  });

  describe('the last admin of a team', () => {
    it('is neither locked, deactivated nor removed, by itself or by an operator', async () => {
      const solo = await world.team('solo').admin('Sol').made();
      const sol = solo.people['Sol'] as Person;
      await face.setPersonal(sol);
      for (const who of [sol, at(olga, await owner(sol))]) {
        for (const act of ['lock', 'deactivate', 'removeUser'] as const) {
          expect(await face[act](who, sol.id)).toMatchObject(nowhere);
        }
      }
      expect((await face.me(sol)).value).toMatchObject({ state: 'ACTIVE', details: { sequence: '1' } });
    });

    it('is still the last one beside an admin who is locked', async () => {
      const duo = await world.team('duo').admin('Dora').made();
      const dora = at(duo.people['Dora'] as Person, duo.id);
      const operator = at(olga, await owner(dora));
      const second = await add(dora, 'second');
      expect((await face.setRole(dora, duo.id, second, 'ADMIN')).status).toBe(0);
      expect((await face.lock(dora, second)).status).toBe(0);
      expect(await face.lock(operator, dora.id)).toMatchObject(nowhere);
      expect((await face.unlock(dora, second)).status).toBe(0);
      expect((await face.lock(operator, dora.id)).status).toBe(0);
    });

    it('does not keep somebody from being locked who is alone in a personal account', async () => {
      const pam = await world.person('Pam');
      const operator = at(olga, (await face.setPersonal(pam)).value ?? '');
      expect((await face.lock(operator, pam.id)).status).toBe(0);
      expect(await stateOf(pam.id, operator)).toBe('LOCKED');
    });

    it.each(['lock', 'deactivate', 'removeUser'] as const)(
      'remains when two admins turn on each other at the same instant by %s',
      async (act) => {
        for (let round = 0; round < 6; round += 1) {
          const founder = await world.person(`Founder-${act}-${round}`);
          const arena = await world.team(`arena-${act.toLowerCase()}-${round}`).admin(founder.name).made();
          const one = at(await owned(world, arena, founder, `One-${act}-${round}`, 'ADMIN'), arena.id);
          const two = at(await owned(world, arena, founder, `Two-${act}-${round}`, 'ADMIN'), arena.id);
          expect((await face.setRole(one, arena.id, founder.id, 'JOB_VIEWER')).status).toBe(0);
          // Both have signed in before, so that neither is late.
          await face.whoAmI(two);
          const answers = await Promise.all([
            face[act](one, two.id),
            round % 2 === 0 ? face[act](two, one.id) : face.setRole(two, arena.id, one.id, 'JOB_VIEWER'),
          ]);
          // 13: something went wrong on our side.
          expect(answers.map(({ status }) => status)).not.toContain(13);
          const admins = await world.testApp.database.query(
            `SELECT 1 FROM account_members m JOIN users u ON u.id = m.user_id
             WHERE m.account_id = $1 AND m.role = 1 AND u.state IN (1, 6)`,
            [arena.id],
          );
          expect(admins).toHaveLength(1);
        }
      },
    );
  });

  describe('a machine', () => {
    it('has the same states', async () => {
      const id = (await face.addMachine(ann, { userName: 'robot', name: 'Robot' })).value ?? '';
      await to(id, 'lock', 'unlock', 'deactivate', 'reactivate');
      expect((await face.user(ann, id)).value).toMatchObject({ state: 'ACTIVE', details: { sequence: '5' } });
    });
  });
});
