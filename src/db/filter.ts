/** From a filter tree to SQL: negations pushed down to the leaves. */
import { Prisma } from '../generated/prisma/client.js';
import type { Filter } from '../kernel/filter.js';

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
    leaf: (leaf, negated) => (negated ? negation(leafSql(leaf)) : leafSql(leaf)),
    and: conjunction,
    or: disjunction,
  });
}

/** All of these conditions. */
export const conjunction = (parts: readonly Prisma.Sql[]): Prisma.Sql => joined(parts, ' AND ');
/** Not this condition; true where it is NULL. */
export const negation = (part: Prisma.Sql): Prisma.Sql => Prisma.sql`(${part}) IS NOT TRUE`;
/** At least one of these conditions. */
export const disjunction = (parts: readonly Prisma.Sql[]): Prisma.Sql => joined(parts, ' OR ');

function joined(parts: readonly Prisma.Sql[], word: string): Prisma.Sql {
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : Prisma.sql`(${Prisma.join([...parts], word)})`;
}
