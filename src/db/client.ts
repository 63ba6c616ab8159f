/** How we hold the database: one pool that both hand-written SQL and Prisma draw from. */
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import type { Config } from '../config.js';
import { Prisma, PrismaClient } from '../generated/prisma/client.js';
import type { Transactor, Tx } from '../kernel/transaction.js';
import { obeySignals } from './cancel.js';
import { translated } from './errors.js';
import { gathered } from './gathered.js';
import { retrying } from './retry.js';

/** Prisma inside an open transaction. For stores only. */
export function within(tx: Tx): Prisma.TransactionClient {
  return tx as unknown as Prisma.TransactionClient;
}

/**
 * A list of ids in a statement: `= ANY(${uuids(ids)})`, `unnest(${uuids(ids)})`. The planner does not see how long it is,
 * so that it keeps one plan for all lengths; else it plans anew every time, which costs more than most of our reads.
 */
export function uuids(ids: readonly string[]): Prisma.Sql {
  return Prisma.sql`(SELECT ${ids}::uuid[])::uuid[]`;
}

/** The database as stores see it. */
export interface Db extends Transactor {
  /** Prisma, for whatever is neither hot nor a lock. */
  readonly prisma: PrismaClient;
  /**
   * Runs one hand-written statement and answers its rows. 64-bit integers come as bigint. It is prepared once, if not
   * `planned` each time: for what is written anew for each caller, or is quick only when planned for its very values.
   */
  query<Row>(statement: Prisma.Sql, planned?: 'each time'): Promise<Row[]>;
  /** See {@link gathered}: for what every request reads. */
  readonly gathered: typeof gathered;
  /** True when the database answers. */
  ping(): Promise<boolean>;
  close(): Promise<void>;
}

/** Where the database is: a connection string, or the socket of the embedded server. */
export type Connection = Pick<pg.PoolConfig, 'connectionString' | 'host' | 'port' | 'user' | 'database'>;

/** Told of every statement, as the database gets it. For tests that hold the number of statements. */
export type StatementListener = (sql: string) => void;

const mostStatementNames = 500;

/** Opens the pool; nothing is connected before the first statement. */
export function openDatabase(connection: Connection, settings: Config['db'], onStatement?: StatementListener): Db {
  const pool = new pg.Pool({
    ...connection,
    max: settings.pool,
    connectionTimeoutMillis: settings.acquireMs,
    idleTimeoutMillis: settings.idleMs,
    maxLifetimeSeconds: Math.ceil(settings.lifeMs / 1000),
    statement_timeout: settings.statementMs,
    // A connection may die without a word; then nobody else ends what waits for its answer.
    query_timeout: settings.statementMs + 1_000,
    keepAlive: true,
    lock_timeout: settings.lockMs,
    idle_in_transaction_session_timeout: settings.transactionIdleMs,
    application_name: 'gatehouse',
  });
  // A broken idle connection is replaced at the next use; without a listener it would end the process.
  pool.on('error', () => undefined);
  obeySignals(pool);
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool, { disposeExternalPool: false }),
    log: onStatement ? [{ emit: 'event', level: 'query' }] : [],
  });
  if (onStatement) prisma.$on('query' as never, (event: { query: string }) => onStatement(event.query));

  const names = new Map<string, string>();
  const nameOf = (text: string): string | undefined => {
    const known = names.get(text);
    if (known !== undefined || names.size >= mostStatementNames) return known;
    const name = `gatehouse_${names.size}`;
    names.set(text, name);
    return name;
  };

  return {
    prisma,
    async query<Row>(statement: Prisma.Sql, planned?: 'each time'): Promise<Row[]> {
      const { text } = statement;
      onStatement?.(text);
      const name = planned === undefined ? nameOf(text) : undefined;
      const asked = { text, values: statement.values, types: ourTypes, ...(name === undefined ? {} : { name }) };
      const { rows } = await translated(() => pool.query(asked));
      return rows as Row[];
    },
    gathered,
    transact: (work) =>
      retrying(() =>
        translated(() =>
          prisma.$transaction((client) => work(client as unknown as Tx), {
            maxWait: settings.acquireMs,
            timeout: 5_000,
          }),
        ),
      ),
    async ping() {
      return pool.query('SELECT 1').then(
        () => true,
        () => false,
      );
    },
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

const utc = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,3})?\+00$/;
const plainInstant = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ) as (text: string) => Date;
/** Nearly every instant is of our age and in UTC: those are read by the engine itself, several times as fast. */
const instant = (text: string): Date =>
  utc.test(text) ? new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`) : plainInstant(text);

const parsers: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [pg.types.builtins.INT8, BigInt],
  [pg.types.builtins.TIMESTAMPTZ, instant],
]);
const ourTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    parsers.get(oid) ?? (pg.types.getTypeParser(oid, format) as unknown)) as pg.CustomTypesConfig['getTypeParser'],
};
