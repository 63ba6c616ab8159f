/** A personal account becomes a team, and its owner gets a new personal one beside it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutate } from '../support/mutate.js';
import { createWorld, type Person, type World } from '../support/world.js';

let world: World;
beforeAll(async () => {
  world = await createWorld({ settings: { MAX_ALLOWED_RECORDS: '5000' } });
});
afterAll(() => world.stop());

interface Converted {
  readonly account: { readonly id: string; readonly name: string; readonly type: string };
  readonly newPersonalAccount: { readonly id: string; readonly name: string; readonly type: string };
  readonly checkoutSessionUrl: string | null;
}
const fields = 'account { id name type } newPersonalAccount { id name type } checkoutSessionUrl';
const convert = (person: Person, input: object) =>
  mutate<Converted>(person, 'convertPersonalToTeamAccount', input, fields);

async function settled(name: string): Promise<{ person: Person; personal: string }> {
  const person = await world.person(name);
  const { payload } = await mutate<{ account: { id: string } }>(person, 'setPersonalAccount', {}, 'account { id }');
  return { person, personal: payload?.account.id ?? '' };
}

interface Row {
  readonly slug: string;
  readonly type: number;
  readonly max_allowed_records: string | null;
  readonly trial_started_at: Date;
  readonly created_at: Date;
  readonly updated_at: Date;
}
const row = async (id: string) =>
  (await world.testApp.database.query<Row>('SELECT * FROM accounts WHERE id = $1', [id]))[0];

describe('Conversion', () => {
  it('keeps the id, moves limit and trial to the new personal account, and its owner with them', async () => {
    const { person: ann, personal } = await settled('Ann');
    const before = await row(personal);
    expect(before).toMatchObject({ slug: 'personal', type: 1, max_allowed_records: '5000' });
    world.testApp.clock.advance(3 * 24 * 60 * 60_000);

    const again = await world.newcomer('Ann');
    const { payload } = await mutate<Converted>(again, 'convertPersonalToTeamAccount', { name: 'acme' }, fields);
    expect(payload).toMatchObject({
      account: { id: personal, name: 'acme', type: 'TEAM' },
      newPersonalAccount: { name: 'personal', type: 'PERSONAL' },
      checkoutSessionUrl: null,
      errors: [],
    });
    const fresh = payload?.newPersonalAccount.id ?? '';
    expect(fresh).not.toBe(personal);

    const [team, own] = [await row(personal), await row(fresh)];
    expect(team).toMatchObject({ slug: 'acme', type: 2, max_allowed_records: null, created_at: before?.created_at });
    expect(team?.updated_at.getTime()).toBeGreaterThan(before?.updated_at.getTime() ?? 0);
    expect(own).toMatchObject({ slug: 'personal', type: 1, max_allowed_records: '5000' });
    expect(own?.trial_started_at).toEqual(before?.trial_started_at);
    expect(team?.trial_started_at).toEqual(before?.trial_started_at);

    const { data } = await again.ask(`{ viewer {
      personalAccount { id viewerRole } user { id details { resourceOwner } } accounts { nodes { id viewerRole } } } }`);
    expect(data).toEqual({
      viewer: {
        personalAccount: { id: fresh, viewerRole: 'ADMIN' },
        user: { id: ann.id, details: { resourceOwner: fresh } },
        accounts: {
          nodes: [
            { id: fresh, viewerRole: 'ADMIN' },
            { id: personal, viewerRole: 'ADMIN' },
          ],
        },
      },
    });
  });

  it('keeps the settings of the account with the team', async () => {
    const { person: bob, personal } = await settled('Bob');
    await mutate(bob, 'setAccountOnboardingConfig', { accountId: personal, hasCompletedOnboarding: true });
    await convert(bob, { name: 'bobs', accountId: personal.toUpperCase() });
    const { data } = await bob.ask(
      'query ($id: ID!) { account(id: $id) { onboardingConfig { hasCompletedOnboarding } } }',
      {
        id: personal,
      },
    );
    expect(data).toEqual({ account: { onboardingConfig: { hasCompletedOnboarding: true } } });
  });

  it('may be done again, to the new personal account', async () => {
    const { person: cat } = await settled('Cat');
    const first = await convert(cat, { name: 'cats-1' });
    const second = await convert(cat, { name: 'cats-2' });
    expect(second.payload?.account.id).toBe(first.payload?.newPersonalAccount.id);
  });

  it('happens once when two ask for the same account at once', async () => {
    const { person: dee, personal } = await settled('Dee');
    const answers = await Promise.all(
      ['one', 'two'].map((name) => convert(dee, { name: `dees-${name}`, accountId: personal })),
    );
    expect(answers.map(({ code }) => code ?? 'done').sort()).toEqual(['NOT_FOUND', 'done']);
  });

  it.each([
    ['personal', 'its own name'],
    ['taken', 'the name of another'],
  ])('is refused under the name %s: %s', async (name) => {
    const { person: eva } = await settled('Eva');
    await mutate(eva, 'createTeamAccount', { name: 'taken' });
    expect(await convert(eva, { name })).toMatchObject({ code: 'CONFLICT', path: ['name'], asData: true });
  });

  it('needs a personal account', async () => {
    const flo = await world.person('Flo');
    expect(await convert(flo, { name: 'flos' })).toMatchObject({ code: 'NOT_FOUND', asData: true });
    const { id } = await world.team('flos-team').admin('Flo').made();
    expect(await convert(flo, { name: 'flos', accountId: id })).toMatchObject({
      code: 'NOT_FOUND',
      path: ['accountId'],
    });
  });

  it('is for the owner: a stranger and an unknown account are refused alike', async () => {
    const { personal } = await settled('Gil');
    const { person: hag } = await settled('Hag');
    const { person: olga } = await settled('Olga');
    await world.testApp.database.query('INSERT INTO instance_members (user_id) VALUES ($1)', [olga.id]);
    const unknown = await convert(hag, { name: 'hags', accountId: '6f1d2c5e-0000-4000-8000-000000000000' });
    expect(unknown).toMatchObject({ code: 'FORBIDDEN', payload: null });
    expect((await convert(hag, { name: 'hags', accountId: personal })).answer).toEqual(unknown.answer);
    expect((await convert(olga, { name: 'olgas', accountId: personal })).answer).toEqual(unknown.answer);
    expect(await row(personal)).toMatchObject({ slug: 'personal', type: 1 });
  });
});
