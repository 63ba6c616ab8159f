/** The search of users in SQL: the ways to find a page, and how many match. */
import type { Db } from '../../db/client.js';
import { conjunction } from '../../db/filter.js';
import { keysetParts, type Keyed, type Order } from '../../db/keyset.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { Filter } from '../../kernel/filter.js';
import type { PageRequest } from '../../kernel/page.js';
import type { Visible } from '../access/access.js';
import { seesUser } from '../access/access.visible.js';
import { coarseKey, matching, orderSql, type CoarseKey } from './user.filter.store.js';
import type { User } from './user.js';
import { candidatesOf, gathered, isCandidate, sorted, walked } from './user.pages.store.js';
import { everything, questionOf, type Question } from './user.question.store.js';
import type { UserLeaf, UserQuery } from './user.search.js';
import { userColumns } from './user.store.js';

/** How many users of a smaller whole (an account, all that somebody sees) are looked at one by one. */
const mostOfWhole = 2_000;
/** How many users that an index finds are sorted. */
const mostFound = 1_000;
/** How far the order of the list is followed for a page that is not full yet. */
const shortWalk = 5_000;
/** How far, where all that is left is to look at everybody. */
const longWalk = 50_000;

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
  const coarse = coarseKey(query.order);
  const ways = [...waysToFew(question, order, page), ...(coarse ? [] : waysToMany(question, order, page))];
  for (const { sql, settles } of ways) {
    const rows = await db.query<Found>(sql, 'each time');
    if (settles(rows)) return rows.filter(({ id }) => id !== null);
  }
  if (!coarse) throw new Error('The last way settles whatever it finds.');
  return findApart(db, visible, query, page, coarse);
}

/** No index holds an order that begins with a state or type. It is taken apart: a list for each value, one by one. */
async function findApart(
  db: Db,
  visible: Visible,
  query: UserQuery,
  page: PageRequest,
  { numbers, leafOf, descending, rest }: CoarseKey,
): Promise<Keyed<User>[]> {
  const order = orderSql(query.order);
  const { name: restName } = orderSql(rest);
  keysetParts(order, page);
  const isAhead = (number: number, cursor: PageRequest['after']): number =>
    cursor ? (number - Number(cursor[1])) * (descending ? -1 : 1) : 0;
  const within = (number: number, cursor: PageRequest['after']) =>
    cursor && isAhead(number, cursor) === 0 ? [restName ?? '', ...cursor.slice(2)] : null;

  const rows: Keyed<User>[] = [];
  for (const number of descending === page.backward ? numbers : [...numbers].reverse()) {
    if (rows.length > page.limit) break;
    if (isAhead(number, page.after) < 0 || isAhead(number, page.before) > 0) continue;
    const ofValue: Filter<UserLeaf> = { is: leafOf(number) };
    const found = await findPage(
      db,
      visible,
      { ...query, order: rest, filter: query.filter ? { and: [query.filter, ofValue] } : ofValue },
      {
        limit: page.limit - rows.length,
        backward: page.backward,
        after: within(number, page.after),
        before: within(number, page.before),
      },
    );
    const cursorOf = (keys: string) =>
      JSON.stringify([order.name, String(number), ...(JSON.parse(keys) as string[]).slice(1)]);
    rows.push(...found.map((row) => ({ ...row, cursor: cursorOf(row.cursor) })));
  }
  return rows;
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

/** The ways that are quick where few users match. */
function waysToFew(question: Question, order: Order, page: PageRequest): Way[] {
  const { whole, among, rows, lead } = question;
  return [
    ...(whole ? [{ sql: sorted(whole, mostOfWhole, conjunction([among, rows]), order, page), settles: notOver }] : []),
    ...(lead === 'few' ? foundBy(question, order, page) : []),
  ];
}

const notOver = ([row]: readonly Found[]): boolean => row?.over !== true;

/** What the indexes find, sorted. */
function foundBy({ among, indexes }: Question, order: Order, page: PageRequest): Way[] {
  const found = indexes && matching(conjunction([among, indexes]));
  return found ? [{ sql: sorted(found, mostFound, Prisma.sql`TRUE`, order, page), settles: notOver }] : [];
}

/** The ways that are quick where many users match; the last takes as long as it takes. */
function waysToMany(question: Question, order: Order, page: PageRequest): Way[] {
  const { whole, among, rows, along, lead, isOpen } = question;
  const walk = (most: number): Way => ({
    sql: walked(along, conjunction([among, rows]), most, order, page),
    settles: (found) => isOpen || found.length > page.limit,
  });
  return [
    walk(isOpen ? page.limit + 1 : shortWalk),
    // What may be inside of very many is looked for by the indexes only when following the order did not find enough.
    ...(lead === 'some' && !whole ? foundBy(question, order, page) : []),
    ...(whole || lead === 'few' ? [] : [walk(longWalk)]),
    { sql: gathered(everything(question), order, page), settles: () => true },
  ];
}
