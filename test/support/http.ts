/** A GraphQL server over a small schema of its own, for tests of HTTP: started on a free port, asked by fetch. */
import { randomBytes, randomUUID } from 'node:crypto';
import {
  GraphQLEnumType,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
} from 'graphql';
import { readConfig } from '../../src/config.js';
import { createDocuments } from '../../src/graphql/documents.js';
import type { GraphiqlOptions } from '../../src/graphql/graphiql.js';
import { type HttpServer, createHttpServer } from '../../src/graphql/http/http-server.js';
import { createGraphqlServer } from '../../src/graphql/server.js';
import type { Call, Principal } from '../../src/kernel/call.js';
import { AppError, invalid, unauthenticated } from '../../src/kernel/errors.js';
import type { UserId } from '../../src/kernel/ids.js';
import { type Log, createLogger } from '../../src/log.js';
import { createMetrics } from '../../src/metrics.js';

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

interface TestContext {
  readonly call: Call;
  readonly gate: Gate;
}

/** Holds requests for `{ held }` until they are let go, and tells when one has come. */
export interface Gate {
  arrived(): Promise<Call>;
  letGo(): void;
}

interface OpenGate extends Gate {
  hold(call: Call): Promise<string>;
}

function createGate(): OpenGate {
  let release = (): void => undefined;
  const released = new Promise<string>((resolve) => (release = () => resolve('let go')));
  const waiting: ((call: Call) => void)[] = [];
  const come: Call[] = [];
  return {
    arrived: () => {
      const call = come.shift();
      return call === undefined ? new Promise((resolve) => void waiting.push(resolve)) : Promise.resolve(call);
    },
    letGo: () => release(),
    hold(call) {
      const next = waiting.shift();
      if (next === undefined) come.push(call);
      else next(call);
      return released;
    },
  };
}

const hue = new GraphQLEnumType({ name: 'Hue', values: { RED: {}, BLUE: {} } });
const wish = new GraphQLInputObjectType({
  name: 'Wish',
  fields: { text: { type: new GraphQLNonNull(GraphQLString) }, hue: { type: hue } },
});
const thing = new GraphQLObjectType<object, TestContext>({
  name: 'Thing',
  fields: { name: { type: GraphQLString, resolve: () => 'a thing' } },
});

/** The schema: one field for each way in which a field can behave. */
export const testSchema = new GraphQLSchema({
  query: new GraphQLObjectType<unknown, TestContext>({
    name: 'Query',
    fields: {
      hello: {
        type: GraphQLString,
        args: { name: { type: GraphQLString } },
        resolve: (_, { name }) => `Hello ${name ?? 'you'}`,
      },
      later: { type: GraphQLString, resolve: async () => 'later' },
      things: { type: new GraphQLList(thing), resolve: () => [{}, {}] },
      wish: {
        type: GraphQLString,
        args: { input: { type: new GraphQLNonNull(wish) } },
        resolve: (_, { input }) => input.text,
      },
      number: { type: GraphQLInt, args: { of: { type: GraphQLInt } }, resolve: (_, { of }) => of ?? null },
      who: { type: GraphQLString, resolve: (_, _args, { call }) => call.principal.kind },
      refused: {
        type: GraphQLString,
        resolve: () => {
          throw invalid(['input', 'name'], 'The name is taken.', 'NAME_TAKEN');
        },
      },
      broken: {
        type: GraphQLString,
        resolve: () => {
          throw new Error('password=hunter2 for ada@acme.test');
        },
      },
      unfit: { type: GraphQLInt, resolve: () => 'internal text' },
      missing: { type: new GraphQLNonNull(GraphQLString), resolve: () => null },
      held: { type: GraphQLString, resolve: (_, _args, { call, gate }) => (gate as OpenGate).hold(call) },
    },
  }),
  mutation: new GraphQLObjectType<unknown, TestContext>({
    name: 'Mutation',
    fields: {
      greet: { type: GraphQLString, args: { name: { type: GraphQLString } }, resolve: (_, { name }) => `Hi ${name}` },
    },
  }),
  subscription: new GraphQLObjectType<unknown, TestContext>({
    name: 'Subscription',
    fields: {
      count: {
        type: GraphQLInt,
        args: { to: { type: new GraphQLNonNull(GraphQLInt) } },
        async *subscribe(_, { to }) {
          for (let i = 1; i <= to; i++) yield { count: i };
        },
      },
    },
  }),
});

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
