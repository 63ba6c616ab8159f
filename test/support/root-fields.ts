/** Every root field of the schema as an operation with sample arguments, enumerated so that no new field is forgotten. */
import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';

/** An operation with one root field. */
export interface RootOperation {
  readonly name: string;
  readonly query: string;
  readonly variables: Record<string, unknown>;
  /** The type the field answers, as the schema writes it: `UserAccountConnection!`. */
  readonly type: string;
}

/** What to say for an input of this name; ids that are not named here are `id`. */
export type Samples = Readonly<Record<string, unknown>> & { readonly id: string };

const words: Readonly<Record<string, unknown>> = {
  name: 'some-name',
  email: 'some@people.test',
  token: 'A'.repeat(43),
  value: '1',
  phone: '+41791234567',
  preferredLanguage: 'en',
  avatarUrl: 'https://people.test/a.png',
  issuer: 'https://issuer.test',
  loginName: 'some',
};

/** The operations of the root type. */
export function rootOperations(schema: GraphQLSchema, root: 'query' | 'mutation', samples: Samples): RootOperation[] {
  const type = root === 'query' ? schema.getQueryType() : schema.getMutationType();
  return Object.values(type?.getFields() ?? {}).map((field) => operation(root, field, samples));
}

/** Each field of an account, asked for through `account(id:)`. */
export function accountFields(schema: GraphQLSchema, samples: Samples): RootOperation[] {
  const type = schema.getType('UserAccount');
  return Object.values(isObjectType(type) ? type.getFields() : {}).map((field) => {
    const { declared, given, variables } = argumentsOf(field.args, samples);
    const rest = declared === '' ? '' : `, ${declared}`;
    const query = `query ($accountId: ID!${rest}) { account(id: $accountId) { ${field.name}${given} ${selection(field.type)} } }`;
    return { name: field.name, query, variables: { ...variables, accountId: samples.id }, type: String(field.type) };
  });
}

function operation(root: string, field: GraphQLField<unknown, unknown>, samples: Samples): RootOperation {
  const args = root === 'query' ? field.args.filter((arg) => isNonNullType(arg.type)) : field.args;
  const { declared, given, variables } = argumentsOf(args, samples);
  const head = declared === '' ? root : `${root} (${declared})`;
  return {
    name: field.name,
    query: `${head} { ${field.name}${given} ${selection(field.type)} }`,
    variables,
    type: String(field.type),
  };
}

function argumentsOf(args: readonly GraphQLArgument[], samples: Samples) {
  return {
    declared: args.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', '),
    given: args.length === 0 ? '' : `(${args.map((arg) => `${arg.name}: $${arg.name}`).join(', ')})`,
    variables: Object.fromEntries(args.map((arg) => [arg.name, sample(arg.type, arg.name, samples)])),
  };
}

/** Something of every field: leaves, the rows of a connection, the errors of a payload. */
function selection(output: GraphQLOutputType): string {
  const type = getNamedType(output);
  if (isLeafType(type)) return '';
  if (isUnionType(type)) return '{ __typename }';
  if (!isObjectType(type)) return '{ __typename id }';
  if (type.name.endsWith('Connection')) return '{ totalCount nodes { __typename } pageInfo { hasNextPage } }';
  if (type.name.endsWith('Payload')) return '{ errors { code message path } }';
  return '{ __typename }';
}

/** A value that reads as sound. */
export function sample(type: GraphQLInputType, name: string, samples: Samples): unknown {
  if (isNonNullType(type)) return sample(type.ofType, name, samples);
  if (isListType(type)) return [sample(type.ofType, name, samples)];
  if (name in samples) return samples[name];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    const told = type.isOneOf ? fields.slice(0, 1) : fields;
    return Object.fromEntries(told.map((field) => [field.name, sample(field.type, field.name, samples)]));
  }
  const byType: Readonly<Record<string, unknown>> = {
    ID: samples.id,
    Boolean: true,
    Int: 1,
    DateTime: '2026-11-24T12:00:00Z',
    UInt64: '1',
    _Any: { __typename: 'UserAccount', id: samples.id },
  };
  return byType[type.name] ?? words[name] ?? 'some';
}
