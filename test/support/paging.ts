/** Walking a list from either end, page by page, as a client does. */
import type { Asker } from './mutate.js';

/** A page as the walk needs it: ask for `walked` in the connection's braces. */
export interface WalkedPage {
  readonly nodes: readonly { readonly id: string }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/** What a walk asks of a connection. */
export const walked = '{ nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }';

/**
 * The ids of a list in its order, read in pages of `size` from the given end.
 * @param query the document, with the connection's arguments as `($first: Int, $after: String, $last: Int, $before: String)`
 * @param pick finds the connection in the answer
 */
export async function walk<Data>(
  asker: Asker,
  query: string,
  pick: (data: Data) => WalkedPage,
  {
    size,
    from,
    variables = {},
  }: { readonly size: number; readonly from: 'start' | 'end'; readonly variables?: object },
): Promise<string[]> {
  const ids: string[] = [];
  const forward = from === 'start';
  let cursor: string | null = null;
  for (let pages = 0; pages < 100; pages++) {
    const place = forward ? { first: size, after: cursor } : { last: size, before: cursor };
    const { data, errors } = await asker.ask<Data>(query, { ...variables, ...place });
    if (data === null || errors.length > 0) throw new Error(`A page was refused: ${JSON.stringify(errors)}`);
    const { nodes, pageInfo } = pick(data);
    if (nodes.length > size) throw new Error('A page was larger than asked for.');
    const found = nodes.map(({ id }) => id);
    if (forward) ids.push(...found);
    else ids.unshift(...found);
    cursor = forward ? pageInfo.endCursor : pageInfo.startCursor;
    if (!(forward ? pageInfo.hasNextPage : pageInfo.hasPreviousPage)) return ids;
  }
  throw new Error('The list never ends.');
}

/** The variables of a document that walks. */
export const pageVariables = '$first: Int, $after: String, $last: Int, $before: String';
/** The arguments of the connection it walks. */
export const pageArguments = 'first: $first, after: $after, last: $last, before: $before';
