/** What an account's admin sets: onboarding, where jobs run; and ids in any letter case. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutate } from '../support/mutate.js';
import { createWorld, type Person, type Team, type World } from '../support/world.js';

let world: World;
let acme: Team;
let ann: Person;
let vic: Person;
beforeAll(async () => {
  world = await createWorld({
    settings: {
      TEMPORAL_URL: 'temporal.test:7233',
      TEMPORAL_DEFAULT_NAMESPACE: 'space',
      TEMPORAL_DEFAULT_SYNCJOB_QUEUE: 'queue',
    },
  });
  acme = await world.team('acme').admin('Ann').viewer('Vic').made();
  ann = await world.person('Ann');
  vic = await world.person('Vic');
});
afterAll(() => world.stop());

const config = 'url namespace syncJobQueueName';
const read = async (person: Person, fields: string) =>
  (await person.ask(`query ($id: ID!) { account(id: $id) { ${fields} } }`, { id: acme.id })).data;

describe('Onboarding', () => {
  it('is not complete before somebody says so, and can be taken back', async () => {
    const fields = 'onboardingConfig { hasCompletedOnboarding }';
    expect(await read(vic, fields)).toEqual({ account: { onboardingConfig: { hasCompletedOnboarding: false } } });
    for (const hasCompletedOnboarding of [true, false, true]) {
      const input = { accountId: acme.id, hasCompletedOnboarding };
      const { payload } = await mutate(
        ann,
        'setAccountOnboardingConfig',
        input,
        'config { hasCompletedOnboarding } account { id }',
      );
      expect(payload).toEqual({ account: { id: acme.id }, config: { hasCompletedOnboarding }, errors: [] });
      expect(await read(vic, fields)).toEqual({ account: { onboardingConfig: { hasCompletedOnboarding } } });
    }
  });
});

describe('Where jobs run', () => {
  const defaults = { url: 'temporal.test:7233', namespace: 'space', syncJobQueueName: 'queue' };
  const own = { url: 'own.test:1', namespace: 'mine', syncJobQueueName: 'line' };
  const set = (input: object) =>
    mutate(ann, 'setAccountTemporalConfig', { accountId: acme.id, ...input }, `config { ${config} }`);

  it('is the default until it is set, and again once it is cleared', async () => {
    expect(await read(vic, `temporalConfig { ${config} }`)).toEqual({ account: { temporalConfig: defaults } });
    expect((await set(own)).payload).toEqual({ config: own, errors: [] });
    expect(await read(vic, `temporalConfig { ${config} }`)).toEqual({ account: { temporalConfig: own } });
    expect((await set({ url: null })).payload).toEqual({ config: defaults, errors: [] });
    expect(await read(vic, `temporalConfig { ${config} }`)).toEqual({ account: { temporalConfig: defaults } });
  });

  it('is effective field by field where only some of it is stored', async () => {
    await world.testApp.database.query('UPDATE accounts SET temporal_namespace = $2 WHERE id = $1', [acme.id, 'part']);
    expect(await read(vic, `temporalConfig { ${config} }`)).toEqual({
      account: { temporalConfig: { ...defaults, namespace: 'part' } },
    });
    await set({});
  });

  it.each([
    [{ url: 'only' }, 'namespace'],
    [{ url: 'a', namespace: 'b' }, 'syncJobQueueName'],
    [{ namespace: 'b', syncJobQueueName: 'c' }, 'url'],
    [{ ...own, url: '' }, 'url'],
    [{ ...own, namespace: '' }, 'namespace'],
    [{ ...own, syncJobQueueName: '' }, 'syncJobQueueName'],
  ])('is set whole or not at all: %j is refused', async (input, path) => {
    expect(await set(input)).toMatchObject({ code: 'BAD_USER_INPUT', path: [path], asData: true });
    expect(await read(vic, `temporalConfig { ${config} }`)).toEqual({ account: { temporalConfig: defaults } });
  });
});

describe('An id', () => {
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

  it.each(['setAccountOnboardingConfig', 'setAccountTemporalConfig'])(
    'that is none is bad input of %s',
    async (name) => {
      const input = {
        accountId: 'none',
        ...(name === 'setAccountOnboardingConfig' && { hasCompletedOnboarding: true }),
      };
      expect(await mutate(ann, name, input)).toMatchObject({
        code: 'BAD_USER_INPUT',
        path: ['accountId'],
        asData: true,
      });
    },
  );
});
