/** What one field costs, by its definition and arguments. */
import { getNamedType, getNullableType, isCompositeType, isListType, isUnionType } from 'graphql';
import type { FieldNode, GraphQLCompositeType, GraphQLField } from 'graphql';
import { costs } from '../../kernel/cost.js';
import { listSize, pageSize } from './cost.size.js';
import type { PageSizes, Size } from './cost.size.js';

/** What a field costs by itself, and how often that and its selections count. */
export interface FieldCost {
  /** The cost of one such value, its selections left out. */
  readonly own: number;
  /** How often the value and its selections count. */
  readonly repeat: Size;
  /** How often the `nodes` and `edges` below count, when this field is a connection. */
  readonly page: Size;
  /** Whether this is a connection's `nodes` or `edges`: it counts as often as the connection's page says. */
  readonly row: boolean;
}

const usualListSize = 10;

/** The cost of a field of `parent`. `extensions.cost` overrides its own cost, `extensions.listSize` its usual length. */
export function fieldCost(
  field: FieldNode,
  definition: GraphQLField<unknown, unknown>,
  parent: GraphQLCompositeType,
  isMutation: boolean,
  sizes: PageSizes,
): FieldCost {
  const type = getNamedType(definition.type);
  const isList = isListType(getNullableType(definition.type));
  const isObject = isCompositeType(type);
  const isPaged = definition.args.some(({ name }) => name === 'first' || name === 'last');
  const isRow = (definition.name === 'nodes' || definition.name === 'edges') && isConnection(parent);
  const page = isPaged ? pageSize(field, definition, sizes) : sizes.pageDefault;

  const usual = (): number => {
    if (isMutation) return costs.change;
    if (definition.name === 'totalCount') return costs.total;
    return isObject && (isList || isEntity(type)) ? costs.object : 0;
  };
  const repeat = (): Size => {
    if (isRow || !isObject || isConnection(type)) return 1;
    if (isPaged) return page;
    return isList ? listSize(field, definition, numberOr(definition.extensions['listSize'], usualListSize)) : 1;
  };
  return { own: numberOr(definition.extensions['cost'], usual()), repeat: repeat(), page, row: isRow };
}

function numberOr(value: unknown, fallback: number): number {
  return typeof value === 'number' ? value : fallback;
}

function isConnection(type: GraphQLCompositeType): boolean {
  return !isUnionType(type) && type.getFields()['pageInfo'] !== undefined;
}

function isEntity(type: GraphQLCompositeType): boolean {
  if (isUnionType(type)) return type.getTypes().some(isEntity);
  return type.name === 'Node' || type.getInterfaces().some(({ name }) => name === 'Node');
}
