/** One connection for much data: COPY into tables, and transactions that may last. For transfers, never for requests. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Connection } from './client.js';
import { codesIn, retryableStates } from './errors.js';

/** What a column is given by COPY: text as the database reads it, a list, or NULL. */
export type Cell = string | number | boolean | null | readonly string[];

/** A connection of its own. Its statements run one after the other. */
export interface Bulk {
  /** Runs one statement. 64-bit integers come as text. */
  query<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Adds the rows of {@link copyText} to a table. Checks and indexes hold as for any insert. */
  copy(table: string, columns: readonly string[], text: string): Promise<void>;
  /**
   * Runs `work` in a transaction, again when it lost a race with somebody else.
   * @param mode what follows BEGIN, such as `READ ONLY`
   */
  transact<T>(work: () => Promise<T>, mode?: string): Promise<T>;
  close(): Promise<void>;
}

/** What a transfer may take: a large list of entries that the trigram indexes have still to sort in. */
const settings = `SET lock_timeout = '30s'; SET statement_timeout = 0; SET gin_pending_list_limit = '64MB'; SET gatehouse.quiet = 'on';
  SET maintenance_work_mem = '128MB'; SET max_parallel_maintenance_workers = 0; SET synchronous_commit = off`;
const mostAttempts = 5;

/** A unique index refused what was free a moment ago: the next attempt sees who took it. */
const uniqueViolation = '23505';

/** Connects. @throws Error when the database cannot be reached */
export async function openBulk(connection: Connection): Promise<Bulk> {
  const client = new pg.Client({ ...connection, application_name: 'gatehouse-transfer' });
  // A connection that breaks also fails the statement under way; without a listener it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  await client.query(settings);

  return {
    query: async <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) =>
      (await client.query<Row>(text, [...values])).rows,

    async copy(table, columns, text) {
      if (text === '') return;
      const into = client.query(copyFrom(`COPY ${table} (${columns.join(', ')}) FROM STDIN`));
      await pipeline(Readable.from([Buffer.from(text)]), into);
    },

    async transact(work, mode = '') {
      for (let attempt = 1; ; attempt += 1) {
        await client.query(`BEGIN ${mode}`);
        try {
          const result = await work();
          await client.query('COMMIT');
          return result;
        } catch (error) {
          await client.query('ROLLBACK').catch(() => undefined);
          const lostRace = codesIn(error).some((code) => retryableStates.has(code) || code === uniqueViolation);
          if (!lostRace || attempt === mostAttempts) throw error;
        }
      }
    },

    close: () => client.end(),
  };
}

/** Rows in the text format of COPY, of these columns; what a row leaves out is NULL. */
export function copyText(columns: readonly string[], rows: readonly Readonly<Record<string, Cell>>[]): string {
  return rows.map((row) => `${columns.map((column) => cellText(row[column] ?? null)).join('\t')}\n`).join('');
}

function cellText(cell: Cell): string {
  if (cell === null) return '\\N';
  if (typeof cell === 'string') return escaped(cell);
  if (typeof cell === 'object') return escaped(`{${cell.map(quoted).join(',')}}`);
  return String(cell);
}

/** An element of an array. */
function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

const special = /[\\\t\n\r]/;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function escaped(text: string): string {
  return special.test(text) ? text.replace(/[\\\t\n\r]/g, (character) => escapes[character] ?? character) : text;
}
