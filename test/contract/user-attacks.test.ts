/** Every change of a user and every credential of it, tried by those who may not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { change, createMachine, done, human, lifeOf, owned, type Owned } from '../support/user-life.js';
import { createWorld, type Answer, type Person, type Team, type World } from '../support/world.js';

const workerKey = 'a-worker-key-of-the-test';
const nobody = '00000000-0000-4000-8000-000000000000';

let world: World;
let acme: Team;
let globex: Team;
let ann: Person;
let tim: Owned;
let bot: string;
const credential: Record<'session' | 'refreshToken' | 'token', string> = { session: '', refreshToken: '', token: '' };

type Someone = { ask<Data>(query: string, variables?: object): Promise<Answer<Data>> };
const people: Record<string, Someone> = {};

beforeAll(async () => {
  world = await createWorld({ settings: { WORKER_KEYS: workerKey } });
  acme = await world.team('acme').admin('Ann').viewer('Vic').developer('Dev').made();
  globex = await world.team('globex').admin('Greg').made();
  ann = acme.people['Ann'] as Person;
  const greg = globex.people['Greg'] as Person;
  tim = await owned(world, acme, ann, 'Tim', 'JOB_VIEWER');
  bot = await createMachine(ann, acme.id, 'bot');
  // Greg sees both, as members of the team he is admin of, and owns neither.
  for (const id of [tim.id, bot]) {
    await world.testApp.database.query('INSERT INTO account_members (account_id, user_id, role) VALUES ($1, $2, 3)', [
      globex.id,
      id,
    ]);
  }

  const { data } = await tim.ask<{ viewer: { user: { sessions: { sessionId: string }[] } } }>(
    '{ viewer { user { sessions { sessionId } } } }',
  );
  credential.session = data?.viewer.user.sessions[0]?.sessionId ?? '';
  const [refresh] = await world.testApp.database.query<{ id: string }>(
    `INSERT INTO refresh_tokens (id, user_id, client_id, auth_time, idle_expiration, expiration, resource_owner)
     VALUES (gen_random_uuid(), $1, 'web', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', $2)
     RETURNING id`,
    [tim.id, acme.id],
  );
  credential.refreshToken = refresh?.id ?? '';
  const token = await done<{ id: string }>(
    ann,
    'createPersonalAccessToken',
    { userId: bot },
    'personalAccessToken',
    '{ id }',
  );
  credential.token = token.id;

  Object.assign(people, {
    'a viewer of the team': acme.people['Vic'],
    'a developer of the team': acme.people['Dev'],
    'an admin of another team that the user is in': greg,
    'a stranger': await world.person('Sten'),
    'a newcomer': await world.newcomer('Nora'),
    'somebody who is not signed in': { ask: (query: string, variables?: object) => world.ask(null, query, variables) },
    'the billing worker': {
      ask: (query: string, variables?: object) => world.ask(`Bearer ${workerKey}`, query, variables),
    },
  });
});
afterAll(() => world.stop());

/** Every change of a user, by the mutation's name. */
const userChanges: Record<string, () => object> = {
  updateUserName: () => ({ id: tim.id, userName: 'stolen' }),
  updateHumanProfile: () => ({ id: tim.id, profile: { firstName: 'x', lastName: 'y' } }),
  updateHumanEmail: () => ({ id: tim.id, email: { email: 'mine@evil.test', isEmailVerified: true } }),
  updateHumanPhone: () => ({ id: tim.id, phone: { phone: '+4912345' } }),
  updateMachine: () => ({ id: bot, name: 'stolen' }),
  deactivateUser: () => ({ id: tim.id }),
  reactivateUser: () => ({ id: tim.id }),
  lockUser: () => ({ id: tim.id }),
  unlockUser: () => ({ id: tim.id }),
  removeUser: () => ({ id: tim.id }),
  linkUserIdentity: () => ({ id: tim.id, issuer: 'https://evil.test', subject: 'me' }),
  createPersonalAccessToken: () => ({ userId: bot }),
  removeAuthFactor: () => ({ userId: tim.id, factor: { otp: true } }),
};

/** Every change of a credential by its own id. */
const credentialChanges: Record<string, () => object> = {
  removePersonalAccessToken: () => ({ id: credential.token }),
  terminateSession: () => ({ sessionId: credential.session }),
  revokeRefreshToken: () => ({ id: credential.refreshToken }),
};

const outcome = async (who: string, name: string, input: object) => {
  const { errors, refusals } = await change(people[who] as Someone, name, input);
  return [...errors, ...refusals].map((told) => String(told).split(' ')[0]);
};

const seeing = ['a viewer of the team', 'a developer of the team', 'an admin of another team that the user is in'];
const changes = Object.keys(userChanges);

describe.each([
  ...seeing.map((who) => [who, 'FORBIDDEN', 'NOT_FOUND'] as const),
  ['a stranger', 'NOT_FOUND', 'NOT_FOUND'] as const,
  ['a newcomer', 'NOT_FOUND', 'NOT_FOUND'] as const,
  ['the billing worker', 'FORBIDDEN', 'FORBIDDEN'] as const,
  ['somebody who is not signed in', 'UNAUTHENTICATED', 'UNAUTHENTICATED'] as const,
])('For %s', (who, ofUser, ofCredential) => {
  it.each(changes)(`%s is ${ofUser}`, async (name) => {
    expect(await outcome(who, name, userChanges[name]?.() ?? {})).toEqual([ofUser]);
  });

  it.each(Object.keys(credentialChanges))(`%s is ${ofCredential}`, async (name) => {
    expect(await outcome(who, name, credentialChanges[name]?.() ?? {})).toEqual([ofCredential]);
  });

  it.each(['createHumanUser', 'createMachineUser'])('%s is refused', async (name) => {
    const input =
      name === 'createHumanUser' ? human(acme.id, 'new') : { accountId: acme.id, userName: 'new', name: 'n' };
    const [code] = await outcome(who, name, input);
    expect(['FORBIDDEN', 'NOT_FOUND', 'UNAUTHENTICATED']).toContain(code);
  });
});

describe('Nothing of it', () => {
  it('changed anything', async () => {
    expect(await lifeOf(ann, tim.id)).toMatchObject({ userName: 'Tim', state: 'ACTIVE', details: { sequence: '2' } });
    expect(await lifeOf(ann, bot)).toMatchObject({ userName: 'bot', details: { sequence: '1' } });
    const left = await world.testApp.database.query<{ sum: string }>(
      `SELECT (SELECT count(*) FROM sessions WHERE id = $1 AND state = 1)
         + (SELECT count(*) FROM refresh_tokens WHERE id = $2)
         + (SELECT count(*) FROM personal_access_tokens WHERE id = $3) AS sum`,
      [credential.session, credential.refreshToken, credential.token],
    );
    expect(left).toEqual([{ sum: '3' }]);
  });

  it('is told apart from what does not exist', async () => {
    const stranger = people['a stranger'] as Someone;
    const words =
      'mutation ($input: LockUserInput!) { lockUser(input: $input) { user { id } errors { code message path } } }';
    const hidden = await stranger.ask(words, { input: { id: tim.id } });
    expect(hidden.data).toEqual((await stranger.ask(words, { input: { id: nobody } })).data);
    expect(hidden.data).toMatchObject({ lockUser: { user: null, errors: [{ code: 'NOT_FOUND', path: ['id'] }] } });
  });

  it('went unrecorded, where somebody was refused what it can see', async () => {
    const rows = await world.testApp.database.query<{ action: string }>(
      `SELECT DISTINCT action FROM audit_entries WHERE outcome = 'denied' AND target_id IN ($1, $2) ORDER BY action`,
      [tim.id, bot],
    );
    expect(rows.map(({ action }) => action)).toEqual([
      'factor.remove',
      'refresh_token.revoke',
      'session.terminate',
      'token.create',
      'token.remove',
      'user.deactivate',
      'user.email',
      'user.link',
      'user.lock',
      'user.machine',
      'user.phone',
      'user.profile',
      'user.reactivate',
      'user.remove',
      'user.rename',
      'user.unlock',
    ]);
  });
});

const credentialFields = ['sessions', 'refreshTokens', 'personalAccessTokens', 'authFactors', 'passwordlessTokens'];
const selection = `sessions { sessionId } refreshTokens { id } personalAccessTokens { id }
  authFactors { state } passwordlessTokens { id }`;
const look = (who: Someone, id: string) =>
  who.ask<{ user: Record<string, unknown> | null }>(`query ($id: ID!) { user(id: $id) { id ${selection} } }`, { id });

describe('The credentials of a user', () => {
  it.each(seeing)('are null and FORBIDDEN for %s', async (who) => {
    for (const id of [tim.id, bot]) {
      const { data, errors } = await look(people[who] as Someone, id);
      expect(data?.user).toEqual({ id, ...Object.fromEntries(credentialFields.map((field) => [field, null])) });
      expect(errors.map(({ path, extensions }) => [path?.at(-1), extensions['code']])).toEqual(
        credentialFields.map((field) => [field, 'FORBIDDEN']),
      );
    }
  });

  it('are shown to the user, to an admin of its owner, and to operators', async () => {
    const olga = await world.person('Olga', { operator: true });
    for (const who of [tim, ann, olga]) {
      const { data, errors } = await look(who, tim.id);
      expect(errors).toEqual([]);
      expect(data?.user).toMatchObject({ sessions: [{ sessionId: credential.session }] });
    }
  });

  it('are not shown by way of another field either', async () => {
    const vic = people['a viewer of the team'] as Someone;
    const { data } = await vic.ask(
      `query ($id: ID!) { account(id: $id) { members { nodes { user { id ${selection} } } } } node(id: "${tim.id}") {
        ... on User { ${selection} } } }`,
      { id: acme.id },
    );
    const text = JSON.stringify(data);
    for (const secret of Object.values(credential)) expect(text).not.toContain(secret);
  });
});

describe('A team admin', () => {
  it('has no power over somebody who only is a member', async () => {
    const vic = acme.people['Vic'] as Person;
    for (const [name, input] of [
      ['lockUser', { id: vic.id }],
      ['removeUser', { id: vic.id }],
      ['updateUserName', { id: vic.id, userName: 'mine' }],
      ['updateHumanEmail', { id: vic.id, email: { email: 'mine@evil.test' } }],
    ] as const) {
      expect((await change(ann, name, input)).refusals).toEqual(['FORBIDDEN']);
    }
    expect((await look(ann, vic.id)).errors).toHaveLength(credentialFields.length);
  });

  it('keeps power over a user whom the account owns after it left the team', async () => {
    const left = await owned(world, acme, ann, 'Leaver', 'JOB_VIEWER');
    await done(ann, 'removeTeamAccountMember', { accountId: acme.id, userId: left.id }, 'removedUserId');
    expect(await done(ann, 'lockUser', { id: left.id }, 'user', '{ state }')).toEqual({ state: 'LOCKED' });
  });

  it('creates nobody in a personal account, its own included', async () => {
    const account = await done<{ id: string }>(ann, 'setPersonalAccount', {}, 'account', '{ id }');
    expect((await change(ann, 'createHumanUser', human(account.id, 'roommate'))).refusals).toEqual(['FORBIDDEN']);
  });
});
