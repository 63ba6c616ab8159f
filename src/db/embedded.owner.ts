/** Who holds a directory: at most one living process, however many start at once and however the last one ended. */
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../kernel/errors.js';
import { hasCode, processIdentity } from './embedded.process.js';

interface Claim {
  readonly generation: number;
  /** Null once the holder has let go. */
  readonly holder: { readonly pid: number; readonly identity: string } | null;
}

const claimName = /^owner\.(\d+)$/;
let drafts = 0;

/**
 * Makes this process the owner of `home` and returns what lets go of it again.
 *
 * Claims are files with rising numbers; the highest one counts. A claim is made by linking a finished file to the next
 * number, which the file system grants to one process only, and the highest is never removed, so that a slow starter
 * who comes with an old number finds a higher one and steps back.
 *
 * @param named the directory as people know it, for the message
 * @throws AppError `EMBEDDED_BUSY` when a living process has it, be it this one
 */
export async function takeOwnership(home: string, named: string): Promise<() => Promise<void>> {
  const identity = await processIdentity(process.pid);
  const mine = JSON.stringify({ pid: process.pid, identity });
  for (;;) {
    const newest = await newestClaim(home);
    const holder = newest?.holder;
    if (holder && (await processIdentity(holder.pid)) === holder.identity) throw busy(holder.pid, named);

    const generation = (newest?.generation ?? 0) + 1;
    if (!(await claim(home, generation, mine))) continue;
    if ((await newestClaim(home))?.generation !== generation) {
      await rm(join(home, `owner.${generation}`), { force: true });
      continue;
    }
    await removeOlder(home, generation);
    return () => replace(home, `owner.${generation}`, 'free');
  }
}

function busy(pid: number, named: string): AppError {
  return new AppError('unavailable', 'EMBEDDED_BUSY', `another Gatehouse process (pid ${pid}) is using ${named}`, {
    facts: { pid },
  });
}

async function newestClaim(home: string): Promise<Claim | null> {
  for (;;) {
    const generations = (await readdir(home)).flatMap((name) => claimName.exec(name)?.[1] ?? []).map(Number);
    if (generations.length === 0) return null;
    const generation = Math.max(...generations);
    try {
      return { generation, holder: parseHolder(await readFile(join(home, `owner.${generation}`), 'utf8')) };
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  }
}

/** What is not a whole claim was let go of, or cut short by a power failure: nobody holds it. */
function parseHolder(text: string): Claim['holder'] {
  const match = /^\{"pid":(\d+),"identity":"([^"]*)"\}$/.exec(text);
  return match ? { pid: Number(match[1]), identity: match[2] ?? '' } : null;
}

async function claim(home: string, generation: number, text: string): Promise<boolean> {
  const draft = join(home, `owner.draft-${process.pid}-${drafts++}`);
  await writeFile(draft, text);
  try {
    await link(draft, join(home, `owner.${generation}`));
    return true;
  } catch (error) {
    // The draft may have been swept away by whoever won.
    if (hasCode(error, 'EEXIST', 'ENOENT')) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function replace(home: string, name: string, text: string): Promise<void> {
  const draft = join(home, `owner.draft-${process.pid}-${drafts++}`);
  await writeFile(draft, text);
  await rename(draft, join(home, name));
}

async function removeOlder(home: string, generation: number): Promise<void> {
  const old = (await readdir(home)).filter((name) => {
    const number = claimName.exec(name)?.[1];
    return number === undefined ? name.startsWith('owner.draft-') : Number(number) < generation;
  });
  await Promise.all(old.map((name) => rm(join(home, name), { force: true })));
}
