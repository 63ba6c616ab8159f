/** The search of users in SQL: the ways to find a page, and how many match. */
import type { Db } from '../../db/client.js';
import { conjunction } from '../../db/filter.js';
import { keysetParts, type Keyed, type Order } from '../../db/keyset.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { PageRequest } from '../../kernel/page.js';
import type { Visible } from '../access/access.js';
import { seenUserIds, seesAccount, seesUser } from '../access/access.visible.js';
import { alongIndex, askingIndexes, askingRows, isLed, orderSql } from './user.filter.store.js';
import type { User } from './user.js';
import type { UserQuery } from './user.search.js';
import { userColumns } from './user.store.js';

/** How many users of a smaller whole (an account, all that somebody sees) are looked at one by one. */
const mostOfWhole = 2_000;
/** How many users that an index finds are sorted. */
const mostFound = 1_000;
/** How far the order of the list is followed for a page that is not full yet. */
const shortWalk = 5_000;
/** How far, where all that is left is to look at everybody. */
const longWalk = 50_000;

/** What a search is about, in SQL. */
interface Question {
  /** The ids of the smallest whole that the users are part of; null where that is everybody. */
  readonly whole: Prisma.Sql | null;
  /** Who may be seen and was asked for, but for the filter. */
  readonly among: Prisma.Sql;
  /** The filter, for looking at users one by one. */
  readonly rows: Prisma.Sql;
  /** Nothing is asked: every user belongs into the list. */
  readonly isOpen: boolean;
  /** What of the filter is known while the order is followed. */
  readonly along: Prisma.Sql;
  /** The filter, for indexes to answer; null where they cannot. */
  readonly indexes: Prisma.Sql | null;
}

/** A way to a page. It gives up where it would become slow. */
interface Way {
  readonly sql: Prisma.Sql;
  settles(rows: readonly Found[]): boolean;
}

/** A row of a way; null in every column, but for `over`, where there is none. */
type Found = Keyed<User> & { readonly id: string | null; readonly over?: boolean };

/**
 * One page. Which way is quick depends on how many users match, which nobody knows before. So each gives up where it
 * would become slow, and the next begins:
 * 1. a smaller whole: all of it is looked at
 * 2. the indexes: what they find is sorted
 * 3. the order of the list: followed until the page is full
 * 4. whatever is left: all that matches is gathered and sorted
 */
export async function findPage(db: Db, visible: Visible, query: UserQuery, page: PageRequest): Promise<Keyed<User>[]> {
  const question = questionOf(visible, query);
  const order = orderSql(query.order);
  for (const { sql, settles } of waysTo(question, order, page)) {
    const rows = await db.query<Found>(sql, 'each time');
    if (settles(rows)) return rows.filter(({ id }) => id !== null);
  }
  throw new Error('The last way settles whatever it finds.');
}

/** How many users match, counted no further than `limit` when there is one. */
export async function countUsers(db: Db, visible: Visible, query: UserQuery, limit: number | null): Promise<number> {
  const question = questionOf(visible, query);
  const { whole, among, rows } = question;
  const counted = (where: Prisma.Sql): Prisma.Sql =>
    Prisma.sql`SELECT count(*) FROM (SELECT 1 FROM users u WHERE ${where} LIMIT ${limit}::bigint) counted`;
  const ways = [
    ...(whole
      ? [
          Prisma.sql`${candidatesOf(whole, mostOfWhole)}
            SELECT CASE WHEN NOT tally.over THEN (${counted(conjunction([isCandidate, among, rows]))}) END AS count
            FROM tally`,
        ]
      : []),
    counted(everything(question)),
  ];
  for (const way of ways) {
    const [row] = await db.query<{ count: bigint | null }>(way, 'each time');
    if (row?.count != null) return Number(row.count);
  }
  throw new Error('The last way counts whatever it finds.');
}

/** The user whom a login name leads to, whatever its letter case. */
export async function findByLoginName(db: Db, visible: Visible, loginName: string): Promise<User | null> {
  const [row] = await db.query<User>(Prisma.sql`
    SELECT ${userColumns} FROM user_login_names l JOIN users u ON u.id = l.user_id
    WHERE lower(l.login_name) = lower(${loginName}::text) AND ${seesUser(visible, Prisma.sql`u`)}`);
  return row ?? null;
}

function questionOf(visible: Visible, { filter, accountId, memberOf, order }: UserQuery): Question {
  const owned = accountId && {
    whole: Prisma.sql`SELECT owned.id FROM users owned WHERE owned.resource_owner = ${accountId}::uuid`,
    among: [seesAccount(visible, Prisma.sql`${accountId}::uuid`), Prisma.sql`u.resource_owner = ${accountId}::uuid`],
  };
  const joined = memberOf && {
    whole: Prisma.sql`SELECT joined.user_id AS id FROM account_members joined WHERE joined.account_id = ${memberOf}::uuid`,
    among: [
      seesAccount(visible, Prisma.sql`${memberOf}::uuid`),
      Prisma.sql`EXISTS (SELECT 1 FROM account_members joined
        WHERE joined.account_id = ${memberOf}::uuid AND joined.user_id = u.id)`,
    ],
  };
  // Who sees an account sees all of its users, so there is nothing to ask of each of them.
  const seen = { whole: seenUserIds(visible), among: [seesUser(visible, Prisma.sql`u`)] };
  const named = [owned, joined].filter((one) => one !== null);
  const { whole } = named[0] ?? seen;
  return {
    whole,
    among: conjunction((named.length > 0 ? named : [seen]).flatMap(({ among }) => among)),
    rows: askingRows(filter),
    along: alongIndex(filter, order),
    isOpen: whole === null && filter === null,
    indexes: filter !== null && isLed(filter) ? askingIndexes(filter) : null,
  };
}

function waysTo({ whole, among, rows, along, indexes, isOpen }: Question, order: Order, page: PageRequest): Way[] {
  const where = conjunction([among, rows]);
  const isSettled = ([row]: readonly Found[]): boolean => row?.over !== true;
  const isFull = (found: readonly Found[]): boolean => isOpen || found.length > page.limit;
  const walk = (most: number | null): Way => ({ sql: walked(along, where, most, order, page), settles: isFull });
  const everybody = Prisma.sql`TRUE`;
  const found = indexes && Prisma.sql`SELECT u.id FROM users u WHERE ${conjunction([among, indexes])}`;
  return [
    ...(whole ? [{ sql: sorted(whole, mostOfWhole, where, order, page), settles: isSettled }] : []),
    ...(found ? [{ sql: sorted(found, mostFound, everybody, order, page), settles: isSettled }] : []),
    walk(isOpen ? null : shortWalk),
    ...(whole || found ? [] : [walk(longWalk)]),
    { sql: gathered(everything({ whole, among, rows, indexes }), order, page), settles: () => true },
  ];
}

/** All that matches, by whatever leads to it. */
function everything({ whole, among, rows, indexes }: Omit<Question, 'along' | 'isOpen'>): Prisma.Sql {
  if (indexes) return conjunction([among, indexes]);
  return whole ? conjunction([Prisma.sql`u.id = ANY(ARRAY(${whole}))`, among, rows]) : rows;
}

/** At most `most` candidates by their ids, and whether there are more. */
const candidatesOf = (ids: Prisma.Sql, most: number): Prisma.Sql => Prisma.sql`
  WITH candidates AS MATERIALIZED (SELECT id FROM (${ids}) ids LIMIT ${most + 1}),
    tally AS MATERIALIZED (SELECT count(*) > ${most} AS over FROM candidates)`;
const isCandidate = Prisma.sql`u.id = ANY(ARRAY(SELECT id FROM candidates))`;

/** The page of at most `most` candidates; `over` when there are more. */
function sorted(ids: Prisma.Sql, most: number, where: Prisma.Sql, order: Order, page: PageRequest): Prisma.Sql {
  const { cursor, where: between, orderBy, limit } = keysetParts(order, page);
  return Prisma.sql`${candidatesOf(ids, most)}
    SELECT page.*, tally.over FROM tally
    LEFT JOIN LATERAL (
      SELECT ${userColumns}, ${cursor} AS cursor FROM users u
      WHERE ${isCandidate} AND NOT tally.over AND ${where} AND ${between}
      ORDER BY ${orderBy} LIMIT ${limit}
    ) page ON TRUE`;
}

/** The page along the order, whose index is followed over at most `most` users. */
function walked(
  along: Prisma.Sql,
  where: Prisma.Sql,
  most: number | null,
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
      ORDER BY ${orderBy} LIMIT ${most}::bigint
    ) u
    WHERE ${where} ORDER BY ${again.orderBy} LIMIT ${limit}`;
}

/** The page of everything that matches. OFFSET 0 keeps the planner from following the order for want of a better idea. */
function gathered(where: Prisma.Sql, order: Order, page: PageRequest): Prisma.Sql {
  const { cursor, where: between, orderBy, limit } = keysetParts(order, page);
  return Prisma.sql`
    SELECT ${userColumns}, ${cursor} AS cursor FROM (SELECT u.* FROM users u WHERE ${where} AND ${between} OFFSET 0) u
    ORDER BY ${orderBy} LIMIT ${limit}`;
}
