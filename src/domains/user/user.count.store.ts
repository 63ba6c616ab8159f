/** How many users match a search, in SQL. */
import type { Db } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { Visible } from '../access/access.js';
import { candidatesOf, candidateRows } from './user.pages.store.js';
import type { Patience } from './user.patience.store.js';
import { questionOf } from './user.question.store.js';
import type { UserQuery } from './user.search.js';

/** How many users match, counted no further than `limit` when there is one. */
export async function countUsers(
  db: Db,
  visible: Visible,
  query: UserQuery,
  limit: number | null,
  patience: Patience,
): Promise<number> {
  const { whole, rows, indexed, remaining } = questionOf(visible, query);
  const counted = (from: Prisma.Sql, where: Prisma.Sql): Prisma.Sql =>
    Prisma.sql`(SELECT count(*) FROM (SELECT 1 FROM ${from} WHERE ${where} LIMIT ${limit}::bigint) counted)`;
  const among = (ids: Prisma.Sql, most: number): Prisma.Sql => Prisma.sql`${candidatesOf(ids, most)}
    SELECT CASE WHEN NOT tally.over THEN ${counted(candidateRows, rows)} END AS count FROM tally`;
  const ways = [
    ...(whole ? [among(whole, patience.whole)] : []),
    ...(remaining ? [among(remaining, patience.remaining)] : []),
    Prisma.sql`SELECT ${counted(Prisma.sql`users u`, indexed)} AS count`,
  ];
  for (const way of ways) {
    const [row] = await db.query<{ count: bigint | null }>(way, 'each time');
    if (row?.count != null) return Number(row.count);
  }
  throw new Error('The last way counts whatever it finds.');
}
