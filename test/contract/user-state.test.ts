/** The states of a user: which change leads where, who is let in, and that no account is left without an admin. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { change, createHuman, createMachine, done, lifeOf, owned } from '../support/user-life.js';
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

const to = async (id: string, ...changes: string[]) => {
  for (const name of changes) await done(ann, `${name}User`, { id }, 'user', '{ state }');
};

const initial = { email: { email: 'initial@acme.test' } };
let count = 0;
const make = (more: object = {}) => createHuman(ann, team.id, `state-${(count += 1)}`, more);

describe('A change of state', () => {
  it.each([
    ['ACTIVE', [], 'lock', 'LOCKED'],
    ['ACTIVE', [], 'deactivate', 'INACTIVE'],
    ['LOCKED', ['lock'], 'unlock', 'ACTIVE'],
    ['LOCKED', ['lock'], 'deactivate', 'INACTIVE'],
    ['INACTIVE', ['deactivate'], 'reactivate', 'ACTIVE'],
    ['INACTIVE after a lock', ['lock', 'deactivate'], 'reactivate', 'ACTIVE'],
  ])('from %s (%j) by %s leads to %s', async (_from, before, name, state) => {
    const id = await make();
    await to(id, ...before);
    expect(await done(ann, `${name}User`, { id }, 'user', '{ state details { sequence } }')).toEqual({
      state,
      details: { sequence: String(before.length + 2) },
    });
  });

  it('from INITIAL leads to LOCKED, and back to INITIAL', async () => {
    const id = await make(initial);
    await to(id, 'lock');
    expect(await lifeOf(ann, id)).toMatchObject({ state: 'LOCKED' });
    await to(id, 'unlock');
    expect(await lifeOf(ann, id)).toMatchObject({ state: 'INITIAL' });
  });

  it.each([
    ['ACTIVE', {}, [], ['reactivate', 'unlock']],
    ['INITIAL', initial, [], ['deactivate', 'reactivate', 'unlock']],
    ['LOCKED', {}, ['lock'], ['lock', 'reactivate']],
    ['INACTIVE', {}, ['deactivate'], ['deactivate', 'lock', 'unlock']],
  ])('from %s is refused where it leads nowhere', async (state, more, before, refused) => {
    const id = await make(more);
    await to(id, ...before);
    for (const name of refused) {
      expect((await change(ann, `${name}User`, { id })).errors).toEqual(['FAILED_PRECONDITION id']);
    }
    expect(await lifeOf(ann, id)).toMatchObject({ state });
  });

  it('is written to the record, and so is one that was refused', async () => {
    const id = await make();
    await to(id, 'lock');
    const stranger = await world.team('strangers').admin('Sten').viewer('Vera').made();
    await createHuman(ann, team.id, 'unseen');
    const vera = stranger.people['Vera'] as Person;
    const seen = await createHuman(stranger.people['Sten'] as Person, stranger.id, 'seen');
    expect((await change(vera, 'lockUser', { id: seen })).refusals).toEqual(['FORBIDDEN']);
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

describe('Who is locked, deactivated or removed', () => {
  it.each(['lock', 'deactivate'])('is refused at the next request after %s', async (name) => {
    const someone = await owned(world, team, ann, `Refused-${name}`, 'JOB_VIEWER');
    expect((await someone.ask('{ viewer { userId } }')).data).toEqual({ viewer: { userId: someone.id } });
    await to(someone.id, name);
    const refused = await someone.ask('{ viewer { userId } }');
    expect([refused.status, refused.errors[0]?.extensions['code']]).toEqual([401, 'UNAUTHENTICATED']);
    await to(someone.id, name === 'lock' ? 'unlock' : 'reactivate');
    expect((await someone.ask('{ viewer { userId } }')).data).toEqual({ viewer: { userId: someone.id } });
  });

  it('leaves nothing behind, frees its name, and is a newcomer when it signs in again', async () => {
    const rex = await owned(world, team, ann, 'Rex', 'ADMIN');
    const invite = { accountId: team.id, email: 'guest@people.test' };
    await done(rex, 'inviteUserToTeamAccount', invite, 'invite', '{ id }');
    expect(await done(ann, 'removeUser', { id: rex.id }, 'removedUserId')).toBe(rex.id);
    expect(await lifeOf(ann, rex.id)).toBeNull();
    expect((await rex.ask('{ viewer { userId } }')).data).toEqual({ viewer: null });
    expect((await change(ann, 'removeUser', { id: rex.id })).errors).toEqual(['NOT_FOUND id']);
    const tables = ['account_members', 'sessions', 'user_login_names', 'user_identities'];
    for (const table of tables) {
      expect(await world.testApp.database.query(`SELECT 1 FROM ${table} WHERE user_id = $1`, [rex.id])).toEqual([]);
    }
    const invites = 'SELECT 1 FROM account_invites WHERE sender_user_id = $1';
    expect(await world.testApp.database.query(invites, [rex.id])).toEqual([]);
    await createHuman(ann, team.id, 'rex');
  });

  it('takes its personal account along', async () => {
    const pia = await world.person('Pia');
    const account = await done<{ id: string }>(pia, 'setPersonalAccount', {}, 'account', '{ id }');
    expect(await done(pia, 'removeUser', { id: pia.id }, 'removedUserId')).toBe(pia.id);
    expect(await world.testApp.database.query('SELECT 1 FROM accounts WHERE id = $1', [account.id])).toEqual([]);
    expect((await pia.ask('mutation { setUser { errors { code } } }')).data).toEqual({ setUser: { errors: [] } });
  });
});

describe('The last admin of a team', () => {
  it('is neither locked, deactivated nor removed, by itself or by an operator', async () => {
    const solo = await world.team('solo').admin('Sol').made();
    const sol = solo.people['Sol'] as Person;
    await done(sol, 'setPersonalAccount', {}, 'account', '{ id }');
    for (const who of [sol, olga]) {
      for (const name of ['lockUser', 'deactivateUser', 'removeUser']) {
        expect((await change(who, name, { id: sol.id })).errors).toEqual(['FAILED_PRECONDITION id']);
      }
    }
    expect(await lifeOf(sol, sol.id)).toMatchObject({ state: 'ACTIVE', details: { sequence: '1' } });
  });

  it('is still the last one beside an admin who is locked', async () => {
    const duo = await world.team('duo').admin('Dora').made();
    const dora = duo.people['Dora'] as Person;
    const second = await createHuman(dora, duo.id, 'second', { role: 'ADMIN' });
    await done(dora, 'lockUser', { id: second }, 'user', '{ id }');
    expect((await change(olga, 'lockUser', { id: dora.id })).errors).toEqual(['FAILED_PRECONDITION id']);
    await done(dora, 'unlockUser', { id: second }, 'user', '{ id }');
    await done(olga, 'lockUser', { id: dora.id }, 'user', '{ id }');
  });

  it('does not keep somebody from being locked who is alone in a personal account', async () => {
    const pam = await world.person('Pam');
    await done(pam, 'setPersonalAccount', {}, 'account', '{ id }');
    expect(await done(olga, 'lockUser', { id: pam.id }, 'user', '{ state }')).toEqual({ state: 'LOCKED' });
  });

  it.each(['lockUser', 'deactivateUser', 'removeUser'])(
    'remains when two admins turn on each other at the same instant by %s',
    async (name) => {
      for (let round = 0; round < 6; round += 1) {
        const founder = await world.person(`Founder-${name}-${round}`);
        const arena = await world.team(`arena-${name.toLowerCase()}-${round}`).admin(founder.name).made();
        const one = await owned(world, arena, founder, `One-${name}-${round}`, 'ADMIN');
        const two = await owned(world, arena, founder, `Two-${name}-${round}`, 'ADMIN');
        const demotion = { accountId: arena.id, userId: founder.id, role: 'JOB_VIEWER' };
        await done(one, 'setUserRole', demotion, 'member', '{ id }');
        // Both have signed in before, so that neither is late.
        await two.ask('{ viewer { userId } }');
        const demotes = { accountId: arena.id, userId: one.id, role: 'JOB_VIEWER' };
        const answers = await Promise.all([
          change(one, name, { id: two.id }),
          round % 2 === 0 ? change(two, name, { id: one.id }) : change(two, 'setUserRole', demotes),
        ]);
        expect(answers.flatMap(({ errors }) => errors).filter((error) => error.startsWith('INTERNAL'))).toEqual([]);
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

describe('A machine', () => {
  it('has the same states', async () => {
    const id = await createMachine(ann, team.id, 'robot');
    await to(id, 'lock', 'unlock', 'deactivate', 'reactivate');
    expect(await lifeOf(ann, id)).toMatchObject({ state: 'ACTIVE', details: { sequence: '5' } });
  });
});
