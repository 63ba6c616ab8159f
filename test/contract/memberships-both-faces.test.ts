/** Memberships, the same over both faces: what they say, which of them somebody finds, and where roles are off. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, faceNames, facesOf, openScene, type Face, type Faces } from '../support/faces.js';
import type { Scope } from '../support/faces.memberships.js';
import { createWorld, type Person, type Team, type World } from '../support/world.js';

const projectId = '11111111-1111-4111-8111-111111111111';
const projectGrantId = '22222222-2222-4222-8222-222222222222';

let world: World;
let faces: Faces;
let acme: Team;
let globex: Team;
let ann: Person;
let vic: Person;
let gus: Person;
let olga: Person;
beforeAll(async () => {
  world = await createWorld();
  faces = facesOf(world);
  olga = await world.person('Olga', { operator: true });
  acme = await world.team('acme').admin('Ann').viewer('Vic').made();
  globex = await world.team('globex').admin('Gus').viewer('Wes').made();
  [ann, vic, gus] = [await world.person('Ann'), await world.person('Vic'), await world.person('Gus')];
  const { query } = world.testApp.database;
  await query(`INSERT INTO projects (id, account_id, name) VALUES ($1, $2, 'Apollo')`, [projectId, acme.id]);
  await query(`INSERT INTO project_grants (id, project_id, account_id) VALUES ($1, $2, $3)`, [
    projectGrantId,
    projectId,
    globex.id,
  ]);
  await query(
    `INSERT INTO project_members (project_id, user_id, roles, sequence, created_at, created_ns, updated_at, updated_ns, resource_owner)
     VALUES ($1, $2, '{PROJECT_OWNER,PROJECT_OWNER_VIEWER}', 7, '2020-01-02T03:04:05.006Z', 7008, '2021-01-01Z', 0, $3)`,
    [projectId, vic.id, acme.id],
  );
  await query(
    `INSERT INTO project_grant_members (project_grant_id, user_id, roles, resource_owner)
     VALUES ($1, $2, '{PROJECT_GRANT_OWNER}', $3)`,
    [projectGrantId, vic.id, globex.id],
  );
});
afterAll(async () => {
  faces.close();
  await world.stop();
});

describe.each(faceNames)('Over %s, a membership', (name) => {
  let face: Face;
  beforeAll(() => {
    face = faces[name];
  });
  const details = (resourceOwner: string) =>
    expect.objectContaining({ sequence: '1', resourceOwner }) as { sequence: string; resourceOwner: string };

  const inAcme = () => ({
    userId: vic.id,
    displayName: 'acme',
    roles: ['JOB_VIEWER'],
    details: details(acme.id),
    scope: { orgId: acme.id },
  });
  const inProject = () => ({
    userId: vic.id,
    displayName: 'Apollo',
    roles: ['PROJECT_OWNER', 'PROJECT_OWNER_VIEWER'],
    details: {
      sequence: '7',
      creationDate: '2020-01-02T03:04:05.006007008Z',
      changeDate: '2021-01-01T00:00:00Z',
      resourceOwner: acme.id,
    },
    scope: { projectId },
  });
  const inProjectGrant = () => ({
    userId: vic.id,
    displayName: 'Apollo',
    roles: ['PROJECT_GRANT_OWNER'],
    details: details(globex.id),
    scope: { projectGrantId },
  });

  it('tells what it is about, its roles and its changes', async () => {
    expect((await face.myMemberships(vic)).value).toEqual([inAcme(), inProject(), inProjectGrant()]);
  });

  it('is found by what it is about', async () => {
    const finds: readonly (readonly [readonly Scope[], readonly unknown[]])[] = [
      [[{ orgId: acme.id.toUpperCase() }], [inAcme()]],
      [[{ projectId }], [inProject(), inProjectGrant()]],
      [[{ projectGrantId }], [inProjectGrant()]],
      [[{ projectId }, { projectGrantId }], [inProjectGrant()]],
      [[{ iam: true }], []],
      [[{ iam: false }], [inAcme(), inProject(), inProjectGrant()]],
      [[{ orgId: globex.id }], []],
      [[{ projectId: 'no-id' }], []],
    ];
    for (const [filter, found] of finds) {
      const { value } = await face.myMemberships(vic, filter);
      expect({ filter, value }).toEqual({ filter, value: found });
    }
  });

  it('of somebody else is seen within the account, by who may read it', async () => {
    expect((await face.memberships(at(ann, acme.id), vic.id)).value).toEqual([inAcme(), inProject()]);
    expect((await face.memberships(at(ann, acme.id), vic.id, [{ projectId }])).value).toEqual([inProject()]);
    for (const who of [at(gus, acme.id), at(ann, globex.id), at(gus, globex.id)]) {
      expect((await face.memberships(who, vic.id)).value).toEqual([]);
    }
  });

  it('of the instance makes its holder an operator', async () => {
    expect((await face.myMemberships(olga)).value).toMatchObject([
      { userId: olga.id, roles: ['IAM_OWNER'], displayName: 'localhost', scope: { iam: true } },
    ]);
  });

  it('keeps the roles it was imported with', async () => {
    const wes = await world.person('Wes');
    const { query } = world.testApp.database;
    await query(`UPDATE account_members SET roles = '{ORG_OWNER}' WHERE user_id = $1`, [wes.id]);
    expect((await face.myMemberships(wes)).value).toMatchObject([{ displayName: 'globex', roles: ['ORG_OWNER'] }]);
  });

  it('of an account gives no roles where roles are off', async () => {
    const scene = await openScene(name, { settings: { RBAC: 'off' } });
    try {
      await scene.world.team('acme').admin('Ann').made();
      const { value } = await scene.face.myMemberships(await scene.world.person('Ann'));
      expect(value).toMatchObject([{ roles: [], displayName: 'acme' }]);
    } finally {
      await scene.close();
    }
  });
});
