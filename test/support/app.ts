/** The real application on a database of its own, with a clock that tests can move. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createApp, type App } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import { createLogger } from '../../src/log.js';
import { createDatabase, type TestDatabase } from './database.js';

/** A clock that starts now and is moved by hand besides. */
export interface TestClock {
  now(): Date;
  advance(ms: number): void;
}

/** What a test may choose. Settings are environment variables, as in README.md. */
export interface TestAppOptions {
  readonly settings?: Readonly<Record<string, string>>;
  readonly clock?: TestClock;
  /** Share the database of another test app: another process on the same data. */
  readonly database?: TestDatabase;
  /** Share the development key of another test app. */
  readonly dataDir?: string;
}

/** A running application. */
export interface TestApp {
  readonly app: App;
  readonly url: string;
  readonly grpc: string | undefined;
  readonly database: TestDatabase;
  readonly dataDir: string;
  readonly clock: TestClock;
  /** Every SQL statement so far. */
  readonly statements: string[];
  /** The log, a parsed line an event. */
  readonly lines: Record<string, unknown>[];
  stop(): Promise<void>;
}

/** Makes a clock. */
export function testClock(): TestClock {
  let offset = 0;
  return { now: () => new Date(Date.now() + offset), advance: (ms) => void (offset += ms) };
}

/** Starts the application: development sign-in, no demo world, no rate limits unless the settings say otherwise. */
export async function createTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const database = options.database ?? (await createDatabase());
  const dataDir = options.dataDir ?? (await mkdtemp(path.join(tmpdir(), 'gatehouse-app-')));
  const clock = options.clock ?? testClock();
  const config = readConfig({
    PORT: '0',
    GRPC_PORT: '0',
    DATABASE_URL: database.url,
    DATA_DIR: dataDir,
    DEMO: 'off',
    RATE_LIMITS: 'off',
    ...options.settings,
  });
  const statements: string[] = [];
  const lines: Record<string, unknown>[] = [];
  const app = await createApp(config, {
    clock,
    random: { uuid: () => randomUUID(), bytes: (size) => randomBytes(size) },
    log: createLogger(config.logLevel, {
      write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>),
    }),
    onStatement: (sql) => void statements.push(sql),
  });
  const listening: { readonly http: string; readonly grpc?: string } = await app.listen();
  return {
    app,
    url: listening.http,
    grpc: listening.grpc,
    database,
    dataDir,
    clock,
    statements,
    lines,
    async stop() {
      await app.stop();
      if (!options.database) await database.drop();
      if (!options.dataDir) await rm(dataDir, { recursive: true, force: true });
    },
  };
}
