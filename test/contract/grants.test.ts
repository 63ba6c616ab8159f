/** The life of a grant: made, changed, put out of force and back, removed; and who may do and see which of it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../support/faces.deed.js';
import type { GrantRef } from '../support/faces.grants.js';
import { at, faceNames, openScene, refused, statuses, type Face, type Scene } from '../support/faces.js';
import type { Person, Team, World } from '../support/world.js';

const { conflict, denied, invalid, notFound, precondition } = statuses;
const nobody = '99999999-9999-4999-8999-999999999999';

describe.each(faceNames)('Over %s', (name) => {
  let scene: Scene;
  let world: World;
  let face: Face;
  let acme: Team;
  let globex: Team;
  /** Each in acme, whoever owns them. */
  let ann: Person & Actor;
  let vic: Person & Actor;
  let gus: Person & Actor;
  let olga: Person & Actor;
  beforeAll(async () => {
    scene = await openScene(name);
    ({ world, face } = scene);
    acme = await world.team('acme').admin('Ann').viewer('Vic').developer('Dev').made();
    globex = await world.team('globex').admin('Gus').viewer('Wes').made();
    olga = at(await world.person('Olga', { operator: true }), acme.id);
    [ann, vic, gus] = [
      at(await world.person('Ann'), acme.id),
      at(await world.person('Vic'), acme.id),
      at(await world.person('Gus'), acme.id),
    ];
  });
  afterAll(() => scene.close());

  const project = (title: string): Promise<string> =>
    world.testApp.app.services.grants.createProject(ann.call, { accountId: acme.id, name: title });

  async function grant(projectId: string, roleKeys: readonly string[] = ['reader']): Promise<GrantRef> {
    const { value, told } = await face.grant(ann, { userId: vic.id, projectId, roleKeys });
    if (value === null) throw new Error(`The grant was refused: ${told}`);
    expect(value).toMatchObject({ sequence: '1', resourceOwner: acme.id });
    return { id: value.id, userId: vic.id };
  }
  const look = async (ref: GrantRef) => (await face.granted(ann, ref)).value;

  describe('a grant', () => {
    it('shows its user, its project and the account of the project', async () => {
      const projectId = await project('Apollo');
      const ref = await grant(projectId, ['reader', 'writer', 'reader']);
      const shown = {
        id: ref.id,
        state: 'ACTIVE',
        roleKeys: ['reader', 'writer'],
        userId: vic.id,
        userName: 'vic@people.test',
        firstName: '',
        lastName: '',
        email: 'vic@people.test',
        displayName: 'Vic',
        avatarUrl: '',
        preferredLoginName: 'vic@people.test',
        userType: 'HUMAN',
        orgId: acme.id,
        orgName: 'acme',
        orgDomain: 'acme.localhost',
        projectId,
        projectName: 'Apollo',
        projectGrantId: null,
        grantedOrgId: null,
        grantedOrgName: null,
        grantedOrgDomain: null,
        details: expect.objectContaining({ sequence: '1', resourceOwner: acme.id }) as unknown,
      };
      expect(await look({ ...ref, id: ref.id.toUpperCase() })).toEqual(shown);
      expect((await face.grants(ann, [{ projectId }])).value).toEqual([shown]);
      expect((await face.grants(ann, [{ projectId }, { userId: vic.id }])).value).toEqual([shown]);
      expect((await face.grants(ann, [{ projectId }, { userId: ann.id }])).value).toEqual([]);
      expect((await face.grants(gus, [{ projectId }])).value).toEqual([]);
      const mine = { id: ref.id, userId: vic.id, roleKeys: ['reader', 'writer'], state: 'ACTIVE' };
      expect((await face.myGrants(vic)).value).toContainEqual(mine);
      expect((await face.myGrants(ann)).value).toEqual([]);
    });

    it('shows the account that its project was granted to', async () => {
      const projectId = await project('Shared');
      const projectGrantId = '11111111-2222-4333-8444-555555555555';
      await world.testApp.database.query(
        `INSERT INTO project_grants (id, project_id, account_id, role_keys) VALUES ($1, $2, $3, '{reader}')`,
        [projectGrantId, projectId, globex.id],
      );
      const input = { userId: vic.id, projectId, projectGrantId, roleKeys: ['r'] };
      const made = await face.grant(ann, input);
      expect((await face.granted(vic, { id: made.value?.id ?? '', userId: vic.id })).value).toMatchObject({
        projectGrantId,
        grantedOrgId: globex.id,
        grantedOrgName: 'globex',
        grantedOrgDomain: 'globex.localhost',
      });
      const elsewhere = await project('Elsewhere');
      expect(await face.grant(ann, { ...input, projectId: elsewhere })).toMatchObject(
        refused(notFound, 'projectGrantId'),
      );
      // The same user and project, with and without the project grant: two grants.
      await grant(projectId);
      expect(await face.grant(ann, { ...input, roleKeys: ['other'] })).toMatchObject(refused(conflict, 'userId'));
    });

    it('goes out of force and back, and each change counts', async () => {
      const ref = await grant(await project('Life'));
      const before = (await look(ref))?.details;
      expect(await face.reactivateGrant(ann, ref)).toMatchObject(refused(precondition, 'id'));
      world.testApp.clock.advance(1_000);
      expect((await face.deactivateGrant(ann, ref)).value).toEqual({ sequence: '2', resourceOwner: acme.id });
      const off = await look(ref);
      expect(off).toMatchObject({
        state: 'INACTIVE',
        details: { sequence: '2', creationDate: before?.creationDate },
      });
      expect(Date.parse(off?.details.changeDate ?? '')).toBeGreaterThan(Date.parse(before?.changeDate ?? ''));
      expect(await face.deactivateGrant(ann, ref)).toMatchObject(refused(precondition, 'id'));
      expect(await face.regrant(ann, ref, ['reader', 'reader'])).toMatchObject(refused(precondition, 'roleKeys'));
      expect((await face.regrant(ann, ref, [' owner ', 'reader'])).value?.sequence).toBe('3');
      expect(await look(ref)).toMatchObject({ state: 'INACTIVE', roleKeys: ['owner', 'reader'] });
      expect((await face.reactivateGrant(olga, ref)).value?.sequence).toBe('4');
      expect(await look(ref)).toMatchObject({ state: 'ACTIVE', details: { sequence: '4' } });
      expect((await face.removeGrant(ann, ref)).status).toBe(0);
      expect(await face.removeGrant(ann, ref)).toMatchObject(refused(notFound, 'id'));
      const actions = await world.testApp.database.query(
        `SELECT action, outcome, account_id FROM audit_entries WHERE target_id = $1 ORDER BY id`,
        [ref.id],
      );
      expect(actions).toEqual(
        ['create', 'deactivate', 'update', 'reactivate', 'remove'].map((verb) => ({
          action: `grant.${verb}`,
          outcome: 'done',
          account_id: acme.id,
        })),
      );
    });

    it('is made once, however many try at once', async () => {
      const input = { userId: vic.id, projectId: await project('Race'), roleKeys: ['reader'] };
      const tries = await Promise.all(Array.from({ length: 10 }, () => face.grant(ann, input)));
      expect(tries.map(({ status }) => status).sort()).toEqual([0, ...Array<number>(9).fill(conflict)]);
    });

    it('is out of sight of whoever does not see its user', async () => {
      const { id } = await grant(await project('Orphan'));
      await world.testApp.database.query(`UPDATE user_grants SET user_id = $2 WHERE id = $1`, [id, gus.id]);
      expect((await face.granted(ann, { id, userId: gus.id })).status).toBe(notFound);
    });

    it.each([
      [[], 'roleKeys'],
      [['  '], 'roleKeys[0]'],
      [['ok', 'x'.repeat(201)], 'roleKeys[1]'],
    ])('is not made of the roles %j', async (roleKeys, field) => {
      const input = { userId: vic.id, projectId: nobody, roleKeys };
      expect(await face.grant(ann, input)).toMatchObject(refused(invalid, field));
    });
  });

  describe('who may make and change grants', () => {
    it('is who may update the account of the project', async () => {
      const projectId = await project('Doors');
      const ref = await grant(projectId);
      const dev = at(await world.person('Dev'), acme.id);
      const input = { userId: dev.id, projectId, roleKeys: ['reader'] };
      for (const who of [vic, dev]) expect(await face.grant(who, input)).toMatchObject(refused(denied));
      for (const unseen of [projectId, nobody]) {
        expect(await face.grant(gus, { ...input, projectId: unseen })).toMatchObject(refused(notFound, 'projectId'));
      }
      const changes = {
        regrant: (who: Actor, which: GrantRef) => face.regrant(who, which, ['owner']),
        deactivate: (who: Actor, which: GrantRef) => face.deactivateGrant(who, which),
        reactivate: (who: Actor, which: GrantRef) => face.reactivateGrant(who, which),
        remove: (who: Actor, which: GrantRef) => face.removeGrant(who, which),
      };
      for (const [what, change] of Object.entries(changes)) {
        expect({ what, ...(await change(vic, ref)) }).toMatchObject({ what, ...refused(denied) });
        for (const unseen of [ref, { ...ref, id: nobody }]) {
          expect({ what, ...(await change(gus, unseen)) }).toMatchObject({ what, ...refused(notFound, 'id') });
        }
      }
    });

    it('grants only to users whom the admin sees', async () => {
      const input = { projectId: await project('Strangers'), roleKeys: ['reader'] };
      for (const userId of [gus.id, nobody]) {
        expect(await face.grant(ann, { ...input, userId })).toMatchObject(refused(notFound, 'userId'));
      }
      expect((await face.grant(olga, { ...input, userId: gus.id })).status).toBe(0);
    });

    it('records who was refused', async () => {
      const before = await denials();
      await face.grant(vic, { userId: vic.id, projectId: await project('Refused'), roleKeys: ['owner'] });
      expect(await denials()).toBe(before + 1);
    });

    async function denials(): Promise<number> {
      const [row] = await world.testApp.database.query<{ count: number }>(
        `SELECT count(*)::int FROM audit_entries WHERE action = 'grant.create' AND outcome = 'denied' AND actor = $1`,
        [vic.id],
      );
      return row?.count ?? 0;
    }
  });
});
