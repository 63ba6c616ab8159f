/** `node` and `nodes`: anything by its id, whatever it is. */
import { builder } from './builder.js';
import type { Context } from './context.js';
import type { Rules } from './rules.js';
import { signedIn } from './rules.js';
import { AppError, forbidden } from '../kernel/errors.js';

/** What every node has: an id that is the protobuf key itself. */
export const Node = builder.interfaceRef<{ readonly id: string }>('Node').implement({
  description: 'Whatever can be looked up by its id alone. Ids are the protobuf keys themselves.',
  fields: (t) => ({ id: t.exposeID('id', { description: 'The id.' }) }),
  resolveType: (value) => typeNameOf(value),
});

type Find = (context: Context, id: string) => Promise<{ readonly id: string } | null>;
interface Source {
  readonly type: EntityRef;
  readonly find: Find;
  readonly worker: boolean;
}
type Types = typeof builder extends PothosSchemaTypes.SchemaBuilder<infer Known> ? Known : never;
type EntityRef = PothosSchemaTypes.ObjectRef<Types, { readonly id: string }>;

const sources = new Map<string, Source>();
const typeNames = new WeakMap<object, string>();

/**
 * Makes a type one that `node` finds, and an entity of the subgraph. `find` answers null for what the caller may not
 * see; it must batch. `worker` tells that the billing worker may look these up too, as an entity.
 */
export function nodeType(type: EntityRef, find: Find, { worker = false } = {}): void {
  sources.set(type.name, { type, find, worker });
}

/** The types that have been made nodes so far. */
export const nodeTypes = (): EntityRef[] => [...sources.values()].map(({ type }) => type);

/** The name of the type of something that was found here. */
export const typeNameOf = (value: object): string | null => typeNames.get(value) ?? null;

/**
 * Looks for one of a type; null also where there is no such type.
 * @throws AppError forbidden when the billing worker asks for what it may not look up
 */
export async function findEntity(
  context: Context,
  typeName: string,
  id: string,
): Promise<{ readonly id: string } | null> {
  const source = sources.get(typeName);
  if (!source) return null;
  if (context.call.principal.kind === 'worker' && !source.worker) throw forbidden();
  const value = await source.find(context, id);
  if (value) typeNames.set(value, typeName);
  return value;
}

/** Asks every type at once: ids are unique over all of them. */
async function findNode(context: Context, id: string): Promise<{ readonly id: string } | null> {
  const found = await Promise.all([...sources.keys()].map((typeName) => findEntity(context, typeName, id)));
  return found.find((value) => value !== null) ?? null;
}

const mostIds = 100;

builder.queryFields((t) => ({
  node: t.field({
    type: Node,
    nullable: true,
    description: 'Anything by its id; null when it is unknown or the caller may not see it.',
    args: { id: t.arg.id({ required: true, description: 'The id.' }) },
    resolve: (_root, { id }, context) => findNode(context, id),
  }),
  nodes: t.field({
    type: [Node],
    nullable: { list: false, items: true },
    description:
      'Anything by id, in the order asked, with null for what is unknown or may not be seen. At most 100 ids.',
    args: { ids: t.arg.idList({ required: true, description: 'The ids.' }) },
    resolve: (_root, { ids }, context) => {
      if (ids.length > mostIds) {
        throw new AppError('limit', 'TOO_MANY_IDS', `Ask for at most ${mostIds} ids at a time.`, {
          path: ['ids'],
          facts: { limit: 'list length', allowed: mostIds, actual: ids.length },
        });
      }
      return Promise.all(ids.map((id) => findNode(context, id)));
    },
  }),
}));

/** Who may look things up. What they find is decided by what they may see. */
export const nodeRules: Rules = { Query: { node: signedIn, nodes: signedIn } };
