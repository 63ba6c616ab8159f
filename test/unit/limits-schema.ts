/** A small schema with every shape that the limits on documents look at, and documents prepared for it. */
import { GraphQLError, buildSchema } from 'graphql';
import type { GraphQLSchema } from 'graphql';
import { readConfig } from '../../src/config.js';
import { createDocuments } from '../../src/graphql/documents.js';
import type { Documents, Prepared } from '../../src/graphql/documents.js';

const sdl = `
  interface Node { id: ID! }
  interface Named { name: String }
  type PageInfo { hasNextPage: Boolean! }
  type PersonEdge { cursor: ID! node: Person! }
  type PersonConnection { nodes: [Person!]! edges: [PersonEdge!]! pageInfo: PageInfo! totalCount: Int! }
  type Address { city: String country: Address }
  type Token { id: ID! }
  type Person implements Node & Named {
    id: ID! name: String address: Address
    friends(first: Int, last: Int): PersonConnection!
    tokens: [Token!]! scopes: [String!]!
  }
  type Robot { model: String maker: Person }
  union Being = Person | Robot
  enum Mood { HAPPY SAD }
  input Filter { name: String and: [Filter!] }
  type Query {
    ping(text: String, numbers: [Int], filter: Filter): String
    self: Query
    person(id: ID!): Person
    being: Being
    named: Named
    mood(is: Mood): Mood
    node(id: ID!): Node
    nodes(ids: [ID!]!): [Node]!
    people(first: Int, last: Int, filter: [Filter!]): PersonConnection!
    teams(first: Int = 7): [Person!]!
    quiet: PersonConnection!
    many: [Person!]!
    heavy: Int
  }
  type Payload { person: Person done: Boolean }
  type Mutation { rename(name: String): Payload! accept(token: String): Payload! promote: Payload! }
`;

/** The schema, with `accept` and `promote` sensitive, `Query.many` of 3 and `Query.heavy` at 50. */
export function testSchema(): GraphQLSchema {
  const schema = buildSchema(sdl);
  const mutations = schema.getMutationType()?.getFields() ?? {};
  for (const name of ['accept', 'promote']) Object.assign(mutations[name] ?? {}, { extensions: { sensitive: true } });
  const queries = schema.getQueryType()?.getFields() ?? {};
  Object.assign(queries['many'] ?? {}, { extensions: { listSize: 3 } });
  Object.assign(queries['heavy'] ?? {}, { extensions: { cost: 50 } });
  return schema;
}

/** Documents of the test schema under the default limits, or those that `LIMIT_*` settings say. */
export function testDocuments(settings: Readonly<Record<string, string>> = {}): Documents {
  return createDocuments(testSchema(), readConfig(settings).limits.document);
}

/** What a source is refused with: each error's code, limit and figures; null when it is accepted. */
export function refusals(documents: Documents, source: string): readonly unknown[] | null {
  const answer = documents.prepare(source);
  return 'document' in answer ? null : answer.map(({ extensions }) => ({ ...extensions }));
}

/** The prepared document of a source that must be accepted. */
export function accepted(documents: Documents, source: string): Prepared {
  const answer = documents.prepare(source);
  if ('document' in answer) return answer;
  throw new Error(answer.map(({ message }) => message).join('\n'));
}

/** The cost of a source's operation, or the extensions of the refusal. */
export function costOf(documents: Documents, source: string, variables = {}, name: string | null = null): unknown {
  const prepared = accepted(documents, source);
  const operation = documents.operation(prepared, name);
  if (operation instanceof GraphQLError) throw operation;
  const cost = documents.cost(prepared, operation, variables);
  return cost instanceof GraphQLError ? { ...cost.extensions } : cost;
}
