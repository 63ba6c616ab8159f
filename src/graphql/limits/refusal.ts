/** How a document or its variables are refused for being over a limit. */
import { GraphQLError } from 'graphql';
import type { ASTNode } from 'graphql';

const sentences = {
  bytes: 'The document is too long.',
  tokens: 'The document has too many tokens.',
  nesting: 'The document nests brackets too deeply.',
  operations: 'The document has too many operations.',
  fragments: 'The document has too many fragments.',
  directives: 'The document has too many directives.',
  aliases: 'The document has too many aliases.',
  depth: 'The selection is too deep.',
  selections: 'The document selects too much once its fragments are expanded.',
  rootFields: 'The operation has too many root fields.',
  mutations: 'The operation has too many mutations.',
  sensitiveMutations: 'The operation has too many sensitive mutations.',
  cost: 'The operation costs too much.',
  variableDepth: 'A variable is nested too deeply.',
  variableValues: 'The variables hold too many values.',
  variableList: 'A list in the variables is too long.',
  variableString: 'A string in the variables is too long.',
} as const;

/** The kinds of limit, as clients see them in `extensions.limit`. */
export type LimitKind = keyof typeof sentences;

/** What a refusal may add: how much was found (where known), where in the document, where in the variables. */
export interface Findings {
  readonly actual?: number;
  readonly node?: ASTNode;
  readonly path?: string;
}

/** The refusal of what is over a limit: `LIMIT_EXCEEDED`, with the limit's kind and figure and nothing of our insides. */
export function overLimit(kind: LimitKind, allowed: number, found: Findings = {}): GraphQLError {
  const { actual, node, path } = found;
  return new GraphQLError(path === undefined ? sentences[kind] : `${sentences[kind].slice(0, -1)}: ${path}.`, {
    nodes: node ?? null,
    extensions: {
      code: 'LIMIT_EXCEEDED',
      limit: kind,
      allowed,
      ...(actual === undefined ? {} : { actual: Math.min(actual, Number.MAX_SAFE_INTEGER) }),
      ...(path === undefined ? {} : { path }),
    },
  });
}
