/** One PostgreSQL for all tests of a run, with a migrated template that each test app copies. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '../../src/db/embedded.js';
import { migrate } from '../../src/db/migrate.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The server's maintenance database, as a connection string. */
    readonly databaseServer: string;
    /** The migrated database that test databases are copies of. */
    readonly databaseTemplate: string;
  }
}

/** Starts the server, or takes the one of `TEST_DATABASE_URL`; the returned function stops it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_DATABASE_URL'];
  const dataDir = await mkdtemp(path.join(tmpdir(), 'gatehouse-tests-'));
  // Reachable for the uid that PostgreSQL runs under when we are root, or its files would live elsewhere and stay.
  await chmod(dataDir, 0o755);
  const embedded = given === undefined ? await startEmbedded({ dataDir, log: () => undefined }) : undefined;
  const server = given ?? socketAddress(embedded?.connection ?? { host: '', user: '', database: '' });

  const template = `gatehouse_template_${process.pid}`;
  const admin = new pg.Client({ connectionString: server });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${template}`);
  const directory = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));
  await migrate(
    { connectionString: withDatabase(server, template) },
    { directory, timeoutMs: 60_000, log: () => undefined },
  );
  project.provide('databaseServer', server);
  project.provide('databaseTemplate', template);

  return async () => {
    await admin.query(`DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
    await admin.end();
    await embedded?.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}

/** A connection string to a server on a unix socket. */
export function socketAddress(at: { readonly host: string; readonly user: string; readonly database: string }): string {
  return `postgresql://${at.user}@localhost/${at.database}?host=${encodeURIComponent(at.host)}`;
}

/** The same server, another database. */
export function withDatabase(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}
