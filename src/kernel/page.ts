/** Pages of lists: what may be asked for, and what comes back. */
import { AppError, invalid } from './errors.js';

/** Relay's paging arguments as they come in. */
export interface PageArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** A page that may be asked for: how many rows, from which end, strictly between two cursors. */
export interface PageRequest {
  readonly limit: number;
  /** True: the last rows before the end (or before `before`). */
  readonly backward: boolean;
  /** The sort keys of the row behind which the page begins, as the database wrote them. */
  readonly after: readonly (string | null)[] | null;
  readonly before: readonly (string | null)[] | null;
  /** How many rows to leave out at the start (backwards: at the end), for faces that page without cursors. */
  readonly offset?: number;
}

/** Rows of a list in their order, each with the cursor that leads back to it. */
export interface Page<T> {
  readonly edges: readonly { readonly node: T; readonly cursor: string }[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  /** Counts the whole list, or stops counting at `limit`. Runs only when called. */
  count(limit?: number): Promise<number>;
}

/** A page of a list that has nothing in it. */
export const emptyPage: Page<never> = {
  edges: [],
  hasNextPage: false,
  hasPreviousPage: false,
  count: () => Promise.resolve(0),
};

/** How large a page is when nobody says, and at most; and how far `totalCountUpTo` may count. */
export interface PageSizes {
  readonly default: number;
  readonly most: number;
  readonly count: number;
}

/** The same for lists that are paged by offset and limit: the default limit, the largest, and the largest offset. */
export interface ListSizes {
  readonly default: number;
  readonly most: number;
  readonly offset: number;
}

/**
 * Reads paging arguments.
 * @param keys how many sort keys the list's cursors hold; a cursor of another list is refused
 * @throws AppError `invalid` with the argument's name as path, `limit` beyond the largest page
 */
export function pageRequest(args: PageArgs, keys: number, sizes: PageSizes): PageRequest {
  const backward = args.last != null;
  if (backward && args.first != null) throw invalid(['last'], 'Ask for the first or the last rows, not for both.');

  const argument = backward ? 'last' : 'first';
  const limit = (backward ? args.last : args.first) ?? sizes.default;
  if (limit < 0) throw invalid([argument], 'A page has no fewer than 0 rows.');
  if (limit > sizes.most) {
    throw new AppError('limit', 'PAGE_TOO_LARGE', `A page has at most ${sizes.most} rows.`, {
      path: [argument],
      facts: { limit: 'page size', allowed: sizes.most, actual: limit },
    });
  }
  return {
    limit,
    backward,
    after: args.after == null ? null : readCursor(args.after, 'after', keys),
    before: args.before == null ? null : readCursor(args.before, 'before', keys),
  };
}

/** Writes a row's sort keys (a JSON array, as the database made it) as an opaque cursor. */
export function writeCursor(keys: string): string {
  return Buffer.from(keys, 'utf8').toString('base64url');
}

function readCursor(cursor: string, argument: string, keys: number): (string | null)[] {
  const wrong = invalid([argument], 'This is no cursor of this list.', 'CURSOR_INVALID');
  if (cursor.length > 4_000) throw wrong;
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw wrong;
  }
  const isKey = (key: unknown): key is string | null =>
    key === null || (typeof key === 'string' && !key.includes('\0'));
  if (!Array.isArray(parsed) || parsed.length !== keys || !parsed.every(isKey)) throw wrong;
  return parsed;
}

/** Counts many lists at once: how long the list of each key is, counted no further than `limit`. */
export type CountMany<Key> = (keys: readonly Key[], limit: number | null) => Promise<ReadonlyMap<Key, number>>;
