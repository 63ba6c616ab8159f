/** Paging by keyset: the SQL of "strictly behind this row, in this order", and the page made of what it finds. */
import { Prisma } from '../generated/prisma/client.js';
import { invalid } from '../kernel/errors.js';
import { writeCursor, type Page, type PageRequest } from '../kernel/page.js';

/** One sort key: its expression, and the type its text in a cursor is cast back to. Never null, ascending. */
export interface SortKey {
  readonly sql: Prisma.Sql;
  readonly type: 'text' | 'uuid' | 'int' | 'timestamptz';
}

const readable: Readonly<Record<SortKey['type'], RegExp>> = {
  text: /^/,
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  int: /^-?\d{1,9}$/,
  timestamptz: /^\d{4,6}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,6})?([+-]\d\d(:\d\d)?|Z)?( BC)?$/,
};

/** A total order; the last key must be unique. `descending` turns all keys around. */
export interface Order {
  readonly keys: readonly SortKey[];
  readonly descending?: boolean;
}

/** A row as {@link keysetParts} selects it: `cursor` holds its sort keys as a JSON array. */
export type Keyed<Row> = Row & { readonly cursor: string };

/**
 * The parts of a statement that reads one page. Reads one row more than asked for, to know whether there is another.
 * @throws AppError `invalid` when a cursor's keys cannot be of this order
 */
export function keysetParts(order: Order, page: PageRequest) {
  const row = Prisma.sql`(${Prisma.join(order.keys.map((key) => key.sql))})`;
  const bound = (keys: readonly (string | null)[], argument: string) => {
    const values = order.keys.map((key, i) => {
      const text = keys[i];
      if (text == null || !readable[key.type].test(text)) {
        throw invalid([argument], 'This is no cursor of this list.', 'CURSOR_INVALID');
      }
      return Prisma.sql`${text}::${Prisma.raw(key.type)}`;
    });
    return Prisma.sql`(${Prisma.join(values)})`;
  };
  const behind = Prisma.raw(order.descending === true ? '<' : '>');
  const ahead = Prisma.raw(order.descending === true ? '>' : '<');
  const direction = Prisma.raw((order.descending === true) !== page.backward ? 'DESC' : 'ASC');
  return {
    cursor: Prisma.sql`json_build_array(${Prisma.join(order.keys.map((key) => Prisma.sql`${key.sql}::text`))})::text`,
    where: Prisma.sql`${page.after ? Prisma.sql`${row} ${behind} ${bound(page.after, 'after')}` : Prisma.sql`TRUE`}
      AND ${page.before ? Prisma.sql`${row} ${ahead} ${bound(page.before, 'before')}` : Prisma.sql`TRUE`}`,
    orderBy: Prisma.join(order.keys.map((key) => Prisma.sql`${key.sql} ${direction}`)),
    limit: page.limit + 1,
  };
}

/** Makes a page of the rows that a statement with {@link keysetParts} found. */
export function pageOf<Row>(rows: readonly Keyed<Row>[], page: PageRequest, count: Page<Row>['count']): Page<Row> {
  const more = rows.length > page.limit;
  const kept = rows.slice(0, page.limit);
  if (page.backward) kept.reverse();
  return {
    edges: kept.map((row) => ({ node: row, cursor: writeCursor(row.cursor) })),
    hasNextPage: page.backward ? page.before !== null : more,
    hasPreviousPage: page.backward ? more : page.after !== null,
    count,
  };
}

/** Makes one page for each parent of the rows that a statement found for all of them. `total` counts one parent's list. */
export function pagesOf<Key, Row>(
  parents: readonly Key[],
  rows: readonly Keyed<Row>[],
  parentOf: (row: Row) => Key,
  page: PageRequest,
  total: (parent: Key, limit?: number) => Promise<number>,
): Page<Row>[] {
  const found = new Map<Key, Keyed<Row>[]>(parents.map((parent) => [parent, []]));
  for (const row of rows) found.get(parentOf(row))?.push(row);
  return parents.map((parent) => pageOf(found.get(parent) ?? [], page, (limit) => total(parent, limit)));
}
