/** The words of a search in SQL: its conditions about the row `u` of users. */
import { conjunction, disjunction, foldFilter, negation } from '../../db/filter.js';
import {
  addressColumn,
  indexedSql,
  searchedColumn,
  textIndexed,
  textInIndexed,
  textNotIndexed,
  type Indexed,
  type TextColumn,
} from '../../db/text.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { Filter, TextMatch } from '../../kernel/filter.js';
import { inTextList } from '../../kernel/text-list.js';
import type { WireEnum } from '../../kernel/wire-enum.js';
import { userStates, userTypes } from './user.js';
import type { UserLeaf, UserText } from './user.search.js';
import { bluntest, sharpest, sharpness, type Sharpness } from './user.sharpness.store.js';
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

/** A condition about a user, and how well indexes lead to those who meet it. */
interface Part extends Indexed {
  readonly sharpness: Sharpness;
}

const ofRows = (rows: Prisma.Sql): Part => ({ rows, needed: null, left: rows, sharpness: sharpness.blind });
const ofIndex = (needed: Prisma.Sql, found: Sharpness): Part => ({
  rows: needed,
  needed,
  left: null,
  sharpness: found,
});

/** All of these. What is not there is asked of an index only where no other leads anywhere. */
function allOf(parts: readonly Part[]): Part {
  const best = sharpest(parts);
  const leadsAstray = (part: Part): boolean => part.sharpness === sharpness.negative && best > sharpness.negative;
  const asked = parts.map((part) => (leadsAstray(part) ? ofRows(part.rows) : part));
  return {
    rows: conjunction(parts.map(({ rows }) => rows)),
    needed: those(asked, 'needed', conjunction),
    left: those(asked, 'left', conjunction),
    sharpness: best,
  };
}

/** One of these. Where no index knows one of them everybody is looked at, and the words of the others only cost. */
function oneOf(parts: readonly Part[]): Part {
  const rows = disjunction(parts.map((part) => part.rows));
  if (parts.some(({ needed }) => needed === null)) return ofRows(rows);
  return {
    rows,
    needed: those(parts, 'needed', disjunction),
    left: parts.some(({ left }) => left !== null) ? rows : null,
    sharpness: bluntest(parts),
  };
}

function those(parts: readonly Part[], what: 'needed' | 'left', join: typeof conjunction): Prisma.Sql | null {
  const conditions = parts.map((part) => part[what]).filter((condition) => condition !== null);
  return conditions.length > 0 ? join(conditions) : null;
}

function textPart(column: TextColumn, match: TextMatch, negated: boolean): Part {
  const indexed = negated ? textNotIndexed(column, match) : textIndexed(column, match);
  const found = negated ? sharpness.negative : sharpnessOf(match);
  return { ...indexed, sharpness: indexed.needed ? found : sharpness.blind };
}

function sharpnessOf({ method, text }: TextMatch): Sharpness {
  if (method.startsWith('EQUALS')) return sharpness.sharp;
  if (Array.from(text).length < 3) return sharpness.blunt;
  return method.startsWith('CONTAINS') ? sharpness.keen : sharpness.sharp;
}

/** A login name is the user name, or one of the others. */
function loginNamePart(match: TextMatch, negated: boolean): Part {
  const isOther = inTextList(match);
  const parts = [textPart(columns.userName, match, negated)];
  if (isOther) parts.push(textPart(otherLoginNames, isOther, negated));
  if (negated) return allOf(parts);
  const part = oneOf(parts);
  if (!match.method.startsWith('EQUALS')) return part;
  // Each is a row of its own too, unique whatever its letter case.
  const isHers = Prisma.sql`u.id = (${idByLoginName(match.text)})`;
  return { ...ofIndex(isHers, sharpness.sharp), rows: part.rows, left: part.rows };
}

/** A leaf of a filter. */
export function partOf(leaf: UserLeaf, negated = false): Part {
  // Not one of a few values is one of the others, and that an index knows.
  if ('state' in leaf) return ofIndex(isOneOf(Prisma.sql`u.state`, userStates, leaf.state, negated), sharpness.blind);
  if ('type' in leaf) return ofIndex(isOneOf(Prisma.sql`u.type`, userTypes, leaf.type, negated), sharpness.blind);
  if ('text' in leaf) {
    if (leaf.text === 'loginName') return loginNamePart(leaf.match, negated);
    return textPart(columns[leaf.text], leaf.match, negated);
  }
  const part = 'ids' in leaf ? idsPart(leaf.ids) : emailsPart(leaf.emails);
  return negated ? ofRows(negation(part.rows)) : part;
}

const idsPart = (ids: readonly string[]): Part => ofIndex(Prisma.sql`u.id = ANY(${ids}::uuid[])`, sharpness.sharp);

const emailsPart = (emails: readonly string[]): Part => ({
  ...textInIndexed(columns.email, emails),
  sharpness: sharpness.sharp,
});

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

/** A filter in SQL: conditions about the row `u` of users. */
export interface FilterSql {
  /** As a question to one row: costs nothing to begin with, whatever it is. For walking through users. */
  readonly rows: Prisma.Sql;
  /** As a question to the indexes, and to whomever they find about what they do not know. */
  readonly indexed: Prisma.Sql;
  /** What indexes know of it; null where they know nothing. */
  readonly needed: Prisma.Sql | null;
  readonly sharpness: Sharpness;
}

/** The words of a filter. */
export function userFilterSql(filter: Filter<UserLeaf>): FilterSql {
  const part = foldFilter<UserLeaf, Part>(filter, { leaf: partOf, and: allOf, or: oneOf });
  return { rows: part.rows, indexed: indexedSql(part), needed: part.needed, sharpness: part.sharpness };
}
