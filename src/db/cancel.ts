/** Cancels SQL whose asker is gone: what a request runs stops when its signal fires, and no more of it begins. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { connect } from 'node:net';
import type pg from 'pg';
import { AppError } from '../kernel/errors.js';

/** A request, and what is to be stopped when it ends early. */
interface Asker {
  readonly signal: AbortSignal;
  readonly holds: Set<() => void>;
}

type TakeCallback = (error: Error | undefined, client: pg.PoolClient | undefined, done: () => void) => void;

const askers = new AsyncLocalStorage<Asker>();
const again = 100;

/** Runs `work`. When `signal` fires, its statement is cancelled at the server, and it gets no connection any more. */
export async function underSignal<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const holds = new Set<() => void>();
  const stop = (): void => holds.forEach((cancel) => cancel());
  signal.addEventListener('abort', stop, { once: true });
  try {
    // Prisma's promises begin when they are awaited, so that must happen inside.
    return await askers.run({ signal, holds }, async () => await work());
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Runs what several requests wait for: none of their signals reaches it. */
export const onNobodysBehalf = <T>(work: () => T): T => askers.exit(work);

/** Whether the request that runs here ended early: then what the database says is of no interest to anybody. */
export const isAbandoned = (): boolean => askers.getStore()?.signal.aborted === true;

/** The refusal of SQL for a request that ended early. */
export const abandoned = (cause?: unknown): AppError =>
  new AppError('timeout', 'CALL_ENDED', 'The call was cancelled or ran out of time.', { cause });

/** Makes every connection that is taken from the pool under a signal obey that signal. */
export function obeySignals(pool: pg.Pool): void {
  const connectPlainly = pool.connect.bind(pool);
  const take = (callback: TakeCallback): void => connectPlainly(callback);

  function takeFor(asker: Asker, callback: TakeCallback): void {
    const { signal } = asker;
    if (signal.aborted) return callback(abandoned(), undefined, () => undefined);
    take((error, client, done) => {
      if (error || !client) return callback(error, client, done);
      if (signal.aborted) {
        client.release();
        return callback(abandoned(), undefined, () => undefined);
      }
      hold(asker, client);
      callback(undefined, client, client.release);
    });
  }

  function connectUnderSignal(callback?: TakeCallback): Promise<pg.PoolClient> | void {
    const asker = askers.getStore();
    const takeNow = (then: TakeCallback): void => (asker === undefined ? take(then) : takeFor(asker, then));
    if (callback) return takeNow(callback);
    return new Promise((resolve, reject) =>
      takeNow((error, client) => (client ? resolve(client) : reject(error ?? abandoned()))),
    );
  }
  pool.connect = connectUnderSignal as pg.Pool['connect'];
}

/** Until the client is given back, the end of its asker cancels whatever it runs. */
function hold({ holds }: Asker, client: pg.PoolClient): void {
  const { release } = client;
  let repeat: NodeJS.Timeout | undefined;
  const cancel = (): void => {
    sendCancel(client);
    // A transaction may be between two statements when the first cancel comes.
    repeat = setInterval(() => sendCancel(client), again);
  };
  holds.add(cancel);
  client.release = (error) => {
    holds.delete(cancel);
    clearInterval(repeat);
    // A cancel may still be under way: it must not hit the next user of this connection.
    release(error ?? repeat !== undefined);
  };
}

/** The protocol's cancel request, over a connection of its own. Best effort: the statement time-out stands behind it. */
function sendCancel(client: pg.PoolClient): void {
  const { host, port, processID, secretKey } = client as pg.PoolClient & { processID: number; secretKey: number };
  const request = Buffer.alloc(16);
  request.writeInt32BE(16, 0);
  request.writeInt32BE(80877102, 4);
  request.writeInt32BE(processID, 8);
  request.writeInt32BE(secretKey, 12);
  const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
  socket.on('error', () => undefined);
  socket.setTimeout(1_000, () => socket.destroy());
  socket.end(request);
}
