/** The subgraph: what a gateway asks that composes this schema with others. */
import type { GraphQLSchema } from 'graphql';
import { AppError } from '../kernel/errors.js';
import { builder } from './builder.js';
import type { Context } from './context.js';
import { printSubgraph } from './federation.sdl.js';
import { findEntity, nodeTypes, typeNameOf } from './node.js';
import { anybody, type Rules, schemaReaders, signedInOrWorker } from './rules.js';

builder.scalarType('_Any', {
  description:
    'A representation of an entity: an object of its `__typename` and `id`. Whatever else it holds is ignored.',
  serialize: (value) => value,
});

const Entity = builder.unionType('_Entity', {
  description: 'What other subgraphs may refer to by its `id`.',
  types: nodeTypes,
  resolveType: (value) => typeNameOf(value),
});

const Service = builder.objectRef<{ readonly sdl: string }>('_Service').implement({
  description: 'This schema as a part of a larger one.',
  fields: (t) => ({ sdl: t.exposeString('sdl', { description: 'Its text, with the keys of the entities.' }) }),
});

/** The type and id of a representation, which is whatever a caller sent; null when it has none. */
function readRepresentation(value: unknown): { readonly typeName: string; readonly id: string } | null {
  if (typeof value !== 'object' || value === null) return null;
  const { __typename: typeName, id } = value as Readonly<Record<string, unknown>>;
  return typeof typeName === 'string' && typeof id === 'string' ? { typeName, id } : null;
}

async function resolveEntities(context: Context, representations: readonly unknown[]) {
  const allowed = context.services.federation.mostEntities;
  if (representations.length > allowed) {
    throw new AppError('limit', 'TOO_MANY_REPRESENTATIONS', `Ask for at most ${allowed} entities at a time.`, {
      path: ['representations'],
      facts: { limit: 'list length', allowed, actual: representations.length },
    });
  }
  return representations.map((value) => {
    const known = readRepresentation(value);
    return known && findEntity(context, known.typeName, known.id);
  });
}

const texts = new WeakMap<GraphQLSchema, Map<boolean, string>>();

/** The text of the subgraph, printed once for each schema and variant. */
function textOf(schema: GraphQLSchema, oneOf: boolean): string {
  const printed = texts.get(schema) ?? new Map<boolean, string>();
  texts.set(schema, printed);
  const text = printed.get(oneOf) ?? printSubgraph(schema, { oneOf });
  printed.set(oneOf, text);
  return text;
}

builder.queryFields((t) => ({
  _service: t.field({
    type: Service,
    description: 'This schema as a subgraph. Who may read the schema by introspection may read it here.',
    resolve: (_root, _args, { services }, { schema }) => ({ sdl: textOf(schema, services.federation.oneOf) }),
  }),
  _entities: t.field({
    type: [Entity],
    nullable: { list: false, items: true },
    description:
      'Entities by their representations, in the order asked, with null for what is unknown or may not be seen.',
    args: { representations: t.arg({ type: ['_Any'], required: true, description: 'The representations.' }) },
    resolve: (_root, { representations }, context) => resolveEntities(context, representations),
  }),
}));

/** Who may compose and refer. What is found is decided by what the caller may see, as for `node`. */
export const federationRules: Rules = {
  Query: { _service: schemaReaders, _entities: signedInOrWorker },
  _Service: { '*': anybody },
};
