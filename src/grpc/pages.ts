/** Whole lists, for RPCs whose proto knows no pages. */
import { AppError } from '../kernel/errors.js';
import { pageRequest, type Page, type PageRequest } from '../kernel/page.js';

/** How many rows are read at a time, and how many there may be in an answer. */
const rowsAtATime = 1_000;
const rowsAtMost = 20_000;
const sizes = { default: rowsAtATime, most: rowsAtATime, count: rowsAtATime };

/**
 * Every row of a list, read page by page.
 * @param keys how many sort keys the list's cursors hold
 * @throws AppError `limit` when there are more rows than an answer may have
 */
export async function wholeList<Row>(keys: number, list: (page: PageRequest) => Promise<Page<Row>>): Promise<Row[]> {
  const rows: Row[] = [];
  for (let after: string | null = null; ;) {
    const page: Page<Row> = await list(pageRequest({ after }, keys, sizes));
    rows.push(...page.edges.map(({ node }) => node));
    after = page.edges.at(-1)?.cursor ?? null;
    if (!page.hasNextPage || after === null) return rows;
    if (rows.length >= rowsAtMost) {
      throw new AppError(
        'limit',
        'LIST_TOO_LONG',
        `The list has more than ${rowsAtMost} entries: ask for it in pages.`,
        {
          facts: { limit: 'list length', allowed: rowsAtMost },
        },
      );
    }
  }
}

/** The list of one parent, where a service lists those of many at once. */
export async function onlyPage<Row>(pages: Promise<readonly Page<Row>[]>): Promise<Page<Row>> {
  const [page] = await pages;
  if (!page) throw new Error('A list was asked for and none came.');
  return page;
}
