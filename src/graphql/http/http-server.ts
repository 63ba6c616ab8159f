/** The HTTP server: routes, probes, time-outs, and a stop that lets every accepted request finish. */
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from '../../config.js';
import { limitByAddress } from '../../connections.js';
import { AppError } from '../../kernel/errors.js';
import { type Log, scrub } from '../../log.js';
import type { Metrics } from '../../metrics.js';
import type { Handler } from '../server.js';
import { send } from './answer.js';
import { type Drain, createDrain } from './drain.js';

/** What the server needs. */
export interface HttpServerParts {
  readonly config: Pick<Config, 'host' | 'port' | 'limits' | 'trustProxy'>;
  /** The answerer of each path, `/graphql` and whatever else is served besides the probes. */
  readonly routes: Readonly<Record<string, Handler>>;
  /** Whether requests can be answered well now. */
  ready(): boolean | Promise<boolean>;
  /** Called when stopping begins: ends what would never end by itself. */
  onStopping?(): void;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** A server on a socket. */
export interface HttpServer {
  readonly server: Server;
  /**
   * Listens; answers where: `http://127.0.0.1:4000`.
   * @throws AppError `unavailable` ADDRESS_UNAVAILABLE when the port is taken or the host is not ours
   */
  listen(): Promise<string>;
  /**
   * Unready at once; goes on answering, each time with `Connection: close`, for at least `graceMs` (500) and until
   * nothing runs; then closes. At most `limits.stopMs` in all. Further calls wait for the first.
   */
  stop(graceMs?: number): Promise<void>;
}

/** Makes the server; it does not listen yet. */
export function createHttpServer(parts: HttpServerParts): HttpServer {
  const { config, metrics, log } = parts;
  const { http, stopMs } = config.limits;
  const routes = new Map<string, Handler>(Object.entries(parts.routes));
  const server = createServer({
    headersTimeout: http.headersMs,
    requestTimeout: http.receiveMs,
    keepAliveTimeout: http.keepAliveMs,
    connectionsCheckingInterval: 1_000,
    maxHeaderSize: http.headerBytes,
  });
  server.maxHeadersCount = http.headers;
  server.maxConnections = http.connections;
  // The connections of a proxy are those of everybody behind it.
  if (config.trustProxy === 0) limitByAddress(server, http.connectionsPerAddress);
  const drain: Drain = createDrain(server);

  const json = (res: ServerResponse, status: number, body: object): void =>
    send(
      res,
      status,
      { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
      JSON.stringify(body),
    );

  routes.set('/healthz', (_req, res) => json(res, 200, { status: 'alive' }));
  routes.set('/readyz', (_req, res) => {
    const answer = (ready: boolean): void => json(res, ready ? 200 : 503, { status: ready ? 'ready' : 'not ready' });
    if (drain.draining) return answer(false);
    Promise.resolve()
      .then(() => parts.ready())
      .then((ready) => answer(ready && !drain.draining))
      .catch(() => answer(false));
  });
  routes.set('/metrics', (_req, res) => {
    metrics
      .text()
      .then(({ body, contentType }) => send(res, 200, { 'content-type': contentType }, body))
      .catch(() => json(res, 500, { error: 'The metrics could not be read.' }));
  });

  server.on('request', (req: IncomingMessage, res: ServerResponse) => {
    const [path = ''] = (req.url ?? '').split('?', 1);
    const handler = routes.get(path);
    if (handler !== undefined) return handler(req, res);
    log.debug({ method: req.method, path: scrub(path, 100), status: 404 }, 'no such path');
    json(res, 404, { error: 'There is nothing here.' });
  });

  return {
    server,
    listen: () =>
      new Promise((resolve, reject) => {
        const refused = (cause: Error): void => {
          const message = `cannot serve on ${config.host} port ${config.port}: ${cause.message}`;
          reject(new AppError('unavailable', 'ADDRESS_UNAVAILABLE', message, { cause }));
        };
        server.once('error', refused);
        server.listen(config.port, config.host, () => {
          server.off('error', refused);
          resolve(addressOf(server, config.host));
        });
      }),
    stop: (graceMs = 500) => {
      if (!drain.draining) parts.onStopping?.();
      return drain.finish(graceMs, stopMs);
    },
  };
}

function addressOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
