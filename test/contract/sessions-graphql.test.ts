/** What only GraphQL does with sessions and credentials: it ends sessions, takes selectors, and lists many at once. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { change, createHuman, done } from '../support/user-life.js';
import { createTestApp } from '../support/app.js';
import { createWorld, type Person, type Team, type World } from '../support/world.js';

let world: World;
let team: Team;
let ann: Person;
let olga: Person;
beforeAll(async () => {
  world = await createWorld();
  team = await world.team('acme').admin('Ann').made();
  ann = team.people['Ann'] as Person;
  olga = await world.person('Olga', { operator: true });
});
afterAll(() => world.stop());

interface Session {
  readonly sessionId: string;
  readonly authState: string;
  readonly agentId: string;
}

const mine =
  '{ viewer { user { sessions { sessionId authState agentId userId userName loginName displayName avatarUrl details { sequence resourceOwner } } } } }';
const sessionsOf = async (who: Person) => {
  const { data } = await who.ask<{ viewer: { user: { sessions: Session[] } } }>(mine);
  return data?.viewer.user.sessions ?? [];
};
const statusOf = async (url: string, authorization: string, agent = 'test') =>
  (
    await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': agent, authorization },
      body: '{"query":"{ viewer { userId } }"}',
    })
  ).status;

/** Another token of somebody, and so another session. */
async function anotherToken(name: string): Promise<string> {
  const token = await world.testApp.app.development?.sign({
    sub: name.toLowerCase(),
    email: `${name.toLowerCase()}@people.test`,
  });
  return `Bearer ${token ?? ''}`;
}

describe('A session', () => {
  it('is recorded once, at the first request, with the user agent', async () => {
    const sam = await world.person('Sam');
    const token = await anotherToken('Sam');
    await Promise.all(Array.from({ length: 5 }, () => statusOf(world.testApp.url, token, 'Browser/1.0')));
    const { statements } = world.testApp;
    statements.length = 0;
    expect(await statusOf(world.testApp.url, token, 'Browser/2.0')).toBe(200);
    expect(statements.filter((sql) => !/^\s*SELECT/i.test(sql))).toEqual([]);
    expect(statements.filter((sql) => sql.includes('user_identities'))).toHaveLength(1);

    const [own, other, ...rest] = await sessionsOf(sam);
    expect(rest).toEqual([]);
    expect([own, other]).toContainEqual({
      sessionId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      authState: 'ACTIVE',
      agentId: 'Browser/1.0',
      userId: sam.id,
      userName: 'sam@people.test',
      loginName: 'sam@people.test',
      displayName: 'Sam',
      avatarUrl: '',
      details: { sequence: '1', resourceOwner: expect.any(String) as string },
    });
  });

  it('has no user agent where the client names none, and no more of it than fits', async () => {
    const kim = await world.person('Kim');
    await statusOf(world.testApp.url, await anotherToken('Kim'), 'x'.repeat(5_000));
    const agents = (await sessionsOf(kim)).map(({ agentId }) => agentId);
    expect(agents).toContain('x'.repeat(200));
  });

  it('ends: its tokens are refused from the next request on, in every process, and no other session is touched', async () => {
    const tom = await world.person('Tom');
    const token = await anotherToken('Tom');
    const other = await createTestApp({ database: world.testApp.database, dataDir: world.testApp.dataDir });
    try {
      const urls = [world.testApp.url, other.url];
      for (const url of urls) expect(await statusOf(url, token)).toBe(200);
      const session = (await sessionsOf(tom)).find(({ agentId }) => agentId === 'test');
      const input = { sessionId: session?.sessionId };
      const answer = { ...input, authState: 'TERMINATED', details: { sequence: '2' } };
      for (let time = 0; time < 2; time += 1) {
        const selection = '{ sessionId authState details { sequence } }';
        expect(await done(tom, 'terminateSession', input, 'session', selection)).toEqual(answer);
      }
      for (const url of urls) {
        expect(await statusOf(url, token)).toBe(401);
        expect(await statusOf(url, tom.authorization)).toBe(200);
      }
    } finally {
      await other.stop();
    }
  });

  it('of one user says nothing about the same sid of another', async () => {
    const { query } = world.testApp.database;
    const uwe = await world.person('Uwe');
    const ute = await world.person('Ute');
    await sessionsOf(uwe);
    const [session] = await sessionsOf(ute);
    await query('UPDATE sessions SET sid = (SELECT sid FROM sessions WHERE user_id = $1) WHERE user_id = $2', [
      uwe.id,
      ute.id,
    ]);
    await done(ute, 'terminateSession', { sessionId: session?.sessionId }, 'session', '{ sessionId }');
    expect(await statusOf(world.testApp.url, uwe.authorization)).toBe(200);
  });

  it('may be ended by an operator; for anybody else there is no such session', async () => {
    const vic = await world.person('Vic');
    const [session] = await sessionsOf(vic);
    const input = { sessionId: session?.sessionId };
    expect((await change(ann, 'terminateSession', input)).errors).toEqual(['NOT_FOUND sessionId']);
    const nobody = { sessionId: '00000000-0000-4000-8000-000000000000' };
    expect((await change(vic, 'terminateSession', nobody)).errors).toEqual(['NOT_FOUND sessionId']);
    await done(olga, 'terminateSession', input, 'session', '{ sessionId }');
    expect(await statusOf(world.testApp.url, vic.authorization)).toBe(401);
  });
});

/** A person of the team with a refresh token, all four kinds of factors, and a passkey. */
async function equipped(name: string) {
  const id = await createHuman(ann, team.id, name);
  const { query } = world.testApp.database;
  const [refresh] = await query<{ id: string }>(
    `INSERT INTO refresh_tokens (id, user_id, client_id, auth_time, idle_expiration, expiration, scopes, audience, resource_owner)
     VALUES (gen_random_uuid(), $1, 'web', '2026-01-01T00:00:00.000000001Z', '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z',
       '{openid}', '{app}', $2) RETURNING id`,
    [id, team.id],
  );
  await query(
    `INSERT INTO auth_factors (id, user_id, kind, state, name)
     SELECT gen_random_uuid(), $1, kind, 2, CASE kind WHEN 2 THEN 'Key' ELSE '' END FROM generate_series(1, 4) kind`,
    [id],
  );
  await query(
    `INSERT INTO passwordless_tokens (id, user_id, state, name) VALUES (gen_random_uuid(), $1, 1, 'Laptop')`,
    [id],
  );
  return { id, refresh: refresh?.id };
}

describe('Refresh tokens, factors and passkeys', () => {
  it('are revoked and removed by an admin too', async () => {
    const { id, refresh } = await equipped('removed');
    expect(await done(ann, 'revokeRefreshToken', { id: refresh }, 'revokedRefreshTokenId')).toBe(refresh);
    expect((await change(ann, 'revokeRefreshToken', { id: refresh })).errors).toEqual(['NOT_FOUND id']);
    const input = { userId: id, factor: { otp: true } };
    expect(await done(ann, 'removeAuthFactor', input, 'user', '{ id }')).toEqual({ id });
    expect((await change(ann, 'removeAuthFactor', input)).errors).toEqual(['NOT_FOUND factor.otp']);
  });

  it('are named by true or by an id, never by false', async () => {
    const { id } = await equipped('falsely');
    const { errors } = await change(ann, 'removeAuthFactor', { userId: id, factor: { otp: false } });
    expect(errors).toEqual(['BAD_USER_INPUT factor.otp']);
    for (const factor of [{}, { otp: true, otpSms: true }, { u2fId: null }]) {
      expect((await change(ann, 'removeAuthFactor', { userId: id, factor })).refusals).toEqual(['BAD_USER_INPUT']);
    }
  });
});

describe('The credentials of a page of users', () => {
  it('take the same statements for two users and for twenty', async () => {
    for (let n = 0; n < 20; n += 1) await equipped(`many-${n}`);
    const page = (first: number) => `query ($id: ID!) { account(id: $id) { members(first: ${first}) { nodes { user { id
      sessions { sessionId } refreshTokens { id } personalAccessTokens { id } authFactors { state } passwordlessTokens { id }
    } } } } }`;
    const { statements } = world.testApp;
    const count = async (first: number) => {
      statements.length = 0;
      const { data, errors } = await ann.ask<{ account: { members: { nodes: unknown[] } } }>(page(first), {
        id: team.id,
      });
      expect(errors.every(({ extensions }) => extensions['code'] === 'FORBIDDEN')).toBe(true);
      return { users: data?.account.members.nodes.length, statements: statements.length };
    };
    const two = await count(2);
    expect(await count(20)).toEqual({ users: 20, statements: two.statements });
  });
});
