/** The orders of a search in SQL, and what the index that holds an order knows of a filter. */
import { conjunction, foldFilter } from '../../db/filter.js';
import type { Order, SortKey } from '../../db/keyset.js';
import { ignoringCaseToo } from '../../db/text.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { Filter } from '../../kernel/filter.js';
import type { WireEnum } from '../../kernel/wire-enum.js';
import { columns, partOf } from './user.filter.store.js';
import { userStates, userTypes } from './user.js';
import { effective, type UserLeaf, type UserOrder, type UserText } from './user.search.js';

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

const sortFieldOf: Readonly<Record<UserText, UserOrder['field'] | null>> = {
  userName: 'USER_NAME',
  firstName: 'FIRST_NAME',
  lastName: 'LAST_NAME',
  nickName: 'NICK_NAME',
  displayName: 'DISPLAY_NAME',
  email: 'EMAIL',
  loginName: null,
};

/** What the index that holds an order knows of a filter. */
export interface Along {
  /** A condition that everybody meets who matches. */
  readonly where: Prisma.Sql;
  /** Everybody who meets it matches. */
  readonly isAll: boolean;
}

/** What the index knows: a beginning of the first sort key; with the order by user name, a state or a type. */
export function alongIndex(filter: Filter<UserLeaf>, order: readonly UserOrder[]): Along {
  const [first] = effective(order);
  const neededBy = (leaf: UserLeaf, negated = false): Prisma.Sql[] => {
    const { needed } = partOf(leaf, negated);
    return needed ? [needed] : [];
  };
  const known = (leaf: UserLeaf, negated: boolean): Prisma.Sql[] => {
    // An index has the users of one state, or of one type, by user name: several would have to be merged.
    if ('state' in leaf) return first?.field === 'USER_NAME' && !negated ? neededBy(leaf) : [];
    if ('type' in leaf) return first?.field === 'USER_NAME' ? neededBy(leaf, negated) : [];
    if (negated || !('text' in leaf) || first?.field !== sortFieldOf[leaf.text] || leaf.match.text === '') return [];
    if (/^(CONTAINS|ENDS)/.test(leaf.match.method)) return [];
    return neededBy({ ...leaf, match: ignoringCaseToo(leaf.match) });
  };
  interface Known {
    readonly needed: readonly Prisma.Sql[];
    readonly isAll: boolean;
    /** Each state and type has an index of its own. */
    readonly coarse: number;
  }
  const { needed, isAll, coarse } = foldFilter<UserLeaf, Known>(filter, {
    leaf(leaf, negated) {
      const needed = known(leaf, negated);
      const mindsCase = 'text' in leaf && !leaf.match.method.endsWith('_IGNORE_CASE');
      return { needed, isAll: needed.length > 0 && !mindsCase, coarse: 'text' in leaf ? 0 : needed.length };
    },
    and: (parts) => ({
      needed: parts.flatMap((part) => part.needed),
      isAll: parts.every((part) => part.isAll),
      coarse: parts.reduce((sum, part) => sum + part.coarse, 0),
    }),
    or: ([only, ...others]) => (only && others.length === 0 ? only : { needed: [], isAll: false, coarse: 0 }),
  });
  return { where: conjunction([Prisma.sql`TRUE`, ...needed]), isAll: isAll && coarse < 2 };
}

/** The first key of an order where it has a few values only: each has a list of its own. */
export interface CoarseKey {
  /** All values, upwards. */
  readonly numbers: readonly number[];
  readonly leafOf: (number: number) => UserLeaf;
  readonly descending: boolean;
  /** The order of the users of one value. */
  readonly rest: readonly UserOrder[];
}

/** The coarse key that an order begins with; null where it does not. */
export function coarseKey(order: readonly UserOrder[]): CoarseKey | null {
  const [first, ...rest] = effective(order);
  if (first?.field !== 'STATE' && first?.field !== 'TYPE') return null;
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
