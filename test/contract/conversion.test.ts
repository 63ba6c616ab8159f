/** A personal account becomes a team, and its owner gets a new personal one beside it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faceNames, openScene, refused, statuses, type Face, type Scene } from '../support/faces.js';
import { mutate } from '../support/mutate.js';
import { createWorld, type Person, type World } from '../support/world.js';

const { conflict, denied, invalid, notFound } = statuses;
const unknownId = '6f1d2c5e-0000-4000-8000-000000000000';

interface Row {
  readonly slug: string;
  readonly type: number;
  readonly max_allowed_records: string | null;
  readonly trial_started_at: Date;
  readonly created_at: Date;
  readonly updated_at: Date;
}

describe.each(faceNames)('Conversion over %s', (name) => {
  let scene: Scene;
  let world: World;
  let face: Face;
  beforeAll(async () => {
    scene = await openScene(name, { settings: { MAX_ALLOWED_RECORDS: '5000' } });
    ({ world, face } = scene);
  });
  afterAll(() => scene.close());

  async function settled(who: string): Promise<{ person: Person; personal: string }> {
    const person = await world.person(who);
    return { person, personal: (await face.setPersonal(person)).value ?? '' };
  }
  const row = async (id: string) =>
    (await world.testApp.database.query<Row>('SELECT * FROM accounts WHERE id = $1', [id]))[0];

  it('keeps the id, moves limit and trial to the new personal account, and its owner with them', async () => {
    const { person: ann, personal } = await settled('Ann');
    const before = await row(personal);
    expect(before).toMatchObject({ slug: 'personal', type: 1, max_allowed_records: '5000' });
    world.testApp.clock.advance(3 * 24 * 60 * 60_000);

    const again = await world.newcomer('Ann');
    const { value } = await face.convert(again, 'acme');
    const fresh = value?.newPersonalId ?? '';
    expect(value).toEqual({ id: personal, newPersonalId: fresh, checkoutSessionUrl: null });
    expect(fresh).not.toBe(personal);

    const [team, own] = [await row(personal), await row(fresh)];
    expect(team).toMatchObject({ slug: 'acme', type: 2, max_allowed_records: null, created_at: before?.created_at });
    expect(team?.updated_at.getTime()).toBeGreaterThan(before?.updated_at.getTime() ?? 0);
    expect(own).toMatchObject({ slug: 'personal', type: 1, max_allowed_records: '5000' });
    expect(own?.trial_started_at).toEqual(before?.trial_started_at);
    expect(team?.trial_started_at).toEqual(before?.trial_started_at);

    expect((await face.me(again)).value).toMatchObject({ id: ann.id, details: { resourceOwner: fresh } });
    expect((await face.accounts(again)).value).toEqual([
      { id: fresh, name: 'personal', type: 'PERSONAL', hasStripeCustomerId: false },
      { id: personal, name: 'acme', type: 'TEAM', hasStripeCustomerId: false },
    ]);
    for (const id of [fresh, personal]) {
      expect((await face.may(again, id, { type: 'ACCOUNT', action: 'UPDATE', id })).value).toBe(true);
    }
    expect((await face.members(again, personal)).value).toMatchObject([{ id: ann.id, role: 'ADMIN' }]);
  });

  it('keeps the settings of the account with the team', async () => {
    const { person: bob, personal } = await settled('Bob');
    await face.setOnboarded(bob, personal, true);
    expect((await face.convert(bob, 'bobs', personal.toUpperCase())).value?.id).toBe(personal);
    expect((await face.onboarded(bob, personal)).value).toBe(true);
  });

  it('may be done again, to the new personal account', async () => {
    const { person: cat } = await settled('Cat');
    const first = await face.convert(cat, 'cats-1');
    const second = await face.convert(cat, 'cats-2');
    expect(second.value?.id).toBe(first.value?.newPersonalId);
  });

  it('happens once when two ask for the same account at once', async () => {
    const { person: dee, personal } = await settled('Dee');
    const answers = await Promise.all(['one', 'two'].map((slug) => face.convert(dee, `dees-${slug}`, personal)));
    expect(answers.map(({ status }) => status).sort()).toEqual([0, notFound]);
  });

  it.each([
    ['personal', 'its own name'],
    ['taken', 'the name of another'],
  ])('is refused under the name %s: %s', async (slug) => {
    const { person: eva } = await settled('Eva');
    await face.found(eva, 'taken');
    expect(await face.convert(eva, slug)).toMatchObject(refused(conflict, 'name'));
  });

  it('needs a personal account', async () => {
    const flo = await world.person('Flo');
    expect((await face.convert(flo, 'flos')).status).toBe(notFound);
    const { id } = await world.team('flos-team').admin('Flo').made();
    expect(await face.convert(flo, 'flos', id)).toMatchObject(refused(notFound, 'accountId'));
    expect(await face.convert(flo, 'flos', '')).toMatchObject(refused(invalid, 'accountId'));
  });

  it('is for the owner: a stranger and an unknown account are refused alike', async () => {
    const { personal } = await settled('Gil');
    const { person: hag } = await settled('Hag');
    const { person: olga } = await settled('Olga');
    await world.testApp.database.query('INSERT INTO instance_members (user_id) VALUES ($1)', [olga.id]);
    const unknown = await face.convert(hag, 'hags', unknownId);
    expect(unknown).toMatchObject(refused(denied));
    expect(await face.convert(hag, 'hags', personal)).toEqual(unknown);
    expect(await face.convert(olga, 'olgas', personal)).toEqual(unknown);
    expect(await row(personal)).toMatchObject({ slug: 'personal', type: 1 });
  });
});

describe('Conversion over GraphQL', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
  });
  afterAll(() => world.stop());

  it('answers with both accounts, and the caller sees them at once', async () => {
    const ida = await world.person('Ida');
    await mutate(ida, 'setPersonalAccount', {});
    const fields = 'account { name type viewerRole } newPersonalAccount { id name type viewerRole }';
    const { payload } = await mutate<{ newPersonalAccount: { id: string } }>(
      ida,
      'convertPersonalToTeamAccount',
      { name: 'idas' },
      fields,
    );
    expect(payload).toMatchObject({
      account: { name: 'idas', type: 'TEAM', viewerRole: 'ADMIN' },
      newPersonalAccount: { name: 'personal', type: 'PERSONAL', viewerRole: 'ADMIN' },
      errors: [],
    });
    expect((await ida.ask('{ viewer { personalAccount { id viewerRole } } }')).data).toEqual({
      viewer: { personalAccount: { id: payload?.newPersonalAccount.id, viewerRole: 'ADMIN' } },
    });
  });
});
