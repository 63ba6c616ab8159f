/** Strictness of `@oneOf` inputs, told with the exact path: in literals when a document is read, in variables before coercion. */
import {
  GraphQLError,
  Kind,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isInputType,
  isListType,
  typeFromAST,
  validate,
} from 'graphql';
import type {
  ASTNode,
  ASTVisitor,
  DocumentNode,
  GraphQLInputType,
  GraphQLSchema,
  ObjectValueNode,
  OperationDefinitionNode,
  ValidationContext,
} from 'graphql';

type Path = readonly (string | number)[];

function refusal(path: Path, key: string | undefined, node?: ASTNode): GraphQLError {
  const message = key === undefined ? 'Exactly one field must be given here.' : 'This must not be null.';
  const whole = [...path, ...(key === undefined ? [] : [key])].map(String);
  return new GraphQLError(message, { nodes: node ?? null, extensions: { code: 'BAD_USER_INPUT', path: whole } });
}

/** The first literal of a document that says none or several of what excludes one another. */
export function checkOneOfLiterals(schema: GraphQLSchema, document: DocumentNode): GraphQLError | null {
  const rule = (context: ValidationContext): ASTVisitor => ({
    ObjectValue(node, _key, parent, _path, ancestors) {
      const type = getNamedType(context.getInputType());
      if (!isInputObjectType(type) || !type.isOneOf) return;
      const [field, second] = node.fields;
      const around = parent === undefined ? ancestors : [...ancestors, parent];
      if (field === undefined || second !== undefined)
        context.reportError(refusal(placeOf(node, around), undefined, node));
      else if (field.value.kind === Kind.NULL) {
        context.reportError(refusal(placeOf(node, around), field.name.value, node));
      }
    },
  });
  return validate(schema, document, [rule], { maxErrors: 1 })[0] ?? null;
}

/** Where a literal stands in its argument: `filter`, 0, `and`, 1. */
function placeOf(node: ObjectValueNode, ancestors: readonly (ASTNode | readonly ASTNode[])[]): Path {
  const nodes = ancestors.filter((one): one is ASTNode => !Array.isArray(one));
  const inside = [...nodes.slice(nodes.findLastIndex(({ kind }) => kind === Kind.ARGUMENT)), node];
  return inside.flatMap((one, i): Path => {
    if (one.kind === Kind.ARGUMENT || one.kind === Kind.OBJECT_FIELD) return [one.name.value];
    const next = inside[i + 1];
    return one.kind === Kind.LIST && next !== undefined ? [one.values.indexOf(next as never)] : [];
  });
}

/** A value that is still to be looked at. */
interface Pending {
  readonly value: unknown;
  readonly type: GraphQLInputType;
  readonly at: Place;
}

/** A step of a path; kept linked, so that deep values cost no more than wide ones. */
interface Place {
  readonly parent: Place | null;
  readonly step: string | number;
}

/** The first variable that says none or several of what excludes one another. Iterative; what else is wrong is left. */
export function checkOneOfVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): GraphQLError | null {
  const pending: Pending[] = [];
  for (const { variable, type: node } of operation.variableDefinitions ?? []) {
    const { value: name } = variable.name;
    const type = typeFromAST(schema, node as never) as unknown;
    if (isInputType(type) && Object.hasOwn(variables, name)) {
      pending.push({ value: variables[name], type, at: { parent: null, step: name } });
    }
  }
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, at } = next;
    const type = getNullableType(next.type);
    if (isListType(type)) {
      const items = Array.isArray(value) ? (value as unknown[]) : [];
      if (!Array.isArray(value)) pending.push({ value, type: type.ofType, at });
      for (let i = items.length - 1; i >= 0; i--) {
        pending.push({ value: items[i], type: type.ofType, at: { parent: at, step: i } });
      }
    } else if (isInputObjectType(type) && typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const given = Object.entries(value).filter(([, inner]) => inner !== undefined);
      const [only] = given;
      if (type.isOneOf && (only === undefined || given.length > 1)) return refusal(stepsTo(at), undefined);
      if (type.isOneOf && only?.[1] === null) return refusal(stepsTo(at), only[0]);
      const fields = type.getFields();
      for (const [name, inner] of given.reverse()) {
        const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
        if (field) pending.push({ value: inner, type: field.type, at: { parent: at, step: name } });
      }
    }
  }
  return null;
}

function stepsTo(place: Place): Path {
  const steps: (string | number)[] = [];
  for (let at: Place | null = place; at !== null; at = at.parent) steps.push(at.step);
  return steps.reverse();
}
