/** The GraphQL server: from a request of node:http to its answer, by a short way for the common POST. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import type { Config } from '../config.js';
import { underSignal } from '../db/cancel.js';
import type { Principal } from '../kernel/call.js';
import { AppError } from '../kernel/errors.js';
import type { Clock, Random } from '../kernel/ports.js';
import type { Log } from '../log.js';
import type { Metrics } from '../metrics.js';
import type { ContextFor } from './context.js';
import type { Documents } from './documents.js';
import { httpError, refusedWith, toGraphQLError } from './errors.js';
import { type GraphiqlOptions, createGraphiql, wantsPage } from './graphiql.js';
import { takesEvents } from './http/accept.js';
import { send } from './http/answer.js';
import { readBody } from './http/body.js';
import { createEventStreams } from './http/event-streams.js';
import { type Exchange, beginExchange } from './http/exchange.js';
import { corsHeaders, preflight, refuse } from './http/gate.js';
import { createHostGate, type HostSettings } from './http/hosts.js';
import { createOperations, isRefused, tooMuch } from './http/operation.js';
import { createOverload, type Overload } from './http/overload.js';
import { paramsOfBody, paramsOfUrl } from './http/params.js';
import { createRateLimit, type RateLimit } from './http/rates.js';
import { type TrustedDocuments, noTrustedDocuments } from './http/trusted.js';
import { createYogaDoor } from './http/yoga.js';

/** What the server needs. */
export interface GraphqlServerParts {
  readonly schema: GraphQLSchema;
  readonly config: Pick<Config, 'introspection' | 'limits' | 'rates' | 'rateLimits' | 'corsOrigins' | 'trustProxy'> &
    HostSettings;
  readonly documents: Documents;
  /** The documents that may be named by their hash; none where absent. */
  readonly trusted?: TrustedDocuments;
  /**
   * Who is behind an Authorization header; asked once a request, also without a header. Rejects with an AppError:
   * `unauthenticated` for a bad credential, `unavailable` when it cannot be told now.
   */
  authenticate(authorization: string | undefined, userAgent?: string): Promise<Principal>;
  readonly contextFor: ContextFor;
  readonly log: Log;
  readonly metrics: Metrics;
  /** What GraphiQL opens with; null where it is off. */
  readonly graphiql: GraphiqlOptions | null;
  readonly random: Random;
  readonly clock: Clock;
  /** What is shared with other faces; made here where there is none. No rates: nobody is limited. */
  readonly shared?: { readonly overload: Overload; readonly rates: RateLimit | null };
  /** False sends every request through Yoga, to compare the two ways. */
  readonly fastPath?: boolean;
}

/** Answers one request, whatever it is. Never throws. */
export type Handler = (req: IncomingMessage, res: ServerResponse) => void;

/** The server, without a socket of its own. */
export interface GraphqlServer {
  /** Answers `/graphql`. */
  readonly handle: Handler;
  /** Every route by its path, `/graphql` and what GraphiQL loads. */
  readonly routes: Readonly<Record<string, Handler>>;
  /** Ends the streams that are open, so that the process may stop. */
  endStreams(): void;
  /** Stops watching the event loop. */
  stop(): void;
}

/** Builds the server for a schema. */
export function createGraphqlServer(parts: GraphqlServerParts): GraphqlServer {
  const { schema, config, log, metrics, random, trusted = noTrustedDocuments } = parts;
  const { overload, rates } = parts.shared ?? {
    overload: createOverload(config.limits.http),
    rates: config.rateLimits ? createRateLimit(config.rates, parts.clock) : null,
  };
  const operations = createOperations({ ...parts, rates });
  const yoga = createYogaDoor(schema, operations, log);
  const graphiql = parts.graphiql === null ? null : createGraphiql(parts.graphiql);

  const refusalOf = (error: unknown, requestId: string, headers?: Readonly<Record<string, string>>) => ({
    errors: [refusedWith(toGraphQLError(error, requestId, log), headers)],
  });
  const { trustProxy } = config;
  const exchangeParts = { requestMs: config.limits.requestMs, trustProxy, random, log, metrics, timedOut: refusalOf };
  const refuseHost = createHostGate(config);

  const streams = createEventStreams({
    operations,
    limits: config.limits.streams,
    authenticate: parts.authenticate,
    clock: parts.clock,
    refusalOf,
  });

  /** Charges the address of whoever is not known, and answers the exchange when that was too much. */
  function turnedAway(exchange: Exchange): boolean {
    const wait = rates?.charge(exchange.callOf({ kind: 'anonymous' }), 1) ?? 0;
    if (wait === 0) return false;
    metrics.refused('rate');
    exchange.answer(refusalOf(tooMuch(wait), exchange.requestId, { 'retry-after': String(wait) }));
    return true;
  }

  async function serve(exchange: Exchange): Promise<void> {
    const { req, told } = exchange;
    const signIn = parts.authenticate(req.headers.authorization, req.headers['user-agent']);
    const principal = await signIn.catch((error: unknown) => {
      if (isBadCredential(error) && turnedAway(exchange)) return null;
      throw error;
    });
    if (principal === null) return;
    told.principal = principal;
    if (principal.kind === 'anonymous' && turnedAway(exchange)) return;
    const call = exchange.callOf(principal);

    const isPost = req.method === 'POST';
    const sent = isPost ? paramsOfBody(await readBody(req, config.limits.bodyBytes)) : paramsOfUrl(req.url ?? '');
    const params = sent instanceof GraphQLError ? sent : trusted.admit(sent);
    if (params instanceof GraphQLError) return exchange.answer(operations.turnDown({ errors: [params] }, call));
    if (parts.fastPath === false) return yoga.answer(exchange, params, call);

    const planned = operations.plan(params, req.method, call);
    if (!isRefused(planned) && planned.operation.operation === 'subscription' && takesEvents(req.headers.accept)) {
      return streams.answer(exchange, planned, call);
    }
    if (!isPost || exchange.accepted === 'stream') return yoga.answer(exchange, params, call);
    if (isRefused(planned)) return exchange.answer(operations.turnDown(planned, call));
    if (planned.operation.operation === 'subscription') return yoga.answer(exchange, params, call);
    told.plan = planned;
    const result = operations.perform(planned, call);
    exchange.answer(result instanceof Promise ? await result : result);
  }

  const handle: Handler = (req, res) => {
    const cors = corsHeaders(req, config.corsOrigins);
    const mayAsk = preflight(req, config.corsOrigins);
    const misdirected = refuseHost(req.headers.host);
    if (mayAsk !== null && misdirected === null) return send(res, 204, { ...cors, ...mayAsk }, '');
    const place = overload.enter();
    const exchange = beginExchange(exchangeParts, req, res, cors, place ?? (() => undefined));
    if (place === null) {
      metrics.refused('overload');
      return exchange.answer(refusalOf(tooBusy, exchange.requestId));
    }
    if (misdirected !== null) return exchange.answer({ errors: [misdirected] });
    const fail = (error: unknown): void => exchange.answer(failureOf(error, exchange.requestId));
    if (graphiql !== null && wantsPage(req)) return void graphiql.page(res, exchange.headers).catch(fail);
    const refused = refuse(req);
    if (refused !== null) return exchange.answer({ errors: [refused] });
    underSignal(exchange.signal, () => serve(exchange)).catch(fail);
  };

  function failureOf(error: unknown, requestId: string) {
    if (!(error instanceof AppError) || error.kind !== 'limit') return refusalOf(error, requestId);
    const facts = { reason: error.reason, ...error.facts };
    return {
      errors: [httpError('LIMIT_EXCEEDED', error.message, { status: 413, headers: { connection: 'close' } }, facts)],
    };
  }

  const files = Object.entries(graphiql?.files ?? {}).map(([path, serveFile]): [string, Handler] => [
    path,
    (req, res) => void serveFile(req, res).catch(() => send(res, 500, {}, '')),
  ]);

  return {
    handle,
    routes: { '/graphql': handle, ...Object.fromEntries(files) },
    endStreams() {
      streams.end();
      yoga.endStreams();
    },
    stop() {
      streams.stop();
      overload.stop();
    },
  };
}

const isBadCredential = (error: unknown): boolean => error instanceof AppError && error.kind === 'unauthenticated';

const tooBusy = new AppError('unavailable', 'OVERLOADED', 'The server is busy: try again in a moment.');
