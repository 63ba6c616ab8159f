/** The words of a search in SQL: its conditions, twice, and its orders. Both are about the row `u` of users. */
import {
  conjunction,
  disjunction,
  filterSql,
  foldFilter,
  searchedColumn,
  textInSql,
  textRowSql,
  textSql,
  type TextColumn,
} from '../../db/filter.js';
import type { Order, SortKey } from '../../db/keyset.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { Filter } from '../../kernel/filter.js';
import type { WireEnum } from '../../kernel/wire-enum.js';
import { userStates, userTypes } from './user.js';
import { effective, type UserLeaf, type UserOrder, type UserText } from './user.search.js';

/** A column that may be absent. In its b-tree the highest text there is stands for that, so that no sort key is NULL. */
function nullable(exact: Prisma.Sql): TextColumn {
  return { ...searchedColumn(exact), folded: Prisma.sql`coalesce(lower(${exact}), U&'\\+10FFFF') COLLATE "C"` };
}

const columns: Readonly<Record<Exclude<UserText, 'loginName'>, TextColumn>> = {
  userName: searchedColumn(Prisma.sql`u.user_name`),
  firstName: nullable(Prisma.sql`u.first_name`),
  lastName: nullable(Prisma.sql`u.last_name`),
  nickName: nullable(Prisma.sql`u.nick_name`),
  displayName: nullable(Prisma.sql`u.display_name`),
  email: nullable(Prisma.sql`u.email`),
};
const loginName = searchedColumn(Prisma.sql`l.login_name`);

/** How texts are compared: for indexes to answer, or row by row. */
type TextSql = typeof textSql;

/** A condition that the row itself answers; for login names it looks them up, row by row. */
const leafSql =
  (compared: TextSql) =>
  (leaf: UserLeaf): Prisma.Sql => {
    if ('state' in leaf) return Prisma.sql`u.state = ${leaf.state === null ? 0 : userStates.toNumber(leaf.state)}`;
    if ('type' in leaf) return Prisma.sql`u.type = ${leaf.type === null ? 0 : userTypes.toNumber(leaf.type)}`;
    if ('ids' in leaf) return Prisma.sql`u.id = ANY(${leaf.ids}::uuid[])`;
    if ('emails' in leaf) return textInSql(columns.email, leaf.emails);
    if (leaf.text !== 'loginName') return compared(columns[leaf.text], leaf.match);
    // OFFSET 0 keeps the planner from looking up all matching login names at once.
    return Prisma.sql`EXISTS (SELECT 1 FROM user_login_names l
      WHERE l.user_id = u.id AND ${textRowSql(loginName, leaf.match)} OFFSET 0)`;
  };
const forRows = leafSql(textRowSql);
const forIndexes = leafSql(textSql);

/** The filter as a question to one row: costs nothing to begin with, whatever it is. For walking through users. */
export function askingRows(filter: Filter<UserLeaf> | null): Prisma.Sql {
  return filter === null ? Prisma.sql`TRUE` : filterSql(filter, forRows);
}

/** A condition, and the same as a statement of ids where other tables answer some of it. */
interface Part {
  readonly where: Prisma.Sql;
  readonly ids: Prisma.Sql | null;
}

/**
 * The filter as a question to the indexes. An OR that spans columns and login names would be answered by none of them,
 * so it becomes a union of ids. So does a login name: it is the user name, or one of the others.
 */
export function askingIndexes(filter: Filter<UserLeaf>): Prisma.Sql {
  return foldFilter<UserLeaf, Part>(filter, {
    leaf(leaf, negated) {
      if (negated) return { where: Prisma.sql`(${forRows(leaf)}) IS NOT TRUE`, ids: null };
      if (!('text' in leaf) || leaf.text !== 'loginName') return { where: forIndexes(leaf), ids: null };
      const { match } = leaf;
      const others = Prisma.sql`SELECT l.user_id FROM user_login_names l
        WHERE NOT l.is_user_name AND ${textSql(loginName, match)}`;
      return inIds(Prisma.sql`${matching(textSql(columns.userName, match))} UNION ALL ${others}`);
    },
    and(parts) {
      const where = conjunction(parts.map((part) => part.where));
      return { where, ids: parts.some(({ ids }) => ids) ? matching(where) : null };
    },
    or(parts) {
      const here = parts.filter(({ ids }) => ids === null).map((part) => part.where);
      const elsewhere = parts.flatMap(({ ids }) => (ids === null ? [] : [ids]));
      if (elsewhere.length === 0) return { where: disjunction(here), ids: null };
      const all = here.length === 0 ? elsewhere : [matching(disjunction(here)), ...elsewhere];
      return inIds(Prisma.join(all, ' UNION ALL '));
    },
  }).where;
}

const inIds = (ids: Prisma.Sql): Part => ({ where: Prisma.sql`u.id IN (${ids})`, ids });
/** The ids of the users for whom this holds. */
export const matching = (where: Prisma.Sql): Prisma.Sql => Prisma.sql`SELECT u.id FROM users u WHERE ${where}`;

/**
 * What all users who match must have, as far as the index that holds the order knows it: a beginning of the first sort
 * key; with the order by user name, a state and a type.
 */
export function alongIndex(filter: Filter<UserLeaf> | null, order: readonly UserOrder[]): Prisma.Sql {
  if (filter === null) return Prisma.sql`TRUE`;
  const [first] = effective(order);
  const isAlong = (leaf: UserLeaf): boolean =>
    'text' in leaf
      ? first?.field === sortFieldOf[leaf.text] && !/^(CONTAINS|ENDS)/.test(leaf.match.method)
      : first?.field === 'USER_NAME' && ('state' in leaf || 'type' in leaf);
  const needed = foldFilter<UserLeaf, readonly Prisma.Sql[]>(filter, {
    leaf: (leaf, negated) => (!negated && isAlong(leaf) ? [forIndexes(leaf)] : []),
    and: (parts) => parts.flat(),
    or: (parts) => (parts.length === 1 ? parts.flat() : []),
  });
  return conjunction([Prisma.sql`TRUE`, ...needed]);
}

const sortFieldOf: Readonly<Record<UserText, UserOrder['field'] | null>> = {
  userName: 'USER_NAME',
  firstName: 'FIRST_NAME',
  lastName: 'LAST_NAME',
  nickName: 'NICK_NAME',
  displayName: 'DISPLAY_NAME',
  email: 'EMAIL',
  loginName: null,
};

const sortKeys: Readonly<Record<UserOrder['field'], readonly SortKey[]>> = {
  ID: [],
  USER_NAME: [{ sql: columns.userName.folded, type: 'text' }],
  FIRST_NAME: [{ sql: columns.firstName.folded, type: 'text' }],
  LAST_NAME: [{ sql: columns.lastName.folded, type: 'text' }],
  NICK_NAME: [{ sql: columns.nickName.folded, type: 'text' }],
  DISPLAY_NAME: [{ sql: columns.displayName.folded, type: 'text' }],
  EMAIL: [{ sql: columns.email.folded, type: 'text' }],
  STATE: [{ sql: Prisma.sql`u.state`, type: 'int' }],
  TYPE: [{ sql: Prisma.sql`u.type`, type: 'int' }],
  CREATION_DATE: [
    { sql: Prisma.sql`u.created_at`, type: 'timestamptz' },
    { sql: Prisma.sql`u.created_ns`, type: 'int' },
  ],
};

/** The order of a search: what was asked for, and the id last, which goes the way of the key before it. */
export function orderSql(asked: readonly UserOrder[]): Order {
  const order = effective(asked);
  const keys = order.flatMap(({ field, descending }) => sortKeys[field].map((key) => ({ ...key, descending })));
  const id: SortKey = { sql: Prisma.sql`u.id`, type: 'uuid', descending: order.at(-1)?.descending ?? false };
  return {
    keys: [...keys, id],
    name: order.map(({ field, descending }) => (descending ? `-${field}` : field)).join(' '),
  };
}

/** The first key of an order where it has a few values only and no index holds what follows. */
export interface CoarseKey {
  /** All values, upwards. */
  readonly numbers: readonly number[];
  readonly leafOf: (number: number) => UserLeaf;
  readonly descending: boolean;
  /** The order of the users of one value. */
  readonly rest: readonly UserOrder[];
}

/** The coarse key that an order begins with; null where it does not, or goes on by user name the same way. */
export function coarseKey(order: readonly UserOrder[]): CoarseKey | null {
  const [first, ...rest] = effective(order);
  const [second] = rest;
  if (first?.field !== 'STATE' && first?.field !== 'TYPE') return null;
  if (second?.field === 'USER_NAME' && second.descending === first.descending) return null;
  const { descending } = first;
  return first.field === 'STATE'
    ? {
        numbers: numbersOf(userStates),
        leafOf: (number) => ({ state: userStates.fromNumber(number) }),
        descending,
        rest,
      }
    : { numbers: numbersOf(userTypes), leafOf: (number) => ({ type: userTypes.fromNumber(number) }), descending, rest };
}

function numbersOf<Name extends string>({ names, toNumber }: WireEnum<Name>): readonly number[] {
  return names.map(toNumber).sort((a, b) => a - b);
}
