/** The texts of the schema: the API for front ends, and the subgraph for gateways that compose it with others. */
import {
  type ConstDirectiveNode,
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

const head = parse(
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.6", import: ["@key", "@shareable"])`,
);
/** What types of ours say to gateways: entities are found by their id, and every Relay subgraph has a `PageInfo`. */
const said = { entity: '@key(fields: "id")', pageInfo: '@shareable' } as const;

/**
 * The text of the schema as a subgraph of Federation 2: its entities are the members of the union `_Entity`, by `id`.
 * `oneOf` tells whether it says `@oneOf`, which some composers do not know.
 */
export function printSubgraph(schema: GraphQLSchema, { oneOf }: { readonly oneOf: boolean }): string {
  const union = schema.getType('_Entity');
  const entities = new Set(isUnionType(union) ? union.getTypes().map(({ name }) => name) : []);
  const wordsOf = (name: string) => (entities.has(name) ? said.entity : name === 'PageInfo' ? said.pageInfo : '');
  const document: DocumentNode = visit(parse(printApi(schema)), {
    ObjectTypeDefinition: (node) => ({
      ...node,
      directives: [...(node.directives ?? []), ...directives(wordsOf(node.name.value))],
    }),
    Directive: (node) => (node.name.value === 'oneOf' && !oneOf ? null : undefined),
  });
  return `${print(head)}\n\n${print(document)}\n`;
}

function directives(words: string): readonly ConstDirectiveNode[] {
  const [type] = parse(`type T ${words}`).definitions;
  return type?.kind === Kind.OBJECT_TYPE_DEFINITION ? (type.directives ?? []) : [];
}
