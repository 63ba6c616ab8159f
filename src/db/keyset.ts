/** Paging by keyset: the SQL of "strictly behind this row, in this order", and the page made of what it finds. */
import { Prisma } from '../generated/prisma/client.js';
import { invalid } from '../kernel/errors.js';
import { writeCursor, type Page, type PageRequest } from '../kernel/page.js';
import { parseTimestamp } from '../kernel/timestamp.js';

/** One sort key: its expression, never null, and the type its text in a cursor is cast back to. Ascending if not said. */
export interface SortKey {
  readonly sql: Prisma.Sql;
  readonly type: 'text' | 'uuid' | 'int' | 'timestamptz';
  readonly descending?: boolean;
}

const readable: Readonly<Record<SortKey['type'], (text: string) => boolean>> = {
  text: () => true,
  uuid: (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text),
  int: (text) => /^-?\d{1,9}$/.test(text),
  // As PostgreSQL writes it, `2026-01-31 08:00:00.5+00`: the calendar is checked here, or a forged date would fail there.
  timestamptz: (text) => parseTimestamp(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')) !== null,
};

/** A total order; the last key must be unique. `descending` turns all keys around. */
export interface Order {
  readonly keys: readonly SortKey[];
  readonly descending?: boolean;
  /** Where a list has several orders: stands first in every cursor, so that a cursor of another order is refused. */
  readonly name?: string;
}

/** A row as {@link keysetParts} selects it: `cursor` holds its sort keys as a JSON array. */
export type Keyed<Row> = Row & { readonly cursor: string };

/**
 * The parts of a statement that reads one page. Reads one row more than asked for, to know whether there is another.
 * @throws AppError `invalid` when a cursor's keys cannot be of this order
 */
export function keysetParts({ keys, name, descending = false }: Order, page: PageRequest) {
  const falls = keys.map((key) => (key.descending === true) !== descending);
  const bound = (cursor: readonly (string | null)[] | null, argument: string, behind: boolean): Prisma.Sql => {
    if (!cursor) return Prisma.sql`TRUE`;
    const texts = name === undefined ? cursor : cursor.slice(1);
    const values = keys.map((key, i) => {
      const text = texts[i];
      if (text == null || !readable[key.type](text) || (name !== undefined && cursor[0] !== name)) {
        throw invalid([argument], 'This is no cursor of this list.', 'CURSOR_INVALID');
      }
      return Prisma.sql`${text}::${Prisma.raw(key.type)}`;
    });
    return beyond(keys.map((key, i) => ({ sql: key.sql, value: values[i] as Prisma.Sql, rises: falls[i] !== behind })));
  };
  const named = name === undefined ? [] : [Prisma.sql`${name}::text`];
  return {
    cursor: Prisma.sql`json_build_array(${Prisma.join([...named, ...keys.map((key) => Prisma.sql`${key.sql}::text`)])})::text`,
    where: Prisma.sql`${bound(page.after, 'after', true)} AND ${bound(page.before, 'before', false)}`,
    orderBy: Prisma.join(
      keys.map((key, i) => Prisma.sql`${key.sql} ${Prisma.raw(falls[i] === page.backward ? 'ASC' : 'DESC')}`),
    ),
    limit: leaving(page.limit + 1, page.offset ?? 0),
    /** For sources of a list that are joined before anything is left out. */
    reach: page.limit + 1 + (page.offset ?? 0),
  };
}

/**
 * The condition that a row stands no further along the page's way than another does, as far as the first sort key tells.
 * @param cursor of that other row, as {@link keysetParts} selects it
 */
export function noFurther({ keys, name, descending = false }: Order, page: PageRequest, cursor: string): Prisma.Sql {
  const [key] = keys;
  const text = (JSON.parse(cursor) as string[])[name === undefined ? 0 : 1];
  if (!key) throw new Error('An order has at least one key.');
  const falls = (key.descending === true) !== descending;
  return Prisma.sql`${key.sql} ${Prisma.raw(falls === page.backward ? '<=' : '>=')} ${text}::${Prisma.raw(key.type)}`;
}

/** What stands behind LIMIT. */
const leaving = (limit: number, offset: number): Prisma.Sql =>
  offset === 0 ? Prisma.sql`${limit}` : Prisma.sql`${limit} OFFSET ${offset}`;

/** A key, the value of the row it is compared with, and whether rows beyond have higher ones. */
interface Bound {
  readonly sql: Prisma.Sql;
  readonly value: Prisma.Sql;
  readonly rises: boolean;
}

/** Strictly beyond a row: a comparison of rows where all keys go one way, else one key after the other. */
function beyond(bounds: readonly Bound[]): Prisma.Sql {
  const [first] = bounds;
  if (!first) throw new Error('An order has at least one key.');
  const sign = ({ rises }: Bound): Prisma.Sql => Prisma.raw(rises ? '>' : '<');
  if (bounds.every(({ rises }) => rises === first.rises)) {
    return Prisma.sql`(${Prisma.join(bounds.map(({ sql }) => sql))}) ${sign(first)} (${Prisma.join(bounds.map(({ value }) => value))})`;
  }
  const chain = bounds.reduceRight<Prisma.Sql>(
    (rest, one) => Prisma.sql`(${one.sql} ${sign(one)} ${one.value} OR (${one.sql} = ${one.value} AND ${rest}))`,
    Prisma.sql`FALSE`,
  );
  // An index is entered at the first key; the chain alone would be a filter on all of it.
  return Prisma.sql`(${first.sql} ${sign(first)}= ${first.value} AND ${chain})`;
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
