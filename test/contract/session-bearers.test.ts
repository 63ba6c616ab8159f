/** Sessions as they are recorded: one that is a single token ends with it, one of many tokens does not. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';
import { openDatabase, type Db } from '../../src/db/client.js';
import { createBearers } from '../../src/domains/session/session.bearers.js';
import type { Claims } from '../../src/kernel/call.js';
import { systemRandom } from '../../src/system-ports.js';
import { createWorld, type World } from '../support/world.js';

let world: World;
let db: Db;
beforeAll(async () => {
  world = await createWorld();
  db = openDatabase({ connectionString: world.testApp.database.url }, readConfig({}).db);
});
afterAll(async () => {
  await db.close();
  await world.stop();
});

it('ends with its token where that is all of it', async () => {
  const ida = await world.person('Ida');
  if (ida.call.principal.kind !== 'user' || !ida.call.principal.claims) throw new Error('Ida signs in by a token.');
  const { claims } = ida.call.principal;
  const bearers = createBearers({ db, clock: world.testApp.clock, random: systemRandom });
  const expiresAt = new Date('2030-01-01T00:00:00Z');
  const signIn = (sessionId: string, isSession: boolean) =>
    bearers.byClaims({ ...claims, sessionId, isSession, expiresAt } satisfies Claims, 'test');
  await signIn('a token', true);
  await signIn('many tokens', false);
  await signIn('many tokens', false);
  const rows = await world.testApp.database.query(
    `SELECT sid, ends_at AS "endsAt" FROM sessions WHERE user_id = $1 AND sid LIKE '%token%' ORDER BY sid`,
    [ida.id],
  );
  expect(rows).toEqual([
    { sid: 'a token', endsAt: expiresAt },
    { sid: 'many tokens', endsAt: null },
  ]);
});
