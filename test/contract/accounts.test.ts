/** How people come by a user and accounts of their own, and what they set there. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, bearer, faceNames, openScene, refused, statuses, type Face, type Scene } from '../support/faces.js';
import { mutate } from '../support/mutate.js';
import { createWorld, type Person, type World } from '../support/world.js';

const { conflict, denied, invalid, notFound, unauthenticated } = statuses;

describe.each(faceNames)('Over %s', (name) => {
  let scene: Scene;
  let world: World;
  let face: Face;
  beforeAll(async () => {
    scene = await openScene(name);
    ({ world, face } = scene);
  });
  afterAll(() => scene.close());

  const mayUpdate = async (who: Person, id: string) =>
    (await face.may(who, id, { type: 'ACCOUNT', action: 'UPDATE', id })).value;

  describe('a user', () => {
    it('is made once, however often and however much at once SetUser runs', async () => {
      const newcomer = await world.newcomer('Ada');
      expect(await face.whoAmI(newcomer)).toMatchObject({ value: null, status: notFound });
      const answers = await Promise.all(Array.from({ length: 10 }, () => face.signIn(newcomer)));
      expect(new Set(answers.map(({ value }) => value)).size).toBe(1);
      expect(answers.every(({ status }) => status === 0)).toBe(true);
      expect((await face.whoAmI(newcomer)).value).toBe(answers[0]?.value);
    });

    it('carries the name and the address of the token', async () => {
      const ann = await world.person('Ann');
      expect((await face.me(ann)).value).toMatchObject({
        id: ann.id,
        state: 'ACTIVE',
        profile: { displayName: 'Ann' },
        email: { email: 'ann@people.test', isEmailVerified: true },
        machine: null,
      });
    });

    it('has to be there before anything else can be done', async () => {
      const { id } = await world.team('closed').admin('Cleo').made();
      const nora = await world.newcomer('Nora');
      for (const [who, status] of [
        [bearer(world, null), unauthenticated],
        [nora, notFound],
      ] as const) {
        const changes = [
          face.found(who, 'too-soon'),
          face.setPersonal(who),
          face.convert(who, 'too-soon'),
          face.invite(who, { accountId: id, email: 'nora@people.test' }),
          face.accept(who, 'A'.repeat(43)),
          face.setOnboarded(who, id, true),
          face.remove(who, id, id),
          face.lock(at(who, id), id),
        ];
        const answers = await Promise.all<{ status: number }>(changes);
        expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => status));
        expect((await face.accounts(who)).status).toBe(status);
      }
    });

    it('is nobody with a token that is forged', async () => {
      await world.person('Ann');
      const forger = bearer(world, 'Bearer eyJhbGciOiJub25lIn0.e30.');
      expect((await face.whoAmI(forger)).status).toBe(unauthenticated);
    });
  });

  describe('a personal account', () => {
    it('has the id that SetUser allotted, its owner as admin, and is made once', async () => {
      const bea = await world.person('Bea');
      expect((await face.accounts(bea)).value).toEqual([]);
      const allotted = (await face.me(bea)).value?.details.resourceOwner ?? '';
      const made = await Promise.all(Array.from({ length: 10 }, () => face.setPersonal(bea)));
      expect(made.map(({ value }) => value)).toEqual(made.map(() => allotted));
      expect((await face.accounts(bea)).value).toEqual([
        { id: allotted, name: 'personal', type: 'PERSONAL', hasStripeCustomerId: false },
      ]);
      expect(await mayUpdate(bea, allotted)).toBe(true);
      const rows = await world.testApp.database.query(
        'SELECT role FROM account_members m JOIN users u ON u.id = m.user_id WHERE u.id = $1',
        [bea.id],
      );
      expect(rows).toEqual([{ role: 1 }]);
    });
  });

  describe('a team', () => {
    it.each([
      ['ab', 'too short'],
      ['a'.repeat(101), 'too long'],
      ['Acme', 'with a capital'],
      ['a_b', 'with an underscore'],
      ['café', 'with an accent'],
      ['abc\n', 'with a line end'],
      [' abc', 'with a blank'],
      ['', 'empty'],
    ])('is not called %j: %s', async (slug) => {
      const cy = await world.person('Cy');
      expect(await face.found(cy, slug)).toMatchObject(refused(invalid, 'name'));
    });

    it.each(['abc', '---', '0-9', 'a'.repeat(100)])('may be called %s, and its founder is its admin', async (slug) => {
      const cy = await world.person('Cy');
      const { value } = await face.foundAndPay(cy, slug);
      expect(value).toEqual({ id: expect.any(String) as string, checkoutSessionUrl: null });
      const id = value?.id ?? '';
      const [account] = ((await face.accounts(cy)).value ?? []).filter((one) => one.name === slug);
      expect(account).toEqual({ id, name: slug, type: 'TEAM', hasStripeCustomerId: false });
      expect((await face.members(cy, id)).value).toMatchObject([{ id: cy.id, role: 'ADMIN' }]);
    });

    it('shares its name with no other account of its founder, but with those of others', async () => {
      const dan = await world.person('Dan');
      const eli = await world.person('Eli');
      expect((await face.found(dan, 'north')).status).toBe(0);
      expect((await face.found(eli, 'north')).status).toBe(0);
      expect(await face.found(dan, 'north')).toMatchObject(refused(conflict, 'name'));
    });

    it('comes into being once when fifty of its name are founded at once', async () => {
      const fay = await world.person('Fay');
      const answers = await Promise.all(Array.from({ length: 50 }, () => face.found(fay, 'fifty')));
      const all = answers.map(({ status }) => status);
      expect(all.filter((status) => status === 0)).toHaveLength(1);
      expect(all.filter((status) => status === conflict)).toHaveLength(49);
      expect((await face.accounts(fay)).value).toHaveLength(1);
    });

    it('looks alike to outsiders whether it exists or not', async () => {
      const { id } = await world.team('walled').admin('Wanda').made();
      const otto = await world.person('Otto');
      const unknown = '6b0f0a55-9f0e-4b0f-8f1e-0d5f4a7d3c11';
      const looks = {
        members: () => [id, unknown].map((account) => face.members(otto, account)),
        invites: () => [id, unknown].map((account) => face.invites(otto, account)),
        onboarded: () => [id, unknown].map((account) => face.onboarded(otto, account)),
        temporal: () => [id, unknown].map((account) => face.temporal(otto, account)),
        standing: () => [id, unknown].map((account) => face.standing(otto, account)),
        validity: () => [id, unknown].map((account) => face.validity(otto, account)),
        permissions: () => [id, unknown].map((account) => face.permissions(otto, account, [])),
        setOnboarded: () => [id, unknown].map((account) => face.setOnboarded(otto, account, true)),
        setTemporal: () => [id, unknown].map((account) => face.setTemporal(otto, account, {})),
        remove: () => [id, unknown].map((account) => face.remove(otto, account, otto.id)),
      };
      for (const [look, both] of Object.entries(looks)) {
        const [foreign, none] = await Promise.all(both());
        expect({ look, ...foreign }).toMatchObject({ look, ...refused(denied) });
        expect(none).toEqual(foreign);
      }
      expect((await face.withdraw(otto, unknown)).status).toBe(denied);
      expect((await face.isIn(otto, id)).value).toBe(false);
    });
  });

  describe('billing outside cloud mode', () => {
    it('is not in force', async () => {
      const { id } = await world.team('free').admin('Fred').made();
      const fred = await world.person('Fred');
      expect((await face.validity(fred, id, 7)).value).toEqual({
        isValid: true,
        reason: null,
        shouldPoll: false,
        accountStatus: null,
        trialExpiresAt: null,
      });
      expect((await face.standing(fred, id)).value).toEqual({
        usedRecordCount: '0',
        allowedRecordCount: null,
        subscriptionStatus: null,
      });
      const event = { accountId: id, eventName: 'records', value: '1', eventId: 'one' };
      expect((await face.checkout(fred, id)).status).toBe(statuses.unimplemented);
      expect((await face.portal(fred, id)).status).toBe(statuses.unimplemented);
      expect((await face.meter(fred, event)).status).toBe(denied);
      expect((await face.billed(fred)).status).toBe(denied);
    });
  });

  it('tells anybody in development what runs here, year 1 included', async () => {
    const { value } = await face.system(bearer(world, null));
    expect(value?.version).toMatch(/^v\d/);
    expect(value?.license).toEqual({ isValid: false, expiresAt: '0001-01-01T00:00:00Z', isVydonCloud: false });
  });
});

describe('Over GraphQL, what was made is in the answer', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
  });
  afterAll(() => world.stop());

  it('with the role of who made it', async () => {
    const account = 'account { name type viewerRole }';
    const gil = await world.person('Gil');
    expect((await mutate(gil, 'setPersonalAccount', {}, account)).payload).toEqual({
      account: { name: 'personal', type: 'PERSONAL', viewerRole: 'ADMIN' },
      errors: [],
    });
    expect((await mutate(gil, 'createTeamAccount', { name: 'gils' }, account)).payload).toEqual({
      account: { name: 'gils', type: 'TEAM', viewerRole: 'ADMIN' },
      errors: [],
    });
    expect(await mutate(gil, 'createTeamAccount', { name: 'Bad' }, account)).toMatchObject({
      asData: true,
      payload: { account: null },
    });
  });
});
