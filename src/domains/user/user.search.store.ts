/** The search of users in SQL: the ways to find a page. */
import type { Db } from '../../db/client.js';
import { conjunction } from '../../db/filter.js';
import { keysetParts, noFurther, type Keyed, type Order } from '../../db/keyset.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { Filter } from '../../kernel/filter.js';
import type { PageRequest } from '../../kernel/page.js';
import type { Visible } from '../access/access.js';
import { coarseKey, orderSql, type CoarseKey } from './user.order.store.js';
import type { User } from './user.js';
import { found, gathered, sampled, sorted, walked } from './user.pages.store.js';
import type { Patience } from './user.patience.store.js';
import { questionOf, type Question } from './user.question.store.js';
import type { UserLeaf, UserQuery } from './user.search.js';
import { sharpness, type Sharpness } from './user.sharpness.store.js';

/** A way to a page. It gives up where it would become slow. */
interface Way {
  /** Null where the ways before promise nothing. */
  sql(known: Known): Prisma.Sql | null;
  settles(rows: readonly Found[], known: Known): boolean;
}

/** What the ways before have told. */
interface Known {
  /** What everybody on the page met a moment ago; null where nothing is known. */
  readonly within: Prisma.Sql | null;
  /** How many the last way found, those left out at the start included. */
  readonly met: number;
}

/** A row of a way; null in every column, but for `over`, where there is none. */
type Found = Keyed<User> & { readonly id: string | null; readonly over?: boolean };

/**
 * One page. Which way is quick depends on how many users match, which nobody knows before. So each gives up where it
 * would become slow, and the next begins:
 * - a smaller whole: all of it is looked at
 * - the indexes, where they lead to few: what they find is sorted
 * - the order of the list: followed until the page is full, further where those met so far promise that it soon is;
 *   before the indexes, where those would find all at once
 * - some users by chance: they tell how far the page reaches
 * - whatever is left: all that matches is gathered and the first are kept, no further than is known that the page reaches
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
  let known: Known = { within: null, met: 0 };
  for (const { sql, settles } of (coarse ? waysToAll : waysTo)(question, order, page, patience)) {
    const statement = sql(known);
    if (statement === null) continue;
    const answer = await db.query<Found>(statement, 'each time');
    const rows = answer.filter(({ id }) => id !== null);
    if (settles(answer, known)) return rows;
    // As many users as that who match are no further than the last of them; nor is then the page.
    const last = rows[page.limit];
    const within = last
      ? conjunction([known.within ?? Prisma.sql`TRUE`, noFurther(order, page, last.cursor)])
      : known.within;
    known = { within, met: rows.length && rows.length + (page.offset ?? 0) };
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
  // Refuses a cursor that is of another order.
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
    // Who changes meanwhile may be in two of the lists, and stays where it was found first.
    const known = new Set(rows.map(({ id }) => id));
    const others = found.filter(({ id }) => !known.has(id));
    rows.push(...others.map((row) => ({ ...row, cursor: cursorOf(row.cursor) })));
  }
  return rows.slice(offset);
}

/** The ways that are quick where few users match, and the one that tells whether they are few. */
function waysToFew(question: Question, order: Order, page: PageRequest, patience: Patience) {
  const { whole, rows, indexed, remaining } = question;
  const notOver = ([row]: readonly Found[]): boolean => row?.over !== true;
  const among = (ids: Prisma.Sql, most: number): Way => ({
    sql: () => sorted(ids, most, rows, order, page),
    settles: notOver,
  });
  // Who remains may be nearly everybody, and meet nothing else: they are counted before they are asked.
  const byIndex: Way = remaining
    ? among(remaining, patience.remaining)
    : { sql: () => found(indexed, patience.found, order, page), settles: notOver };
  // Whom an index finds first may be all alike, and in the list the last.
  const byChance: Way = { sql: () => sampled(patience.sampled, rows, order, page), settles: () => false };
  return { ofWhole: whole ? [among(whole, patience.whole)] : [], byIndex, byChance };
}

/** The ways before a list is taken apart. */
function waysToAll(question: Question, order: Order, page: PageRequest, patience: Patience): Way[] {
  const { ofWhole, byIndex, byChance } = waysToFew(question, order, page, patience);
  const { reach } = keysetParts(order, page);
  // Few are gathered once; list by list it would be once for each.
  const ifFew: Way = {
    sql: ({ met }) => (met < reach ? gathered(question.indexed, Prisma.sql`TRUE`, order, page) : null),
    settles: () => true,
  };
  const isBlunt = question.sharpness === sharpness.blunt;
  return [...ofWhole, ...(leadToFew.has(question.sharpness) ? [byIndex] : []), ...(isBlunt ? [byChance, ifFew] : [])];
}

/** Where indexes lead to few, or soon tell that they are many. */
const leadToFew: ReadonlySet<Sharpness> = new Set([sharpness.negative, sharpness.keen, sharpness.sharp]);

/** All ways; the last takes as long as it takes. */
function waysTo(question: Question, order: Order, page: PageRequest, patience: Patience): Way[] {
  const { whole, rows, along, indexed } = question;
  const { ofWhole, byIndex, byChance } = waysToFew(question, order, page, patience);
  const walk = (mostOf: (known: Known) => number, bearable = Infinity): Way => ({
    sql(known) {
      const most = mostOf(known);
      const where = conjunction([along.where, known.within ?? Prisma.sql`TRUE`]);
      return most > bearable ? null : walked(where, rows, most, order, page);
    },
    settles: (walkers) => along.isAll || walkers.length > page.limit,
  });
  const { reach } = keysetParts(order, page);
  if (along.isAll) return [walk(() => reach)];
  const alongOrder = (most: number): Way[] => {
    // A longer page takes more of the order to be full.
    const atFirst = Math.max(most, 2 * reach);
    // So many that those met on the way so far promise a full page, and half as many again.
    const further = ({ met }: Known): number => Math.ceil((1.5 * atFirst * reach) / met);
    return [walk(() => atFirst), walk(further, patience.walkedOn)];
  };
  // Most whom chance finds are outside of a whole.
  const ifAll = whole ? [] : [byChance];
  const toFew: Readonly<Record<Sharpness, readonly Way[]>> = {
    [sharpness.sharp]: [byIndex, ...alongOrder(patience.walked)],
    [sharpness.keen]: [...alongOrder(patience.glanced), byIndex, ...alongOrder(patience.walked)],
    [sharpness.blunt]: [...alongOrder(patience.walked), whole ? byIndex : byChance],
    [sharpness.negative]: [...alongOrder(patience.glanced), byIndex, ...alongOrder(patience.walkedBlindly), ...ifAll],
    [sharpness.blind]: [...alongOrder(patience.walkedBlindly), ...ifAll],
  };
  return [
    ...ofWhole,
    ...toFew[question.sharpness],
    {
      sql: ({ within }) => gathered(indexed, within ?? Prisma.sql`TRUE`, order, page),
      // Whoever was seen there may have gone since. Then the page reaches further.
      settles: (rest, { within }) => within === null || rest.length > page.limit,
    },
    { sql: () => gathered(indexed, Prisma.sql`TRUE`, order, page), settles: () => true },
  ];
}
