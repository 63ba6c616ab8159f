/** The database of a bench: embedded in a folder or given, with all migrations. */
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { Connection } from '../../src/db/client.js';
import { startEmbedded } from '../../src/db/embedded.js';
import { migrate } from '../../src/db/migrate.js';

/** A running database. */
export interface BenchDatabase {
  readonly connection: Connection;
  stop(): Promise<void>;
}

const migrations = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));

/** Starts the database of a folder, or takes the one at an address. One that has tables already is taken as it is. */
export async function openBenchDatabase(dataDir: string, url?: string): Promise<BenchDatabase> {
  const log = (): void => undefined;
  const embedded = url === undefined ? await startEmbedded({ dataDir, log }) : undefined;
  const connection: Connection = embedded?.connection ?? { connectionString: url };
  if (await isEmpty(connection)) await migrate(connection, { directory: migrations, timeoutMs: 300_000, log });
  return { connection, stop: async () => embedded?.stop() };
}

async function isEmpty(connection: Connection): Promise<boolean> {
  const client = new pg.Client(connection);
  await client.connect();
  const { rows } = await client.query<{ empty: boolean }>(`SELECT to_regclass('users') IS NULL AS empty`);
  await client.end();
  return rows[0]?.empty === true;
}
