/** How many rows a field may answer, read from its arguments: known at once, or once the variables are. */
import { Kind, isListType, isNonNullType } from 'graphql';
import type { FieldNode, GraphQLField, ValueNode } from 'graphql';

/** What bounds a page: `pageDefault` where a request says nothing, `pageMost` at most. */
export interface PageSizes {
  readonly pageDefault: number;
  readonly pageMost: number;
}

/** Looks up a variable; undefined when it has neither a value nor a default. */
export type Given = (variable: string) => unknown;

/** A number of rows, or how to read it from variables. */
export type Size = number | ((given: Given) => number);

const argument = (field: FieldNode, name: string): ValueNode | undefined =>
  field.arguments?.find((candidate) => candidate.name.value === name)?.value;

/** The page size of a field with `first` or `last`: the larger of those given, within the bounds of a page. */
export function pageSize(field: FieldNode, definition: GraphQLField<unknown, unknown>, sizes: PageSizes): Size {
  const declared = definition.args.filter(({ name }) => name === 'first' || name === 'last');
  const fallback = declared.map(({ defaultValue }) => defaultValue).find((value) => typeof value === 'number');
  const values = declared.map(({ name }) => argument(field, name)).filter((value) => value !== undefined);

  return sizeOf(values, (given) => {
    const asked = values.map((value) => numberIn(value, given)).filter((value) => value !== null);
    const size = asked.length > 0 ? Math.max(...asked) : (fallback ?? sizes.pageDefault);
    return Math.min(sizes.pageMost, Math.max(0, size));
  });
}

/** The length of a list field: of the longest list it must be given (`nodes(ids:)`), else `usual`. */
export function listSize(field: FieldNode, definition: GraphQLField<unknown, unknown>, usual: number): Size {
  const lists = definition.args.filter(({ type }) => isNonNullType(type) && isListType(type.ofType));
  const values = lists.map(({ name }) => argument(field, name)).filter((value) => value !== undefined);

  if (values.length === 0) return usual;
  return sizeOf(values, (given) => Math.max(...values.map((value) => lengthIn(value, given))));
}

function sizeOf(values: readonly ValueNode[], read: (given: Given) => number): Size {
  return values.some((value) => value.kind === Kind.VARIABLE) ? read : read(() => undefined);
}

function numberIn(value: ValueNode, given: Given): number | null {
  if (value.kind === Kind.INT) return Number(value.value);
  const found = value.kind === Kind.VARIABLE ? given(value.name.value) : null;
  return typeof found === 'number' && !Number.isNaN(found) ? found : null;
}

function lengthIn(value: ValueNode, given: Given): number {
  if (value.kind === Kind.LIST) return value.values.length;
  const found = value.kind === Kind.VARIABLE ? given(value.name.value) : value;
  return Array.isArray(found) ? found.length : 1;
}
