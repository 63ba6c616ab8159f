/** The statements that find one page of users, each good for another number of users who match. */
import { keysetParts, type Order } from '../../db/keyset.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { PageRequest } from '../../kernel/page.js';
import { userColumns } from './user.store.js';

/** At most `most` candidates by their ids, and whether there are more. */
export const candidatesOf = (ids: Prisma.Sql, most: number): Prisma.Sql => Prisma.sql`
  WITH candidates AS MATERIALIZED (SELECT id FROM (${ids}) ids LIMIT ${most + 1}),
    tally AS MATERIALIZED (SELECT count(*) > ${most} AS over FROM candidates)`;
/** The user is one of them. */
export const isCandidate = Prisma.sql`u.id = ANY(ARRAY(SELECT id FROM candidates))`;

/** The page of at most `most` candidates; `over` when there are more. */
export function sorted(ids: Prisma.Sql, most: number, where: Prisma.Sql, order: Order, page: PageRequest): Prisma.Sql {
  const { cursor, where: between, orderBy, limit } = keysetParts(order, page);
  return Prisma.sql`${candidatesOf(ids, most)}
    SELECT page.*, tally.over FROM tally
    LEFT JOIN LATERAL (
      SELECT ${userColumns}, ${cursor} AS cursor FROM users u
      WHERE ${isCandidate} AND NOT tally.over AND ${where} AND ${between}
      ORDER BY ${orderBy} LIMIT ${limit}
    ) page ON TRUE`;
}

/**
 * The page along the order, whose index is followed over at most `most` users.
 * @param along what that index can tell of whom is looked for
 */
export function walked(
  along: Prisma.Sql,
  where: Prisma.Sql,
  most: number,
  order: Order,
  page: PageRequest,
): Prisma.Sql {
  const { where: between, orderBy, limit } = keysetParts(order, page);
  const names = order.keys.map((_key, i) => Prisma.raw(`key_${i}`));
  const keys = order.keys.map(({ sql }, i) => Prisma.sql`${sql} AS ${names[i] as Prisma.Sql}`);
  const kept = { ...order, keys: order.keys.map((key, i) => ({ ...key, sql: names[i] as Prisma.Sql })) };
  const again = keysetParts(kept, page);
  return Prisma.sql`
    SELECT ${userColumns}, ${again.cursor} AS cursor FROM (
      SELECT u.*, ${Prisma.join(keys)} FROM users u WHERE ${along} AND ${between}
      ORDER BY ${orderBy} LIMIT ${most}
    ) u
    WHERE ${where} ORDER BY ${again.orderBy} LIMIT ${limit}`;
}

/** The page of everything that matches. OFFSET 0 keeps the planner from following the order for want of a better idea. */
export function gathered(where: Prisma.Sql, order: Order, page: PageRequest): Prisma.Sql {
  const { cursor, where: between, orderBy, limit } = keysetParts(order, page);
  return Prisma.sql`
    SELECT ${userColumns}, ${cursor} AS cursor FROM (SELECT u.* FROM users u WHERE ${where} AND ${between} OFFSET 0) u
    ORDER BY ${orderBy} LIMIT ${limit}`;
}
