/** How many users match a search, in SQL. */
import type { Db } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { Visible } from '../access/access.js';
import { candidatesOf, idsOf, candidateRows } from './user.pages.store.js';
import type { Patience } from './user.patience.store.js';
import { questionOf } from './user.question.store.js';
import type { UserQuery } from './user.search.js';

/** So many times a user may be found, on average, in a count that ends early. */
const timesFound = 4;

/** How many users match, counted no further than `limit` when there is one. */
export async function countUsers(
  db: Db,
  visible: Visible,
  query: UserQuery,
  limit: number | null,
  patience: Patience,
): Promise<number> {
  const { whole, rows, branches } = questionOf(visible, query);
  // In several branches the same user may be found several times.
  const isUnique = branches.length === 1;
  const among = (most: number | null): Prisma.Sql =>
    Prisma.sql`SELECT id FROM (${idsOf(branches)}) ids LIMIT ${most}::bigint`;
  const ways = [
    ...(whole
      ? [
          Prisma.sql`${candidatesOf(whole, patience.whole)}
            SELECT CASE WHEN NOT tally.over
              THEN (SELECT count(*) FROM (SELECT 1 FROM ${candidateRows} WHERE ${rows} LIMIT ${limit}::bigint) counted)
            END AS count FROM tally`,
        ]
      : []),
    ...(limit !== null && !isUnique
      ? [
          Prisma.sql`SELECT CASE WHEN count(DISTINCT id) >= ${limit} OR count(*) < ${limit * timesFound}
              THEN least(count(DISTINCT id), ${limit}) END AS count
            FROM (${among(limit * timesFound)}) found`,
        ]
      : []),
    isUnique
      ? Prisma.sql`SELECT count(*) FROM (${among(limit)}) found`
      : Prisma.sql`SELECT least(count(DISTINCT id), ${limit}::bigint) AS count FROM (${among(null)}) found`,
  ];
  for (const way of ways) {
    const [row] = await db.query<{ count: bigint | null }>(way, 'each time');
    if (row?.count != null) return Number(row.count);
  }
  throw new Error('The last way counts whatever it finds.');
}
