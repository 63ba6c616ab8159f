/** The embedded PostgreSQL server as a child process: started, watched until it is ready, stopped. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, open, readFile, rename, rm } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../kernel/errors.js';
import { endServer, serverNote } from './embedded.cluster.js';
import { makePrivate, type Home } from './embedded.home.js';
import { childEnvironment, signal } from './embedded.process.js';

/** A running server. */
export interface Server {
  readonly pid: number;
  readonly socketDir: string;
  /** Fulfilled when the server's process has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Stops it in an orderly way. */
  stop(): Promise<void>;
}

/** The number in the socket's name; there is no TCP port. */
export const socketNumber = 5432;

/** The kernel allows 108 bytes (macOS: 104) for the whole path of a socket. */
const longestSocketPath = 100;
const readyTimeoutMs = 120_000;
const retryMs = 10_000;

/** An eighth of the memory this process may use, at least 128 MB and at most 1 GB: it is taken as it is needed. */
function sharedBuffers(): string {
  const memory = Math.min(totalmem(), process.constrainedMemory() || Infinity);
  return `${Math.round(Math.min(Math.max(memory / 8 / 2 ** 20, 128), 1024))}MB`;
}

const settings = {
  listen_addresses: '',
  port: String(socketNumber),
  max_connections: '100',
  shared_buffers: sharedBuffers(),
  // An import of a million users writes several times the 1 GB after which PostgreSQL would begin a checkpoint.
  max_wal_size: '2GB',
  jit: 'off',
  // For a disk with an arm it is 4. Here what is read again comes from memory, and else from flash.
  random_page_cost: '1.1',
  logging_collector: 'off',
  log_destination: 'stderr',
  // Not warnings and errors: those are a client's and would let clients fill the disk with their data.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
  TimeZone: 'UTC',
  log_timezone: 'UTC',
} as const;

/**
 * Starts the server and waits until it takes connections. It runs in a process group of its own, so that a terminal's
 * Ctrl-C reaches this process only, which then stops it.
 * @param again the socket's directory of a server that ended, to come back in its place, and what calls that off
 * @throws AppError `EMBEDDED_FAILED` with the end of the server's log, or when it is called off
 */
export async function startServer(
  postgres: string,
  home: Home,
  again?: { readonly socketDir: string; readonly signal: AbortSignal },
): Promise<Server> {
  const cluster = join(home.dir, 'cluster');
  const socketDir = again?.socketDir ?? (await socketDirectory(home));
  const end = performance.now() + retryMs;
  for (;;) {
    const child = await launch(postgres, cluster, socketDir, home);
    if (await becomesReady(child, cluster, again?.signal)) return running(child, socketDir);
    const log = await readFile(join(home.dir, 'server.log'), 'utf8').catch(() => '');
    // Children of a server that was killed need a moment to notice.
    if (log.includes('shared memory block') && performance.now() < end && !again?.signal.aborted) {
      await pause(200);
      continue;
    }
    const lines = log.trim().split('\n').slice(-3).join(' | ');
    throw new AppError('unavailable', 'EMBEDDED_FAILED', `the embedded PostgreSQL did not start: ${lines}`);
  }
}

/** The socket's directory: in the home when its path is short enough, else a private one of its own. */
async function socketDirectory(home: Home): Promise<string> {
  const inHome = join(home.dir, 'socket');
  const dir =
    Buffer.byteLength(`${inHome}/.s.PGSQL.${socketNumber}.lock`) <= longestSocketPath
      ? inHome
      : await mkdtemp('/tmp/gatehouse-');
  await makePrivate(dir, home.runAs);
  return dir;
}

async function launch(postgres: string, cluster: string, socketDir: string, home: Home): Promise<ChildProcess> {
  const path = join(home.dir, 'server.log');
  await rename(path, `${path}.previous`).catch(() => undefined);
  const log = await open(path, 'w', 0o600);
  const all = { ...settings, unix_socket_directories: `"${socketDir.replaceAll('"', '""')}"` };
  try {
    const child = spawn(postgres, ['-D', cluster, ...Object.entries(all).flatMap(([k, v]) => ['-c', `${k}=${v}`])], {
      cwd: '/',
      env: childEnvironment,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      ...home.runAs,
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    // Whoever leaves without stopping leaves no server behind, unless it is killed.
    const leave = (): void => signal(child.pid ?? 0, 'SIGINT');
    process.once('exit', leave);
    // Its number may be another process's by then.
    child.once('exit', () => process.off('exit', leave));
    return child;
  } finally {
    await log.close();
  }
}

async function becomesReady(child: ChildProcess, cluster: string, signal?: AbortSignal): Promise<boolean> {
  const end = performance.now() + readyTimeoutMs;
  while (child.exitCode === null && child.signalCode === null) {
    const note = await serverNote(cluster);
    if (note?.ready && note.pid === child.pid) return true;
    if (performance.now() > end || signal?.aborted) {
      if (child.pid !== undefined) await endServer(child.pid);
      return false;
    }
    await pause(10);
  }
  return false;
}

function running(child: ChildProcess, socketDir: string): Server {
  const pid = child.pid ?? 0;
  const ended = new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
  child.unref();
  const stop = async (): Promise<void> => {
    child.ref();
    if (child.exitCode === null && child.signalCode === null) await endServer(pid);
    await ended;
    await rm(socketDir, { recursive: true, force: true });
  };
  return { pid, socketDir, ended, stop };
}
