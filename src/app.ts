/** The whole application, wired: what main.ts starts and every test builds. */
import { countBacklog, webhookRoutes } from './app.billing.js';
import { createServices } from './app.services.js';
import { createSignIn } from './app.sessions.js';
import { openStorage } from './app.storage.js';
import { buildIndexes, enforceKeys } from './db/deferred.js';
import { checkTlsFiles, type Config } from './config.js';
import type { StatementListener } from './db/client.js';
import { openDemo } from './demo/demo.js';
import { readLicense } from './domains/system/system.rules.js';
import type { DevelopmentIssuer } from './domains/session/session.development.js';
import type { Context } from './graphql/context.js';
import { createDocuments } from './graphql/documents.js';
import { createHttpServer } from './graphql/http/http-server.js';
import { createOverload } from './graphql/http/overload.js';
import { createRateLimit } from './graphql/http/rates.js';
import { readTrustedDocuments } from './graphql/http/trusted.js';
import { buildSchema } from './graphql/schema.js';
import { createGraphqlServer } from './graphql/server.js';
import { createGrpcMetrics } from './grpc/metrics.js';
import { createGrpcServer } from './grpc/server.js';
import type { Call } from './kernel/call.js';
import type { AppError } from './kernel/errors.js';
import type { Clock, Random } from './kernel/ports.js';
import type { Log } from './log.js';
import { createMetrics } from './metrics.js';
import type { Services } from './services.js';

/** What must be replaceable in tests. */
export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Told of every SQL statement. */
  readonly onStatement?: StatementListener;
  /** Told when the database died for good: nothing can be answered any more. */
  readonly onLost?: (error: AppError) => void;
}

/** A running application. */
export interface App {
  /** Listens, and answers where: `http://127.0.0.1:4000` and `127.0.0.1:4001`. */
  listen(): Promise<{ readonly http: string; readonly grpc: string }>;
  /** Lets what runs finish, then closes everything. Further calls wait for the first. */
  stop(): Promise<void>;
  readonly services: Services;
  /** Signs tokens where `AUTH=dev`; null elsewhere. */
  readonly development: DevelopmentIssuer | null;
}

/**
 * Opens the database and wires everything; nothing listens yet.
 * @throws AppError or ConfigError with one clear line when something that is needed cannot be had
 */
export async function createApp(config: Config, ports: Ports): Promise<App> {
  const { clock, random, log } = ports;
  const license = readLicense(config.license, config.cloud, clock.now());
  const trusted = await readTrustedDocuments(config.trustedDocuments);
  checkTlsFiles(config.grpcTls);
  const storage = await openStorage(config, log, ports.onStatement, ports.onLost);
  try {
    // An import that was broken off has left keys unchecked and the search without its indexes. Without these it is slow, and
    // no worse.
    await enforceKeys(storage.bulk);
    await buildIndexes(storage.bulk, () => log.info({ event: 'building indexes' }, 'building indexes')).catch(
      (error: unknown) => log.error({ event: 'indexes not built', cause: error }, 'indexes not built'),
    );
    const ground = { db: storage.db, events: storage.events, log, clock, random, license };
    const services = createServices(config, ground);
    const { sessions, development } = await createSignIn(config, ground, services);
    const demo = config.demo && development ? await openDemo(config, ground, services, development) : null;

    const schema = buildSchema();
    const metrics = createMetrics();
    const { page } = config.limits;
    const overload = createOverload(config.limits.http);
    const rates = config.rateLimits ? createRateLimit(config.rates, clock) : null;
    const authenticate = (authorization: string | undefined, userAgent?: string) =>
      sessions.authenticate(authorization, userAgent);
    const ready = () => storage.db.ping();
    const graphql = createGraphqlServer({
      schema,
      config,
      documents: createDocuments(schema, config.limits.document, { pageDefault: page.default, pageMost: page.most }),
      trusted,
      authenticate,
      contextFor: (call: Call): Context => ({ call, services, prisma: storage.db.prisma }),
      log,
      metrics,
      graphiql: config.graphiql
        ? { headers: () => demo?.headers() ?? Promise.resolve({}), tabs: demo?.tabs ?? [] }
        : null,
      random,
      clock,
      shared: { overload, rates },
    });
    const server = createHttpServer({
      config,
      routes: { ...graphql.routes, ...webhookRoutes(services.billing, config.limits.webhookBodyBytes, log) },
      ready,
      onStopping: () => graphql.endStreams(),
      metrics,
      log,
    });
    const grpc = createGrpcServer({
      config,
      services,
      authenticate,
      enter: () => overload.enter(),
      charge: (call, cost) => rates?.charge(call, cost) ?? 0,
      ready,
      log,
      metrics: createGrpcMetrics(metrics.registry),
      random,
      clock,
    });

    countBacklog(services.billing, metrics.registry);

    let stopping: Promise<void> | undefined;
    return {
      services,
      development,
      listen: async () => {
        const where = { http: await server.listen(), grpc: await grpc.listen() };
        services.billing.background.start();
        return where;
      },
      stop: () =>
        (stopping ??= (async () => {
          await Promise.all([server.stop(), grpc.stop(), services.billing.background.stop()]);
          graphql.stop();
          await storage.close();
        })()),
    };
  } catch (error) {
    await storage.close();
    throw error;
  }
}
