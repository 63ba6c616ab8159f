/** How often a document selects the same thing twice: what standard validation must compare pair by pair. */
import { Kind } from 'graphql';
import type { OperationDefinitionNode, SelectionNode, SelectionSetNode } from 'graphql';
import type { Fragments } from './fold.js';

/**
 * Counts the pairs of fields that share a place in the answer, and the pairs of spreads beside each other there, over
 * all levels of an operation. graphql-js compares each such pair when it checks that fields can be merged, so that 500
 * times `a { b }` would keep it busy for 0.1 s.
 * Visits at most the operation's expanded selections; stops counting above `most`. Fragments must not form circles.
 */
export function countRepeats(operation: OperationDefinitionNode, fragments: Fragments, most: number): number {
  let pairs = 0;
  const places: SelectionSetNode[][] = [[operation.selectionSet]];
  for (let sets = places.pop(); sets !== undefined && pairs <= most; sets = places.pop()) {
    const { fields, spreads } = merge(sets, fragments);
    pairs += pairsOf(spreads);
    for (const { times, inner } of fields.values()) {
      pairs += pairsOf(times);
      if (inner.length > 0) places.push(inner);
    }
  }
  return pairs;
}

const pairsOf = (count: number): number => (count * (count - 1)) / 2;

interface MergedField {
  times: number;
  readonly inner: SelectionSetNode[];
}

interface Place {
  readonly fields: ReadonlyMap<string, MergedField>;
  readonly spreads: number;
}

function merge(sets: readonly SelectionSetNode[], fragments: Fragments): Place {
  let spreads = 0;
  const fields = new Map<string, MergedField>();
  const entered = new Set<string>();
  const pending: (readonly SelectionNode[])[] = sets.map((set) => set.selections);
  for (let selections = pending.pop(); selections !== undefined; selections = pending.pop()) {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const key = (selection.alias ?? selection.name).value;
        const field = fields.get(key) ?? { times: 0, inner: [] };
        field.times += 1;
        if (selection.selectionSet !== undefined) field.inner.push(selection.selectionSet);
        fields.set(key, field);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        pending.push(selection.selectionSet.selections);
      } else {
        spreads += 1;
        if (entered.has(selection.name.value)) continue;
        entered.add(selection.name.value);
        pending.push(fragments.get(selection.name.value)?.selectionSet.selections ?? []);
      }
    }
  }
  return { fields, spreads };
}
