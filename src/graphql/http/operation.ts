/** From parameters to a result: what is asked of an operation before it runs, and how it runs. Knows no transport. */
import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  createSourceEventStream,
  execute,
} from 'graphql';
import type { Config } from '../../config.js';
import type { Call } from '../../kernel/call.js';
import { costs } from '../../kernel/cost.js';
import { AppError } from '../../kernel/errors.js';
import type { Log } from '../../log.js';
import type { ContextFor } from '../context.js';
import type { Documents } from '../documents.js';
import { httpError, refusedWith, toGraphQLError } from '../errors.js';
import { checkOneOfVariables } from '../limits/one-of.js';
import { checkVariables } from '../limits/variables.js';
import { readsSchema } from '../rules.js';
import type { Params } from './params.js';
import type { RateLimit } from './rates.js';
import { runForEach, type Events } from './stream.js';

/** An operation that may run, with everything it needs. */
export interface Plan {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  readonly cost: number;
}

/** The steps of every operation. None throws; what goes wrong is in the result. */
export interface Operations {
  /** Everything that can be told before it runs; the result when it may not. */
  plan(params: Params, method: string | undefined, call: Call): Plan | ExecutionResult;
  /** What a caller is told who is refused before anything ran: it costs 1, and beyond the rate only that is told. */
  turnDown(refusal: ExecutionResult, call: Call): ExecutionResult;
  /** Runs a query or mutation. Answers at once, without a promise, when every resolver did. */
  perform(plan: Plan, call: Call): ExecutionResult | Promise<ExecutionResult>;
  /** Starts a subscription. What it answers must be left off in the end. */
  follow(plan: Plan, call: Call): Promise<Events | ExecutionResult>;
}

/** What operations need. `rates` is null when nobody is limited. */
export interface OperationParts {
  readonly schema: GraphQLSchema;
  readonly config: Pick<Config, 'introspection' | 'limits'>;
  readonly documents: Documents;
  readonly contextFor: ContextFor;
  readonly rates: RateLimit | null;
  readonly log: Log;
}

/** Whether planning refused. */
export const isRefused = (planned: Plan | ExecutionResult): planned is ExecutionResult => !('operation' in planned);

/** Makes the steps for a schema. */
export function createOperations(parts: OperationParts): Operations {
  const { schema, config, documents, contextFor, rates, log } = parts;
  const options = { maxCoercionErrors: config.limits.document.validationErrors };
  const refused = (...errors: readonly GraphQLError[]): ExecutionResult => ({
    errors: errors.map((error) => refusedWith(error)),
  });
  const failed = (error: unknown, call: Call): ExecutionResult => refused(toGraphQLError(error, call.requestId, log));

  function examine(params: Params, method: string | undefined, call: Call): Plan | ExecutionResult {
    const prepared = documents.prepare(params.query);
    if (!('document' in prepared)) return refused(...prepared);
    const operation = documents.operation(prepared, params.operationName);
    if (operation instanceof Error) return refused(operation);
    if (method === 'GET' && operation.operation === 'mutation') return { errors: [onlyOverPost] };
    if (prepared.operations.get(operation)?.introspects === true && !readsSchema(config.introspection, call)) {
      return failed(new AppError('forbidden', 'INTROSPECTION_OFF', 'You may not read the schema here.'), call);
    }
    const fault = checkVariables(params.variables, config.limits.variables);
    if (fault !== null) return refused(fault);
    const ambiguous = checkOneOfVariables(schema, operation, params.variables ?? {});
    if (ambiguous !== null) return refused(ambiguous);
    const cost = documents.cost(prepared, operation, params.variables ?? {});
    if (typeof cost !== 'number') return refused(cost);
    return { document: prepared.document, operation, variables: params.variables, cost };
  }

  /** Anonymous callers were charged when they came in. */
  function charge(cost: number, call: Call): ExecutionResult | null {
    if (rates === null || call.principal.kind === 'anonymous') return null;
    const seconds = rates.charge(call, cost);
    if (seconds === 0) return null;
    const error = toGraphQLError(tooMuch(seconds), call.requestId, log);
    return { errors: [refusedWith(error, { 'retry-after': String(seconds) })] };
  }

  const argsOf = (plan: Plan, call: Call) => ({
    schema,
    document: plan.document,
    contextValue: contextFor(call),
    variableValues: plan.variables,
    operationName: plan.operation.name?.value,
    hideSuggestions: true,
    options,
  });

  function masked(result: ExecutionResult, call: Call): ExecutionResult {
    if (result.errors === undefined) return result;
    const errors = result.errors.map((error) => toGraphQLError(error, call.requestId, log));
    // Without data nothing ran: graphql-js found the variables or the operation wanting.
    return 'data' in result ? { ...result, errors } : { ...result, errors: errors.map((error) => refusedWith(error)) };
  }

  /** Each event is an execution of its own, with a context of its own: what was loaded for the last one is old by now. */
  async function performFor(event: unknown, plan: Plan, call: Call): Promise<ExecutionResult> {
    try {
      return masked(await execute({ ...argsOf(plan, { ...call }), rootValue: event }), call);
    } catch (error) {
      return failed(error, call);
    }
  }

  return {
    plan(params, method, call) {
      try {
        return examine(params, method, call);
      } catch (error) {
        return failed(error, call);
      }
    },

    turnDown: (refusal, call) => charge(costs.request, call) ?? refusal,

    perform(plan, call) {
      const broke = charge(plan.cost + costs.request, call);
      if (broke !== null) return broke;
      try {
        const result = execute(argsOf(plan, call));
        if (!(result instanceof Promise)) return masked(result, call);
        return result.then(
          (settled) => masked(settled, call),
          (error: unknown) => failed(error, call),
        );
      } catch (error) {
        return failed(error, call);
      }
    },

    async follow(plan, call) {
      const broke = charge(plan.cost + costs.request, call);
      if (broke !== null) return broke;
      try {
        const source = await createSourceEventStream(argsOf(plan, call));
        if (!(Symbol.asyncIterator in source)) return masked(source, call);
        return runForEach(source, (event) => performFor(event, plan, call));
      } catch (error) {
        return failed(error, call);
      }
    },
  };
}

/** The refusal of a caller who asked for too much in too short a time. */
export const tooMuch = (seconds: number): AppError =>
  new AppError('rate', 'RATE_LIMITED', 'Too many requests: wait a moment.', { facts: { retryAfterSeconds: seconds } });

const onlyOverPost = httpError('BAD_USER_INPUT', 'Send this operation in a POST request.', {
  status: 405,
  headers: { allow: 'POST' },
});
