/** Relay connections over pages. */
import type { ArgBuilder, ObjectRef, OutputRef } from '@pothos/core';
import { AppError, invalid } from '../kernel/errors.js';
import type { Page } from '../kernel/page.js';
import { builder } from './builder.js';

type Types = (typeof builder)['$inferSchemaTypes'];

/** Where a page lies in its list. */
const PageInfo = builder.objectRef<Page<unknown>>('PageInfo').implement({
  description: 'Where a page lies in its list.',
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage', { description: 'Whether rows follow this page.' }),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage', { description: 'Whether rows precede this page.' }),
    startCursor: t.string({
      nullable: true,
      description: 'The cursor of the first row; null on an empty page.',
      resolve: (page) => page.edges[0]?.cursor ?? null,
    }),
    endCursor: t.string({
      nullable: true,
      description: 'The cursor of the last row; null on an empty page.',
      resolve: (page) => page.edges.at(-1)?.cursor ?? null,
    }),
  }),
});

/** The arguments of every connection: `args: pageArgs(t)`. */
export function pageArgs({ arg }: { readonly arg: ArgBuilder<Types> }) {
  return {
    first: arg.int({ description: 'How many rows from the beginning: 25 when nothing is said, at most 100.' }),
    after: arg.string({ description: 'Begin behind the row with this cursor.' }),
    last: arg.int({ description: 'How many rows from the end, at most 100.' }),
    before: arg.string({ description: 'End before the row with this cursor.' }),
  };
}

/** The connection type of a node type: `connection(UserAccount, 'UserAccount', 'accounts')`. */
export function connection<Node>(node: OutputRef<Node>, name: string, rows: string): ObjectRef<Types, Page<Node>> {
  type Edge = Page<Node>['edges'][number];
  const edge = builder.objectRef<Edge>(`${name}Edge`).implement({
    description: `One of the ${rows} on a page.`,
    fields: (t) => ({
      cursor: t.exposeString('cursor', { description: 'Leads back to this row.' }),
      node: t.field({
        type: node as OutputRef<object>,
        description: 'The row itself.',
        resolve: (parent) => parent.node as object,
      }),
    }),
  });
  return builder.objectRef<Page<Node>>(`${name}Connection`).implement({
    description: `A page of ${rows}.`,
    fields: (t) => ({
      edges: t.field({
        type: [edge],
        description: 'The rows with their cursors.',
        // The rows themselves are what costs; their wrapping is free.
        extensions: { cost: 0 },
        resolve: (page) => page.edges,
      }),
      nodes: t.field({
        type: [node as OutputRef<object>],
        description: 'The rows without their cursors.',
        resolve: (page) => page.edges.map((one) => one.node as object),
      }),
      pageInfo: t.field({ type: PageInfo, description: 'Where this page lies in the list.', resolve: (page) => page }),
      totalCount: t.int({
        description: 'How long the whole list is. Exact, and counted only when asked for.',
        resolve: (page) => page.count(),
      }),
      totalCountUpTo: t.int({
        description: 'How long the whole list is, counted no further than `limit`.',
        args: { limit: t.arg.int({ required: true, description: 'Where to stop counting: 1 to 10,000.' }) },
        extensions: { cost: 2 },
        resolve: (page, { limit }, { services }) => page.count(countLimit(limit, services.pages.count)),
      }),
    }),
  });
}

function countLimit(limit: number, most: number): number {
  if (limit < 1) throw invalid(['limit'], 'Count at least up to 1.');
  if (limit > most) {
    throw new AppError('limit', 'COUNT_TOO_LARGE', `Count at most up to ${most}.`, {
      path: ['limit'],
      facts: { limit: 'count', allowed: most, actual: limit },
    });
  }
  return limit;
}
