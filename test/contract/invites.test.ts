/** The life of an invite: made, accepted once, and every way in which it ends. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccountRole } from '../../src/domains/access/access.js';
import type { Actor, Outcome } from '../support/faces.deed.js';
import { faceNames, openScene, refused, statuses, type Face, type Scene } from '../support/faces.js';
import { mutate } from '../support/mutate.js';
import { createWorld, type Person, type Team, type World } from '../support/world.js';

const { denied, invalid, precondition } = statuses;
const unusable = refused(invalid, 'token');
const acmeOf = (world: World) => world.team('acme').admin('Ann').admin('Alf').viewer('Vic').made();

describe.each(faceNames)('Over %s', (name) => {
  let scene: Scene;
  let world: World;
  let face: Face;
  let acme: Team;
  let ann: Person;
  let count = 0;
  beforeAll(async () => {
    scene = await openScene(name);
    ({ world, face } = scene);
    acme = await acmeOf(world);
    ann = await world.person('Ann');
  });
  afterAll(() => scene.close());

  /** Somebody nobody has met, so that no story leans on another. */
  const somebody = () => world.person(`Guest${++count}`);

  async function invite(email: string, role?: AccountRole | null, by: Actor = ann) {
    const input = { accountId: acme.id, email };
    const { value, told } = await face.invite(by, role === undefined ? input : { ...input, role });
    if (!value) throw new Error(`The invite was refused: ${told}`);
    return value;
  }
  const roleOf = async (person: Person) =>
    (await face.members(person, acme.id)).value?.find(({ id }) => id === person.id)?.role ?? null;
  const remove = (person: Person) => face.remove(ann, acme.id, person.id);

  describe('an invite', () => {
    it('lasts a day, shows its token once, and is stored as a hash', async () => {
      const gil = await somebody();
      const { token, ...made } = await invite(gil.email, 'JOB_DEVELOPER');
      expect(token).toMatch(/^[\w-]{43}$/);
      expect(made).toMatchObject({ email: gil.email, role: 'JOB_DEVELOPER', accepted: false, senderUserId: ann.id });
      expect(Date.parse(made.expiresAt) - Date.parse(made.createdAt)).toBe(24 * 60 * 60_000);

      const everything = await world.dump(acme);
      expect(everything).not.toContain(token);
      expect(everything).not.toContain(Buffer.from(token).toString('hex'));
      const listed = (await face.invites(ann, acme.id)).value;
      expect(listed).toContainEqual(made);
      expect(JSON.stringify(listed)).not.toContain(token);
    });

    it.each([[undefined], [null]])('of no role (%s) makes a viewer', async (role) => {
      const guest = await somebody();
      const { token } = await invite(guest.email, role);
      expect((await face.accept(guest, token)).value).toEqual({ id: acme.id, name: 'acme', type: 'TEAM' });
      expect(await roleOf(guest)).toBe('JOB_VIEWER');
    });

    it.each(['ADMIN', 'JOB_DEVELOPER', 'JOB_EXECUTOR', 'JOB_VIEWER'] as const)(
      'for %s gives that role',
      async (role) => {
        const guest = await somebody();
        expect((await face.accept(guest, (await invite(guest.email, role)).token)).status).toBe(0);
        expect(await roleOf(guest)).toBe(role);
      },
    );

    it('accepted again by the member changes nothing, after a demotion neither', async () => {
      const guest = await somebody();
      const { token } = await invite(guest.email, 'ADMIN');
      await face.accept(guest, token);
      await face.setRole(ann, acme.id, guest.id, 'JOB_VIEWER');
      const before = await world.dump(acme);
      for (let i = 0; i < 3; i++) expect((await face.accept(guest, token)).value?.id).toBe(acme.id);
      expect(await roleOf(guest)).toBe('JOB_VIEWER');
      expect(await world.dump(acme)).toBe(before);
    });

    it('leaves the role of a member alone, a fresh one too', async () => {
      const guest = await somebody();
      await face.accept(guest, (await invite(guest.email, 'JOB_VIEWER')).token);
      await face.accept(guest, (await invite(guest.email, 'ADMIN')).token);
      expect(await roleOf(guest)).toBe('JOB_VIEWER');
    });

    it('makes one membership when twenty accept it at once', async () => {
      const guest = await somebody();
      const { token, id } = await invite(guest.email);
      const answers = await Promise.all(Array.from({ length: 20 }, () => face.accept(guest, token)));
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 0));
      const { query } = world.testApp.database;
      expect(await query('SELECT role FROM account_members WHERE user_id = $1', [guest.id])).toEqual([{ role: 3 }]);
      const audit = "SELECT 1 FROM audit_entries WHERE action = 'invite.accept' AND target_id = $1";
      expect(await query(audit, [id])).toHaveLength(1);
    });

    it('is for an address, and from whom may send it', async () => {
      for (const email of ['', 'nobody']) {
        expect(await face.invite(ann, { accountId: acme.id, email })).toMatchObject(refused(invalid, 'email'));
      }
      const guest = await somebody();
      const { id, email } = await invite(` ${guest.email.toUpperCase()}`);
      expect(email).toBe(guest.email);
      const vic = await world.person('Vic');
      expect(await face.withdraw(vic, id)).toMatchObject(refused(denied));
      expect(await face.invite(vic, { accountId: acme.id, email })).toMatchObject(refused(denied));
      const personal = (await face.setPersonal(ann)).value ?? '';
      expect(await face.invite(ann, { accountId: personal, email })).toMatchObject(refused(denied));
    });
  });

  describe('an invite that cannot be used', () => {
    const endings: Record<string, (guest: Person) => Promise<Outcome<unknown>>> = {
      unknown: (guest) => face.accept(guest, 'A'.repeat(43)),
      'not even a token': (guest) => face.accept(guest, '%'),
      'of another address': async (guest) => face.accept(guest, (await invite('other@people.test')).token),
      superseded: async (guest) => {
        const { token } = await invite(guest.email);
        await invite(guest.email.toUpperCase(), 'JOB_VIEWER', await world.person('Alf'));
        return face.accept(guest, token);
      },
      removed: async (guest) => {
        const { token, id } = await invite(guest.email);
        expect((await face.withdraw(ann, id.toUpperCase())).status).toBe(0);
        return face.accept(guest, token);
      },
      'used, after removal from the team': async (guest) => {
        const { token } = await invite(guest.email);
        await face.accept(guest, token);
        await remove(guest);
        return face.accept(guest, token);
      },
      'used by another with the same address': async (guest) => {
        const twin = await world.person(`${guest.name}Twin`, { email: guest.email });
        const { token } = await invite(guest.email);
        await face.accept(twin, token);
        return face.accept(guest, token);
      },
    };

    it('is answered alike, whatever the reason', async () => {
      const seen = new Set<string>();
      for (const [reason, story] of Object.entries(endings)) {
        const guest = await somebody();
        const answer = await story(guest);
        expect(answer, reason).toMatchObject(unusable);
        expect(await roleOf(guest), reason).toBeNull();
        seen.add(JSON.stringify(answer));
      }
      expect(seen.size).toBe(1);
    });

    it('because it expired says so to whom it is for, and to nobody else', async () => {
      const early = await invite((await somebody()).email);
      const guest = await somebody();
      const { token } = await invite(guest.email);
      world.testApp.clock.advance(24 * 60 * 60_000);
      const [again, stranger] = [await world.newcomer(guest.name), await world.newcomer('Vic')];
      expect(await face.accept(again, token)).toMatchObject(refused(precondition, 'token'));
      expect(await face.accept(stranger, token)).toMatchObject(unusable);
      expect(await face.accept(again, early.token)).toMatchObject(unusable);
      expect((await face.invites(await world.newcomer('Ann'), acme.id)).value).toEqual([]);
    });
  });
});

describe('Over GraphQL, an invite', () => {
  let world: World;
  let acme: Team;
  beforeAll(async () => {
    world = await createWorld();
    acme = await acmeOf(world);
  });
  afterAll(() => world.stop());

  it('comes with the address of the page that takes it, is a node, and has no token ever after', async () => {
    const ann = await world.person('Ann');
    const { payload } = await mutate<{ token: string; inviteUrl: string; invite: { id: string } }>(
      ann,
      'inviteUserToTeamAccount',
      { accountId: acme.id, email: 'gil@people.test' },
      'token inviteUrl invite { id }',
    );
    expect(payload?.inviteUrl).toBe(`http://localhost:3000/invite?token=${payload?.token}`);
    const id = payload?.invite.id;
    const { data } = await ann.ask(
      'query ($id: ID!, $i: ID!) { account(id: $id) { invites { totalCount nodes { id } } } node(id: $i) { id __typename } }',
      { id: acme.id, i: id },
    );
    expect(data).toEqual({
      account: { invites: { totalCount: 1, nodes: [{ id }] } },
      node: { id, __typename: 'AccountInvite' },
    });
    const field = await ann.ask('query ($i: ID!) { node(id: $i) { ... on AccountInvite { token } } }', { i: id });
    expect(field.errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
    const remove = { id: id?.toUpperCase() };
    expect((await mutate(ann, 'removeTeamAccountInvite', remove, 'removedInviteId')).payload).toEqual({
      removedInviteId: id,
      errors: [],
    });
  });
});
