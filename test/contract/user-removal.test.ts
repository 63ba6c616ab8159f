/** What goes with a user who is removed, what stays, and what the record says of it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { added } from '../support/audit.js';
import { mutate, type Asker } from '../support/mutate.js';
import { change, done, owned } from '../support/user-life.js';
import { createWorld, type Person, type Team, type World } from '../support/world.js';

let world: World;
let team: Team;
let ann: Person;
beforeAll(async () => {
  world = await createWorld();
  team = await world.team('acme').admin('Ann').made();
  ann = await world.person('Ann');
});
afterAll(() => world.stop());

interface Made {
  readonly token: string;
  readonly invite: { readonly id: string };
}

async function invite(by: Asker, email: string, accountId: string = team.id): Promise<Made> {
  const { payload } = await mutate<Made>(
    by,
    'inviteUserToTeamAccount',
    { accountId, email },
    'token invite { id senderUserId }',
  );
  if (!payload?.invite) throw new Error('The invite was refused.');
  return payload;
}
const accept = (by: Asker, token: string) =>
  mutate<{ account: { id: string } }>(by, 'acceptTeamAccountInvite', { token }, 'account { id }');
const invitesBy = (id: string) =>
  world.testApp.database.query('SELECT id FROM account_invites WHERE sender_user_id = $1', [id]);

describe('The removal of a user', () => {
  it('is recorded with each membership and each open invite that goes with it', async () => {
    const rex = await owned(world, team, ann, 'Rex', 'ADMIN');
    const other = await world.team('other').admin('Otto').made();
    const { token } = await invite(await world.person('Otto'), 'rex@people.test', other.id);
    expect((await accept(rex, token)).code).toBeNull();
    const open = [await invite(rex, 'one@people.test'), await invite(rex, 'two@people.test')];
    const kept = await invite(ann, 'three@people.test');

    const rows = await added(world, () => done(ann, 'removeUser', { id: rex.id }, 'removedUserId'));

    const row = (action: string, account: string, type: string, target: string | undefined, detail = {}) => ({
      action,
      outcome: 'done',
      actor: ann.id,
      account_id: account,
      target_type: type,
      target_id: target,
      detail,
    });
    const byTarget = (one: { target_id: unknown; account_id: unknown }) =>
      `${String(one.target_id)} ${String(one.account_id)}`;
    const sorted = <Row extends Parameters<typeof byTarget>[0]>(all: readonly Row[]) =>
      [...all].sort((a, b) => (byTarget(a) < byTarget(b) ? -1 : 1));
    expect(sorted(rows.slice(0, -1))).toMatchObject(
      sorted([
        ...open.map((made) => row('invite.remove', team.id, 'invite', made.invite.id)),
        row('member.remove', team.id, 'user', rex.id, { before: 'ADMIN' }),
        row('member.remove', other.id, 'user', rex.id, { before: 'JOB_VIEWER' }),
      ]),
    );
    expect(rows.at(-1)).toMatchObject(row('user.remove', team.id, 'user', rex.id));
    expect(await invitesBy(rex.id)).toEqual([]);
    expect(await invitesBy(ann.id)).toEqual([{ id: kept.invite.id }]);
  });

  it('leaves accepted invites, which still name their sender and can be accepted again', async () => {
    const sid = await owned(world, team, ann, 'Sid', 'ADMIN');
    const guest = await world.person('Guest');
    const { token, invite: sent } = await invite(sid, guest.email);
    expect((await accept(guest, token)).code).toBeNull();
    await done(ann, 'removeUser', { id: sid.id }, 'removedUserId');

    expect(await accept(guest, token)).toMatchObject({ code: null, payload: { account: { id: team.id } } });
    const { data } = await ann.ask('query ($id: ID!) { node(id: $id) { ... on AccountInvite { senderUserId } } }', {
      id: sent.id,
    });
    expect(data).toEqual({ node: { senderUserId: sid.id } });
  });

  it('that is refused takes and records nothing', async () => {
    const solo = await world.team('solo').admin('Sol').made();
    const sol = solo.people['Sol'] as Person;
    await done(sol, 'setPersonalAccount', {}, 'account', '{ id }');
    await invite(sol, 'later@people.test', solo.id);
    const rows = await added(world, async () => {
      expect((await change(sol, 'removeUser', { id: sol.id })).errors).toEqual(['FAILED_PRECONDITION id']);
    });
    expect(rows).toEqual([]);
    expect(await invitesBy(sol.id)).toHaveLength(1);
  });

  it('leaves no way to send an invite to an operator whose request had begun', async () => {
    const gone = await world.person('Gone', { operator: true });
    await done(await world.person('Olga', { operator: true }), 'removeUser', { id: gone.id }, 'removedUserId');
    const late = { accountId: team.id, email: 'late@people.test', role: null };
    const sending = world.testApp.app.services.invites.create(gone.call, late);
    await expect(sending).rejects.toMatchObject({ kind: 'unauthenticated' });
    expect(await invitesBy(gone.id)).toEqual([]);
  });
});
