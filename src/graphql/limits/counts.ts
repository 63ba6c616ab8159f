/** What a document holds as it is written, before any fragment is expanded. */
import { visit } from 'graphql';
import type { DocumentNode, GraphQLError } from 'graphql';
import type { Config } from '../../config.js';
import { overLimit } from './refusal.js';

/** Refuses a document with too many operations, fragments, directives or aliases; each `__typename` is an alias too. */
export function checkCounts(document: DocumentNode, limits: Config['limits']['document']): GraphQLError | null {
  const found = { operations: 0, fragments: 0, directives: 0, aliases: 0 };
  visit(document, {
    OperationDefinition: () => void found.operations++,
    FragmentDefinition: () => void found.fragments++,
    Directive: () => void found.directives++,
    Field: ({ alias, name }) => {
      if (alias !== undefined || name.value === '__typename') found.aliases++;
    },
    Argument: () => false,
  });
  for (const kind of ['operations', 'fragments', 'directives', 'aliases'] as const) {
    if (found[kind] > limits[kind]) return overLimit(kind, limits[kind], { actual: found[kind] });
  }
  return null;
}
