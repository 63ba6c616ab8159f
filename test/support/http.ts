/** A GraphQL server over a small schema of its own, for tests of HTTP: started on a free port, asked by fetch. */
import { randomBytes, randomUUID } from 'node:crypto';
import { readConfig } from '../../src/config.js';
import { createDocuments } from '../../src/graphql/documents.js';
import type { GraphiqlOptions } from '../../src/graphql/graphiql.js';
import { type HttpServer, createHttpServer } from '../../src/graphql/http/http-server.js';
import type { TrustedDocuments } from '../../src/graphql/http/trusted.js';
import { createGraphqlServer } from '../../src/graphql/server.js';
import type { Principal } from '../../src/kernel/call.js';
import { AppError, unauthenticated } from '../../src/kernel/errors.js';
import type { UserId } from '../../src/kernel/ids.js';
import { type Log, createLogger } from '../../src/log.js';
import { createMetrics } from '../../src/metrics.js';
import { type Gate, type TestContext, createGate, testSchema } from './http-schema.js';

/** The user behind every token but `bad`, `later`, `plain` and `worker`: an operator. */
export const operator: Principal = {
  kind: 'user',
  userId: '11111111-1111-4111-8111-111111111111' as UserId,
  claims: null,
  operator: true,
};

const principals: Readonly<Record<string, Principal>> = {
  'Bearer plain': { ...operator, operator: false },
  'Bearer worker': { kind: 'worker' },
};

async function authenticate(authorization: string | undefined): Promise<Principal> {
  if (authorization === undefined) return { kind: 'anonymous' };
  if (authorization === 'Bearer bad') throw unauthenticated('This token is not valid.');
  if (authorization === 'Bearer later')
    throw new AppError('unavailable', 'ISSUER_DOWN', 'Sign-in cannot be checked now.');
  return principals[authorization] ?? operator;
}

/** A running server. */
export interface TestHttp {
  readonly url: string;
  readonly gate: Gate;
  readonly http: HttpServer;
  /** The log, a parsed line an event. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  /** Posts an operation as JSON; further headers replace the usual ones. */
  post(body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
  close(): Promise<void>;
}

/** What a test may choose. Settings are environment variables, as in README.md. */
export interface TestHttpOptions {
  readonly settings?: Readonly<Record<string, string>>;
  readonly fastPath?: boolean;
  readonly graphiql?: GraphiqlOptions;
  readonly trusted?: TrustedDocuments;
  ready?(): boolean;
}

/** Starts a server; close it at the end of the test. */
export async function startTestHttp(options: TestHttpOptions = {}): Promise<TestHttp> {
  const config = readConfig({ PORT: '0', LOG_LEVEL: 'debug', RATE_LIMITS: 'off', ...options.settings });
  const lines: Record<string, unknown>[] = [];
  const log: Log = createLogger(config.logLevel, { write: (line) => void lines.push(JSON.parse(line)) });
  const metrics = createMetrics();
  const gate = createGate();
  const graphql = createGraphqlServer({
    schema: testSchema,
    config,
    documents: createDocuments(testSchema, config.limits.document),
    authenticate,
    contextFor: (call): TestContext => ({ call, gate }),
    log,
    metrics,
    graphiql: options.graphiql ?? null,
    random: { uuid: randomUUID, bytes: randomBytes },
    clock: { now: () => new Date() },
    ...(options.trusted === undefined ? {} : { trusted: options.trusted }),
    ...(options.fastPath === undefined ? {} : { fastPath: options.fastPath }),
  });
  const http = createHttpServer({
    config,
    routes: graphql.routes,
    ready: options.ready ?? (() => true),
    onStopping: () => graphql.endStreams(),
    metrics,
    log,
  });
  const url = await http.listen();
  return {
    url,
    gate,
    http,
    lines,
    post: (body, headers = {}) =>
      fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    async close() {
      await http.stop(0);
      graphql.stop();
    },
  };
}
