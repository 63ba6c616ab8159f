/** What the fast path leaves to graphql-yoga: GET, and answers that come in parts. The operation runs the same way. */
import { type ExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql';
import { type Plugin, createYoga } from 'graphql-yoga';
import type { Call } from '../../kernel/call.js';
import type { Log } from '../../log.js';
import { httpError, toGraphQLError } from '../errors.js';
import { takesEvents } from './accept.js';
import { codesOf, send } from './answer.js';
import type { Exchange } from './exchange.js';
import { type Operations, type Plan, isRefused } from './operation.js';
import type { Params } from './params.js';
import { pour, type Events } from './stream.js';

/** Answers exchanges by Yoga. */
export interface YogaDoor {
  /** Runs what is asked and answers it. Never rejects. */
  answer(exchange: Exchange, params: Params, call: Call): Promise<void>;
  /** Ends every stream that is open, so that the process may stop. */
  endStreams(): void;
}

interface Asked {
  readonly exchange: Exchange;
  readonly params: Params;
  readonly call: Call;
  plan?: Plan;
}

/** Opens the door to Yoga. */
export function createYogaDoor(schema: GraphQLSchema, operations: Operations, log: Log): YogaDoor {
  const streams = new Set<AbortController>();
  const yoga = createYoga<Asked>({
    schema,
    graphiql: false,
    landingPage: false,
    cors: false,
    batching: false,
    multipart: false,
    logging: false,
    maxRequestBodySize: false,
    parserAndValidationCache: false,
    maskedErrors: { errorMessage: '', maskError: (error) => toGraphQLError(error, 'none', log) },
    plugins: [ourSteps(operations)],
  });

  return {
    async answer(exchange, params, call) {
      const { req, res, headers } = exchange;
      const stop = new AbortController();
      const signal = AbortSignal.any([exchange.signal, stop.signal]);
      try {
        const accept = req.headers.accept ?? '*/*';
        const request = new yoga.fetchAPI.Request('http://localhost/graphql', {
          method: req.method ?? 'POST',
          headers: { accept, 'content-type': 'application/json' },
          signal,
        });
        const response = await yoga.fetch(request, { exchange, params, call });
        if (res.headersSent || res.destroyed) return void response.body?.cancel();
        const own = withoutHop(response.headers);
        if (response.body === null || !isStream(response.headers)) {
          return send(res, response.status, { ...own, ...headers }, await response.text());
        }
        exchange.streaming();
        streams.add(stop);
        res.writeHead(response.status, { ...own, ...headers });
        await pour(response.body, res, stop.signal);
      } catch (error) {
        exchange.answer({ errors: [toGraphQLError(error, exchange.requestId, log)] });
      } finally {
        streams.delete(stop);
      }
    },
    endStreams() {
      for (const stream of streams) stream.abort();
    },
  };
}

/** Puts our two steps in the place of Yoga's own: parameters, documents, execution and masking are ours. */
function ourSteps(operations: Operations): Plugin<Asked, Asked> {
  return {
    onRequestParse({ serverContext, setRequestParser }) {
      const { query, operationName, variables } = serverContext.params;
      setRequestParser(() => ({
        query,
        ...(operationName === undefined ? {} : { operationName }),
        ...(variables === undefined ? {} : { variables: { ...variables } }),
      }));
    },
    onParams({ context, paramsHandler, setParamsHandler }) {
      setParamsHandler((payload) => {
        const { exchange, params, call } = context;
        const planned = operations.plan(params, exchange.req.method, call);
        if (isRefused(planned)) return told(exchange, operations.turnDown(planned, call));
        exchange.told.plan = planned;
        context.plan = planned;
        // A stream in another shape would be one that nobody counts and watches.
        if (planned.operation.operation === 'subscription' && !takesEvents(exchange.req.headers.accept)) {
          return told(exchange, operations.turnDown({ errors: [onlyAsEvents] }, call));
        }
        // Yoga tells from its own subscribe step that the answer may be a stream of events.
        if (planned.operation.operation === 'subscription') return paramsHandler(payload);
        const result = operations.perform(planned, call);
        return result instanceof Promise ? result.then((settled) => told(exchange, settled)) : told(exchange, result);
      });
    },
    onParse({ context, setParseFn }) {
      setParseFn(() => context.plan?.document);
    },
    onValidate({ setValidationFn }) {
      setValidationFn(() => []);
    },
    onSubscribe({ args, setSubscribeFn }) {
      const { exchange, call, plan } = args.contextValue;
      if (plan === undefined) throw new GraphQLError('Nothing was planned.');
      setSubscribeFn(async (): Promise<Events | ExecutionResult> => {
        const followed = await operations.follow(plan, call);
        return Symbol.asyncIterator in followed ? followed : told(exchange, followed);
      });
    },
  };
}

function told(exchange: Exchange, result: ExecutionResult): ExecutionResult {
  exchange.told.codes = codesOf(result);
  return result;
}

const onlyAsEvents = httpError('BAD_USER_INPUT', 'A subscription is answered as text/event-stream: accept that.', {
  status: 406,
});

const isStream = (headers: Headers): boolean =>
  /^(text\/event-stream|multipart\/)/.test(headers.get('content-type') ?? '');

/** Headers of one connection are for node:http to set. */
function withoutHop(headers: Headers): Record<string, string> {
  const kept = [...headers].filter(([name]) => !hop.has(name.toLowerCase()));
  return Object.fromEntries(kept);
}
const hop: ReadonlySet<string> = new Set(['connection', 'transfer-encoding', 'content-encoding', 'content-length']);
