/** The search of users in SQL: the ways to find a page. */
import type { Db } from '../../db/client.js';
import { conjunction } from '../../db/filter.js';
import { keysetParts, noFurther, type Keyed, type Order } from '../../db/keyset.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { Filter } from '../../kernel/filter.js';
import type { PageRequest } from '../../kernel/page.js';
import type { Visible } from '../access/access.js';
import { seesUser } from '../access/access.visible.js';
import { coarseKey, orderSql, type CoarseKey } from './user.order.store.js';
import type { User } from './user.js';
import { gathered, sampled, sorted, walked } from './user.pages.store.js';
import type { Patience } from './user.patience.store.js';
import { questionOf, type Question } from './user.question.store.js';
import type { UserLeaf, UserQuery } from './user.search.js';
import { sharp } from './user.sharpness.store.js';
import { userColumns } from './user.store.js';

/** A way to a page. It gives up where it would become slow. */
interface Way {
  /** @param within what is known by now of everybody on the page */
  sql(within: Prisma.Sql): Prisma.Sql;
  settles(rows: readonly Found[]): boolean;
}

/** A row of a way; null in every column, but for `over`, where there is none. */
type Found = Keyed<User> & { readonly id: string | null; readonly over?: boolean };

/**
 * One page. Which way is quick depends on how many users match, which nobody knows before. So each gives up where it
 * would become slow, and the next begins:
 * - a smaller whole: all of it is looked at
 * - the indexes: what they find is sorted; of too many, a sample, behind whose page nobody needs to be looked for
 * - the order of the list: followed until the page is full
 * - whatever is left: all that matches is gathered, and the first are kept
 */
export async function findPage(
  db: Db,
  visible: Visible,
  query: UserQuery,
  page: PageRequest,
  patience: Patience,
): Promise<Keyed<User>[]> {
  const question = questionOf(visible, query);
  const order = orderSql(query.order);
  const coarse = coarseKey(query.order);
  let within = Prisma.sql`TRUE`;
  for (const { sql, settles } of (coarse ? waysToFew : waysTo)(question, order, page, patience)) {
    const rows = await db.query<Found>(sql(within), 'each time');
    if (settles(rows)) return rows.filter(({ id }) => id !== null);
    // The page of a sample is full by the time that its last user is reached, and so is the page.
    const last = rows[page.limit];
    if (last?.over && last.id !== null) within = noFurther(order, page, last.cursor);
  }
  if (!coarse) throw new Error('The last way settles whatever it finds.');
  return findApart(db, visible, query, page, patience, coarse);
}

/** An order that begins with a state or type is taken apart: a list for each value, one by one. */
async function findApart(
  db: Db,
  visible: Visible,
  query: UserQuery,
  page: PageRequest,
  patience: Patience,
  { numbers, leafOf, descending, rest }: CoarseKey,
): Promise<Keyed<User>[]> {
  const order = orderSql(query.order);
  const { name: restName } = orderSql(rest);
  keysetParts(order, page);
  const isAhead = (number: number, cursor: PageRequest['after']): number =>
    cursor ? (number - Number(cursor[1])) * (descending ? -1 : 1) : 0;
  const within = (number: number, cursor: PageRequest['after']) =>
    cursor && isAhead(number, cursor) === 0 ? [restName ?? '', ...cursor.slice(2)] : null;

  // What is left out at the start may lie in several of the lists.
  const { offset = 0 } = page;
  const reach = page.limit + offset;
  const rows: Keyed<User>[] = [];
  for (const number of descending === page.backward ? numbers : [...numbers].reverse()) {
    if (rows.length > reach) break;
    if (isAhead(number, page.after) < 0 || isAhead(number, page.before) > 0) continue;
    const ofValue: Filter<UserLeaf> = { is: leafOf(number) };
    const found = await findPage(
      db,
      visible,
      { ...query, order: rest, filter: query.filter ? { and: [query.filter, ofValue] } : ofValue },
      {
        limit: reach - rows.length,
        backward: page.backward,
        after: within(number, page.after),
        before: within(number, page.before),
      },
      patience,
    );
    const cursorOf = (keys: string) =>
      JSON.stringify([order.name, String(number), ...(JSON.parse(keys) as string[]).slice(1)]);
    rows.push(...found.map((row) => ({ ...row, cursor: cursorOf(row.cursor) })));
  }
  return rows.slice(offset);
}

/** The user whom a login name leads to, whatever its letter case. */
export async function findByLoginName(db: Db, visible: Visible, loginName: string): Promise<User | null> {
  const [row] = await db.query<User>(Prisma.sql`
    SELECT ${userColumns} FROM user_login_names l JOIN users u ON u.id = l.user_id
    WHERE lower(l.login_name) = lower(${loginName}::text) AND ${seesUser(visible, Prisma.sql`u`)}`);
  return row ?? null;
}

/** The ways that are quick where few users match. */
function waysToFew(question: Question, order: Order, page: PageRequest, patience: Patience): Way[] {
  const { whole, rows, sharpness } = question;
  const ofWhole = (ids: Prisma.Sql): Way => ({
    sql: () => sorted(ids, patience.whole, rows, order, page),
    settles: notOver,
  });
  return [
    ...(whole ? [ofWhole(whole)] : []),
    ...(sharpness >= sharp ? [foundBy(question, order, page, patience)] : []),
  ];
}

const notOver = ([row]: readonly Found[]): boolean => row?.over !== true;

/** What the indexes find, sorted. */
const foundBy = ({ branches }: Question, order: Order, page: PageRequest, patience: Patience): Way => ({
  sql: () => sampled(branches, patience.found, order, page),
  settles: notOver,
});

/** All ways; the last takes as long as it takes. */
function waysTo(question: Question, order: Order, page: PageRequest, patience: Patience): Way[] {
  const { rows, along, sharpness, branches } = question;
  const walk = (most: number): Way => ({
    sql: (within) => walked(conjunction([along.where, within]), rows, most, order, page),
    settles: (found) => along.isAll || found.length > page.limit,
  });
  if (along.isAll) return [walk(keysetParts(order, page).reach)];
  return [
    ...waysToFew(question, order, page, patience),
    walk(sharpness > 0 ? patience.walked : patience.walkedBlindly),
    // What may be inside of very many is looked for by the indexes only when following the order did not find enough.
    ...(sharpness >= sharp ? [] : [foundBy(question, order, page, patience)]),
    { sql: (within) => gathered(branches, within, order, page), settles: () => true },
  ];
}
