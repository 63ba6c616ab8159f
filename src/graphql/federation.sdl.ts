/** The texts of the schema: the API for front ends, and the subgraph for gateways that compose it with others. */
import {
  type DocumentNode,
  GraphQLObjectType,
  GraphQLSchema,
  isUnionType,
  Kind,
  parse,
  print,
  printSchema,
  visit,
} from 'graphql';

const machinery = new Set(['_Any', '_Entity', '_Service']);

/** The schema without what only gateways ask for. */
function withoutFederation(schema: GraphQLSchema): GraphQLSchema {
  const config = schema.toConfig();
  const query = config.query?.toConfig();
  if (!query) return schema;
  const fields = Object.fromEntries(Object.entries(query.fields).filter(([name]) => !name.startsWith('_')));
  const plain = new GraphQLObjectType({ ...query, fields });
  const types = config.types
    .filter(({ name }) => !machinery.has(name))
    .map((type) => (type === config.query ? plain : type));
  return new GraphQLSchema({ ...config, query: plain, types });
}

/** The text of the API for front ends: the schema without what only gateways ask for. */
export const printApi = (schema: GraphQLSchema): string => printSchema(withoutFederation(schema));

const head = parse(`extend schema @link(url: "https://specs.apollo.dev/federation/v2.6", import: ["@key"])`);
const key = parse('type T @key(fields: "id")');

/**
 * The text of the schema as a subgraph of Federation 2: its entities are the members of the union `_Entity`, by `id`.
 * `oneOf` tells whether it says `@oneOf`, which some composers do not know.
 */
export function printSubgraph(schema: GraphQLSchema, { oneOf }: { readonly oneOf: boolean }): string {
  const union = schema.getType('_Entity');
  const entities = new Set(isUnionType(union) ? union.getTypes().map(({ name }) => name) : []);
  const [keyed] = key.definitions;
  const byId = keyed?.kind === Kind.OBJECT_TYPE_DEFINITION ? (keyed.directives ?? []) : [];
  const document: DocumentNode = visit(parse(printApi(schema)), {
    ObjectTypeDefinition: (node) =>
      entities.has(node.name.value) ? { ...node, directives: [...(node.directives ?? []), ...byId] } : undefined,
    Directive: (node) => (node.name.value === 'oneOf' && !oneOf ? null : undefined),
  });
  return `${print(head)}\n\n${print(document)}\n`;
}
