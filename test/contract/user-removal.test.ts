/** What goes with a user who is removed, what stays, and what the record says of it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { added } from '../support/audit.js';
import type { Actor } from '../support/faces.deed.js';
import { at, faceNames, openScene, refused, statuses, type Face, type Scene } from '../support/faces.js';
import { owned } from '../support/user-life.js';
import type { Person, Team, World } from '../support/world.js';

const { precondition } = statuses;

describe.each(faceNames)('Over %s', (name) => {
  let scene: Scene;
  let world: World;
  let face: Face;
  let team: Team;
  /** The admin, in the team. */
  let ann: Person & Actor;
  beforeAll(async () => {
    scene = await openScene(name);
    ({ world, face } = scene);
    team = await world.team('acme').admin('Ann').made();
    ann = at(await world.person('Ann'), team.id);
  });
  afterAll(() => scene.close());

  async function invite(by: Actor, email: string, accountId: string = team.id) {
    const { value, told } = await face.invite(by, { accountId, email });
    if (!value) throw new Error(`The invite was refused: ${told}`);
    return value;
  }
  const invitesBy = (id: string) =>
    world.testApp.database.query('SELECT id FROM account_invites WHERE sender_user_id = $1', [id]);

  describe('the removal of a user', () => {
    it('is recorded with each membership and each open invite that goes with it', async () => {
      const rex = await owned(world, team, ann, 'Rex', 'ADMIN');
      const other = await world.team('other').admin('Otto').made();
      const { token } = await invite(await world.person('Otto'), 'rex@people.test', other.id);
      expect((await face.accept(rex, token)).status).toBe(0);
      const open = [await invite(rex, 'one@people.test'), await invite(rex, 'two@people.test')];
      const kept = await invite(ann, 'three@people.test');

      const rows = await added(world, async () => {
        expect((await face.removeUser(ann, rex.id)).status).toBe(0);
      });

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
          ...open.map((made) => row('invite.remove', team.id, 'invite', made.id)),
          row('member.remove', team.id, 'user', rex.id, { before: 'ADMIN' }),
          row('member.remove', other.id, 'user', rex.id, { before: 'JOB_VIEWER' }),
        ]),
      );
      expect(rows.at(-1)).toMatchObject(row('user.remove', team.id, 'user', rex.id));
      expect(await invitesBy(rex.id)).toEqual([]);
      expect(await invitesBy(ann.id)).toEqual([{ id: kept.id }]);
    });

    it('leaves accepted invites, which still name their sender and can be accepted again', async () => {
      const sid = await owned(world, team, ann, 'Sid', 'ADMIN');
      const guest = await world.person('Guest');
      const { token, id } = await invite(sid, guest.email);
      expect((await face.accept(guest, token)).status).toBe(0);
      expect((await face.removeUser(ann, sid.id)).status).toBe(0);

      expect((await face.accept(guest, token)).value?.id).toBe(team.id);
      // Only GraphQL shows an invite that was accepted.
      const { data } = await ann.ask('query ($id: ID!) { node(id: $id) { ... on AccountInvite { senderUserId } } }', {
        id,
      });
      expect(data).toEqual({ node: { senderUserId: sid.id } });
    });

    it('that is refused takes and records nothing', async () => {
      const solo = await world.team('solo').admin('Sol').made();
      const sol = solo.people['Sol'] as Person;
      await face.setPersonal(sol);
      await invite(sol, 'later@people.test', solo.id);
      const rows = await added(world, async () => {
        expect(await face.removeUser(sol, sol.id)).toMatchObject(refused(precondition, 'id'));
      });
      expect(rows).toEqual([]);
      expect(await invitesBy(sol.id)).toHaveLength(1);
    });

    it('leaves no way to send an invite to an operator whose request had begun', async () => {
      const gone = await world.person('Gone', { operator: true });
      const owner = (await face.me(gone)).value?.details.resourceOwner ?? '';
      const olga = at(await world.person('Olga', { operator: true }), owner);
      expect((await face.removeUser(olga, gone.id)).status).toBe(0);
      const late = { accountId: team.id, email: 'late@people.test', role: null };
      const sending = world.testApp.app.services.invites.create(gone.call, late);
      await expect(sending).rejects.toMatchObject({ kind: 'unauthenticated' });
      expect(await invitesBy(gone.id)).toEqual([]);
    });
  });
});
