/** Personal access tokens: shown once, good for signing a machine in, and stopped at the next request. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../support/faces.deed.js';
import { at, bearer, faceNames, openScene, refused, statuses, type Face, type Scene } from '../support/faces.js';
import { personNamed } from '../support/faces.shown.js';
import type { Person, Team, World } from '../support/world.js';

const { denied, invalid, notFound, precondition, unauthenticated } = statuses;

describe.each(faceNames)('Over %s', (name) => {
  let scene: Scene;
  let world: World;
  let face: Face;
  let team: Team;
  /** The admin, in the team. */
  let ann: Person & Actor;
  let count = 0;
  beforeAll(async () => {
    scene = await openScene(name);
    ({ world, face } = scene);
    team = await world.team('acme').admin('Ann').viewer('Vic').made();
    ann = at(team.people['Ann'] as Person, team.id);
  });
  afterAll(() => scene.close());

  async function makeToken(userId: string, expirationDate?: string) {
    const { value, told } = await face.addToken(ann, userId, expirationDate);
    if (value === null) throw new Error(`The token was refused: ${told}`);
    expect(value).toMatchObject({ sequence: '1', resourceOwner: team.id });
    return value;
  }
  const holder = (token: string): Actor => bearer(world, `Bearer ${token}`);
  /** Who the bearer of a token is, or with which status it was refused. */
  async function bearerOf(token: string) {
    const { value, status } = await face.whoAmI(holder(token));
    return value ?? status;
  }
  async function bot(): Promise<string> {
    count += 1;
    return (await face.addMachine(ann, { userName: `bot-${count}`, name: `bot-${count}` })).value ?? '';
  }

  describe('a personal access token', () => {
    it('has 256 random bits, is shown once, and only its hash is kept', async () => {
      const userId = await bot();
      const { id, token } = await makeToken(userId);
      expect(token).toMatch(/^pat_[A-Za-z0-9_-]{43}$/);
      const rows = await world.testApp.database.query<{ token_hash: Buffer; row: string }>(
        'SELECT token_hash, t::text AS row FROM personal_access_tokens t WHERE user_id = $1',
        [userId],
      );
      expect(rows.map((row) => row.token_hash)).toEqual([createHash('sha256').update(token).digest()]);
      const listed = (await face.tokens(ann, userId)).value;
      expect(listed).toEqual([{ id, expirationDate: '9999-12-31T23:59:59Z', scopes: ['openid', 'profile'] }]);
      expect(JSON.stringify([listed, rows[0]?.row])).not.toContain(token.slice(4));
      const second = await makeToken(userId);
      expect((await face.tokens(ann, userId)).value?.map((one) => one.id)).toEqual([id, second.id]);
    });

    it('signs its machine in, with the role it has', async () => {
      const id = await bot();
      const { token } = await makeToken(id);
      expect(await bearerOf(token)).toBe(id);
      const asBot = at(holder(token), team.id);
      expect((await face.addHuman(asBot, personNamed('made-too-soon'))).status).toBe(denied);
      expect((await face.setRole(ann, team.id, id, 'ADMIN')).status).toBe(0);
      expect((await face.addHuman(asBot, personNamed('made-by-a-bot'))).status).toBe(0);
      expect((await face.signIn(asBot)).value).toBe(id);
      expect((await face.me(holder(token))).value).toMatchObject({ id, profile: null });
      const sessions = 'SELECT 1 FROM sessions WHERE user_id = $1';
      expect(await world.testApp.database.query(sessions, [id])).toEqual([]);
    });

    it('stops at the next request once it is removed', async () => {
      const userId = await bot();
      const { id, token } = await makeToken(userId);
      await bearerOf(token);
      expect((await face.removeToken(ann, userId, id)).status).toBe(0);
      expect(await bearerOf(token)).toBe(unauthenticated);
      expect(await face.removeToken(ann, userId, id)).toMatchObject(refused(notFound, 'id'));
    });

    it.each(['lock', 'deactivate', 'removeUser'] as const)(
      'stops at the next request after %s of its machine',
      async (act) => {
        const id = await bot();
        const { token } = await makeToken(id);
        expect(await bearerOf(token)).toBe(id);
        expect((await face[act](ann, id)).status).toBe(0);
        expect(await bearerOf(token)).toBe(unauthenticated);
      },
    );

    it('stops when its time is up', async () => {
      const clock = world.testApp.clock;
      const soon = new Date(clock.now().getTime() + 60_000).toISOString().replace('Z', '456789Z');
      const id = await bot();
      const { token } = await makeToken(id, soon);
      expect((await face.tokens(ann, id)).value).toMatchObject([{ expirationDate: soon }]);
      expect(await bearerOf(token)).toBe(id);
      clock.advance(60_001);
      expect(await bearerOf(token)).toBe(unauthenticated);
    });

    it('stops in every process', async () => {
      const other = await openScene(name, { database: world.testApp.database, dataDir: world.testApp.dataDir });
      try {
        const userId = await bot();
        const { id, token } = await makeToken(userId);
        const there = bearer(other.world, `Bearer ${token}`);
        expect((await other.face.whoAmI(there)).value).toBe(userId);
        expect((await face.removeToken(ann, userId, id)).status).toBe(0);
        expect((await other.face.whoAmI(there)).status).toBe(unauthenticated);
      } finally {
        await other.close();
      }
    });

    it('is for machines, and for a time to come', async () => {
      const person = (await face.addHuman(ann, personNamed('no-machine'))).value ?? '';
      expect(await face.addToken(ann, person)).toMatchObject(refused(precondition, 'userId'));
      const past = await face.addToken(ann, await bot(), '2001-01-01T00:00:00Z');
      expect(past).toMatchObject(refused(invalid, 'expirationDate'));
      const nobody = '00000000-0000-4000-8000-000000000000';
      expect(await face.addToken(ann, nobody)).toMatchObject(refused(notFound, 'userId'));
    });

    it('is made and seen by who may write the machine; the machine itself makes none', async () => {
      const userId = await bot();
      const { token } = await makeToken(userId);
      const vic = at(await world.person('Vic'), team.id);
      expect(await face.addToken(vic, userId)).toMatchObject(refused(denied));
      expect((await face.tokens(vic, userId)).status).toBe(denied);
      const [made] = (await face.tokens(ann, userId)).value ?? [];
      expect(await face.removeToken(vic, userId, made?.id ?? '')).toMatchObject(refused(notFound, 'id'));
      const asBot = holder(token);
      expect(await face.addToken(asBot, userId)).toMatchObject(refused(denied));
      expect((await face.tokens(asBot, userId)).value).toHaveLength(1);
    });

    it.each(['pat_', 'pat_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 'pat_x.y.z'])('is not %s', async (token) => {
      expect(await bearerOf(token)).toBe(unauthenticated);
    });
  });
});
