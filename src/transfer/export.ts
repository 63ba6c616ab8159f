/** The export of users into a file, one line each, as of one moment. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import type { Bulk } from '../db/bulk.js';
import { storedId } from '../kernel/foreign-ids.js';
import { lineOf } from './export.messages.js';
import { countUsers, readUsers } from './export.store.js';

/** What to export, and where to. */
export interface ExportOptions {
  readonly file: string;
  /** The account whose users are wanted, by its id here or the one it was imported under; null for all. */
  readonly accountId: string | null;
  readonly instanceDomain: string;
  /** Told after each batch. */
  readonly onProgress: (users: number, total: number) => void;
}

const usersInOneGo = 500;

/** Writes the file; it takes its name when it is whole. @returns how many users it has */
export async function exportFile(bulk: Bulk, options: ExportOptions): Promise<number> {
  const { file, instanceDomain, onProgress } = options;
  const accountId = options.accountId === null ? null : storedId(options.accountId);
  const partial = `${file}.partial`;
  const out = createWriteStream(partial);
  try {
    const users = await bulk.transact(async () => {
      const total = await countUsers(bulk, accountId);
      let [count, after]: [number, string | null] = [0, null];
      for (;;) {
        onProgress(count, total);
        const batch = await readUsers(bulk, accountId, after, usersInOneGo);
        const last = batch.at(-1);
        if (!last) return count;
        const text = batch.map((user) => `${JSON.stringify(lineOf(user, instanceDomain))}\n`).join('');
        if (!out.write(text)) await once(out, 'drain');
        [count, after] = [count + batch.length, last.user.user_id];
      }
    }, 'ISOLATION LEVEL REPEATABLE READ READ ONLY');
    out.end();
    await finished(out);
    await rename(partial, file);
    return users;
  } catch (error) {
    out.destroy();
    await rm(partial, { force: true });
    throw error;
  }
}
