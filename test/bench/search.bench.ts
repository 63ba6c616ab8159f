/**
 * How long searches take, at several sizes: `npx tsx test/bench/search.bench.ts /tmp/bench 10000 100000`. Each size has a
 * database in a folder of its own, which is filled the first time. Prints the median and the best of each search in
 * milliseconds, as an operator and as a member of one team, and how the best grows from the smallest to the largest.
 */
import { join } from 'node:path';
import pg from 'pg';
import { readConfig } from '../../src/config.js';
import { openDatabase, type Db } from '../../src/db/client.js';
import { createAccess } from '../../src/domains/access/access.service.js';
import { createAudit } from '../../src/domains/audit/audit.service.js';
import type { User } from '../../src/domains/user/user.js';
import { defaultUserOrder, type UserQuery } from '../../src/domains/user/user.search.js';
import { createUserSearch } from '../../src/domains/user/user.search.service.js';
import type { Call } from '../../src/kernel/call.js';
import type { UserId } from '../../src/kernel/ids.js';
import type { PageRequest } from '../../src/kernel/page.js';
import { openBenchDatabase } from './database.js';
import { fillDirectory } from './data.js';
import { cases } from './search.cases.js';

const rounds = 15;
const page: PageRequest = { limit: 25, backward: false, after: null, before: null };

const callOf = (userId: UserId, operator: boolean): Call => ({
  principal: { kind: 'user', userId, claims: null, operator },
  requestId: 'bench',
  address: '127.0.0.1',
  signal: new AbortController().signal,
});

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;

interface Timing {
  readonly median: number;
  readonly best: number;
}

/** Timings by the name of the case. */
type Timings = Map<string, Timing>;

async function measure(db: Db, userId: UserId, operator: boolean, samples: readonly User[]): Promise<Timings> {
  const audit = createAudit({ db });
  const { search } = createUserSearch({ db, access: createAccess({ db, audit, rbac: true, mostResources: 100 }) });
  const call = callOf(userId, operator);
  const timings: Timings = new Map();
  for (const { name, query, count, after } of cases) {
    const times: number[] = [];
    for (let round = 0; round < rounds && times.reduce((sum, time) => sum + time, 0) < 6_000; round++) {
      const sample = samples[round % samples.length] as User;
      const asked: UserQuery = {
        filter: null,
        accountId: null,
        memberOf: null,
        order: defaultUserOrder,
        ...query(sample),
      };
      const from = after ? { ...page, after: after(sample) } : page;
      const before = performance.now();
      const found = await search(call, asked, from).catch(() => null);
      if (count !== undefined) await found?.count(count === 'all' ? undefined : count);
      times.push(performance.now() - before);
    }
    timings.set(name, { median: median(times), best: Math.min(...times) });
  }
  return timings;
}

async function atSize(folder: string, size: number): Promise<Record<'operator' | 'member', Timings>> {
  const { connection, stop } = await openBenchDatabase(join(folder, String(size)));
  const client = new pg.Client(connection);
  await client.connect();
  const { rows } = await client.query<{ count: number }>('SELECT count(*)::int AS count FROM users');
  if (rows[0]?.count === 0) await fillDirectory(client, size);
  const { rows: members } = await client.query<{ id: UserId }>(
    `SELECT min(user_id::text)::uuid AS id FROM account_members GROUP BY account_id ORDER BY abs(count(*) - 50) LIMIT 1`,
  );
  const { rows: samples } = await client.query<User>(
    `SELECT id, user_name AS "userName", first_name AS "firstName", last_name AS "lastName", nick_name AS "nickName",
       display_name AS "displayName", email, resource_owner AS "resourceOwner"
     FROM users WHERE nick_name IS NOT NULL ORDER BY md5(id::text) LIMIT $1`,
    [rounds],
  );
  await client.end();
  const db = openDatabase(connection, { ...readConfig({}).db, statementMs: 10_000 });
  const member = members[0]?.id as UserId;
  const timings = {
    operator: await measure(db, member, true, samples),
    member: await measure(db, member, false, samples),
  };
  await db.close();
  await stop();
  return timings;
}

const [folder = '/tmp/gatehouse-bench', ...given] = process.argv.slice(2);
const sizes = given.length > 0 ? given.map(Number) : [10_000, 100_000];
const all: Record<'operator' | 'member', Timings>[] = [];
for (const size of sizes) all.push(await atSize(folder, size));
const print = (cells: readonly string[]) => process.stdout.write(`| ${cells.join(' | ')} |\n`);
const heads = sizes.map((size) => size.toLocaleString('en'));
print([
  'search',
  ...heads.map((head) => `operator ${head}`),
  'growth',
  ...heads.map((head) => `member ${head}`),
  'growth',
]);
print(Array<string>(3 + 2 * sizes.length).fill('---'));
for (const { name } of cases) {
  const cells = (['operator', 'member'] as const).flatMap((who) => {
    const times = all.map((timings) => timings[who].get(name) ?? { median: NaN, best: NaN });
    return [
      ...times.map(({ median: usual, best }) => `${usual.toFixed(1)} (${best.toFixed(1)})`),
      ((times.at(-1)?.best ?? NaN) / (times[0]?.best ?? NaN)).toFixed(1),
    ];
  });
  print([name, ...cells]);
}
