/** The statements that find one page of users, each good for another number of users who match. */
import { keysetParts, type Order } from '../../db/keyset.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { PageRequest } from '../../kernel/page.js';
import { userColumns } from './user.store.js';

/** At most `most` candidates, and whether there are more. */
export const candidatesOf = (found: Prisma.Sql, most: number): Prisma.Sql => Prisma.sql`
  WITH candidates AS MATERIALIZED (SELECT * FROM (${found}) found LIMIT ${most + 1}),
    tally AS MATERIALIZED (SELECT count(*) > ${most} AS over FROM candidates)`;
/** The candidates as the rows `u`, unless there are more. OFFSET 0: what else is asked of them no index shall answer. */
export const candidateRows = Prisma.sql`(SELECT one.* FROM users one
  WHERE NOT tally.over AND one.id = ANY(ARRAY(SELECT id FROM candidates)) OFFSET 0) u`;

/** The page of the users among at most `most` candidates whom `where` is true for; nothing but `over` when there are more. */
export function sorted(ids: Prisma.Sql, most: number, where: Prisma.Sql, order: Order, page: PageRequest): Prisma.Sql {
  return Prisma.sql`${candidatesOf(ids, most)}
    SELECT page.*, tally.over FROM tally
    LEFT JOIN LATERAL (${pageSql(candidateRows, where, order, page)}) page ON TRUE`;
}

/** The page of at most `most` whom indexes find. When there are more it is that of the first they find, and `over` is true. */
export function found(indexed: Prisma.Sql, most: number, order: Order, page: PageRequest): Prisma.Sql {
  const { keys, kept, between } = computed(order, page);
  return Prisma.sql`${candidatesOf(Prisma.sql`SELECT ${keys} FROM users u WHERE ${indexed} AND ${between}`, most)},
      firsts AS MATERIALIZED (SELECT ${kept.id} AS id FROM candidates ORDER BY ${kept.orderBy} LIMIT ${kept.reach})
    SELECT page.*, tally.over FROM tally LEFT JOIN (${pageSql(Prisma.sql`users u`, isFirst, order, page)}) page ON TRUE`;
}

/** The page of about so many of all users, by chance. */
export function sampled(size: number, where: Prisma.Sql, order: Order, page: PageRequest): Prisma.Sql {
  const all = Prisma.sql`(SELECT greatest(reltuples, 1) FROM pg_class WHERE oid = 'users'::regclass)`;
  const some = Prisma.sql`users u TABLESAMPLE SYSTEM (least(100, 100 * ${size}::real / ${all}))`;
  return pageSql(some, where, order, page);
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
  const { orderBy } = keysetParts(order, page);
  const { keys, kept, between } = computed(order, page);
  return Prisma.sql`
    SELECT ${userColumns}, ${kept.cursor} AS cursor FROM (
      SELECT u.*, ${keys} FROM users u WHERE ${along} AND ${between}
      ORDER BY ${orderBy} LIMIT ${most}
    ) u
    WHERE ${where} ORDER BY ${kept.orderBy} LIMIT ${kept.limit}`;
}

/**
 * The page of everything that matches, sorted. By a key that no index has: or the planner would follow the order for
 * want of a better idea. Nothing but the keys is read until they are sorted.
 * @param within what is known of everybody on the page
 */
export function gathered(indexed: Prisma.Sql, within: Prisma.Sql, order: Order, page: PageRequest): Prisma.Sql {
  const keys = order.keys.map((key) => ({ ...key, sql: Prisma.sql`coalesce(${key.sql}, ${key.sql})` }));
  const { orderBy, reach } = keysetParts({ ...order, keys }, page);
  return Prisma.sql`WITH firsts AS MATERIALIZED (
      SELECT u.id FROM users u WHERE ${indexed} AND ${within} AND ${keysetParts(order, page).where}
      ORDER BY ${orderBy} LIMIT ${reach})
    ${pageSql(Prisma.sql`users u`, isFirst, order, page)}`;
}

/** The page of the rows `u` that `where` is true for. */
function pageSql(from: Prisma.Sql, where: Prisma.Sql, order: Order, page: PageRequest): Prisma.Sql {
  const { cursor, where: between, orderBy, limit } = keysetParts(order, page);
  return Prisma.sql`SELECT ${userColumns}, ${cursor} AS cursor FROM ${from}
    WHERE ${where} AND ${between} ORDER BY ${orderBy} LIMIT ${limit}`;
}

/** The keys of an order as columns, so that each is computed once; and the page in the words of those columns. */
function computed(order: Order, page: PageRequest) {
  const names = order.keys.map((_key, i) => Prisma.raw(`key_${i}`));
  const kept = { ...order, keys: order.keys.map((key, i) => ({ ...key, sql: names[i] as Prisma.Sql })) };
  return {
    keys: Prisma.join(order.keys.map(({ sql }, i) => Prisma.sql`${sql} AS ${names[i] as Prisma.Sql}`)),
    between: keysetParts(order, page).where,
    kept: { ...keysetParts(kept, page), id: names.at(-1) as Prisma.Sql },
  };
}

/** The user is one of the first. */
const isFirst = Prisma.sql`u.id = ANY(ARRAY(SELECT id FROM firsts))`;
