/** The database of a process: embedded or given, brought up to date, opened. */
import { fileURLToPath } from 'node:url';
import type { Config } from './config.js';
import { openBulk, type Bulk } from './db/bulk.js';
import { openDatabase, type Db, type StatementListener } from './db/client.js';
import { startEmbedded } from './db/embedded.js';
import { createAccountEvents, type AccountEvents } from './db/events.js';
import { migrate } from './db/migrate.js';
import type { AppError } from './kernel/errors.js';
import type { Log } from './log.js';

/** An open database, and how to let go of it. */
export interface Storage {
  readonly db: Db;
  /** Listens over a connection of its own, from the first that follows anything. */
  readonly events: AccountEvents;
  /** A connection of its own for much data. Close it before the storage. */
  bulk(): Promise<Bulk>;
  close(): Promise<void>;
}

const migrations = fileURLToPath(new URL('../prisma/migrations', import.meta.url));

/**
 * Opens the database: the one of `DATABASE_URL`, else an embedded server in `DATA_DIR`. Applies what migrations are
 * missing first. `onLost` is told when the embedded server died and cannot be started again.
 * @throws AppError when the server cannot be had, or the database is not one this build can use
 */
export async function openStorage(
  config: Config,
  log: Log,
  onStatement?: StatementListener,
  onLost: (error: AppError) => void = () => undefined,
): Promise<Storage> {
  const tell = (event: string, facts: Record<string, unknown>, level: 'info' | 'warn' | 'error' = 'info'): void =>
    log[level]({ event, ...facts }, event);
  const embedded =
    config.databaseUrl === undefined ? await startEmbedded({ dataDir: config.dataDir, log: tell, onLost }) : undefined;
  try {
    const connection = embedded
      ? { ...embedded.connection, ssl: false }
      : { connectionString: config.databaseUrl as string };
    const direct = embedded ? connection : { connectionString: config.databaseDirectUrl as string };
    await migrate(direct, { directory: migrations, timeoutMs: config.db.migrationMs, log: tell });
    const db = openDatabase(connection, config.db, onStatement);
    const events = createAccountEvents(direct);
    return {
      db,
      events,
      bulk: () => openBulk(direct),
      async close() {
        await events.close();
        await db.close();
        await embedded?.stop();
      },
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}
