/** From a filter tree to SQL: negations pushed down to the leaves, texts compared literally, and in the words of the indexes. */
import { Prisma } from '../generated/prisma/client.js';
import type { Filter, TextMatch, TextMethod } from '../kernel/filter.js';

/** What becomes of a filter: one value for a leaf, and how values are joined. */
export interface FilterFold<Leaf, Value> {
  leaf(leaf: Leaf, negated: boolean): Value;
  and(values: readonly Value[]): Value;
  or(values: readonly Value[]): Value;
}

interface Step<Leaf> {
  readonly filter: Filter<Leaf>;
  readonly negated: boolean;
  /** Its operands have been folded: they are the last ones. */
  readonly folded: boolean;
}

/**
 * Folds a filter in negation normal form: a `not` is carried down to the leaves and turns every and/or on the way
 * around. So whatever is not negated stays bare, where an index can serve it. Without recursion.
 */
export function foldFilter<Leaf, Value>(filter: Filter<Leaf>, fold: FilterFold<Leaf, Value>): Value {
  const steps: Step<Leaf>[] = [{ filter, negated: false, folded: false }];
  const values: Value[] = [];
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    const { filter: node, negated, folded } = step;
    if ('is' in node) {
      values.push(fold.leaf(node.is, negated));
    } else if ('not' in node) {
      steps.push({ filter: node.not, negated: !negated, folded: false });
    } else {
      const operands = 'and' in node ? node.and : node.or;
      if (folded) {
        const inner = values.splice(values.length - operands.length).reverse();
        values.push('and' in node === negated ? fold.or(inner) : fold.and(inner));
      } else {
        steps.push({ filter: node, negated, folded: true });
        // The first operand is folded last and so ends up last: `reverse` above puts them back in order.
        for (const operand of operands) steps.push({ filter: operand, negated, folded: false });
      }
    }
  }
  const [value] = values;
  if (value === undefined) throw new Error('A filter has at least one leaf.');
  return value;
}

/**
 * One condition for a filter, true for exactly the rows that match.
 * @param leafSql the condition of a leaf; NULL where a value is absent, which counts as "does not match"
 */
export function filterSql<Leaf>(filter: Filter<Leaf>, leafSql: (leaf: Leaf) => Prisma.Sql): Prisma.Sql {
  return foldFilter<Leaf, Prisma.Sql>(filter, {
    leaf: (leaf, negated) => (negated ? Prisma.sql`(${leafSql(leaf)}) IS NOT TRUE` : leafSql(leaf)),
    and: conjunction,
    or: disjunction,
  });
}

/** All of these conditions. */
export const conjunction = (parts: readonly Prisma.Sql[]): Prisma.Sql => joined(parts, ' AND ');
/** At least one of these conditions. */
export const disjunction = (parts: readonly Prisma.Sql[]): Prisma.Sql => joined(parts, ' OR ');

function joined(parts: readonly Prisma.Sql[], word: string): Prisma.Sql {
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : Prisma.sql`(${Prisma.join([...parts], word)})`;
}

/** A column of text and the expressions of it that are indexed. All are NULL where it is. */
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

/** The comparisons that ignore case. */
const ignoringCase = {
  EQUALS: ({ folded: column }: TextColumn, text: string) => Prisma.sql`${column} = ${folded(text)}`,
  STARTS_WITH: ({ folded: column }: TextColumn, text: string) =>
    Prisma.sql`${column} LIKE ${literal(folded(text))} || '%'`,
  CONTAINS: ({ exact, trigrams }: TextColumn, text: string) => {
    const found = Prisma.sql`strpos(lower(${exact}), ${folded(text)}) > 0`;
    if (trigrams === null || !hasTrigrams(text)) return found;
    // In this order, because inside of an OR nobody else puts the dear condition last.
    return Prisma.sql`(${found} AND ${trigrams} @@ trigrams_with(${folded(text)}))`;
  },
  ENDS_WITH: ({ exact }: TextColumn, text: string) => Prisma.sql`lower(${exact}) LIKE '%' || ${literal(folded(text))}`,
} as const;

/**
 * A beginning as a range, which an index answers to the end: LIKE would be asked again of each row that it finds. No text is
 * so long that it could lie behind the range and begin as it does.
 */
const beginsWith = (column: Prisma.Sql, text: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`(${column} >= ${text} AND ${column} < ${text} || repeat(U&'\\+10FFFF', 400))`;
/** The same comparisons for indexes to answer. */
const forIndexes = {
  ...ignoringCase,
  STARTS_WITH: ({ folded: column }: TextColumn, text: string) => beginsWith(column, folded(text)),
  ENDS_WITH: ({ reversed: column }: TextColumn, text: string) => beginsWith(column, reversed(text)),
} as const;

/** What the text itself must be like where case counts. The folded comparison beside it is what finds it. */
const mindingCase = {
  EQUALS: ({ exact }: TextColumn, text: string) => Prisma.sql`${exact} = ${given(text)}`,
  STARTS_WITH: ({ exact }: TextColumn, text: string) => Prisma.sql`${exact} LIKE ${literal(given(text))} || '%'`,
  CONTAINS: ({ exact }: TextColumn, text: string) => Prisma.sql`strpos(${exact}, ${given(text)}) > 0`,
  ENDS_WITH: ({ exact }: TextColumn, text: string) => Prisma.sql`${exact} LIKE '%' || ${literal(given(text))}`,
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

/** The condition that a column compares with a text in this way; not true where the column is absent. */
export function textSql(column: TextColumn, { method, text }: TextMatch): Prisma.Sql {
  const [how, ignoresCase] = methods[method];
  // Whatever there is has the empty text in it.
  if (text === '' && how !== 'EQUALS') return Prisma.sql`${column.exact} IS NOT NULL`;
  const found = forIndexes[how](column, text);
  if (ignoresCase) return found;
  // Behind coalesce the planner does not see the same condition twice, and take the two for unrelated.
  const exactly = Prisma.sql`coalesce(${mindingCase[how](column, text)}, FALSE)`;
  // What has a capital letter in it is in no text without one. The planner sees which of the two it is.
  const capitals = column.capitals && Prisma.sql`AND (${given(text)} = ${folded(text)} OR ${column.capitals})`;
  return Prisma.sql`(${exactly} AND ${found} ${capitals ?? Prisma.empty})`;
}

/** The same comparison, ignoring case: what an index can be asked. */
export function ignoringCaseToo({ method, text }: TextMatch): TextMatch {
  const [how] = methods[method];
  return { method: `${how}_IGNORE_CASE`, text };
}

/** The same for rows that were found already: says nothing that only an index needs to hear. */
export function textRowSql(column: TextColumn, match: TextMatch): Prisma.Sql {
  const { text } = match;
  const [how, ignoresCase] = methods[match.method];
  if (text === '') return textSql(column, match);
  const exactly = mindingCase[how](column, text);
  if (!ignoresCase) return exactly;
  const found = ignoringCase[how]({ ...column, trigrams: null }, text);
  // Folding takes longer than all the rest, and much of what matches is in small letters. What is in them folds to itself.
  return text === text.toLowerCase() ? Prisma.sql`(${exactly} OR ${found})` : found;
}

/** The condition that a column is exactly one of these texts. */
export function textInSql({ exact, folded: column }: TextColumn, texts: readonly string[]): Prisma.Sql {
  return Prisma.sql`(${column} = ANY(ARRAY(SELECT lower(one) FROM unnest(${texts}::text[]) AS one))
    AND ${exact} = ANY(${texts}::text[]))`;
}
