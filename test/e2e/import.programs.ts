/** Import and export as their users start them: processes of their own, on a database that is given. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../..');

/** A command under way. */
export interface Command {
  readonly child: ChildProcess;
  /** Its exit code (null when it was killed) and what it wrote. */
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

/** Starts `npm run <name> -- <words>` without npm. */
export function start(name: 'import' | 'export', settings: Readonly<Record<string, string>>, words: string[]): Command {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', join(repository, `src/cli/${name}.ts`), ...words], {
    cwd: repository,
    env: { PATH, HOME, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (written.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (written.stderr += text));
  return { child, ended: once(child, 'close').then(() => ({ code: child.exitCode, ...written })) };
}

/** Runs a command to its end and reads the one line it prints. */
export async function run(name: 'import' | 'export', settings: Readonly<Record<string, string>>, words: string[]) {
  const { code, stdout, stderr } = await start(name, settings, words).ended;
  if (code !== 0) throw new Error(`${name} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** The lines of a file, parsed. */
export async function readLines<Line>(file: string): Promise<Line[]> {
  const text = await readFile(file, 'utf8');
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Line]));
}
