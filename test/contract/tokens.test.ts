/** Personal access tokens: shown once, good for signing a machine in, and stopped at the next request. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { change, createHuman, createMachine, done } from '../support/user-life.js';
import { createTestApp } from '../support/app.js';
import { createWorld, type Person, type Team, type World } from '../support/world.js';

let world: World;
let team: Team;
let ann: Person;
beforeAll(async () => {
  world = await createWorld();
  team = await world.team('acme').admin('Ann').viewer('Vic').made();
  ann = team.people['Ann'] as Person;
});
afterAll(() => world.stop());

interface Made {
  readonly id: string;
  readonly token: string;
  readonly expirationDate: string;
}

async function makeToken(userId: string, more: object = {}): Promise<Made> {
  const selection = 'personalAccessToken { id expirationDate scopes details { sequence resourceOwner } } token';
  const { payload, errors } = await change(ann, 'createPersonalAccessToken', { userId, ...more }, selection);
  expect(errors).toEqual([]);
  const { personalAccessToken, token } = payload as { personalAccessToken: Omit<Made, 'token'>; token: string };
  expect(personalAccessToken).toMatchObject({ details: { sequence: '1', resourceOwner: team.id } });
  return { ...personalAccessToken, token };
}

/** Who the bearer of a token is, or with which status it was refused. */
async function bearerOf(token: string) {
  const { status, data, errors } = await world.ask<{ viewer: { userId: string } }>(
    `Bearer ${token}`,
    '{ viewer { userId } }',
  );
  return data?.viewer.userId ?? [status, errors[0]?.extensions['code']];
}

const refused = [401, 'UNAUTHENTICATED'];
let count = 0;
const bot = (more: object = {}) => createMachine(ann, team.id, `bot-${(count += 1)}`, more);

describe('A personal access token', () => {
  it('has 256 random bits, is shown once, and only its hash is kept', async () => {
    const id = await bot();
    const { token, expirationDate } = await makeToken(id);
    expect(token).toMatch(/^pat_[A-Za-z0-9_-]{43}$/);
    expect(expirationDate).toBe('9999-12-31T23:59:59Z');
    const rows = await world.testApp.database.query<{ token_hash: Buffer; row: string }>(
      'SELECT token_hash, t::text AS row FROM personal_access_tokens t WHERE user_id = $1',
      [id],
    );
    expect(rows.map((row) => row.token_hash)).toEqual([createHash('sha256').update(token).digest()]);
    const listed = await ann.ask(
      'query ($id: ID!) { user(id: $id) { personalAccessTokens { id expirationDate scopes } } }',
      { id },
    );
    expect(listed.data).toMatchObject({ user: { personalAccessTokens: [{ expirationDate }] } });
    expect(JSON.stringify([listed, rows[0]?.row])).not.toContain(token.slice(4));
  });

  it('signs its machine in, with the role it has', async () => {
    const id = await bot({ role: 'ADMIN' });
    const { token } = await makeToken(id);
    expect(await bearerOf(token)).toBe(id);
    const asBot = {
      ask: <Data>(query: string, variables?: object) => world.ask<Data>(`Bearer ${token}`, query, variables),
    };
    await createHuman(asBot, team.id, 'made-by-a-bot');
    expect((await asBot.ask('mutation { setUser { viewer { userId } errors { code } } }')).data).toEqual({
      setUser: { viewer: { userId: id }, errors: [] },
    });
    const sessions = 'SELECT 1 FROM sessions WHERE user_id = $1';
    expect(await world.testApp.database.query(sessions, [id])).toEqual([]);
  });

  it('stops at the next request once it is removed', async () => {
    const { id, token } = await makeToken(await bot());
    await bearerOf(token);
    expect(await done(ann, 'removePersonalAccessToken', { id }, 'removedPersonalAccessTokenId')).toBe(id);
    expect(await bearerOf(token)).toEqual(refused);
    expect((await change(ann, 'removePersonalAccessToken', { id })).errors).toEqual(['NOT_FOUND id']);
  });

  it.each(['lock', 'deactivate', 'remove'])('stops at the next request after %s of its machine', async (name) => {
    const id = await bot();
    const { token } = await makeToken(id);
    expect(await bearerOf(token)).toBe(id);
    expect((await change(ann, `${name}User`, { id })).errors).toEqual([]);
    expect(await bearerOf(token)).toEqual(refused);
  });

  it('stops when its time is up', async () => {
    const clock = world.testApp.clock;
    const soon = new Date(clock.now().getTime() + 60_000).toISOString();
    const id = await bot();
    const { token, expirationDate } = await makeToken(id, { expirationDate: soon.replace('Z', '456789Z') });
    expect(expirationDate).toBe(soon.replace('Z', '456789Z'));
    expect(await bearerOf(token)).toBe(id);
    clock.advance(60_001);
    expect(await bearerOf(token)).toEqual(refused);
  });

  it('stops in every process', async () => {
    const other = await createTestApp({ database: world.testApp.database, dataDir: world.testApp.dataDir });
    try {
      const ask = async (token: string) => {
        const response = await fetch(`${other.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
          body: '{"query":"{ viewer { userId } }"}',
        });
        return response.status;
      };
      const { id, token } = await makeToken(await bot());
      expect(await ask(token)).toBe(200);
      await done(ann, 'removePersonalAccessToken', { id }, 'removedPersonalAccessTokenId');
      expect(await ask(token)).toBe(401);
    } finally {
      await other.stop();
    }
  });

  it('is for machines, and for a time to come', async () => {
    const person = await createHuman(ann, team.id, 'no-machine');
    expect((await change(ann, 'createPersonalAccessToken', { userId: person })).errors).toEqual([
      'FAILED_PRECONDITION userId',
    ]);
    const past = { userId: await bot(), expirationDate: '2001-01-01T00:00:00Z' };
    expect((await change(ann, 'createPersonalAccessToken', past)).errors).toEqual(['BAD_USER_INPUT expirationDate']);
    const nobody = { userId: '00000000-0000-4000-8000-000000000000' };
    expect((await change(ann, 'createPersonalAccessToken', nobody)).errors).toEqual(['NOT_FOUND userId']);
  });

  it('is made by who may write the machine, not by the machine itself', async () => {
    const { token } = await makeToken(await bot());
    const userId = await bearerOf(token);
    const asBot = {
      ask: <Data>(query: string, variables?: object) => world.ask<Data>(`Bearer ${token}`, query, variables),
    };
    const asked = await change(asBot, 'createPersonalAccessToken', { userId }, 'token');
    expect(asked).toMatchObject({ payload: null, refusals: ['FORBIDDEN'] });
  });

  it.each(['pat_', 'pat_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 'pat_x.y.z'])('is not %s', async (token) => {
    expect(await bearerOf(token)).toEqual(refused);
  });
});
