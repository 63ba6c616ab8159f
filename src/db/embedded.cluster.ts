/** The files of the embedded database: made whole or not at all, and free of a server that outlived its owner. */
import { access, mkdtemp, open, readdir, readFile, readlink, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError } from '../kernel/errors.js';
import type { Binaries } from './embedded.binaries.js';
import { giveTo, type Home } from './embedded.home.js';
import { gone, processIdentity, processWords, run, signal } from './embedded.process.js';

/** The superuser of the cluster. Whoever reaches the socket is let in, so the socket's directory is private. */
export const databaseUser = 'gatehouse';

/** What a running server writes about itself in its directory. */
export interface ServerNote {
  readonly pid: number;
  readonly socketDir: string;
  readonly ready: boolean;
}

// PostgreSQL's own locale: letters fold alike on every system, and in less time than by the system's.
const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];

/**
 * Makes the cluster of a home unless it is there; true when it made it. An attempt that was cut short leaves nothing
 * that counts.
 * @throws AppError `EMBEDDED_FAILED` with the last thing that initdb said: no space, or a user id without an entry
 *   among the system's users (which initdb insists on)
 */
export async function makeCluster(home: Home, binaries: Binaries): Promise<boolean> {
  const cluster = join(home.dir, 'cluster');
  const drafts = (await readdir(home.dir)).filter((name) => name.startsWith('cluster.new-'));
  // A forsaken initdb may still be writing there; then the next start tidies up.
  await Promise.all(drafts.map((name) => rm(join(home.dir, name), { recursive: true }).catch(() => undefined)));
  if (await exists(join(cluster, 'PG_VERSION'))) return false;

  const draft = await mkdtemp(join(home.dir, 'cluster.new-'));
  await giveTo(draft, home.runAs);
  const words = ['-D', draft, '-U', databaseUser, '-A', 'trust', '-E', 'UTF8', ...locale];
  await run(binaries.initdb, words, home.runAs).catch((cause: unknown) => {
    const said = cause instanceof Error ? cause.message.trim().split('\n').at(-1) : String(cause);
    throw new AppError('unavailable', 'EMBEDDED_FAILED', `the embedded PostgreSQL was not made: ${said}`, { cause });
  });
  await rename(draft, cluster);
  await persist(home.dir);
  return true;
}

/**
 * Ends a server that still runs on a cluster although nobody owns it: fast first, then harder. Calls `found` with its
 * process id before. A note left behind by a dead server whose number another process has by now is removed, because
 * PostgreSQL would take that process for a server.
 */
export async function endOrphan(cluster: string, found: (pid: number) => void): Promise<void> {
  const note = await serverNote(cluster);
  if (!note) return;
  if (!(await servesCluster(note.pid, cluster))) {
    await rm(join(cluster, 'postmaster.pid'), { force: true });
  } else {
    found(note.pid);
    await endServer(note.pid);
  }
  // A directory of its own was made for this socket; see socketDirectory.
  if (note.socketDir.startsWith('/tmp/gatehouse-')) await rm(note.socketDir, { recursive: true, force: true });
}

/**
 * Ends a server: a fast shutdown (open transactions are rolled back, everything is written), after 20 s an immediate
 * one (the next start recovers from the log), after 3 s more the kernel's.
 */
export async function endServer(pid: number): Promise<void> {
  for (const [name, timeoutMs] of [
    ['SIGINT', 20_000],
    ['SIGQUIT', 3_000],
    ['SIGKILL', 5_000],
  ] as const) {
    signal(pid, name);
    if (await gone(pid, timeoutMs)) return;
  }
}

/** What the server of a cluster says of itself; null when none runs or the last one cleaned up. */
export async function serverNote(cluster: string): Promise<ServerNote | null> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return { pid, socketDir: lines[4] ?? '', ready: lines[7]?.trim() === 'ready' };
}

async function servesCluster(pid: number, cluster: string): Promise<boolean> {
  if ((await processIdentity(pid)) === null) return false;
  const words = await processWords(pid);
  if (words.length === 1) return words.some((line) => line.includes('postgres') && line.includes(cluster));
  if (basename(words[0] ?? '') !== 'postgres') return false;
  // The directory may have been moved since; a server stands in it.
  return words.includes(cluster) || (await readlink(`/proc/${pid}/cwd`).catch(() => '')) === cluster;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function persist(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  await handle.sync().finally(() => handle.close());
}
