/** The statements that find one page of users, each good for another number of users who match. */
import { keysetParts, type Order } from '../../db/keyset.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { PageRequest } from '../../kernel/page.js';
import { branchSql, type Branch } from './user.filter.store.js';
import { userColumns } from './user.store.js';

/** The ids of all users of these branches; an id may come several times. */
export const idsOf = (branches: readonly Branch[]): Prisma.Sql =>
  Prisma.join(
    branches.map((branch) => Prisma.sql`SELECT u.id ${branchSql(branch)}`),
    ' UNION ALL ',
  );

/** At most `most` candidates by their ids, and whether there are more. */
export const candidatesOf = (ids: Prisma.Sql, most: number): Prisma.Sql => Prisma.sql`
  WITH candidates AS MATERIALIZED (SELECT id FROM (${ids}) ids LIMIT ${most + 1}),
    tally AS MATERIALIZED (SELECT count(*) > ${most} AS over FROM candidates)`;
/** The user is one of them. */
export const isCandidate = Prisma.sql`u.id = ANY(ARRAY(SELECT id FROM candidates))`;

/** The page of the users among at most `most` candidates whom `where` is true for; nothing but `over` when there are more. */
export function sorted(ids: Prisma.Sql, most: number, where: Prisma.Sql, order: Order, page: PageRequest): Prisma.Sql {
  return Prisma.sql`${candidatesOf(ids, most)}
    SELECT page.*, tally.over FROM tally
    LEFT JOIN LATERAL (${pageSql(Prisma.sql`${isCandidate} AND NOT tally.over AND ${where}`, order, page)}) page ON TRUE`;
}

/** The page of at most `most` candidates. When there are more it is that of a sample of them, and `over` is true. */
export function sampled(ids: Prisma.Sql, most: number, order: Order, page: PageRequest): Prisma.Sql {
  return Prisma.sql`${candidatesOf(ids, most)}
    SELECT page.*, tally.over FROM tally LEFT JOIN (${pageSql(isCandidate, order, page)}) page ON TRUE`;
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
  const { keys, kept } = computed(order);
  const again = keysetParts(kept, page);
  return Prisma.sql`
    SELECT ${userColumns}, ${again.cursor} AS cursor FROM (
      SELECT u.*, ${keys} FROM users u WHERE ${along} AND ${between}
      ORDER BY ${orderBy} LIMIT ${most}
    ) u
    WHERE ${where} ORDER BY ${again.orderBy} LIMIT ${limit}`;
}

/**
 * The page of everything that matches: of the first of each branch. OFFSET 0 keeps the planner from following the order
 * for want of a better idea, and only what is sorted is read until all of it is.
 */
export function gathered(branches: readonly Branch[], order: Order, page: PageRequest): Prisma.Sql {
  const { where: between } = keysetParts(order, page);
  const { keys, kept } = computed(order);
  const { orderBy, reach } = keysetParts(kept, page);
  const firsts = branches.map(
    (branch) => Prisma.sql`(SELECT ${branch.name === null ? Prisma.empty : Prisma.sql`DISTINCT`} ${kept.names}
      FROM (SELECT ${keys} ${branchSql(branch)} AND ${between} OFFSET 0) found ORDER BY ${orderBy} LIMIT ${reach})`,
  );
  return Prisma.sql`
    WITH candidates AS MATERIALIZED (SELECT ${kept.keys.at(-1)?.sql} AS id FROM (${Prisma.join(firsts, ' UNION ALL ')}) firsts)
    ${pageSql(isCandidate, order, page)}`;
}

/** The page of the users whom `where` is true for. */
function pageSql(where: Prisma.Sql, order: Order, page: PageRequest): Prisma.Sql {
  const { cursor, where: between, orderBy, limit } = keysetParts(order, page);
  return Prisma.sql`SELECT ${userColumns}, ${cursor} AS cursor FROM users u
    WHERE ${where} AND ${between} ORDER BY ${orderBy} LIMIT ${limit}`;
}

/** The keys of an order as columns, which are computed once, and the order by them. */
function computed(order: Order) {
  const names = order.keys.map((_key, i) => Prisma.raw(`key_${i}`));
  const keys = order.keys.map(({ sql }, i) => Prisma.sql`${sql} AS ${names[i] as Prisma.Sql}`);
  return {
    keys: Prisma.join(keys),
    kept: {
      ...order,
      keys: order.keys.map((key, i) => ({ ...key, sql: names[i] as Prisma.Sql })),
      names: Prisma.join(names),
    },
  };
}
