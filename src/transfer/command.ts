/** What import and export have in common as commands: the database is opened, the work done, a fault told in one line. */
import { openStorage, type Storage } from '../app.storage.js';
import { ConfigError, readConfig, type Config } from '../config.js';
import type { Bulk } from '../db/bulk.js';
import { AppError } from '../kernel/errors.js';
import { createLogger } from '../log.js';

/** A fault of whoever typed the command. */
export class UsageError extends Error {}

/**
 * Runs a command on the database of the settings. What it returns is printed as one line of JSON.
 * @param readWords what was typed; throws {@link UsageError}
 * @returns the exit code: 0, 1 when it failed, 2 when it was called wrongly
 */
export async function runCommand<Words>(
  name: string,
  readWords: () => Words,
  work: (bulk: Bulk, words: Words, config: Config, storage: Storage) => Promise<Readonly<Record<string, unknown>>>,
): Promise<number> {
  try {
    const words = readWords();
    const config = readConfig();
    const storage = await openStorage(config, createLogger('warn'));
    try {
      const bulk = await storage.bulk();
      try {
        const result = await work(bulk, words, config, storage);
        process.stdout.write(`${JSON.stringify(result)}\n`);
      } finally {
        await bulk.close();
      }
    } finally {
      await storage.close();
    }
    return 0;
  } catch (error) {
    process.stderr.write(`${name}: ${lineFor(error)}\n`);
    return error instanceof UsageError || error instanceof ConfigError ? 2 : 1;
  }
}

function lineFor(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const busy = error instanceof AppError && error.reason === 'EMBEDDED_BUSY';
  return `${message}${busy ? ': stop it first, or let both use one server by DATABASE_URL' : ''}`.replace(/\s+/g, ' ');
}
