/** The gRPC server: its services on a port, its limits, and a stop that lets every accepted call finish. */
import { readFileSync } from 'node:fs';
import type { Http2Server, ServerHttp2Session } from 'node:http2';
import { setTimeout as pause } from 'node:timers/promises';
import {
  Server,
  ServerCredentials,
  ServerInterceptingCall,
  setLogger,
  status,
  type ServerInterceptor,
} from '@grpc/grpc-js';
import type { Config } from '../config.js';
import { limitByAddress } from '../connections.js';
import { AppError } from '../kernel/errors.js';
import { createAnswerers, type HandlerParts } from './handlers.js';
import { createHealth } from './health.js';
import { libraryLog } from './library-log.js';
import { addReflection } from './reflection.js';
import { targets } from './services.js';
import { closeSilent } from './silent.js';

/** What the server needs. */
export interface GrpcServerParts extends Omit<HandlerParts, 'limits' | 'trustProxy'> {
  readonly config: Pick<Config, 'host' | 'grpcPort' | 'grpcTls' | 'production' | 'limits' | 'trustProxy'>;
  /** Whether calls can be answered well now. */
  ready(): Promise<boolean>;
}

/** A gRPC server on a socket. */
export interface GrpcServer {
  /**
   * Listens; answers where: `127.0.0.1:4001`.
   * @throws AppError `unavailable` ADDRESS_UNAVAILABLE when the port is taken or the host is not ours
   */
  listen(): Promise<string>;
  /**
   * Not serving at once. Tells connections to leave, goes on answering for at least `graceMs` (500) and until nothing
   * runs, then closes: at most `limits.stopMs` in all.
   */
  stop(graceMs?: number): Promise<void>;
}

/** Makes the server; it does not listen yet. */
export function createGrpcServer(parts: GrpcServerParts): GrpcServer {
  const { config } = parts;
  const { grpc: limits, http, stopMs } = config.limits;
  const server = new Server({
    'grpc.max_receive_message_length': limits.receiveBytes,
    'grpc.max_send_message_length': limits.sendBytes,
    'grpc.max_concurrent_streams': limits.streams,
    'grpc.keepalive_time_ms': limits.keepaliveMs,
    'grpc.keepalive_timeout_ms': limits.keepaliveTimeoutMs,
    'grpc.max_connection_age_ms': limits.ageMs,
    'grpc.max_connection_age_grace_ms': limits.ageGraceMs,
    'grpc.enable_channelz': 0,
    interceptors: [oneRequestWithin(http.receiveMs)],
  });
  const { answererOf, running } = createAnswerers({ ...parts, limits: config.limits, trustProxy: config.trustProxy });
  const health = createHealth([...new Set(targets.map(({ service }) => service))], () => parts.ready());
  for (const target of targets) {
    server.register(target.path, answererOf(target), bytes, bytes, 'unary');
  }
  health.addTo(server);

  /** What listens, with its connections: the library limits neither, and with channelz off it closes none by force. */
  const listeners = () =>
    Reflect.get(server, 'http2Servers') as ReadonlyMap<
      Http2Server,
      { readonly sessions: ReadonlySet<ServerHttp2Session> }
    >;
  const connections = (): ServerHttp2Session[] => [...listeners().values()].flatMap(({ sessions }) => [...sessions]);

  /** Asks clients to open no more calls on the connections they have; those under way when they hear it still count. */
  function tellToLeave(): void {
    for (const session of connections()) if (!session.closed && !session.destroyed) session.goaway(0, 2 ** 31 - 1);
  }

  function force(): void {
    for (const session of connections()) session.destroy();
    server.forceShutdown();
  }

  async function finish(graceMs: number): Promise<void> {
    health.stop();
    tellToLeave();
    await pause(Math.min(graceMs, stopMs));
    health.endStreams();
    const forced = setTimeout(force, stopMs - graceMs);
    await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
    clearTimeout(forced);
    // Work of cancelled calls has no stream any more, and still holds the database for a moment.
    for (let waited = 0; running() > 0 && waited < 1_000; waited += 20) await pause(20);
  }

  let listening = false;
  // Else the library writes on standard error by itself. What keeps it from listening is told by whoever starts us.
  setLogger(libraryLog(parts.log, () => listening));

  let stopping: Promise<void> | undefined;
  return {
    async listen() {
      if (!config.production) await addReflection(server);
      const host = config.host.includes(':') ? `[${config.host}]` : config.host;
      const port = await new Promise<number>((resolve, reject) => {
        server.bindAsync(`${host}:${config.grpcPort}`, credentialsOf(config.grpcTls), (cause, bound) => {
          if (!cause) return resolve(bound);
          const message = `cannot serve gRPC on ${config.host} port ${config.grpcPort}: ${cause.message}`;
          reject(new AppError('unavailable', 'ADDRESS_UNAVAILABLE', message, { cause }));
        });
      });
      listening = true;
      for (const listener of listeners().keys()) {
        listener.maxConnections = http.connections;
        // The connections of a proxy are those of everybody behind it.
        if (config.trustProxy === 0) limitByAddress(listener, http.connectionsPerAddress);
        closeSilent(listener, http.headersMs);
      }
      return `${host}:${port}`;
    },
    stop: (graceMs = 500) => (stopping ??= finish(graceMs)),
  };
}

const bytes = (value: Buffer): Buffer => value;

function credentialsOf(tls: Config['grpcTls']): ServerCredentials {
  if (tls === null) return ServerCredentials.createInsecure();
  return ServerCredentials.createSsl(null, [
    { cert_chain: readFileSync(tls.certFile), private_key: readFileSync(tls.keyFile) },
  ]);
}

/** One request must come in, whole and within `ms`: nobody holds a stream open by saying nothing, or says too much. */
function oneRequestWithin(ms: number): ServerInterceptor {
  return ({ requestStream }, call) => {
    if (requestStream) return new ServerInterceptingCall(call);
    const refuse = (code: status, details: string): void => call.sendStatus({ code, details });
    let received = 0;
    return new ServerInterceptingCall(call, {
      start(next) {
        const timer = setTimeout(() => refuse(status.DEADLINE_EXCEEDED, 'The request did not come in in time.'), ms);
        next({
          onReceiveMessage(message, pass) {
            received += 1;
            if (received === 1) pass(message);
            else refuse(status.INVALID_ARGUMENT, 'Send one request, not several.');
          },
          onReceiveHalfClose(pass) {
            clearTimeout(timer);
            if (received === 0) refuse(status.INVALID_ARGUMENT, 'The request is not complete.');
            else pass();
          },
          onCancel: () => clearTimeout(timer),
        });
      },
    });
  };
}
