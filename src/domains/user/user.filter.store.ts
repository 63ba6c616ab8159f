/** The words of a search in SQL: its conditions about the row `u` of users, and the branches in which indexes answer them. */
import {
  addressColumn,
  conjunction,
  disjunction,
  foldFilter,
  searchedColumn,
  textInSql,
  textRowSql,
  textSql,
  type TextColumn,
} from '../../db/filter.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { Filter } from '../../kernel/filter.js';
import type { WireEnum } from '../../kernel/wire-enum.js';
import { userStates, userTypes } from './user.js';
import { sharpness } from './user.sharpness.store.js';
import type { UserLeaf, UserText } from './user.search.js';

/** A column that may be absent. In its b-tree the highest text there is stands for that, so that no sort key is NULL. */
function nullable(exact: Prisma.Sql): TextColumn {
  return { ...searchedColumn(exact), folded: Prisma.sql`coalesce(lower(${exact}), U&'\\+10FFFF') COLLATE "C"` };
}

/** The texts of a user that are columns of its row. */
export const columns: Readonly<Record<Exclude<UserText, 'loginName'>, TextColumn>> = {
  userName: addressColumn(Prisma.sql`u.user_name`),
  firstName: nullable(Prisma.sql`u.first_name`),
  lastName: nullable(Prisma.sql`u.last_name`),
  nickName: nullable(Prisma.sql`u.nick_name`),
  displayName: nullable(Prisma.sql`u.display_name`),
  email: { ...nullable(Prisma.sql`u.email`), capitals: addressColumn(Prisma.sql`u.email`).capitals },
};
const loginName = addressColumn(Prisma.sql`l.login_name`);

/** How texts are compared: for indexes to answer, or row by row. */
type TextSql = typeof textSql;

/** A condition that the row itself answers; login names other than the user name are looked up, row by row. */
const leafSql =
  (compared: TextSql) =>
  (leaf: UserLeaf, negated = false): Prisma.Sql => {
    // Not one of a few values is one of the others, and that an index knows.
    if ('state' in leaf) return isOneOf(Prisma.sql`u.state`, userStates, leaf.state, negated);
    if ('type' in leaf) return isOneOf(Prisma.sql`u.type`, userTypes, leaf.type, negated);
    const condition = (): Prisma.Sql => {
      if ('ids' in leaf) return Prisma.sql`u.id = ANY(${leaf.ids}::uuid[])`;
      if ('emails' in leaf) return textInSql(columns.email, leaf.emails);
      if (leaf.text !== 'loginName') return compared(columns[leaf.text], leaf.match);
      // OFFSET 0 keeps the planner from looking up all matching login names at once.
      return Prisma.sql`(${textRowSql(columns.userName, leaf.match)} OR EXISTS (SELECT 1 FROM user_login_names l
        WHERE l.user_id = u.id AND NOT l.is_user_name AND ${textRowSql(loginName, leaf.match)} OFFSET 0))`;
    };
    return negated ? Prisma.sql`(${condition()}) IS NOT TRUE` : condition();
  };
const forRows = leafSql(textRowSql);
const bareForIndexes = leafSql(textSql);
/** A condition of a filter, for indexes to answer; none finds what a text is not. */
export const forIndexes = (leaf: UserLeaf, negated = false): Prisma.Sql =>
  negated ? forRows(leaf, true) : bareForIndexes(leaf);

function isOneOf<Name extends string>(
  column: Prisma.Sql,
  { names, toNumber }: WireEnum<Name>,
  name: Name | null,
  negated: boolean,
): Prisma.Sql {
  const numbers = names.filter((other) => (other === name) !== negated).map(toNumber);
  return numbers.length === 1
    ? Prisma.sql`${column} = ${numbers[0]}`
    : Prisma.sql`${column} = ANY(${numbers}::smallint[])`;
}

/** The filter as a question to one row: costs nothing to begin with, whatever it is. For walking through users. */
export function askingRows(filter: Filter<UserLeaf> | null): Prisma.Sql {
  return filter === null ? Prisma.sql`TRUE` : foldFilter(filter, { leaf: forRows, and: conjunction, or: disjunction });
}

/**
 * Some of the users who match, in words of which each can be answered by indexes. All branches of a filter together are
 * all who match; some users may be in several, and in one of login names several times.
 */
export interface Branch {
  /** A condition on the row `l` of a login name that is not the user name; null where no login name is asked for. */
  readonly name: Prisma.Sql | null;
  /** Conditions on the row `u` of the user. */
  readonly where: readonly Prisma.Sql[];
}

/** What stands behind `SELECT u.…` to read a branch. */
export function branchSql({ name, where }: Branch): Prisma.Sql {
  const all = conjunction([...where, name === null ? Prisma.sql`TRUE` : Prisma.sql`NOT l.is_user_name AND ${name}`]);
  return name === null
    ? Prisma.sql`FROM users u WHERE ${all}`
    : Prisma.sql`FROM user_login_names l JOIN users u ON u.id = l.user_id WHERE ${all}`;
}

/** What becomes of a part of a filter: its question to one row, and its branches. */
interface Part {
  readonly rows: Prisma.Sql;
  /** The branch that asks for no login name. */
  readonly here: Prisma.Sql;
  readonly elsewhere: readonly Branch[];
  readonly sharpness: number;
  /** How many values it asks for. */
  readonly values: number;
}

/** How many values the branches of an AND may ask for that its operand did not: each is sent once more in each branch. */
const mostCopied = 10_000;

/** A filter in words that indexes answer. */
export interface Indexed {
  readonly branches: readonly Branch[];
  /** How few users they lead to, as far as the words tell: {@link sharpness} of the sharpest in an AND, of the bluntest in an OR. */
  readonly sharpness: number;
}

/**
 * The filter as questions to the indexes. None would answer an OR that spans columns and login names, so each login name
 * is a branch: the user name, or one of the others. An AND goes into each branch of one of its operands; what others of
 * them ask of login names is asked of each user found.
 */
export function askingIndexes(filter: Filter<UserLeaf>): Indexed {
  const {
    here,
    elsewhere,
    sharpness: sharpest,
  } = foldFilter<UserLeaf, Part>(filter, {
    leaf(leaf, negated) {
      const part = {
        rows: forRows(leaf, negated),
        elsewhere: [],
        sharpness: negated ? 0 : sharpness(leaf),
        values: valuesOf(leaf),
      };
      if (negated || !('text' in leaf) || leaf.text !== 'loginName')
        return { ...part, here: forIndexes(leaf, negated) };
      return {
        ...part,
        here: textSql(columns.userName, leaf.match),
        elsewhere: [{ name: textSql(loginName, leaf.match), where: [] }],
      };
    },
    and(parts) {
      const values = parts.reduce((sum, part) => sum + part.values, 0);
      const split = parts
        .filter((part) => part.elsewhere.length > 0 && part.elsewhere.length * (values - part.values) <= mostCopied)
        .sort((a, b) => b.sharpness - a.sharpness)[0];
      const others = parts.filter((part) => part !== split);
      const asked = others.map((part) => (part.elsewhere.length > 0 ? part.rows : part.here));
      return {
        rows: conjunction(parts.map((part) => part.rows)),
        here: conjunction([...(split ? [split.here] : []), ...asked]),
        elsewhere: (split?.elsewhere ?? []).map(({ name, where }) => ({ name, where: [...where, ...asked] })),
        sharpness: Math.max(...parts.map((part) => part.sharpness)),
        values,
      };
    },
    or: (parts) => ({
      rows: disjunction(parts.map((part) => part.rows)),
      here: disjunction(parts.map((part) => part.here)),
      elsewhere: parts.flatMap((part) => part.elsewhere),
      sharpness: Math.min(...parts.map((part) => part.sharpness)),
      values: parts.reduce((sum, part) => sum + part.values, 0),
    }),
  });
  return { branches: [{ name: null, where: [here] }, ...elsewhere], sharpness: sharpest };
}

function valuesOf(leaf: UserLeaf): number {
  if ('ids' in leaf) return leaf.ids.length;
  return 'emails' in leaf ? leaf.emails.length : 1;
}
