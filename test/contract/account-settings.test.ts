/** What an account's admin sets: onboarding, where jobs run; and ids in any letter case. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faceNames, openScene, refused, statuses, type Face, type Scene } from '../support/faces.js';
import { mutate } from '../support/mutate.js';
import { createWorld, type Person, type Team, type World } from '../support/world.js';

const { denied, invalid } = statuses;

describe.each(faceNames)('Over %s', (name) => {
  let scene: Scene;
  let world: World;
  let face: Face;
  let acme: Team;
  let ann: Person;
  let vic: Person;
  beforeAll(async () => {
    scene = await openScene(name, {
      settings: {
        TEMPORAL_URL: 'temporal.test:7233',
        TEMPORAL_DEFAULT_NAMESPACE: 'space',
        TEMPORAL_DEFAULT_SYNCJOB_QUEUE: 'queue',
      },
    });
    ({ world, face } = scene);
    acme = await world.team('acme').admin('Ann').viewer('Vic').made();
    [ann, vic] = [await world.person('Ann'), await world.person('Vic')];
  });
  afterAll(() => scene.close());

  describe('onboarding', () => {
    it('is not complete before somebody says so, and can be taken back', async () => {
      expect((await face.onboarded(vic, acme.id)).value).toBe(false);
      for (const complete of [true, false, true]) {
        expect((await face.setOnboarded(ann, acme.id, complete)).value).toBe(complete);
        expect((await face.onboarded(vic, acme.id)).value).toBe(complete);
      }
      expect(await face.setOnboarded(vic, acme.id, false)).toMatchObject(refused(denied));
      expect((await face.onboarded(vic, acme.id)).value).toBe(true);
    });
  });

  describe('where jobs run', () => {
    const defaults = { url: 'temporal.test:7233', namespace: 'space', syncJobQueueName: 'queue' };
    const own = { url: 'own.test:1', namespace: 'mine', syncJobQueueName: 'line' };

    it('is the default until it is set, and again once it is cleared', async () => {
      expect((await face.temporal(vic, acme.id)).value).toEqual(defaults);
      expect((await face.setTemporal(ann, acme.id, own)).value).toEqual(own);
      expect((await face.temporal(vic, acme.id)).value).toEqual(own);
      expect((await face.setTemporal(ann, acme.id, {})).value).toEqual(defaults);
      expect((await face.temporal(vic, acme.id)).value).toEqual(defaults);
    });

    it('is effective field by field where only some of it is stored', async () => {
      const { query } = world.testApp.database;
      await query('UPDATE accounts SET temporal_namespace = $2 WHERE id = $1', [acme.id, 'part']);
      expect((await face.temporal(vic, acme.id)).value).toEqual({ ...defaults, namespace: 'part' });
      await face.setTemporal(ann, acme.id, {});
    });

    it.each([
      [{ url: 'only' }, 'namespace'],
      [{ url: 'a', namespace: 'b' }, 'syncJobQueueName'],
      [{ namespace: 'b', syncJobQueueName: 'c' }, 'url'],
      [{ ...own, url: '' }, 'url'],
      [{ ...own, namespace: '' }, 'namespace'],
      [{ ...own, syncJobQueueName: '' }, 'syncJobQueueName'],
    ])('is set whole or not at all: %j is refused', async (input, field) => {
      expect(await face.setTemporal(ann, acme.id, input)).toMatchObject(refused(invalid, field));
      expect((await face.temporal(vic, acme.id)).value).toEqual(defaults);
    });
  });

  describe('an id', () => {
    it('is understood in any letter case and answered in lower case', async () => {
      const [accountId, userId] = [acme.id.toUpperCase(), vic.id.toUpperCase()];
      expect((await face.isIn(ann, accountId)).value).toBe(true);
      expect((await face.setRole(ann, accountId, userId, 'JOB_EXECUTOR')).status).toBe(0);
      expect((await face.members(ann, accountId)).value).toMatchObject([
        { id: ann.id, role: 'ADMIN' },
        { id: vic.id, role: 'JOB_EXECUTOR' },
      ]);
      expect((await face.setOnboarded(ann, accountId, true)).value).toBe(true);
      const invited = await face.invite(ann, { accountId, email: 'case@people.test' });
      expect((await face.invites(ann, accountId)).value).toMatchObject([{ id: invited.value?.id }]);
      expect((await face.withdraw(ann, (invited.value?.id ?? '').toUpperCase())).status).toBe(0);
      expect((await face.remove(ann, accountId, userId)).status).toBe(0);
      expect((await face.members(ann, acme.id)).value).toMatchObject([{ id: ann.id }]);
    });

    it('that is none is bad input of changes', async () => {
      const place = refused(invalid, 'accountId');
      expect(await face.setOnboarded(ann, 'none', true)).toMatchObject(place);
      expect(await face.setTemporal(ann, 'none', {})).toMatchObject(place);
      expect(await face.invite(ann, { accountId: 'none', email: 'a@people.test' })).toMatchObject(place);
      expect(await face.setRole(ann, 'none', vic.id, 'ADMIN')).toMatchObject(place);
      expect(await face.setRole(ann, acme.id, 'none', 'ADMIN')).toMatchObject(refused(invalid, 'userId'));
      expect(await face.remove(ann, acme.id, 'none')).toMatchObject(refused(invalid, 'userId'));
      expect(await face.withdraw(ann, 'none')).toMatchObject(refused(invalid, 'id'));
    });
  });
});

describe('Over GraphQL, an id', () => {
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

  it('is understood in any letter case and answered in lower case, wherever it is asked for', async () => {
    const accountId = acme.id.toUpperCase();
    const document = `query ($a: ID!, $u: ID!) {
      account(id: $a) { id viewerHasPermission(resource: { type: ACCOUNT, id: "${accountId}", action: READ }) }
      user(id: $u) { id } one: node(id: $a) { id } two: node(id: $u) { id __typename } nodes(ids: [$a, $u]) { id }
      viewer { isInAccount(accountId: $a) } }`;
    const { data, errors } = await ann.ask(document, { a: accountId, u: vic.id.toUpperCase() });
    expect(errors).toEqual([]);
    expect(data).toEqual({
      account: { id: acme.id, viewerHasPermission: true },
      user: { id: vic.id },
      one: { id: acme.id },
      two: { id: vic.id, __typename: 'User' },
      nodes: [{ id: acme.id }, { id: vic.id }],
      viewer: { isInAccount: true },
    });
    const role = { accountId, userId: vic.id.toUpperCase(), role: 'JOB_EXECUTOR' };
    expect((await mutate(ann, 'setUserRole', role, 'member { id role account { id } }')).payload).toEqual({
      member: { id: vic.id, role: 'JOB_EXECUTOR', account: { id: acme.id } },
      errors: [],
    });
  });

  it.each(['', 'x', '0', `{${'0'.repeat(8)}}`, "' OR 1=1 --", '٠٠٠٠٠٠٠٠-0000-0000-0000-000000000000', 'a\u0000b'])(
    'that is none leads nowhere: %j',
    async (id) => {
      const document = `query ($id: ID!) {
        account(id: $id) { id } user(id: $id) { id } node(id: $id) { id } nodes(ids: [$id]) { id }
        viewer { isInAccount(accountId: $id) } }`;
      expect(await ann.ask(document, { id })).toEqual({
        status: 200,
        data: { account: null, user: null, node: null, nodes: [null], viewer: { isInAccount: false } },
        errors: [],
      });
    },
  );
});
