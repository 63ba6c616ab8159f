/** Lists by offset and limit: what a ListQuery asks for, and what ListDetails tell of the whole. */
import type { zitadel } from '../generated/proto.js';
import { AppError } from '../kernel/errors.js';
import type { ListSizes, Page, PageRequest } from '../kernel/page.js';
import type { RpcContext } from './rpc.js';
import { fromLong, toTimestamp, toUnsigned } from './wire.js';

type ListQuery = zitadel.v1.ListQuery.$Properties | null | undefined;

/** The part of a list that is wanted. Lists go downwards unless the query says otherwise. */
interface Part {
  readonly offset: number;
  readonly limit: number;
  readonly descending: boolean;
}

/** A part of a list, with what is known of the whole. */
export interface Listed<Row> {
  readonly details: zitadel.v1.ListDetails.$Properties;
  readonly rows: readonly Row[];
}

interface Sequenced {
  readonly sequence: bigint;
}

/**
 * Reads a part of a list.
 * @param read reads the page in the direction that is asked for
 * @throws AppError `limit` for a part that is too large, or too far from the start
 */
export async function listed<Row extends Sequenced>(
  context: RpcContext,
  query: ListQuery,
  read: (page: PageRequest, descending: boolean) => Promise<Page<Row>>,
): Promise<Listed<Row>> {
  const { offset, limit, descending } = partOf(query, context.services.lists);
  const page = await read({ limit, offset, backward: false, after: null, before: null }, descending);
  const rows = page.edges.map(({ node }) => node);
  // Whoever sees the end of a list knows how long it is.
  const seesEnd = !page.hasNextPage && (rows.length > 0 || offset === 0);
  return { details: listDetails(context, rows, seesEnd ? offset + rows.length : await page.count()), rows };
}

/** Takes a part of a list of which every row is at hand, in its rising order. */
export function listedOf<Row extends Sequenced>(
  context: RpcContext,
  query: ListQuery,
  all: readonly Row[],
): Listed<Row> {
  const { offset, limit, descending } = partOf(query, context.services.lists);
  const rows = (descending ? [...all].reverse() : all).slice(offset, offset + limit);
  return { details: listDetails(context, rows, all.length), rows };
}

/** Reads a page of a list that knows one direction only in the other one. */
export async function upsideDown<Row>(
  page: PageRequest,
  read: (page: PageRequest) => Promise<Page<Row>>,
): Promise<Page<Row>> {
  const { edges, hasNextPage, hasPreviousPage, count } = await read({ ...page, backward: true });
  return {
    edges: [...edges].reverse(),
    hasNextPage: hasPreviousPage,
    hasPreviousPage: hasNextPage,
    count: (limit) => count(limit),
  };
}

function partOf(query: ListQuery, sizes: ListSizes): Part {
  const offset = fromLong(query?.offset);
  const limit = query?.limit ?? 0;
  hold('offset', 'offset', sizes.offset, offset);
  hold('limit', 'page size', sizes.most, BigInt(limit));
  return { offset: Number(offset), limit: limit === 0 ? sizes.default : limit, descending: query?.asc !== true };
}

function hold(field: 'offset' | 'limit', limit: string, allowed: number, actual: bigint): void {
  if (actual <= BigInt(allowed)) return;
  throw new AppError('limit', 'PAGE_TOO_LARGE', `The ${field} of a list is at most ${allowed}.`, {
    path: ['query', field],
    facts: { limit, allowed, actual: String(actual) },
  });
}

function listDetails(context: RpcContext, rows: readonly Sequenced[], total: number): Listed<never>['details'] {
  const processed = rows.reduce((highest, { sequence }) => (sequence > highest ? sequence : highest), 0n);
  return {
    totalResult: toUnsigned(BigInt(total)),
    processedSequence: toUnsigned(processed),
    viewTimestamp: toTimestamp(context.now()),
  };
}
