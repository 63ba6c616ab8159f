/**
 * How long random searches take as operator, most of them for a few signs that many users have:
 * `npm run bench:random -- FOLDER [SEED]`. Searches the database that `npm run bench:search` filled in that folder; prints
 * how they are spread, in milliseconds, and the slowest.
 */
import fc from 'fast-check';
import pg from 'pg';
import { readConfig } from '../../src/config.js';
import { openDatabase } from '../../src/db/client.js';
import { createAccess } from '../../src/domains/access/access.service.js';
import { createAudit } from '../../src/domains/audit/audit.service.js';
import { userStates, userTypes, type User } from '../../src/domains/user/user.js';
import { userSortFields, type UserLeaf, type UserOrder, type UserText } from '../../src/domains/user/user.search.js';
import { createUserSearch } from '../../src/domains/user/user.search.service.js';
import { textMethods, type Filter } from '../../src/kernel/filter.js';
import type { UserId } from '../../src/kernel/ids.js';
import { openBenchDatabase } from './database.js';

type Tree = Filter<UserLeaf>;
const searches = 500;
const shown = 10;
/** Each is timed at most so often, and counts by its best. */
const rounds = 4;

const columns = ['userName', 'firstName', 'lastName', 'nickName', 'displayName', 'email'] as const;

/** A piece of a text as a method would look for it, sometimes in capital letters, sometimes with a sign nobody has there. */
const termOf = (text: string, method: string): fc.Arbitrary<string> =>
  fc
    .tuple(fc.oneof(fc.nat(3), fc.nat(Math.max(0, text.length - 1))), fc.nat(text.length), fc.nat(19))
    .map(([more, at, luck]) => {
      const length = more + 1;
      const start = Math.min(at, Math.max(0, text.length - length));
      const piece = method.startsWith('EQUALS')
        ? text
        : method.startsWith('STARTS')
          ? text.slice(0, length)
          : method.startsWith('ENDS')
            ? text.slice(-length)
            : text.slice(start, start + length);
      return luck < 3 ? piece.toUpperCase() : luck === 3 ? `${piece}q` : piece;
    });

function leaves(users: readonly User[]): fc.Arbitrary<UserLeaf> {
  const user = fc.constantFrom(...users);
  const texts = fc
    .tuple(user, fc.constantFrom<UserText>(...columns, 'loginName'), fc.constantFrom(...textMethods.names))
    .chain(([found, text, method]) =>
      termOf((text === 'loginName' ? found.userName : found[text]) ?? found.userName, method).map((term): UserLeaf => ({
        text,
        match: { method, text: term },
      })),
    );
  return fc.oneof(
    { weight: 16, arbitrary: texts },
    { weight: 2, arbitrary: fc.constantFrom(...userStates.names).map((state): UserLeaf => ({ state })) },
    { weight: 1, arbitrary: fc.constantFrom(...userTypes.names).map((type): UserLeaf => ({ type })) },
    { weight: 1, arbitrary: user.map(({ id }): UserLeaf => ({ ids: [id] })) },
  );
}

function trees(users: readonly User[]): fc.Arbitrary<Tree> {
  return fc.letrec<{ node: Tree }>((tie) => {
    const several = fc.array(tie('node'), { minLength: 2, maxLength: 4 });
    return {
      node: fc.oneof(
        { maxDepth: 3, depthSize: 'medium' },
        { weight: 4, arbitrary: leaves(users).map((is): Tree => ({ is })) },
        { weight: 1, arbitrary: tie('node').map((not): Tree => ({ not })) },
        { weight: 1, arbitrary: several.map((and): Tree => ({ and })) },
        { weight: 1, arbitrary: several.map((or): Tree => ({ or })) },
      ),
    };
  }).node;
}

const orders: fc.Arbitrary<readonly UserOrder[]> = fc
  .tuple(
    fc.oneof({ weight: 3, arbitrary: fc.constant('USER_NAME' as const) }, fc.constantFrom(...userSortFields)),
    fc.boolean(),
  )
  .map(([field, descending]) => [{ field, descending }]);

const [folder = '/tmp/gatehouse-bench/1000000', seed = '1'] = process.argv.slice(2);
const { connection, stop } = await openBenchDatabase(folder);
const client = new pg.Client(connection);
await client.connect();
const { rows: users } = await client.query<User>(
  `SELECT id, user_name AS "userName", first_name AS "firstName", last_name AS "lastName", nick_name AS "nickName",
     display_name AS "displayName", email FROM users ORDER BY id LIMIT 200`,
);
await client.end();
const db = openDatabase(connection, { ...readConfig({}).db, statementMs: 10_000 });
const access = createAccess({ db, audit: createAudit({ db }), rbac: true, mostResources: 100 });
const { search } = createUserSearch({ db, access });
const asked = fc.sample(fc.record({ filter: trees(users), order: orders }), { seed: Number(seed), numRuns: searches });
const times: { best: number; what: string }[] = [];
for (const { filter, order } of asked) {
  let best = Infinity;
  for (let round = 0; round < rounds && best > 20; round++) {
    const before = performance.now();
    await search(
      {
        principal: { kind: 'user', userId: users[0]?.id as UserId, claims: null, operator: true },
        requestId: 'bench',
        address: '127.0.0.1',
        signal: new AbortController().signal,
      },
      { filter, accountId: null, memberOf: null, order },
      { limit: 25, backward: false, after: null, before: null },
    ).catch(() => null);
    best = Math.min(best, performance.now() - before);
  }
  times.push({ best, what: JSON.stringify({ filter, order }) });
}
await db.close();
await stop();
times.sort((one, other) => one.best - other.best);
const at = (share: number): string => (times[Math.floor(share * (times.length - 1))]?.best ?? NaN).toFixed(1);
const over = times.filter(({ best }) => best > 100).length;
process.stdout.write(
  `${times.length} searches: half within ${at(0.5)} ms, 90 % within ${at(0.9)}, 99 % within ${at(0.99)}, all within ${at(1)}; ` +
    `${((100 * over) / times.length).toFixed(1)} % above 100\n`,
);
for (const { best, what } of times.slice(-shown).reverse()) process.stdout.write(`${best.toFixed(0)} ${what}\n`);
