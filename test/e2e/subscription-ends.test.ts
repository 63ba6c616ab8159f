/** Subscriptions: no stream lasts longer than it may, and there are no more than there may be. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp } from '../support/app.js';
import {
  createPair,
  invites,
  members,
  soonMs,
  subscribe,
  validity,
  viewerOf,
  type Members,
  type Pair,
} from '../support/events.js';
import { mutate } from '../support/mutate.js';
import type { Person, Team, World } from '../support/world.js';

let pair: Pair;
let world: World;
beforeAll(async () => {
  pair = await createPair();
  world = pair.world;
});
afterAll(() => pair.stop());

describe('A stream ends with `complete`', () => {
  it('when its member is removed', async () => {
    const made = await pair.team();
    const vic = viewerOf(made);
    const streams = await Promise.all([members, invites, validity].map((query) => pair.follow(vic, made, query)));
    await mutate(await world.person('Ann'), 'removeTeamAccountMember', { accountId: made.id, userId: vic.id });
    for (const stream of streams) expect(await stream.rest(soonMs)).toEqual([]);
  });

  it('when its member is removed quietly', async () => {
    const made = await pair.team();
    const stream = await pair.follow(viewerOf(made), made);
    await world.testApp.database.query(
      `DO $$ BEGIN PERFORM set_config('gatehouse.quiet', 'on', true); DELETE FROM account_members WHERE user_id = '${viewerOf(made).id}'; END $$`,
    );
    expect(await stream.rest(soonMs)).toEqual([]);
  });

  it('when its user is locked', async () => {
    const made = await pair.team();
    const vic = viewerOf(made);
    const stream = await pair.follow(vic, made);
    await world.setState(vic, 4);
    expect(await stream.rest(soonMs)).toEqual([]);
  });

  it('when its operator is one no more', async () => {
    const made = await pair.team();
    const olga = await world.person('Olga', { operator: true });
    const stream = await pair.follow(olga, made);
    await world.testApp.database.query('DELETE FROM instance_members WHERE user_id = $1', [olga.id]);
    expect(await stream.rest(soonMs)).toEqual([]);
  });

  it('when its session is ended', async () => {
    const made = await pair.team();
    const vic = viewerOf(made);
    const stream = await pair.follow(vic, made);
    await world.testApp.database.query('UPDATE sessions SET state = 2 WHERE user_id = $1', [vic.id]);
    expect(await stream.rest(soonMs)).toEqual([]);
  });

  it('when its token runs out, without the leeway that requests have', async () => {
    const made = await pair.team();
    const token = await world.testApp.app.development?.sign({
      sub: 'ann',
      email: 'ann@people.test',
      expiresInSeconds: 60,
    });
    const stream = await pair.follow({ ...(await world.person('Ann')), authorization: `Bearer ${token}` }, made);
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
    const { database, dataDir, clock } = world.testApp;
    const settings = { LIMIT_STREAMS_PER_USER: '1', LIMIT_STREAMS: '2', LIMIT_STREAM_PING_MS: '20' };
    const small = await createTestApp({ database, dataDir, clock, settings });
    const url = `${small.url}/graphql`;
    const made = await pair.team();
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
    const place = async () => {
      const third = await subscribe<Members>(url, olga, members, { id: made.id });
      third.leave();
      return third.status;
    };
    await expect.poll(place, { timeout: soonMs }).toBe(200);
    await mutate(ann, 'setUserRole', { accountId: made.id, userId: vic.id, role: 'JOB_DEVELOPER' });
    await held.next();
    expect(held.comments()).toBeGreaterThan(0);
    await small.stop();
    expect(await held.rest(soonMs)).toEqual([]);
  });

  it('in time by nothing: the limit of requests is not theirs', async () => {
    const { database, dataDir, clock } = world.testApp;
    const quick = await createTestApp({
      database,
      dataDir,
      clock,
      settings: { LIMIT_REQUEST_MS: '300', LIMIT_IN_FLIGHT: '1' },
    });
    const made = await pair.team();
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
