/** How a server stops without failing anybody: it finishes what was accepted and tells clients to leave. */
import type { Server, ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';

/** The way out of a server. */
export interface Drain {
  /** Whether stopping has begun. */
  readonly draining: boolean;
  /** Stops; see `HttpServer.stop`. */
  finish(graceMs: number, mostMs: number): Promise<void>;
}

interface Connection {
  /** Answers that are being made. */
  running: number;
  /** Bytes it had sent when its last answer was done: while no more came, it is quiet. */
  answered: number;
  /** When its last answer was done, or when it came. */
  since: number;
}

const tickMs = 20;
/** Without a new connection for this long, none is waiting to be accepted, where closing would reset it. */
const settledMs = 60;
/** After the grace, listening goes on no longer than this, whatever still runs. */
const patienceMs = 1_500;
/** A connection that is quiet for this long (never longer than the grace) may be closed, later where it has yet to speak. */
const quietMs = 200;
const silentMs = 1_000;

/** Watches the connections and answers of a server from here on. */
export function createDrain(server: Server): Drain {
  const connections = new Map<Socket, Connection>();
  const running = new Set<ServerResponse>();
  let finished: Promise<void> | null = null;
  let telling = false;
  let lastConnection = -Infinity;

  server.on('connection', (socket: Socket) => {
    lastConnection = performance.now();
    connections.set(socket, { running: 0, answered: 0, since: lastConnection });
    socket.once('close', () => connections.delete(socket));
  });
  server.on('request', (req, res: ServerResponse) => {
    const { socket } = req;
    const connection = connections.get(socket);
    running.add(res);
    if (connection !== undefined) connection.running++;
    if (telling) res.shouldKeepAlive = false;
    res.once('close', () => {
      running.delete(res);
      if (connection === undefined) return;
      connection.running--;
      connection.answered = socket.bytesRead;
      connection.since = performance.now();
    });
  });

  /** From here on (or no longer) each answer tells its client to leave, those included that are being made. */
  function tell(on: boolean): void {
    telling = on;
    for (const res of running) if (!res.headersSent) res.shouldKeepAlive = !on;
  }

  function leaveQuietOnes(graceMs: number): void {
    const now = performance.now();
    for (const [socket, { running: busy, answered, since }] of connections) {
      const patience = Math.min(graceMs, answered === 0 ? silentMs : quietMs);
      if (busy === 0 && socket.bytesRead === answered && now - since >= patience) socket.destroySoon();
    }
  }

  async function finish(graceMs: number, mostMs: number): Promise<void> {
    const began = performance.now();
    const since = (): number => performance.now() - began;
    const isSettled = (): boolean => performance.now() - lastConnection >= Math.min(settledMs, graceMs);

    const patienceEnds = Math.min(graceMs + patienceMs, mostMs);
    const beganBefore = [...running];
    tell(true);
    await until(() => since() >= patienceEnds || (since() >= graceMs && !beganBefore.some((res) => running.has(res))));
    // Told to leave, clients connect again at once; kept for a moment they do not, and no connection is lost unaccepted.
    if (!isSettled()) tell(false);
    await until(() => isSettled() || since() >= patienceEnds);
    tell(true);
    const closed = stopListening(server);
    await until(() => {
      leaveQuietOnes(graceMs);
      return connections.size === 0 || since() >= mostMs;
    });
    server.closeAllConnections();
    await closed;
  }

  return {
    get draining() {
      return finished !== null;
    },
    finish: (graceMs, mostMs) => (finished ??= server.listening ? finish(graceMs, mostMs) : Promise.resolve()),
  };
}

/** Closes the listening socket only: the close of an HTTP server would also cut connections that are about to send. */
function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => {
    NetServer.prototype.close.call(server, () => {
      server.close(() => resolve());
    });
  });
}

function until(done: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (done()) return resolve();
      setTimeout(look, tickMs);
    };
    look();
  });
}
