/** The words of a search in SQL: its conditions about the row `u` of users. */
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
import type { Filter, TextMatch } from '../../kernel/filter.js';
import { inTextList } from '../../kernel/text-list.js';
import type { WireEnum } from '../../kernel/wire-enum.js';
import { userStates, userTypes } from './user.js';
import type { UserLeaf, UserText } from './user.search.js';
import { idByLoginName } from './user.store.js';

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
/** The login names but the user name, all in one text. */
const otherLoginNames = addressColumn(Prisma.sql`u.other_login_names`);

/** How texts are compared: for indexes to answer, or row by row. */
type TextSql = typeof textSql;

/** A login name is the user name, or one of the others. */
const loginNameSql = (compared: TextSql, match: TextMatch): Prisma.Sql => {
  const isUserName = compared(columns.userName, match);
  const isOther = inTextList(match);
  return isOther ? disjunction([isUserName, compared(otherLoginNames, isOther)]) : isUserName;
};

/** A condition on the row itself. */
const leafSql =
  (compared: TextSql) =>
  (leaf: UserLeaf, negated = false): Prisma.Sql => {
    // Not one of a few values is one of the others, and that an index knows.
    if ('state' in leaf) return isOneOf(Prisma.sql`u.state`, userStates, leaf.state, negated);
    if ('type' in leaf) return isOneOf(Prisma.sql`u.type`, userTypes, leaf.type, negated);
    const condition = (): Prisma.Sql => {
      if ('ids' in leaf) return Prisma.sql`u.id = ANY(${leaf.ids}::uuid[])`;
      if ('emails' in leaf) return textInSql(columns.email, leaf.emails);
      if (leaf.text === 'loginName') return loginNameSql(compared, leaf.match);
      return compared(columns[leaf.text], leaf.match);
    };
    return negated ? Prisma.sql`(${condition()}) IS NOT TRUE` : condition();
  };
const forRows = leafSql(textRowSql);
const bareForIndexes = leafSql(textSql);

/** A condition of a filter, for indexes to answer; none finds what a text is not. */
export function forIndexes(leaf: UserLeaf, negated = false): Prisma.Sql {
  if (negated) return forRows(leaf, true);
  if ('text' in leaf && leaf.text === 'loginName' && leaf.match.method.startsWith('EQUALS'))
    return conjunction([Prisma.sql`u.id = (${idByLoginName(leaf.match.text)})`, forRows(leaf)]);
  return bareForIndexes(leaf);
}

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
export const askingRows = (filter: Filter<UserLeaf>): Prisma.Sql =>
  foldFilter(filter, { leaf: forRows, and: conjunction, or: disjunction });

/** A part of a filter as both questions. */
interface Part {
  readonly rows: Prisma.Sql;
  readonly indexed: Prisma.Sql;
  /** Whether an index has an answer. */
  readonly isAnswered: boolean;
}

/** The filter as a question to the indexes. */
export const askingIndexes = (filter: Filter<UserLeaf>): Prisma.Sql =>
  foldFilter<UserLeaf, Part>(filter, {
    leaf: (leaf, negated) => ({
      rows: forRows(leaf, negated),
      indexed: forIndexes(leaf, negated),
      isAnswered: !negated || 'state' in leaf || 'type' in leaf,
    }),
    and: (parts) => ({
      rows: conjunction(parts.map(({ rows }) => rows)),
      indexed: conjunction(parts.map(({ indexed }) => indexed)),
      isAnswered: parts.some(({ isAnswered }) => isAnswered),
    }),
    or(parts) {
      const rows = disjunction(parts.map((part) => part.rows));
      // Where one of them has no answer everybody is looked at, and the words of the others only cost.
      return parts.every(({ isAnswered }) => isAnswered)
        ? { rows, indexed: disjunction(parts.map(({ indexed }) => indexed)), isAnswered: true }
        : { rows, indexed: rows, isAnswered: false };
    },
  }).indexed;
