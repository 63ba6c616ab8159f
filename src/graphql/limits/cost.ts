/** What an operation will cost at most: compiled once for a document, then computed from each request's variables. */
import {
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  getNamedType,
  isCompositeType,
  isUnionType,
} from 'graphql';
import type { FieldNode, GraphQLCompositeType, GraphQLField, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { fieldCost } from './cost.field.js';
import type { FieldCost } from './cost.field.js';
import type { Given, PageSizes } from './cost.size.js';
import { foldSelections } from './fold.js';
import type { Fold, Fragments, Opener } from './fold.js';

/** The cost of an operation: a number, or how to compute it where it depends on variables. */
export type Cost = number | ((given: Given) => number);

/** One selection set: what its leaves cost, the sets merged into it, and its fields with sets of their own. */
interface Step {
  readonly type: GraphQLCompositeType;
  base: number;
  readonly merged: Step[];
  readonly fields: { readonly cost: FieldCost; readonly inner: Step | null }[];
  /** The place in the order of computation, the innermost first. */
  index: number;
}

const metaFields: Readonly<Record<string, GraphQLField<unknown, unknown>>> = {
  __schema: SchemaMetaFieldDef,
  __type: TypeMetaFieldDef,
  __typename: TypeNameMetaFieldDef,
};

/** Compiles the cost of an operation. The document must be valid for the schema. */
export function compileCost(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: Fragments,
  sizes: PageSizes,
): Cost {
  const steps: Step[] = [];
  const outermost = foldSelections(
    operation,
    fragments,
    costFold(schema, sizes, steps),
    new Map<string, Step | null>(),
  );
  const varies = steps.some(({ fields }) =>
    fields.some(({ cost }) => typeof cost.repeat === 'function' || typeof cost.page === 'function'),
  );
  const compute = (given: Given): number => total(steps, outermost, given);
  return varies ? compute : compute(() => undefined);
}

function costFold(schema: GraphQLSchema, sizes: PageSizes, steps: Step[]): Fold<Step> {
  const costOf = (step: Step, field: FieldNode): FieldCost =>
    fieldCost(field, definitionOf(step.type, field), step.type, step.type === schema.getMutationType(), sizes);
  return {
    enter: (opener, parent) => ({
      type: typeInside(schema, opener, parent),
      base: 0,
      merged: [],
      fields: [],
      index: 0,
    }),
    leaf(step, field) {
      const cost = costOf(step, field);
      if (cost.row) step.fields.push({ cost, inner: null });
      else step.base += cost.own;
    },
    merge(step, inner, through) {
      if (through.kind === Kind.FIELD) step.fields.push({ cost: costOf(step, through), inner });
      else step.merged.push(inner);
    },
    leave(step) {
      step.index = steps.push(step) - 1;
    },
  };
}

function typeInside(schema: GraphQLSchema, opener: Opener, parent: Step | null): GraphQLCompositeType {
  const find = () => {
    if (opener.kind === Kind.OPERATION_DEFINITION) return schema.getRootType(opener.operation);
    if (opener.kind === Kind.FIELD) return parent && getNamedType(definitionOf(parent.type, opener).type);
    return opener.typeCondition === undefined ? parent?.type : schema.getType(opener.typeCondition.name.value);
  };
  const type = find();
  if (!isCompositeType(type)) throw new Error('The cost of an invalid document was asked for.');
  return type;
}

function definitionOf(parent: GraphQLCompositeType, field: FieldNode): GraphQLField<unknown, unknown> {
  const name = field.name.value;
  const definition = metaFields[name] ?? (isUnionType(parent) ? undefined : parent.getFields()[name]);
  if (definition === undefined) throw new Error('The cost of an invalid document was asked for.');
  return definition;
}

function total(steps: readonly Step[], outermost: Step, given: Given): number {
  const costs: number[] = [];
  // What a set's nodes and edges cost for one row: the connection around it knows how many rows there are.
  const rows: number[] = [];
  for (const { base, merged, fields } of steps) {
    let cost = base;
    let row = 0;
    for (const { index } of merged) {
      cost += costs[index] ?? 0;
      row += rows[index] ?? 0;
    }
    for (const { cost: field, inner } of fields) {
      const inside = inner === null ? 0 : (costs[inner.index] ?? 0);
      const rowsInside = inner === null ? 0 : (rows[inner.index] ?? 0);
      const repeat = typeof field.repeat === 'number' ? field.repeat : field.repeat(given);
      const page = typeof field.page === 'number' ? field.page : field.page(given);
      const value = repeat * (field.own + inside) + page * rowsInside;
      if (field.row) row += value;
      else cost += value;
    }
    costs.push(cost);
    rows.push(row);
  }
  return costs[outermost.index] ?? 0;
}
