/** A line as an import decides on it: read once, and kept as little as that needs. */
import { copyText } from '../db/bulk.js';
import { keysOf, type Key } from './import.keys.js';
import { thingsOf, type Things } from './import.things.js';
import { parseLine } from './line.js';
import { rowsOf } from './rows.js';
import { tableNames, tables } from './tables.js';

/** A line that could be read. */
export interface Candidate {
  /** Counted from 1. */
  readonly number: number;
  readonly text: string;
  /** What of it nobody else may have. */
  readonly keys: readonly Key[];
  /** What it refers to. */
  readonly things: Things;
  /** Its rows as they are sent to each table, which is less to keep than the rows. */
  readonly copies: readonly string[];
}

/** Reads a line. @throws AppError `invalid` with the path of the first fault */
export function readCandidate(number: number, text: string): Candidate {
  const parsed = parseLine(text);
  const rows = rowsOf(parsed.line);
  const copies = tableNames.map((table) => copyText(tables[table], rows[table]));
  return { number, text, keys: keysOf(parsed, rows), things: thingsOf(parsed), copies };
}
