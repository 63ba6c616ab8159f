/** How large an operation is once its fragments are expanded: its depth, its selections, its root fields. */
import { Kind, OperationTypeNode } from 'graphql';
import type { GraphQLError, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { Config } from '../../config.js';
import { foldSelections } from './fold.js';
import type { Fold, Fragments } from './fold.js';
import { overLimit } from './refusal.js';
import { mostNesting } from './tokens.js';

/** The measures of a selection set, fragments expanded. */
export interface Shape {
  /** Levels of fields that have selections of their own; fields without add none, nor does introspection. */
  readonly depth: number;
  /** Levels of selection sets of every kind, the set itself included. */
  readonly nesting: number;
  /** Fields, spreads and inline fragments, repeated as often as they would be visited. */
  readonly selections: number;
  /** The set's own fields, `__typename` left out. */
  readonly fields: number;
  /** Those of its own fields that are sensitive mutations. */
  readonly sensitive: number;
  /** Whether the set itself selects `__schema` or `__type`. */
  readonly introspects: boolean;
}

type Growing = { -readonly [Measure in keyof Shape]: Shape[Measure] };

const isIntrospection = (name: string): boolean => name === '__schema' || name === '__type';

/** The mutations marked with `extensions.sensitive`. */
export function sensitiveMutations(schema: GraphQLSchema): ReadonlySet<string> {
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
  return new Set(mutations.filter((field) => field.extensions['sensitive'] === true).map((field) => field.name));
}

function shapeFold(sensitive: ReadonlySet<string>): Fold<Growing> {
  const countField = (shape: Growing, name: string): void => {
    if (name !== '__typename') shape.fields += 1;
    if (sensitive.has(name)) shape.sensitive += 1;
    if (isIntrospection(name)) shape.introspects = true;
  };
  return {
    enter: () => ({ depth: 0, nesting: 1, selections: 0, fields: 0, sensitive: 0, introspects: false }),
    leaf(shape, field) {
      shape.selections += 1;
      countField(shape, field.name.value);
    },
    merge(shape, child, through) {
      shape.selections += 1 + child.selections;
      shape.nesting = Math.max(shape.nesting, 1 + child.nesting);
      if (through.kind === Kind.FIELD) {
        countField(shape, through.name.value);
        if (!isIntrospection(through.name.value)) shape.depth = Math.max(shape.depth, 1 + child.depth);
        return;
      }
      shape.depth = Math.max(shape.depth, child.depth);
      shape.fields += child.fields;
      shape.sensitive += child.sensitive;
      shape.introspects ||= child.introspects;
    },
    leave: () => undefined,
  };
}

/**
 * Measures the operations of a document, and refuses the first that is over a limit. The limit on selections holds for
 * all operations together. Needs no valid document.
 *
 * @param sensitive the names of sensitive mutations, see {@link sensitiveMutations}
 */
export function measureShapes(
  operations: readonly OperationDefinitionNode[],
  fragments: Fragments,
  sensitive: ReadonlySet<string>,
  limits: Config['limits']['document'],
): ReadonlyMap<OperationDefinitionNode, Shape> | GraphQLError {
  const shapes = new Map<OperationDefinitionNode, Shape>();
  const finished = new Map<string, Growing | null>();
  const fold = shapeFold(sensitive);
  let selections = 0;
  for (const node of operations) {
    const shape = foldSelections(node, fragments, fold, finished);
    selections += shape.selections;
    const mutates = node.operation === OperationTypeNode.MUTATION;
    const checks = [
      ['selections', selections, limits.selections],
      ['depth', shape.depth, limits.depth],
      ['nesting', shape.nesting, mostNesting],
      ['sensitiveMutations', mutates ? shape.sensitive : 0, limits.sensitiveMutations],
      ['mutations', mutates ? shape.fields : 0, limits.mutations],
      ['rootFields', shape.fields, limits.rootFields],
    ] as const;
    for (const [kind, actual, allowed] of checks) {
      if (actual > allowed) return overLimit(kind, allowed, { actual, node });
    }
    shapes.set(node, shape);
  }
  return shapes;
}
