/** How often invites may be made and tried, counted over all processes on one database. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testClock } from '../support/app.js';
import { mutate, type Asker } from '../support/mutate.js';
import { createWorld, type World } from '../support/world.js';

const hour = 60 * 60_000;
const clock = testClock();
let world: World;
let beside: World;

beforeAll(async () => {
  world = await createWorld({ clock, settings: { RATE_LIMITS: 'on' } });
  const { database, dataDir } = world.testApp;
  beside = await createWorld({ clock, database, dataDir, settings: { RATE_LIMITS: 'on' } });
});
afterAll(async () => {
  await beside.stop();
  await world.stop();
});

/** Windows begin on the full hour, so a story begins there too. */
const atTheFullHour = () => clock.advance(hour - (clock.now().getTime() % hour) + 1_000);
const accept = (asker: Asker, token = 'A'.repeat(43)) => mutate(asker, 'acceptTeamAccountInvite', { token });
const codes = async (times: number, work: () => Promise<{ code: string | null }>) => {
  const found: (string | null)[] = [];
  for (let i = 0; i < times; i++) found.push((await work()).code);
  return found;
};
const tries = (times: number, code: string | null) => Array.from({ length: times }, () => code);

it('Twenty invites an hour from one account, whoever sends them and by whichever process', async () => {
  atTheFullHour();
  const acme = await world.team('acme').admin('Ann').made();
  const other = await world.team('other').admin('Ann').made();
  const [ann, besideAnn] = [await world.person('Ann'), await beside.person('Ann')];
  let n = 0;
  const invite = (asker: Asker, accountId: string) =>
    mutate(asker, 'inviteUserToTeamAccount', { accountId, email: `guest${++n}@people.test` });

  expect(await codes(10, () => invite(ann, acme.id))).toEqual(tries(10, null));
  expect(await codes(10, () => invite(besideAnn, acme.id))).toEqual(tries(10, null));
  expect(await invite(ann, acme.id)).toMatchObject({ code: 'RATE_LIMITED', asData: true });
  expect(await invite(besideAnn, acme.id)).toMatchObject({ code: 'RATE_LIMITED', asData: true });
  expect((await invite(ann, other.id)).code).toBeNull();
  const open = 'query ($id: ID!) { account(id: $id) { invites { totalCount } } }';
  expect((await ann.ask(open, { id: acme.id })).data).toEqual({ account: { invites: { totalCount: 20 } } });
  clock.advance(hour);
  expect((await invite(ann, acme.id)).code).toBeNull();
});

it('Ten tries of an invite a minute from one address, whoever tries', async () => {
  atTheFullHour();
  const [eve, mal] = [await world.person('Eve'), await beside.person('Mal')];
  expect(await codes(10, () => accept(eve))).toEqual(tries(10, 'BAD_USER_INPUT'));
  expect(await accept(eve)).toMatchObject({ code: 'RATE_LIMITED', asData: true });
  expect(await accept(mal)).toMatchObject({ code: 'RATE_LIMITED', asData: true });
  clock.advance(60_000);
  expect((await accept(mal)).code).toBe('BAD_USER_INPUT');
});

it('Ten tries of an invite a minute by one user, from wherever', async () => {
  atTheFullHour();
  const ivy = await world.person('Ivy');
  const { invites } = world.testApp.app.services;
  const from = (i: number) => invites.accept({ ...ivy.call, address: `192.0.2.${i}` }, { token: 'x' });
  for (let i = 0; i < 10; i++) await expect(from(i)).rejects.toMatchObject({ kind: 'invalid' });
  await expect(from(10)).rejects.toMatchObject({ kind: 'rate', facts: { allowed: 10 } });
});
