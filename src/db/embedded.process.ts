/** What the operating system knows about processes: who lives, since when, and how to run one as somebody else. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

/** The account that PostgreSQL's processes run under; null means the one this process has. */
export type RunAs = { readonly uid: number; readonly gid: number } | null;

/** A small environment of our own: `PGPORT`, `PGDATA` and their like must not reach the embedded server. */
export const childEnvironment = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' } as const;

const execute = promisify(execFile);

/**
 * Runs a program to its end as `runAs` and returns what it printed.
 * @throws Error holding what the program said on stderr when it cannot be run or does not end with 0
 */
export async function run(file: string, args: readonly string[], runAs: RunAs): Promise<string> {
  const { stdout } = await execute(file, args, { cwd: '/', env: childEnvironment, ...runAs });
  return stdout;
}

/**
 * Tells one process from every other that had or will have its number: text that differs whenever the process does.
 * Null when no such process lives; a dead process that nobody has collected yet does not live.
 */
export async function processIdentity(pid: number): Promise<string | null> {
  if (process.platform !== 'linux') return identityFromPs(pid);
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    // The program's name stands in brackets and may itself hold spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, startTicks] = [fields[0], fields[19]];
    return state === 'Z' || state === 'X' ? null : `${boot.trim()}:${startTicks}`;
  } catch {
    return null;
  }
}

/** The words a process was started with; empty when it does not live or may not be looked at. */
export async function processWords(pid: number): Promise<readonly string[]> {
  try {
    if (process.platform === 'linux') return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
    return [await run('/bin/ps', ['-o', 'command=', '-p', String(pid)], null)];
  } catch {
    return [];
  }
}

/** Waits until a process is gone, at most `timeoutMs`. True when it is gone. */
export async function gone(pid: number, timeoutMs: number): Promise<boolean> {
  const before = await processIdentity(pid);
  const end = performance.now() + timeoutMs;
  while (before !== null && (await processIdentity(pid)) === before) {
    if (performance.now() > end) return false;
    await pause(20);
  }
  return true;
}

/** Sends a signal; a process that is gone already is no fault. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

/** Whether an error of the operating system has one of these codes: `ENOENT`, `EEXIST`. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

async function identityFromPs(pid: number): Promise<string | null> {
  try {
    const line = (await run('/bin/ps', ['-o', 'stat=,lstart=', '-p', String(pid)], null)).trim();
    return line === '' || line.startsWith('Z') ? null : line.replace(/^\S+\s+/, '');
  } catch {
    return null;
  }
}
