/** The embedded PostgreSQL: one call starts it in a data directory, whoever runs us and however we ended last time. */
import { join } from 'node:path';
import pg from 'pg';
import type { AppError } from '../kernel/errors.js';
import { findBinaries } from './embedded.binaries.js';
import { databaseUser, endOrphan, makeCluster } from './embedded.cluster.js';
import { findHome, settle, type Home } from './embedded.home.js';
import { takeOwnership } from './embedded.owner.js';
import { keepRunning } from './embedded.restart.js';
import { type Server, socketNumber, startServer } from './embedded.server.js';

/** A running embedded server. */
export interface Embedded {
  /** What `pg` needs to connect; `host` is the directory of the Unix socket. */
  readonly connection: { host: string; port: number; user: string; database: string };
  /** Shuts the server down and lets go of the directory. Close connections first: open ones are cut. */
  stop(): Promise<void>;
}

/** What {@link startEmbedded} needs to know. */
export interface EmbeddedOptions {
  /** The data directory; the database lives in its `postgres` folder. Made when it is missing. */
  readonly dataDir: string;
  /**
   * Told of `database.elsewhere`, `database.orphan`, `database.created`; of `database.died` (an error), and of
   * `database.restart_failed` and `database.restarted` (warnings). Without a level it is for information.
   */
  readonly log: (event: string, facts: Record<string, unknown>, level?: 'warn' | 'error') => void;
  /** Told when the server died and cannot be started again: `EMBEDDED_LOST`, its message one line for the operator. */
  readonly onLost?: (error: AppError) => void;
}

const database = 'gatehouse';

/**
 * Starts PostgreSQL in a data directory, making the cluster the first time. What it acknowledges is on disk: neither
 * killing this process nor the machine's power loses it. A server that a killed process left behind is stopped first.
 * A server that dies is started again on the same socket.
 *
 * @throws AppError of kind `unavailable`, its message one line for the operator: `EMBEDDED_BUSY` when another living
 *   process uses the directory, `EMBEDDED_MISSING` when there are no programs for this platform,
 *   `EMBEDDED_UNREACHABLE` when the files belong to somebody else, `EMBEDDED_FAILED` when the server does not start
 */
export async function startEmbedded({ dataDir, log, onLost }: EmbeddedOptions): Promise<Embedded> {
  const home = await findHome(dataDir);
  const letGo = await takeOwnership(home.dir, dataDir);
  try {
    const { server, postgres } = await startIn(home, dataDir, log);
    const { socketDir } = server;
    const running = keepRunning(server, {
      start: (signal) => startServer(postgres, home, { socketDir, signal }),
      log: (event, facts, level) => log(event, { ...facts, log: join(home.dir, 'server.log') }, level),
      onLost: (error) => onLost?.(error),
    });
    let stopped: Promise<void> | undefined;
    return {
      connection: { host: socketDir, port: socketNumber, user: databaseUser, database },
      stop: () => (stopped ??= running.stop().finally(letGo)),
    };
  } catch (error) {
    await letGo();
    throw error;
  }
}

async function startIn(
  home: Home,
  dataDir: string,
  log: EmbeddedOptions['log'],
): Promise<{ readonly server: Server; readonly postgres: string }> {
  const cluster = join(home.dir, 'cluster');
  await endOrphan(cluster, (pid) => log('database.orphan', { pid }));
  await settle(home);
  const binaries = await findBinaries(home);
  if (home.note !== null || binaries.copied) {
    log('database.elsewhere', { dataDir, data: home.dir, programs: binaries.postgres, uid: home.runAs?.uid ?? null });
  }
  if (await makeCluster(home, binaries)) log('database.created', { data: home.dir });
  const server = await startServer(binaries.postgres, home);
  try {
    await ensureDatabase(server.socketDir);
    return { server, postgres: binaries.postgres };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function ensureDatabase(host: string): Promise<void> {
  const client = new pg.Client({ host, port: socketNumber, user: databaseUser, database: 'postgres', ssl: false });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${database}`);
  } finally {
    await client.end();
  }
}
