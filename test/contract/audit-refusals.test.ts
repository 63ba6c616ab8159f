/** The record of what was refused, and to whom. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { added, brief } from '../support/audit.js';
import { mutate, type Asker } from '../support/mutate.js';
import { createWorld, type Person, type Team, type World } from '../support/world.js';

let world: World;
let acme: Team;
let ann: Person;
let vic: Person;
beforeAll(async () => {
  world = await createWorld({ settings: { WORKER_KEYS: 'worker-key-0123456789' } });
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

describe('A refusal', () => {
  it('is recorded, of a member, a stranger and for an account that is not', async () => {
    const stan = await world.person('Stan');
    const unknown = '6f1d2c5e-0000-4000-8000-000000000000';
    const refused = (action: string, actor: Person, accountId: string) => ({
      action,
      outcome: 'denied',
      actor: actor.id,
      actor_kind: 'user',
      account_id: accountId,
      target_type: 'account',
      target_id: accountId,
    });
    for (const [by, accountId] of [
      [vic, acme.id],
      [stan, acme.id],
      [stan, unknown],
    ] as const) {
      const tries: readonly (readonly [string, string, object])[] = [
        ['member.role', 'setUserRole', { userId: ann.id, role: 'JOB_VIEWER' }],
        ['member.remove', 'removeTeamAccountMember', { userId: ann.id }],
        ['invite.create', 'inviteUserToTeamAccount', { email: 'eve@people.test' }],
        ['account.onboarding', 'setAccountOnboardingConfig', { hasCompletedOnboarding: true }],
        ['account.temporal', 'setAccountTemporalConfig', {}],
      ];
      for (const [action, name, input] of tries) {
        const rows = await added(world, () => mutate(by, name, { accountId: accountId.toUpperCase(), ...input }));
        expect(rows, `${name} by ${by.name}`).toMatchObject([refused(action, by, accountId)]);
        expect(rows).toHaveLength(1);
      }
    }
  });

  it('that comes late, for what the account is, is recorded too', async () => {
    const { payload } = await mutate<{ account: { id: string } }>(ann, 'setPersonalAccount', {}, 'account { id }');
    const rows = await added(world, () => invite(ann, 'eve@people.test', payload?.account.id));
    expect(brief(rows)).toEqual(['invite.create denied']);
  });

  it('of the removal of an invite is recorded, and of the billing worker out of its place', async () => {
    const { payload } = await invite(ann, 'kept@people.test');
    expect(brief(await added(world, () => mutate(vic, 'removeTeamAccountInvite', { id: payload?.invite.id })))).toEqual(
      ['invite.remove denied'],
    );
    const worker: Asker = { ask: (query, variables) => world.ask('Bearer worker-key-0123456789', query, variables) };
    expect(await added(world, () => invite(worker, 'eve@people.test'))).toMatchObject([
      { action: 'invite.create', outcome: 'denied', actor: null, actor_kind: 'worker', account_id: acme.id },
    ]);
    expect(await added(world, () => mutate(worker, 'setUser', {}))).toMatchObject([
      { action: 'setUser', outcome: 'denied' },
    ]);
  });

  it('of nobody is not: there is nobody to name', async () => {
    const nobody: Asker = { ask: (query, variables) => world.ask(null, query, variables) };
    expect(await added(world, () => invite(nobody, 'eve@people.test'))).toEqual([]);
  });
});
