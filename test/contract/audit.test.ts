/** The record of what was changed: complete, in the same transaction, and only ever added to. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { added, brief, entries } from '../support/audit.js';
import { mutate, type Asker } from '../support/mutate.js';
import { createWorld, type Person, type Team, type World } from '../support/world.js';

let world: World;
let acme: Team;
let ann: Person;
let vic: Person;
beforeAll(async () => {
  world = await createWorld();
  acme = await world.team('acme').admin('Ann').viewer('Vic').made();
  [ann, vic] = [await world.person('Ann'), await world.person('Vic')];
});
afterAll(() => world.stop());

const invite = (by: Asker, email: string, accountId: string = acme.id) =>
  mutate<{ token: string; invite: { id: string } }>(
    by,
    'inviteUserToTeamAccount',
    { accountId, email },
    'token invite { id }',
  );

describe('A change', () => {
  it('is recorded with who, what, on what, when and in which request', async () => {
    const [row] = await added(world, () =>
      mutate(ann, 'setUserRole', { accountId: acme.id, userId: vic.id, role: 'JOB_EXECUTOR' }),
    );
    expect(row).toMatchObject({
      action: 'member.role',
      outcome: 'done',
      actor: ann.id,
      actor_kind: 'user',
      account_id: acme.id,
      target_type: 'user',
      target_id: vic.id,
      detail: { before: 'JOB_VIEWER', after: 'JOB_EXECUTOR' },
    });
    expect(row?.request_id).not.toBe('');
    expect(Math.abs(Date.now() - (row?.at.getTime() ?? 0))).toBeLessThan(60_000);
  });

  it('of every kind is recorded once', async () => {
    const guest = await world.newcomer('Guest');
    const id = { accountId: acme.id };
    expect(brief(await added(world, () => mutate(guest, 'setUser', {})))).toEqual(['user.create done']);
    expect(brief(await added(world, () => mutate(guest, 'setUser', {})))).toEqual([]);
    expect(brief(await added(world, () => mutate(guest, 'setPersonalAccount', {})))).toEqual(['account.create done']);
    expect(brief(await added(world, () => mutate(guest, 'setPersonalAccount', {})))).toEqual([]);
    expect(brief(await added(world, () => mutate(guest, 'createTeamAccount', { name: 'guests' })))).toEqual([
      'account.create done',
    ]);
    expect(brief(await added(world, () => mutate(guest, 'convertPersonalToTeamAccount', { name: 'more' })))).toEqual([
      'account.create done',
      'account.convert done',
    ]);
    const onboarding = { ...id, hasCompletedOnboarding: true };
    expect(brief(await added(world, () => mutate(ann, 'setAccountOnboardingConfig', onboarding)))).toEqual([
      'account.onboarding done',
    ]);
    expect(brief(await added(world, () => mutate(ann, 'setAccountTemporalConfig', id)))).toEqual([
      'account.temporal done',
    ]);

    const first = await invite(ann, guest.email);
    expect(brief(await added(world, () => invite(ann, guest.email)))).toEqual([
      'invite.supersede done',
      'invite.create done',
    ]);
    const { payload } = await invite(ann, guest.email);
    const [accepted] = await added(world, () => mutate(guest, 'acceptTeamAccountInvite', { token: payload?.token }));
    expect(accepted).toMatchObject({
      action: 'invite.accept',
      target_id: payload?.invite.id,
      detail: { joined: true },
    });
    expect(first.payload?.token).not.toBe(payload?.token);
    expect(
      brief(await added(world, () => mutate(guest, 'acceptTeamAccountInvite', { token: payload?.token }))),
    ).toEqual([]);

    const open = await invite(ann, 'open@people.test');
    const gone = await added(world, () => mutate(ann, 'removeTeamAccountInvite', { id: open.payload?.invite.id }));
    expect(brief(gone)).toEqual(['invite.remove done']);
  });

  it('takes the invites of a former admin along, each with its own row', async () => {
    const pair = await world.team('pair').admin('Ann').admin('Bob').made();
    const bob = await world.person('Bob');
    const sent = [await invite(bob, 'one@people.test', pair.id), await invite(bob, 'two@people.test', pair.id)];
    const rows = await added(world, () =>
      mutate(ann, 'removeTeamAccountMember', { accountId: pair.id, userId: bob.id }),
    );
    expect(brief(rows).sort()).toEqual(['invite.remove done', 'invite.remove done', 'member.remove done']);
    const targets = rows.filter(({ target_type: type }) => type === 'invite').map(({ target_id: target }) => target);
    expect(targets.sort()).toEqual(sent.map(({ payload }) => payload?.invite.id).sort());
  });

  it('that changes nothing, or is bad input, is not recorded', async () => {
    const same = { accountId: acme.id, userId: ann.id, role: 'ADMIN' };
    expect(brief(await added(world, () => mutate(ann, 'setUserRole', same)))).toEqual([]);
    expect(brief(await added(world, () => invite(ann, 'nonsense')))).toEqual([]);
    expect(brief(await added(world, () => mutate(ann, 'createTeamAccount', { name: 'acme' })))).toEqual([]);
  });

  it('and its record are both there or neither is', async () => {
    const { query } = world.testApp.database;
    await query(`CREATE FUNCTION refuse_late() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'too late'; END $$`);
    await query(`CREATE CONSTRAINT TRIGGER refuse_late AFTER INSERT ON audit_entries
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.outcome = 'done') EXECUTE FUNCTION refuse_late()`);
    try {
      const before = await world.dump(acme);
      const role = { accountId: acme.id, userId: vic.id, role: 'JOB_DEVELOPER' };
      const stories: readonly (() => Promise<{ code: string | null }>)[] = [
        () => mutate(ann, 'setUserRole', role),
        () => mutate(ann, 'removeTeamAccountMember', { accountId: acme.id, userId: vic.id }),
        () => mutate(ann, 'setAccountOnboardingConfig', { accountId: acme.id, hasCompletedOnboarding: false }),
        () => invite(ann, 'late@people.test'),
        () => mutate(ann, 'createTeamAccount', { name: 'late' }),
      ];
      for (const story of stories) {
        let code: string | null = null;
        expect(await added(world, async () => void ({ code } = await story()))).toEqual([]);
        expect(code).toBe('INTERNAL_SERVER_ERROR');
      }
      expect(await world.dump(acme)).toBe(before);
      expect(await query("SELECT 1 FROM accounts WHERE slug = 'late'")).toEqual([]);
    } finally {
      await query('DROP TRIGGER refuse_late ON audit_entries');
    }
  });
});

describe('The record', () => {
  it('can only be added to', async () => {
    const { query } = world.testApp.database;
    const before = await entries(world);
    await expect(query("UPDATE audit_entries SET outcome = 'done'")).rejects.toThrow('only ever added');
    await expect(query('DELETE FROM audit_entries')).rejects.toThrow('only ever added');
    await expect(query('TRUNCATE audit_entries')).rejects.toThrow('only ever added');
    expect(await entries(world)).toEqual(before);
  });

  it('holds no token and no address', async () => {
    const { payload } = await invite(ann, 'secret@people.test');
    const text = JSON.stringify(await entries(world));
    expect(text).not.toContain(payload?.token);
    expect(text).not.toContain('people.test');
  });
});
