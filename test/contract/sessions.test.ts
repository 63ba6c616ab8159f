/** Sessions, refresh tokens and factors: listed for whom they belong to, ended, revoked and removed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Selector } from '../support/faces.credentials.js';
import type { Actor } from '../support/faces.deed.js';
import { at, bearer, faceNames, openScene, refused, statuses, type Face, type Scene } from '../support/faces.js';
import { owned } from '../support/user-life.js';
import type { Person, Team, World } from '../support/world.js';

const { denied, notFound, unauthenticated } = statuses;

/** Another token of somebody, and so another session. */
async function anotherToken({ testApp }: World, who: string): Promise<string> {
  const token = await testApp.app.development?.sign({
    sub: who.toLowerCase(),
    email: `${who.toLowerCase()}@people.test`,
  });
  return `Bearer ${token ?? ''}`;
}
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
    team = await world.team('acme').admin('Ann').viewer('Vic').made();
    ann = at(team.people['Ann'] as Person, team.id);
  });
  afterAll(() => scene.close());

  describe('a session', () => {
    it('is recorded once, at the first request, and listed for its user', async () => {
      const sam = await world.person('Sam');
      expect((await face.sessions(sam)).value).toHaveLength(1);
      const other = bearer(world, await anotherToken(world, 'Sam'));
      await Promise.all(Array.from({ length: 5 }, () => face.whoAmI(other)));
      const { statements } = world.testApp;
      statements.length = 0;
      expect((await face.whoAmI(other)).value).toBe(sam.id);
      expect(statements.filter((sql) => !/^\s*SELECT/i.test(sql))).toEqual([]);

      const listed = (await face.sessions(sam)).value ?? [];
      expect(listed).toHaveLength(2);
      for (const session of listed) {
        expect(session).toEqual({
          sessionId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
          authState: 'ACTIVE',
          agentId: expect.any(String) as string,
          userId: sam.id,
          userName: 'sam@people.test',
          loginName: 'sam@people.test',
          displayName: 'Sam',
          avatarUrl: '',
          details: { sequence: '1', resourceOwner: (await face.me(sam)).value?.details.resourceOwner },
        });
      }
    });

    it('that is a single token is forgotten a day after that ends, and no other', async () => {
      const ivo = await world.person('Ivo');
      const una = await world.person('Una');
      const { query } = world.testApp.database;
      const seen = async (who: Person) => ((await face.sessions(who)).value ?? []).map(({ sessionId }) => sessionId);
      const endedAgo = (id: string | undefined, hours: number | null) =>
        query(`UPDATE sessions SET ends_at = created_at - $2 * interval '1 hour' WHERE id = $1`, [id, hours]);
      for (const who of [ivo, una]) {
        await face.whoAmI(who);
        for (let i = 0; i < 4; i++) await face.whoAmI(bearer(world, await anotherToken(world, who.name)));
      }
      const [first, second, third] = await seen(ivo);
      const [hers] = await seen(una);
      await endedAgo(first, 25);
      await endedAgo(second, 23);
      // Tokens of one `sid` come and go.
      await endedAgo(third, null);
      await endedAgo(hers, 25);
      const before = await seen(ivo);
      expect(before).toContain(first);

      await face.whoAmI(bearer(world, await anotherToken(world, ivo.name)));
      const after = await seen(ivo);
      expect(after).toHaveLength(before.length);
      expect(after).toEqual(expect.arrayContaining(before.filter((id) => id !== first)));
      expect(after).not.toContain(first);
      expect(await seen(una)).toContain(hers);
      const ends = await query<{ hours: number | null }>(
        `SELECT round(extract(epoch FROM ends_at - created_at) / 3600)::int AS hours FROM sessions WHERE user_id = $1`,
        [ivo.id],
      );
      // What a token was signed for.
      expect(ends.map(({ hours }) => hours)).toContain(12);
    });

    it('that was terminated stays so, long after its token ended', async () => {
      const nia = await world.person('Nia');
      await face.whoAmI(nia);
      const other = bearer(world, await anotherToken(world, 'Nia'));
      await face.whoAmI(other);
      const [latest] = (await face.sessions(nia)).value ?? [];
      await world.testApp.app.services.credentials.terminateSession(nia.call, { sessionId: latest?.sessionId ?? '' });
      await world.testApp.database.query(`UPDATE sessions SET ends_at = created_at - interval '1 year' WHERE id = $1`, [
        latest?.sessionId,
      ]);
      await face.whoAmI(bearer(world, await anotherToken(world, 'Nia')));
      expect((await face.whoAmI(other)).status).toBe(unauthenticated);
    });

    it('that was ended is refused, and no other', async () => {
      const tom = await world.person('Tom');
      await face.whoAmI(tom);
      const other = bearer(world, await anotherToken(world, 'Tom'));
      await face.whoAmI(other);
      // Only GraphQL ends a session; that it is over is felt over both faces.
      const [latest] = (await face.sessions(tom)).value ?? [];
      await world.testApp.app.services.credentials.terminateSession(tom.call, { sessionId: latest?.sessionId ?? '' });
      expect((await face.whoAmI(other)).status).toBe(unauthenticated);
      expect((await face.whoAmI(tom)).value).toBe(tom.id);
      expect((await face.sessions(tom)).value).toMatchObject([{ authState: 'TERMINATED' }, { authState: 'ACTIVE' }]);
    });
  });

  /** A person of the team with two refresh tokens, all four kinds of factors, and a passkey. */
  async function equipped(who: string) {
    const person = await owned(world, team, ann, who, 'JOB_VIEWER');
    const { query } = world.testApp.database;
    const refresh = await query<{ id: string }>(
      `INSERT INTO refresh_tokens (id, user_id, client_id, auth_time, idle_expiration, expiration, scopes, audience, resource_owner)
       SELECT gen_random_uuid(), $1, 'web', '0001-01-01T00:00:00.000000001Z', '2026-02-01T00:00:00Z',
         '9999-12-31T23:59:59.999999999Z', '{openid}', '{app,api}', $2 RETURNING id`,
      [person.id, team.id],
    );
    const factors = await query<{ id: string; kind: number }>(
      `INSERT INTO auth_factors (id, user_id, kind, state, name)
       SELECT gen_random_uuid(), $1, kind, 2, CASE kind WHEN 2 THEN 'Key' ELSE '' END FROM generate_series(1, 4) kind
       RETURNING id, kind`,
      [person.id],
    );
    const [passkey] = await query<{ id: string }>(
      `INSERT INTO passwordless_tokens (id, user_id, state, name) VALUES (gen_random_uuid(), $1, 1, 'Laptop') RETURNING id`,
      [person.id],
    );
    const u2f = factors.find(({ kind }) => kind === 2)?.id ?? '';
    return { person, id: person.id, refresh: refresh[0]?.id ?? '', u2f, passkey: passkey?.id ?? '' };
  }

  describe('refresh tokens, factors and passkeys', () => {
    it('are listed as they were recorded', async () => {
      const { person, id, refresh, u2f, passkey } = await equipped('Lis');
      expect((await face.refreshTokens(person)).value).toEqual([
        {
          id: refresh,
          clientId: 'web',
          authTime: '0001-01-01T00:00:00.000000001Z',
          idleExpiration: '2026-02-01T00:00:00Z',
          expiration: '9999-12-31T23:59:59.999999999Z',
          scopes: ['openid'],
          audience: ['app', 'api'],
          details: { sequence: '1', resourceOwner: team.id },
        },
      ]);
      expect((await face.factors(ann, id)).value).toEqual([
        { kind: 'otp', state: 'READY' },
        { kind: 'u2f', state: 'READY', id: u2f, name: 'Key' },
        { kind: 'otpSms', state: 'READY' },
        { kind: 'otpEmail', state: 'READY' },
      ]);
      expect((await face.passkeys(ann, id)).value).toEqual([{ id: passkey, state: 'NOT_READY', name: 'Laptop' }]);
    });

    it('are revoked and removed one by one, and each but once', async () => {
      const { person, id, refresh, u2f, passkey } = await equipped('Rem');
      expect(await face.revokeRefreshToken(await world.person('Eve'), refresh)).toMatchObject(refused(notFound, 'id'));
      expect((await face.revokeRefreshToken(person, refresh)).status).toBe(0);
      expect(await face.revokeRefreshToken(person, refresh)).toMatchObject(refused(notFound, 'id'));
      expect((await face.refreshTokens(person)).value).toEqual([]);
      const selectors: Selector[] = [
        { otp: true },
        { otpSms: true },
        { otpEmail: true },
        { u2fId: u2f },
        { passwordlessTokenId: passkey },
      ];
      for (const factor of selectors) {
        const before = Number((await face.user(ann, id)).value?.details.sequence);
        expect((await face.removeFactor(ann, id, factor)).value).toEqual({
          sequence: String(before + 1),
          resourceOwner: team.id,
        });
        const [key = null] = Object.keys(factor);
        expect(await face.removeFactor(ann, id, factor)).toMatchObject(refused(notFound, key));
      }
      expect((await face.factors(ann, id)).value).toEqual([]);
      expect((await face.passkeys(ann, id)).value).toEqual([]);
    });

    it('are for whoever may write the user, and not those of another than is named', async () => {
      const bystander = await equipped('Bys');
      const { id } = await equipped('Tar');
      for (const factor of [{ u2fId: bystander.u2f }, { passwordlessTokenId: bystander.passkey }]) {
        const [key = null] = Object.keys(factor);
        expect(await face.removeFactor(ann, id, factor)).toMatchObject(refused(notFound, key));
      }
      const vic = at(team.people['Vic'] as Person, team.id);
      expect((await face.factors(vic, id)).status).toBe(denied);
      expect((await face.passkeys(vic, id)).status).toBe(denied);
      expect(await face.removeFactor(vic, id, { otp: true })).toMatchObject(refused(denied));
    });
  });
});
