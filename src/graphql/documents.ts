/** The one way from a source text to an operation that may run: limits, parsing, validation, cost, and a cache of it all. */
import {
  ExecutableDefinitionsRule,
  GraphQLError,
  Kind,
  KnownFragmentNamesRule,
  NoFragmentCyclesRule,
  NoUnusedFragmentsRule,
  UniqueFragmentNamesRule,
  parse,
  specifiedRules,
  validate,
  valueFromASTUntyped,
} from 'graphql';
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode, ValidationRule } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Config } from '../config.js';
import { compileCost } from './limits/cost.js';
import type { Cost } from './limits/cost.js';
import type { Given, PageSizes } from './limits/cost.size.js';
import { checkCounts } from './limits/counts.js';
import { fragmentsOf } from './limits/fold.js';
import { checkOneOfLiterals } from './limits/one-of.js';
import { overLimit } from './limits/refusal.js';
import { countRepeats } from './limits/repeats.js';
import { measureShapes, sensitiveMutations } from './limits/shape.js';
import type { Shape } from './limits/shape.js';
import { checkTokens } from './limits/tokens.js';

/** What is known of an operation before it runs. */
export interface Measures extends Shape {
  /** The cost: a number where it does not depend on variables. */
  readonly cost: Cost;
  /** The variables' default values, as written. */
  readonly defaults: ReadonlyMap<string, unknown>;
}

/** A document that is valid and within every limit on documents. */
export interface Prepared {
  readonly document: DocumentNode;
  /**
   * The operations in the order of the document. `introspects` tells whether one reads the schema, also through
   * fragments: whether that is allowed depends on who asks, so it is refused for each request and not here.
   */
  readonly operations: ReadonlyMap<OperationDefinitionNode, Measures>;
}

/** Sources, documents and operations within the limits. Nothing here throws for what a caller sends. */
export interface Documents {
  /**
   * Parses and validates a source. Valid documents are cached. Errors carry `extensions.code`: `LIMIT_EXCEEDED`,
   * `GRAPHQL_PARSE_FAILED` or `GRAPHQL_VALIDATION_FAILED`.
   */
  prepare(source: string): Prepared | readonly GraphQLError[];
  /**
   * The operation of this name, or the only one where no name is given (null, undefined, empty). Answers an error with
   * the code `OPERATION_RESOLUTION_FAILURE` when there is none.
   */
  operation(prepared: Prepared, operationName: string | null | undefined): OperationDefinitionNode | GraphQLError;
  /** The most an operation of the document can cost with these variables; an error when that is over the limit. */
  cost(
    prepared: Prepared,
    operation: OperationDefinitionNode,
    variables: Readonly<Record<string, unknown>>,
  ): number | GraphQLError;
}

/** The rules whose breach would make measuring a document meaningless: cheap, so they run before it is measured. */
const groundRules: readonly ValidationRule[] = [
  ExecutableDefinitionsRule,
  UniqueFragmentNamesRule,
  KnownFragmentNamesRule,
  NoFragmentCyclesRule,
  NoUnusedFragmentsRule,
];
const otherRules = specifiedRules.filter((rule) => !groundRules.includes(rule));

/** Prepares documents for a schema. `sizes` are those of a page where a connection's `first` and `last` say nothing. */
export function createDocuments(
  schema: GraphQLSchema,
  limits: Config['limits']['document'],
  sizes: PageSizes = { pageDefault: 25, pageMost: 100 },
): Documents {
  const sensitive = sensitiveMutations(schema);
  const cache = new LRUCache<string, Prepared>({
    max: limits.cacheEntries,
    maxSize: limits.cacheBytes,
    sizeCalculation: (_prepared, source) => Buffer.byteLength(source),
  });

  const faults = (document: DocumentNode, rules: readonly ValidationRule[]): readonly GraphQLError[] =>
    validate(schema, document, rules, { maxErrors: limits.validationErrors, hideSuggestions: true }).map((error) =>
      coded(error, 'GRAPHQL_VALIDATION_FAILED'),
    );

  const examine = (source: string): Prepared | readonly GraphQLError[] => {
    const tooLong = checkTokens(source, limits);
    if (tooLong !== null) return [tooLong];
    const document = parsed(source, limits.tokens);
    if (document instanceof GraphQLError) return [document];

    const tooMany = checkCounts(document, limits);
    if (tooMany !== null) return [tooMany];
    const groundless = faults(document, groundRules);
    if (groundless.length > 0) return groundless;

    const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
    const fragments = fragmentsOf(document);
    const shapes = measureShapes(operations, fragments, sensitive, limits);
    if (shapes instanceof GraphQLError) return [shapes];
    const repeats = operations.reduce((sum, node) => sum + countRepeats(node, fragments, limits.selections), 0);
    if (repeats > limits.selections) return [overLimit('selections', limits.selections)];

    const ambiguous = checkOneOfLiterals(schema, document);
    if (ambiguous !== null) return [ambiguous];
    const invalid = faults(document, otherRules);
    if (invalid.length > 0) return invalid;
    const measures = [...shapes].map(([node, shape]): [OperationDefinitionNode, Measures] => [
      node,
      { ...shape, cost: compileCost(schema, node, fragments, sizes), defaults: defaultsOf(node) },
    ]);
    return { document, operations: new Map(measures) };
  };

  return {
    prepare(source) {
      const known = cache.get(source);
      if (known !== undefined) return known;
      const examined = examine(source);
      if ('document' in examined) cache.set(source, examined);
      return examined;
    },

    operation({ operations }, operationName) {
      const nodes = [...operations.keys()];
      if (!operationName && nodes.length > 1) return unresolved('The document has several operations: name one.');
      const found = operationName ? nodes.find(({ name }) => name?.value === operationName) : nodes[0];
      return found ?? unresolved('The document has no such operation.');
    },

    cost({ operations }, operation, variables) {
      const measures = operations.get(operation);
      if (measures === undefined) throw new Error('The operation is of another document.');
      const { cost, defaults } = measures;
      const given: Given = (name) => {
        const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
        return value === undefined ? defaults.get(name) : value;
      };
      const actual = typeof cost === 'number' ? cost : cost(given);
      return actual > limits.cost ? overLimit('cost', limits.cost, { actual, node: operation }) : actual;
    },
  };
}

function parsed(source: string, maxTokens: number): DocumentNode | GraphQLError {
  try {
    return parse(source, { maxTokens });
  } catch (error) {
    if (error instanceof GraphQLError) return coded(error, 'GRAPHQL_PARSE_FAILED');
    throw error;
  }
}

function coded(error: GraphQLError, code: string): GraphQLError {
  const { message, nodes, source, positions, extensions } = error;
  return new GraphQLError(message, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    extensions: { ...extensions, code },
  });
}

function unresolved(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } });
}

function defaultsOf(operation: OperationDefinitionNode): ReadonlyMap<string, unknown> {
  const defaults = new Map<string, unknown>();
  for (const { variable, defaultValue } of operation.variableDefinitions ?? []) {
    if (defaultValue !== undefined) defaults.set(variable.name.value, valueFromASTUntyped(defaultValue));
  }
  return defaults;
}
