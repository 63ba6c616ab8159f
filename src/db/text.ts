/** Texts in SQL: compared literally, as a row at hand is asked and in the words of indexes. */
import { Prisma } from '../generated/prisma/client.js';
import type { TextMatch, TextMethod } from '../kernel/filter.js';
import { conjunction, disjunction, negation } from './filter.js';

/** A column of text and the expressions of it that are indexed. All are NULL where it is, or the folded one is U+10FFFF. */
export interface TextColumn {
  /** As stored: decides wherever letter case counts. */
  readonly exact: Prisma.Sql;
  /** Folded, in the collation "C": a b-tree over it finds equal texts and beginnings, and sorts. */
  readonly folded: Prisma.Sql;
  /** Folded and reversed, in the collation "C": a b-tree over it finds endings. */
  readonly reversed: Prisma.Sql;
  /** The trigrams of the folded text, where an index over them finds what is contained; null where there is none. */
  readonly trigrams: Prisma.Sql | null;
  /** Whether folding changes it, where an index holds the few for which that is true; null where there is none. */
  readonly capitals: Prisma.Sql | null;
}

/** A column of text by its SQL: `textColumn(Prisma.sql`p.name`)`. */
export const textColumn = (exact: Prisma.Sql): TextColumn => ({
  exact,
  folded: Prisma.sql`lower(${exact}) COLLATE "C"`,
  reversed: Prisma.sql`reverse(lower(${exact})) COLLATE "C"`,
  trigrams: null,
  capitals: null,
});

/** The same where all of its indexes are there: `searchedColumn(Prisma.sql`u.email`)`. */
export const searchedColumn = (exact: Prisma.Sql): TextColumn => ({
  ...textColumn(exact),
  trigrams: Prisma.sql`trigrams_of(lower(${exact}))`,
});

/** The same for what people write in small letters: user names, e-mail addresses. */
export const addressColumn = (exact: Prisma.Sql): TextColumn => ({
  ...searchedColumn(exact),
  capitals: Prisma.sql`(${exact} <> lower(${exact})) IS TRUE`,
});

/** Whether trigrams tell anything about texts that contain this one. What parts them in the making is in none of them. */
export const hasTrigrams = (text: string): boolean => text !== '' && !text.includes('\u0001');

/** Text as a pattern that matches only itself. Escaped by the database after folding, which may change a text's length. */
const literal = (text: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`replace(replace(replace(${text}, '\\', '\\\\'), '%', '\\%'), '_', '\\_')`;

const given = (text: string): Prisma.Sql => Prisma.sql`${text}::text`;
const folded = (text: string): Prisma.Sql => Prisma.sql`lower(${text}::text)`;
const reversed = (text: string): Prisma.Sql => Prisma.sql`reverse(lower(${text}::text))`;

/** What must be true of a text where case does not count. */
const ignoringCase = {
  EQUALS: ({ folded: column }: TextColumn, text: string) => Prisma.sql`${column} = ${folded(text)}`,
  STARTS_WITH: ({ folded: column }: TextColumn, text: string) =>
    Prisma.sql`${column} LIKE ${literal(folded(text))} || '%'`,
  CONTAINS: ({ exact }: TextColumn, text: string) => Prisma.sql`strpos(lower(${exact}), ${folded(text)}) > 0`,
  ENDS_WITH: ({ exact }: TextColumn, text: string) => Prisma.sql`lower(${exact}) LIKE '%' || ${literal(folded(text))}`,
} as const;

/** What must be true of it where case counts. */
const mindingCase = {
  EQUALS: ({ exact }: TextColumn, text: Prisma.Sql) => Prisma.sql`${exact} = ${text}`,
  STARTS_WITH: ({ exact }: TextColumn, text: Prisma.Sql) => Prisma.sql`${exact} LIKE ${literal(text)} || '%'`,
  CONTAINS: ({ exact }: TextColumn, text: Prisma.Sql) => Prisma.sql`strpos(${exact}, ${text}) > 0`,
  ENDS_WITH: ({ exact }: TextColumn, text: Prisma.Sql) => Prisma.sql`${exact} LIKE '%' || ${literal(text)}`,
} as const;

/** Behind the last text that begins so: no text is long enough to lie behind that. */
const lastOf = (start: Prisma.Sql): Prisma.Sql => Prisma.sql`${start} || repeat(U&'\\+10FFFF', 400)`;
/** A beginning is a range, which an index answers to the end: LIKE would be asked again of each row that it finds. */
const within = (column: Prisma.Sql, start: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`(${column} >= ${start} AND ${column} < ${lastOf(start)})`;
/** And what is outside of it are two. */
const outside = (column: Prisma.Sql, start: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`(${column} < ${start} OR ${column} >= ${lastOf(start)} OR ${column} IS NULL)`;

/** What an index can be asked: whether a text, folded, is in it in this way; null where none knows. */
const inIndex = {
  EQUALS: ignoringCase.EQUALS,
  STARTS_WITH: ({ folded: column }: TextColumn, text: string) => within(column, folded(text)),
  CONTAINS: ({ trigrams }: TextColumn, text: string) =>
    trigrams && hasTrigrams(text) ? Prisma.sql`${trigrams} @@ trigrams_with(${folded(text)})` : null,
  ENDS_WITH: ({ reversed: column }: TextColumn, text: string) => within(column, reversed(text)),
} as const;

/** And whether it is not, or the text absent. */
const notInIndex = {
  EQUALS: ({ folded: column }: TextColumn, text: string) =>
    Prisma.sql`(${column} < ${folded(text)} OR ${column} > ${folded(text)} OR ${column} IS NULL)`,
  STARTS_WITH: ({ folded: column }: TextColumn, text: string) => outside(column, folded(text)),
  CONTAINS: () => null,
  ENDS_WITH: ({ reversed: column }: TextColumn, text: string) => outside(column, reversed(text)),
} as const;

const methods: Readonly<Record<TextMethod, readonly [how: keyof typeof mindingCase, ignoresCase: boolean]>> = {
  EQUALS: ['EQUALS', false],
  EQUALS_IGNORE_CASE: ['EQUALS', true],
  STARTS_WITH: ['STARTS_WITH', false],
  STARTS_WITH_IGNORE_CASE: ['STARTS_WITH', true],
  CONTAINS: ['CONTAINS', false],
  CONTAINS_IGNORE_CASE: ['CONTAINS', true],
  ENDS_WITH: ['ENDS_WITH', false],
  ENDS_WITH_IGNORE_CASE: ['ENDS_WITH', true],
};

/** Whatever there is has the empty text in it. */
const isInAll = (how: keyof typeof mindingCase, text: string): boolean => text === '' && how !== 'EQUALS';
/** What is in small letters folds to itself. */
const isSmall = (text: string): boolean => text === text.toLowerCase();

/** The condition that a column compares with a text in this way, for a row at hand; not true where the column is absent. */
export function textRowSql(column: TextColumn, { method, text }: TextMatch): Prisma.Sql {
  const [how, ignoresCase] = methods[method];
  if (isInAll(how, text)) return Prisma.sql`${column.exact} IS NOT NULL`;
  if (!ignoresCase) return mindingCase[how](column, given(text));
  // Folding what is stored takes longer than all the rest, and much of it is in small letters.
  return disjunction([mindingCase[how](column, folded(text)), ignoringCase[how](column, text)]);
}

/** A condition as the question to one row, and in the words of indexes. */
export interface Indexed {
  readonly rows: Prisma.Sql;
  /** What everything meets that matches; null where no index leads there. */
  readonly needed: Prisma.Sql | null;
  /** What is left to ask of whatever meets it; null where nothing is. */
  readonly left: Prisma.Sql | null;
}

/** {@link textRowSql} for indexes to answer. */
export function textIndexed(column: TextColumn, match: TextMatch): Indexed {
  const { method, text } = match;
  const [how, ignoresCase] = methods[method];
  const rows = textRowSql(column, match);
  const found = isInAll(how, text) ? null : inIndex[how](column, text);
  if (!found) return { rows, needed: null, left: rows };
  if (ignoresCase) return { rows, needed: found, left: how === 'CONTAINS' ? rows : null };
  // What has a capital letter in it is in no text without one. The planner sees which of the two it is.
  const capitals = column.capitals && Prisma.sql`(${given(text)} = ${folded(text)} OR ${column.capitals})`;
  return { rows, needed: conjunction(capitals ? [found, capitals] : [found]), left: rows };
}

/** The same for what does not compare so, or is absent: where nearly everything does, indexes lead to the rest. */
export function textNotIndexed(column: TextColumn, match: TextMatch): Indexed {
  const { method, text } = match;
  const [how, ignoresCase] = methods[method];
  const rows = negation(textRowSql(column, match));
  const found = isInAll(how, text) ? Prisma.sql`${column.reversed} IS NULL` : notInIndex[how](column, text);
  if (!found) return { rows, needed: null, left: rows };
  if (ignoresCase || isInAll(how, text)) return { rows, needed: found, left: null };
  // What differs in its letter case only has a capital letter, if the text has none.
  if (!column.capitals || !isSmall(text)) return { rows, needed: null, left: rows };
  const differs = Prisma.sql`${given(text)} <> ${folded(text)}`;
  return { rows, needed: disjunction([found, column.capitals, differs]), left: rows };
}

/** One condition of both. Behind coalesce the planner does not take them for unrelated, and expect far too few. */
export function indexedSql({ needed, left }: Indexed): Prisma.Sql {
  const apart = needed && left ? Prisma.sql`coalesce(${left}, FALSE)` : left;
  return conjunction([apart, needed].filter((part) => part !== null));
}

/** The same condition as {@link textRowSql}, for the planner to decide whether an index answers. */
export const textSql = (column: TextColumn, match: TextMatch): Prisma.Sql => indexedSql(textIndexed(column, match));

/** The same comparison, ignoring case: what an index can be asked. */
export function ignoringCaseToo({ method, text }: TextMatch): TextMatch {
  const [how] = methods[method];
  return { method: `${how}_IGNORE_CASE`, text };
}

/** The condition that a column is exactly one of these texts. */
export function textInIndexed({ exact, folded: column }: TextColumn, texts: readonly string[]): Indexed {
  const rows = Prisma.sql`${exact} = ANY(${texts}::text[])`;
  const needed = Prisma.sql`${column} = ANY(ARRAY(SELECT lower(one) FROM unnest(${texts}::text[]) AS one))`;
  return { rows, needed, left: rows };
}
