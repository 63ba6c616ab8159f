/** The search for grants: from a filter and an order to one statement a page. */
import { uuids, type Db } from '../../db/client.js';
import { filterSql } from '../../db/filter.js';
import { keysetParts, type Keyed, type Order, type SortKey } from '../../db/keyset.js';
import { textColumn, textSql, type TextColumn } from '../../db/text.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { PageRequest } from '../../kernel/page.js';
import type { Visible } from '../access/access.js';
import { seesAccount } from '../access/access.visible.js';
import { userTypes } from '../user/user.js';
import {
  effectiveGrantOrder,
  type Grant,
  type GrantLeaf,
  type GrantList,
  type GrantOrder,
  type GrantOrderField,
  type GrantText,
} from './grant.js';
import { domainOf, grantColumns, grantTables, seesGrant } from './grant.store.js';

/** A column that may be absent, folded as its index has it. */
const absentable = (exact: Prisma.Sql): TextColumn => ({
  ...textColumn(exact),
  folded: Prisma.sql`coalesce(lower(${exact}), U&'\\+10FFFF') COLLATE "C"`,
});

const people = {
  userName: textColumn(Prisma.sql`u.user_name`),
  firstName: absentable(Prisma.sql`u.first_name`),
  lastName: absentable(Prisma.sql`u.last_name`),
  displayName: absentable(Prisma.sql`u.display_name`),
  email: absentable(Prisma.sql`u.email`),
} as const;

const texts = (instanceDomain: string): Readonly<Record<GrantText, TextColumn>> => ({
  ...people,
  orgName: textColumn(Prisma.sql`a.slug`),
  orgDomain: textColumn(domainOf(Prisma.sql`a`, instanceDomain)),
  projectName: textColumn(Prisma.sql`p.name`),
});

const ids = {
  userId: Prisma.sql`g.user_id`,
  projectId: Prisma.sql`g.project_id`,
  projectGrantId: Prisma.sql`g.project_grant_id`,
} as const;

const eachRoleKey = textColumn(Prisma.sql`one.key`);

function leafSql(leaf: GrantLeaf, instanceDomain: string): Prisma.Sql {
  if ('id' in leaf) return Prisma.sql`${ids[leaf.field]} = ${leaf.id}::uuid`;
  if ('type' in leaf) return Prisma.sql`u.type = ${userTypes.toNumber(leaf.type)}::int`;
  if ('value' in leaf) return leaf.value ? Prisma.sql`TRUE` : Prisma.sql`g.project_grant_id IS NULL`;
  if (leaf.field !== 'roleKey') return textSql(texts(instanceDomain)[leaf.field], leaf.match);
  // Of all comparisons only this one has an index over the elements of an array.
  if (leaf.match.method === 'EQUALS') return Prisma.sql`g.role_keys @> ARRAY[${leaf.match.text}::text]`;
  return Prisma.sql`EXISTS (SELECT 1 FROM unnest(g.role_keys) AS one (key) WHERE ${textSql(eachRoleKey, leaf.match)})`;
}

/** Which grants are wanted, by whom. */
export interface GrantSearch extends GrantList {
  readonly visible: Visible;
  readonly instanceDomain: string;
}

/** What is wanted, and no more than may be seen: a condition on the rows of `grantTables`. */
function matches({ visible, filter, accountId, instanceDomain }: GrantSearch): Prisma.Sql {
  const conditions = [seesGrant(visible)];
  if (accountId !== null) {
    conditions.push(Prisma.sql`a.id = ${accountId}::uuid`, seesAccount(visible, Prisma.sql`${accountId}::uuid`));
  }
  if (filter !== null) conditions.push(filterSql(filter, (leaf) => leafSql(leaf, instanceDomain)));
  return Prisma.join(conditions, ' AND ');
}

/** What an order is made of. An absent text sorts as the highest there is, so that no key is ever NULL. */
const sortKeys: Readonly<Record<GrantOrderField, readonly SortKey[]>> = {
  USER_NAME: [{ sql: people.userName.folded, type: 'text' }],
  DISPLAY_NAME: [{ sql: people.displayName.folded, type: 'text' }],
  EMAIL: [{ sql: people.email.folded, type: 'text' }],
  PROJECT_NAME: [{ sql: textColumn(Prisma.sql`p.name`).folded, type: 'text' }],
  ORG_NAME: [{ sql: textColumn(Prisma.sql`a.slug`).folded, type: 'text' }],
  STATE: [{ sql: Prisma.sql`g.state`, type: 'int' }],
  CREATION_DATE: [
    { sql: Prisma.sql`g.created_at`, type: 'timestamptz' },
    { sql: Prisma.sql`g.created_ns`, type: 'int' },
  ],
};

/** The order that was asked for, and the id last, which goes the way of the key before it. */
function orderSql(asked: readonly GrantOrder[]): Order {
  const order = effectiveGrantOrder(asked);
  const keys = order.flatMap(({ field, descending }) => sortKeys[field].map((key) => ({ ...key, descending })));
  return {
    keys: [...keys, { sql: Prisma.sql`g.id`, type: 'uuid', descending: order.at(-1)?.descending ?? false }],
    name: order.map(({ field, descending }) => (descending ? `-${field}` : field)).join(' '),
  };
}

/** One page of the grants of everybody. */
export function listGrants(db: Db, search: GrantSearch, page: PageRequest): Promise<Keyed<Grant>[]> {
  const { cursor, where, orderBy, limit } = keysetParts(orderSql(search.orderBy), page);
  return db.query<Keyed<Grant>>(
    Prisma.sql`
    SELECT ${grantColumns(search.instanceDomain)}, ${cursor} AS cursor FROM ${grantTables}
    WHERE ${matches(search)} AND ${where}
    ORDER BY ${orderBy} LIMIT ${limit}`,
    'each time',
  );
}

/** One page of the grants of each user, all in one statement. */
export function listGrantsOf(
  db: Db,
  search: GrantSearch,
  userIds: readonly string[],
  page: PageRequest,
): Promise<Keyed<Grant>[]> {
  const { cursor, where, orderBy, limit } = keysetParts(orderSql(search.orderBy), page);
  return db.query<Keyed<Grant>>(
    Prisma.sql`
    SELECT grants.* FROM unnest(${uuids(userIds)}) WITH ORDINALITY AS asked (id, place)
    CROSS JOIN LATERAL (
      SELECT ${grantColumns(search.instanceDomain)}, ${cursor} AS cursor FROM ${grantTables}
      WHERE g.user_id = asked.id AND ${matches(search)} AND ${where}
      ORDER BY ${orderBy} LIMIT ${limit}
    ) grants
    ORDER BY asked.place`,
    'each time',
  );
}

/** How many grants there are, counted no further than `limit` when there is one. */
export async function countGrants(db: Db, search: GrantSearch, limit: number | null): Promise<number> {
  const [row] = await db.query<{ total: bigint }>(
    Prisma.sql`
    SELECT count(*) AS total FROM (
      SELECT 1 FROM ${grantTables} WHERE ${matches(search)} LIMIT ${limit}::bigint) counted`,
    'each time',
  );
  return Number(row?.total ?? 0n);
}

/** How many grants each user has, counted no further than `limit` when there is one. */
export async function countGrantsOf(
  db: Db,
  search: GrantSearch,
  userIds: readonly string[],
  limit: number | null,
): Promise<Map<string, number>> {
  const rows = await db.query<{ id: string; total: bigint }>(
    Prisma.sql`
    SELECT asked.id, (SELECT count(*) FROM (
      SELECT 1 FROM ${grantTables}
      WHERE g.user_id = asked.id AND ${matches(search)} LIMIT ${limit}::bigint) counted) AS total
    FROM unnest(${uuids(userIds)}) AS asked (id)`,
    'each time',
  );
  return new Map(rows.map((row) => [row.id, Number(row.total)]));
}
