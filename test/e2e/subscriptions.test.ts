/** Subscriptions, with two processes on one database: what one changes the streams at the other hear, and no longer than they may. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { subscribe } from '../support/events.js';
import { mutate } from '../support/mutate.js';
import { createWorld, type Person, type Team, type World } from '../support/world.js';

const members =
  'subscription ($id: ID!) { accountMembersChanged(accountId: $id) { id members { nodes { id role } } } }';
const invites = 'subscription ($id: ID!) { accountInvitesChanged(accountId: $id) { invites { nodes { email } } } }';
const validity = 'subscription ($id: ID!) { accountValidityChanged(accountId: $id) { isValid reason } }';
/** A stream is over within this. */
const soonMs = 5_000;

interface Members {
  readonly accountMembersChanged: { readonly members: { readonly nodes: readonly { id: string; role: string }[] } };
}
interface Invites {
  readonly accountInvitesChanged: { readonly invites: { readonly nodes: readonly { readonly email: string }[] } };
}
interface Validity {
  readonly accountValidityChanged: { readonly isValid: boolean; readonly reason: string | null };
}

let world: World;
let other: TestApp;
beforeAll(async () => {
  world = await createWorld({ settings: { MAX_ALLOWED_RECORDS: '5' } });
  const { database, dataDir, clock } = world.testApp;
  other = await createTestApp({ database, dataDir, clock });
});
afterAll(async () => {
  await other.stop();
  await world.stop();
});

let teams = 0;
const team = (): Promise<Team> => {
  teams += 1;
  return world.team(`team-${teams}`).admin('Ann').viewer(`Vic${teams}`).made();
};
const viewerOf = ({ people }: Team): Person => Object.values(people)[1] as Person;
const there = () => `${other.url}/graphql`;
const follow = <Data = Members>(who: Person, { id }: Pick<Team, 'id'>, query = members) =>
  subscribe<Data>(there(), who, query, { id });

describe('A stream', () => {
  it('hears of a role that was changed in another process, each time as it is then', async () => {
    const made = await team();
    const vic = viewerOf(made);
    const stream = await follow(vic, made);
    for (const role of ['JOB_DEVELOPER', 'JOB_EXECUTOR']) {
      await mutate(await world.person('Ann'), 'setUserRole', { accountId: made.id, userId: vic.id, role });
      const event = await stream.next();
      expect(event?.errors).toBeUndefined();
      expect(event?.data?.accountMembersChanged.members.nodes).toContainEqual({ id: vic.id, role });
    }
    stream.leave();
  });

  it('hears of invites and of nothing else', async () => {
    const made = await team();
    const ann = await world.person('Ann');
    const stream = await follow<Invites>(ann, made, invites);
    await mutate(ann, 'setUserRole', { accountId: made.id, userId: viewerOf(made).id, role: 'JOB_DEVELOPER' });
    await mutate(ann, 'inviteUserToTeamAccount', { accountId: made.id, email: 'new@people.test' });
    const event = await stream.next();
    expect(event?.data?.accountInvitesChanged.invites.nodes).toEqual([{ email: 'new@people.test' }]);
    stream.leave();
  });

  it('hears when the limit of an account is reached', async () => {
    const ann = await world.person('Ann');
    const { payload } = await mutate<{ account: { id: Team['id'] } }>(ann, 'setPersonalAccount', {}, 'account { id }');
    const id = payload?.account.id as Team['id'];
    await world.testApp.database.query('UPDATE accounts SET max_allowed_records = 5 WHERE id = $1', [id]);
    const stream = await follow<Validity>(ann, { id }, validity);
    await world.testApp.database.query('UPDATE accounts SET max_allowed_records = 0 WHERE id = $1', [id]);
    expect((await stream.next())?.data?.accountValidityChanged).toMatchObject({ isValid: false });
    stream.leave();
  });

  it('hears nothing of what was rolled back, nor of other accounts', async () => {
    const [mine, foreign] = [await team(), await team()];
    const ann = await world.person('Ann');
    const stream = await follow(ann, mine);
    const remove = (accountId: string, userId: string) =>
      world.testApp.database.query('DELETE FROM account_members WHERE account_id = $1 AND user_id = $2', [
        accountId,
        userId,
      ]);
    await expect(
      world.testApp.database.query(
        `DO $$ BEGIN DELETE FROM account_members WHERE user_id = '${viewerOf(mine).id}'; RAISE EXCEPTION 'no'; END $$`,
      ),
    ).rejects.toThrow('no');
    await remove(foreign.id, viewerOf(foreign).id);
    await remove(mine.id, viewerOf(mine).id);
    const event = await stream.next();
    expect(event?.data?.accountMembersChanged.members.nodes).toEqual([{ id: ann.id, role: 'ADMIN' }]);
    stream.leave();
  });

  it('hears nothing of what is kept quiet', async () => {
    const made = await team();
    const ann = await world.person('Ann');
    const stream = await follow(ann, made);
    const { query } = world.testApp.database;
    const role = (number: number) =>
      `UPDATE account_members SET role = ${number} WHERE user_id = '${viewerOf(made).id}'`;
    await query(`DO $$ BEGIN PERFORM set_config('gatehouse.quiet', 'on', true); ${role(2)}; END $$`);
    await query(role(3));
    expect((await stream.next())?.data?.accountMembersChanged.members.nodes).toHaveLength(2);
    await query(role(4));
    const event = await stream.next();
    expect(event?.data?.accountMembersChanged.members.nodes).toContainEqual({
      id: viewerOf(made).id,
      role: 'JOB_EXECUTOR',
    });
    stream.leave();
  });

  it('may be asked for with GET, with the proof against forgery that every GET needs', async () => {
    const made = await team();
    const ann = await world.person('Ann');
    const search = new URLSearchParams({ query: members, variables: JSON.stringify({ id: made.id }) });
    const stream = await subscribe<Members>(`${there()}?${search}`, ann, members, {}, { method: 'GET' });
    await mutate(ann, 'setUserRole', { accountId: made.id, userId: viewerOf(made).id, role: 'JOB_DEVELOPER' });
    expect((await stream.next())?.errors).toBeUndefined();
    stream.leave();
    const bare = await fetch(`${there()}?${search}`, { headers: { accept: 'text/event-stream' } });
    expect(bare.status).toBe(403);
  });

  it('is had as text/event-stream only', async () => {
    const ann = await world.person('Ann');
    for (const accept of ['application/json', 'multipart/mixed']) {
      const response = await fetch(there(), {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept, authorization: ann.authorization },
        body: JSON.stringify({ query: members, variables: { id: (await team()).id } }),
      });
      expect(response.status).toBe(406);
      await response.body?.cancel();
    }
  });
});

describe('A stream is refused, before any event', () => {
  const refusals = async (who: Person | null, id: string) => {
    const stream = await subscribe<Members>(there(), who, members, { id });
    const events = await stream.rest(soonMs);
    return events.map(({ data, errors }) => [data ?? null, errors?.map(({ extensions }) => extensions['code'])]);
  };

  it('to somebody from outside, whether the account is there or not', async () => {
    const made = await team();
    const eve = await world.person('Eve');
    for (const id of [made.id, '00000000-0000-4000-8000-000000000000', 'no id']) {
      expect(await refusals(eve, id)).toEqual([[null, ['FORBIDDEN']]]);
    }
  });

  it('to nobody in particular, and before setUser', async () => {
    const made = await team();
    expect(await refusals(null, made.id)).toEqual([[null, ['UNAUTHENTICATED']]]);
    const newcomer = (await world.newcomer('Nora')) as Person;
    expect(await refusals(newcomer, made.id)).toEqual([[null, ['NOT_FOUND']]]);
  });
});

describe('A stream ends with `complete`', () => {
  it('when its member is removed', async () => {
    const made = await team();
    const vic = viewerOf(made);
    const streams = await Promise.all([members, invites, validity].map((query) => follow(vic, made, query)));
    await mutate(await world.person('Ann'), 'removeTeamAccountMember', { accountId: made.id, userId: vic.id });
    for (const stream of streams) expect(await stream.rest(soonMs)).toEqual([]);
  });

  it('when its member is removed quietly', async () => {
    const made = await team();
    const stream = await follow(viewerOf(made), made);
    await world.testApp.database.query(
      `DO $$ BEGIN PERFORM set_config('gatehouse.quiet', 'on', true); DELETE FROM account_members WHERE user_id = '${viewerOf(made).id}'; END $$`,
    );
    expect(await stream.rest(soonMs)).toEqual([]);
  });

  it('when its user is locked', async () => {
    const made = await team();
    const vic = viewerOf(made);
    const stream = await follow(vic, made);
    await world.setState(vic, 4);
    expect(await stream.rest(soonMs)).toEqual([]);
  });

  it('when its operator is one no more', async () => {
    const made = await team();
    const olga = await world.person('Olga', { operator: true });
    const stream = await follow(olga, made);
    await world.testApp.database.query('DELETE FROM instance_members WHERE user_id = $1', [olga.id]);
    expect(await stream.rest(soonMs)).toEqual([]);
  });

  it('when its session is ended', async () => {
    const made = await team();
    const vic = viewerOf(made);
    const stream = await follow(vic, made);
    await world.testApp.database.query('UPDATE sessions SET state = 2 WHERE user_id = $1', [vic.id]);
    expect(await stream.rest(soonMs)).toEqual([]);
  });

  it('when its token runs out, without the leeway that requests have', async () => {
    const made = await team();
    const token = await world.testApp.app.development?.sign({
      sub: 'ann',
      email: 'ann@people.test',
      expiresInSeconds: 60,
    });
    const stream = await follow({ ...(await world.person('Ann')), authorization: `Bearer ${token}` }, made);
    world.testApp.clock.advance(61_000);
    expect(await stream.rest(soonMs)).toEqual([]);
  });
});

describe('Streams are limited', () => {
  const code = async (who: Person, made: Team, url: string) => {
    const stream = await subscribe<Members>(url, who, members, { id: made.id });
    const [event] = await stream.rest(soonMs);
    return event?.errors?.map(({ extensions }) => [extensions['code'], extensions['reason']]);
  };

  it('for each user and for the process, and a place is free again when its stream is left', async () => {
    const { database, dataDir } = world.testApp;
    const settings = { LIMIT_STREAMS_PER_USER: '1', LIMIT_STREAMS: '2', LIMIT_STREAM_PING_MS: '20' };
    const small = await createTestApp({ database, dataDir, settings });
    const url = `${small.url}/graphql`;
    const made = await team();
    const [ann, vic, olga] = [
      await world.person('Ann'),
      viewerOf(made),
      await world.person('Otto', { operator: true }),
    ];
    const held = await subscribe<Members>(url, ann, members, { id: made.id });
    expect(await code(ann, made, url)).toEqual([['LIMIT_EXCEEDED', 'TOO_MANY_STREAMS']]);
    const second = await subscribe<Members>(url, vic, members, { id: made.id });
    expect(await code(olga, made, url)).toEqual([['UNAVAILABLE', 'TOO_MANY_STREAMS']]);
    second.leave();
    await expect.poll(() => code(ann, made, url).then((found) => found?.[0]?.[0])).toBe('LIMIT_EXCEEDED');
    await mutate(ann, 'setUserRole', { accountId: made.id, userId: vic.id, role: 'JOB_DEVELOPER' });
    await held.next();
    expect(held.comments()).toBeGreaterThan(0);
    await small.stop();
    expect(await held.rest(soonMs)).toEqual([]);
  });

  it('in time by nothing: the limit of requests is not theirs', async () => {
    const { database, dataDir } = world.testApp;
    const quick = await createTestApp({
      database,
      dataDir,
      settings: { LIMIT_REQUEST_MS: '300', LIMIT_IN_FLIGHT: '1' },
    });
    const made = await team();
    const ann = await world.person('Ann');
    const stream = await subscribe<Members>(`${quick.url}/graphql`, ann, members, { id: made.id });
    const late = await fetch(`${quick.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: ann.authorization },
      body: JSON.stringify({ query: '{ __typename }' }),
    });
    expect(late.status).toBe(200);
    await mutate(ann, 'setUserRole', { accountId: made.id, userId: viewerOf(made).id, role: 'JOB_DEVELOPER' });
    expect((await stream.next())?.errors).toBeUndefined();
    await quick.stop();
    expect(await stream.rest(soonMs)).toEqual([]);
  });
});

describe('When the listening connection breaks', () => {
  it('whoever follows anything hears that it may have changed, and goes on hearing', async () => {
    const made = await team();
    const ann = await world.person('Ann');
    const stream = await follow(ann, made);
    await world.testApp.database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'gatehouse-events' AND datname = current_database()`,
    );
    expect((await stream.next())?.data?.accountMembersChanged.members.nodes).toHaveLength(2);
    await mutate(ann, 'setUserRole', { accountId: made.id, userId: viewerOf(made).id, role: 'JOB_DEVELOPER' });
    const event = await stream.next();
    expect(event?.data?.accountMembersChanged.members.nodes).toContainEqual({
      id: viewerOf(made).id,
      role: 'JOB_DEVELOPER',
    });
    stream.leave();
  });
});
