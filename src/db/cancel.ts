/** Cancels SQL whose asker is gone: what a request runs stops when its signal fires, and no more of it begins. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { connect } from 'node:net';
import type pg from 'pg';
import { AppError } from '../kernel/errors.js';

/** Somebody who asks for SQL: a request, or all those who wait for the same read. */
export interface Asker {
  /** It ended early. */
  gone: boolean;
  /** What is to be done then. */
  readonly holds: Set<() => void>;
}

type TakeCallback = (error: Error | undefined, client: pg.PoolClient | undefined, done: () => void) => void;

const askers = new AsyncLocalStorage<Asker>();
const again = 100;

/** Runs `work`. When `signal` fires, its statement is cancelled at the server, and it gets no connection any more. */
export async function underSignal<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const asker: Asker = { gone: signal.aborted, holds: new Set() };
  const stop = (): void => leave(asker);
  signal.addEventListener('abort', stop, { once: true });
  try {
    // Prisma's promises begin when they are awaited, so that must happen inside.
    return await askers.run(asker, async () => await work());
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function leave(asker: Asker): void {
  asker.gone = true;
  for (const cancel of [...asker.holds]) cancel();
}

/** Whoever asks here; undefined for work of our own. */
export const currentAsker = (): Asker | undefined => askers.getStore();

/** Runs what all of these wait for: it is cancelled when the last of them is gone, and never where one is nobody. */
export async function onBehalfOf<T>(waiting: readonly (Asker | undefined)[], work: () => Promise<T>): Promise<T> {
  const all: Asker = { gone: false, holds: new Set() };
  let left = waiting.length;
  const ends = waiting.map((one) => {
    const end = (): void => {
      left--;
      if (left === 0) leave(all);
    };
    if (one?.gone) end();
    else one?.holds.add(end);
    return end;
  });
  try {
    return await askers.run(all, async () => await work());
  } finally {
    waiting.forEach((one, i) => one?.holds.delete(ends[i] as () => void));
  }
}

/** Whether the request that runs here ended early: then what the database says is of no interest to anybody. */
export const isAbandoned = (): boolean => askers.getStore()?.gone === true;

/** The refusal of SQL for a request that ended early. */
export const abandoned = (cause?: unknown): AppError =>
  new AppError('timeout', 'CALL_ENDED', 'The call was cancelled or ran out of time.', { cause });

/** Makes every connection that is taken from the pool under a signal obey that signal. */
export function obeySignals(pool: pg.Pool): void {
  const connectPlainly = pool.connect.bind(pool);
  const take = (callback: TakeCallback): void => connectPlainly(callback);

  function takeFor(asker: Asker, callback: TakeCallback): void {
    if (asker.gone) return callback(abandoned(), undefined, () => undefined);
    take((error, client, done) => {
      if (error || !client) return callback(error, client, done);
      if (asker.gone) {
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
