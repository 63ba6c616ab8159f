/** How a server stops without failing anybody: it finishes what was accepted and tells clients to leave. */
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The way out of a server. */
export interface Drain {
  /** Whether stopping has begun. */
  readonly draining: boolean;
  /** Stops; see `HttpServer.stop`. */
  finish(graceMs: number, mostMs: number): Promise<void>;
}

/** Bytes a connection had sent when its last answer was done: while no more came, it is quiet and may be closed. */
interface Connection {
  answered: number;
  running: number;
}

const tickMs = 25;
const quietMs = 100;
const silentMs = 1_000;
/** Where clients never pause, listening ends this long after the grace: what was accepted by then still finishes. */
const patienceMs = 1_500;

/** Watches the connections and answers of a server from here on. */
export function createDrain(server: Server): Drain {
  const connections = new Map<Socket, Connection>();
  const running = new Set<ServerResponse>();
  let finished: Promise<void> | null = null;
  let lastRequest = 0;

  server.on('connection', (socket: Socket) => {
    connections.set(socket, { answered: 0, running: 0 });
    socket.once('close', () => connections.delete(socket));
  });
  server.on('request', (req, res: ServerResponse) => {
    const connection = connections.get(req.socket);
    running.add(res);
    if (connection !== undefined) connection.running++;
    lastRequest = performance.now();
    if (finished !== null) res.shouldKeepAlive = false;
    res.once('close', () => {
      running.delete(res);
      if (connection === undefined) return;
      connection.running--;
      connection.answered = req.socket.bytesRead;
    });
  });

  /** Ends what is quiet: answered, and silent since. A connection that never sent a byte gets a second for its first. */
  function leave(sinceMs: number): void {
    for (const [socket, { answered, running: busy }] of connections) {
      const fresh = answered === 0 && socket.bytesRead === 0;
      if (busy === 0 && socket.bytesRead === answered && (!fresh || sinceMs > silentMs)) socket.destroySoon();
    }
  }

  async function finish(graceMs: number, mostMs: number): Promise<void> {
    const began = performance.now();
    const since = (): number => performance.now() - began;
    for (const res of running) if (!res.headersSent) res.shouldKeepAlive = false;
    const isBusy = (): boolean => running.size > 0 || performance.now() - lastRequest < Math.min(quietMs, graceMs);
    await until(() => since() >= Math.min(graceMs + patienceMs, mostMs) || (since() >= graceMs && !isBusy()));
    // Right after the poll phase nothing that has arrived is still unread or unaccepted.
    await new Promise((resolve) => setImmediate(resolve));
    const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
    const closing = performance.now();
    let open = true;
    void closed.then(() => (open = false));
    await until(() => {
      if (open) leave(performance.now() - closing);
      return !open || since() >= mostMs;
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

function until(done: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (done()) return resolve();
      setTimeout(look, tickMs);
    };
    look();
  });
}
