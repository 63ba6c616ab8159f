/** Subscriptions, with two processes on one database: what one changes the streams at the other hear. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createPair,
  invites,
  members,
  soonMs,
  subscribe,
  validity,
  viewerOf,
  type Invites,
  type Members,
  type Pair,
  type Validity,
} from '../support/events.js';
import { mutate } from '../support/mutate.js';
import type { Person, World } from '../support/world.js';

let pair: Pair;
let world: World;
beforeAll(async () => {
  pair = await createPair();
  world = pair.world;
});
afterAll(() => pair.stop());

describe('A stream', () => {
  it('hears of a role that was changed in another process, each time as it is then', async () => {
    const made = await pair.team();
    const vic = viewerOf(made);
    const stream = await pair.follow(vic, made);
    for (const role of ['JOB_DEVELOPER', 'JOB_EXECUTOR']) {
      await mutate(await world.person('Ann'), 'setUserRole', { accountId: made.id, userId: vic.id, role });
      const event = await stream.next();
      expect(event?.errors).toBeUndefined();
      expect(event?.data?.accountMembersChanged.members.nodes).toContainEqual({ id: vic.id, role });
    }
    stream.leave();
  });

  it('hears of invites and of nothing else', async () => {
    const made = await pair.team();
    const ann = await world.person('Ann');
    const stream = await pair.follow<Invites>(ann, made, invites);
    await mutate(ann, 'setUserRole', { accountId: made.id, userId: viewerOf(made).id, role: 'JOB_DEVELOPER' });
    await mutate(ann, 'inviteUserToTeamAccount', { accountId: made.id, email: 'new@people.test' });
    const event = await stream.next();
    expect(event?.data?.accountInvitesChanged.invites.nodes).toEqual([{ email: 'new@people.test' }]);
    stream.leave();
  });

  it('hears when something happens that bears on whether the account may be used', async () => {
    const made = await pair.team();
    const stream = await pair.follow<Validity>(viewerOf(made), made, validity);
    await world.testApp.database.query('UPDATE accounts SET max_allowed_records = 5 WHERE id = $1', [made.id]);
    expect((await stream.next())?.data?.accountValidityChanged).toEqual({ isValid: true, reason: null });
    stream.leave();
  });

  it('hears nothing of what was rolled back, nor of other accounts', async () => {
    const [mine, foreign] = [await pair.team(), await pair.team()];
    const ann = await world.person('Ann');
    const stream = await pair.follow(ann, mine);
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
    const made = await pair.team();
    const ann = await world.person('Ann');
    const stream = await pair.follow(ann, made);
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
    const made = await pair.team();
    const ann = await world.person('Ann');
    const search = new URLSearchParams({ query: members, variables: JSON.stringify({ id: made.id }) });
    const stream = await subscribe<Members>(`${pair.there}?${search}`, ann, members, {}, { method: 'GET' });
    await mutate(ann, 'setUserRole', { accountId: made.id, userId: viewerOf(made).id, role: 'JOB_DEVELOPER' });
    expect((await stream.next())?.errors).toBeUndefined();
    stream.leave();
    const bare = await fetch(`${pair.there}?${search}`, { headers: { accept: 'text/event-stream' } });
    expect(bare.status).toBe(403);
  });

  it('is had as text/event-stream only', async () => {
    const ann = await world.person('Ann');
    for (const accept of ['application/json', 'multipart/mixed']) {
      const response = await fetch(pair.there, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept, authorization: ann.authorization },
        body: JSON.stringify({ query: members, variables: { id: (await pair.team()).id } }),
      });
      expect(response.status).toBe(406);
      await response.body?.cancel();
    }
  });
});

describe('A stream is refused, before any event', () => {
  const refusals = async (who: Pick<Person, 'authorization'> | null, id: string) => {
    const stream = await subscribe<Members>(pair.there, who, members, { id });
    const events = await stream.rest(soonMs);
    return events.map(({ data, errors }) => [data ?? null, errors?.map(({ extensions }) => extensions['code'])]);
  };

  it('to somebody from outside, whether the account is there or not', async () => {
    const made = await pair.team();
    const eve = await world.person('Eve');
    for (const id of [made.id, '00000000-0000-4000-8000-000000000000', 'no id']) {
      expect(await refusals(eve, id)).toEqual([[null, ['FORBIDDEN']]]);
    }
  });

  it('to nobody in particular, and before setUser', async () => {
    const made = await pair.team();
    expect(await refusals(null, made.id)).toEqual([[null, ['UNAUTHENTICATED']]]);
    expect(await refusals(await world.newcomer('Nora'), made.id)).toEqual([[null, ['NOT_FOUND']]]);
  });
});

describe('When the listening connection breaks', () => {
  it('whoever follows anything hears that it may have changed, and goes on hearing', async () => {
    const made = await pair.team();
    const ann = await world.person('Ann');
    const stream = await pair.follow(ann, made);
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
