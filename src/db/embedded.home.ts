/** Where the embedded database lives, and as whom it runs: PostgreSQL refuses root, so root must find it a home. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import {
  access,
  chmod,
  chown,
  lchown,
  lstat,
  mkdir,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../kernel/errors.js';
import { hasCode, run, type RunAs } from './embedded.process.js';

/** The directories and the account of one embedded database. */
export interface Home {
  /** Holds the cluster, the server's log, its socket and the owner's claim. */
  readonly dir: string;
  /** May hold a copy of the programs; within reach of `runAs`. */
  readonly programs: string;
  readonly runAs: RunAs;
  /** The note beside the data directory that says where the data went; null when it is in the data directory. */
  readonly note: string | null;
}

const shelter = '/var/lib/gatehouse';

/**
 * Finds (and makes) the home of the database of `dataDir`.
 *
 * An ordinary user's is `<dataDir>/postgres`. Root's is there too when the unprivileged account can reach it, else in
 * `/var/lib/gatehouse/<hash>`, and a note in the data directory says so from then on. A cluster that a user made stays
 * that user's when root starts it.
 *
 * @throws AppError `EMBEDDED_UNREACHABLE` when this process may not use the database that is there
 */
export async function findHome(dataDir: string): Promise<Home> {
  const root = process.getuid?.() === 0;
  const created = await mkdir(dataDir, { recursive: true }).catch((cause: unknown) => {
    throw unreachable(`the data directory ${dataDir} cannot be made: ${String(cause)}`, cause);
  });
  const real = await realpath(dataDir);
  if (root && created !== undefined) await chmod(real, 0o711);
  const near = join(real, 'postgres');
  return root ? homeForRoot(near) : homeForUser(near);
}

async function homeForUser(near: string): Promise<Home> {
  try {
    await mkdir(near, { recursive: true, mode: 0o700 });
    await access(near, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw unreachable(`${near} cannot be used by this user`, cause);
  }
  const far = await readNote(join(near, 'moved-to'));
  if (far) throw unreachable(`the database of ${dirname(near)} lives in ${far}, because root started it first`);
  return { dir: near, programs: near, runAs: null, note: null };
}

async function homeForRoot(near: string): Promise<Home> {
  await mkdir(near, { recursive: true });
  const owner = await ownerOf(join(near, 'cluster'));
  const runAs = owner && owner.uid !== 0 ? owner : await nobody();
  const note = join(near, 'moved-to');
  const moved = await readNote(note);
  const far = moved ?? join(shelter, createHash('sha256').update(dirname(near)).digest('hex').slice(0, 16));

  if (!moved) {
    if (owner?.uid === 0) await giveTo(join(near, 'cluster'), runAs);
    await makePrivate(near, runAs);
    if (await canUse(near, runAs)) return { dir: near, programs: far, runAs, note: null };
    if (owner) throw unreachable(`uid ${runAs.uid}, which owns the database in ${near}, can no longer reach it`);
  }
  await mkdir(shelter, { recursive: true, mode: 0o755 });
  await makePrivate(far, runAs);
  if (!(await canUse(far, runAs))) throw unreachable(`uid ${runAs.uid} can reach neither ${near} nor ${far}`);
  return { dir: far, programs: far, runAs, note };
}

/**
 * Writes the note of a home away from its data directory. Call it as the owner of the home. Where the note is missing
 * although there is a cluster, somebody deleted the data directory to start afresh: the old cluster is set aside.
 */
export async function settle(home: Home): Promise<void> {
  if (home.note === null || (await readNote(home.note))) return;
  const [cluster, previous] = [join(home.dir, 'cluster'), join(home.dir, 'cluster.previous')];
  if (await ownerOf(cluster)) {
    await rm(previous, { recursive: true, force: true });
    await rename(cluster, previous);
  }
  await writeFile(home.note, home.dir);
}

/** Makes a directory that only `runAs` (and root) may enter. */
export async function makePrivate(dir: string, runAs: RunAs): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  if (runAs) await chown(dir, runAs.uid, runAs.gid);
  await chmod(dir, 0o700);
}

/** Hands a directory and all in it to `runAs`. */
export async function giveTo(dir: string, runAs: RunAs): Promise<void> {
  if (!runAs) return;
  const inside = await readdir(dir, { recursive: true });
  for (const path of ['', ...inside]) await lchown(join(dir, path), runAs.uid, runAs.gid);
}

/** initdb refuses an account without an entry among the users, which 65534 has not everywhere. */
async function nobody(): Promise<{ uid: number; gid: number }> {
  const id = (words: string) => run('/bin/sh', ['-c', `id ${words}`], null).then(Number, () => 65534);
  const listed = await run('/bin/sh', ['-c', 'id -un 65534'], null).catch(() => null);
  return listed ? { uid: 65534, gid: 65534 } : { uid: await id('-u nobody'), gid: await id('-g nobody') };
}

async function canUse(dir: string, runAs: RunAs): Promise<boolean> {
  // Asking the kernel as that account is the only answer that knows parents, ACLs and mounts.
  return run('/bin/sh', ['-c', 'cd "$0" && test -r . && test -w .', dir], runAs).then(
    () => true,
    () => false,
  );
}

async function ownerOf(path: string): Promise<{ uid: number; gid: number } | null> {
  try {
    const { uid, gid } = await lstat(path);
    return { uid, gid };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

async function readNote(note: string): Promise<string | null> {
  try {
    const path = await readFile(note, 'utf8');
    return dirname(path) === shelter && basename(path) !== '' ? path : null;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

function unreachable(message: string, cause?: unknown): AppError {
  return new AppError('unavailable', 'EMBEDDED_UNREACHABLE', message, { cause });
}
