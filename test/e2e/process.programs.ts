/** Gatehouse as its users start it: a process of its own, its settings in the environment. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { startEmbedded } from '../../src/db/embedded.js';
import { developmentIssuer, type DevelopmentIdentity } from '../../src/domains/session/session.development.js';
import { systemClock, systemRandom } from '../../src/system-ports.js';

/** A process under test. */
export interface Gatehouse {
  readonly child: ChildProcess;
  readonly dataDir: string;
  /** What it wrote so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Where it listens, once it does. Rejects with what it said when it ends instead. */
  readonly http: Promise<string>;
  /** Fulfilled with the exit code when it has ended; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Waits until what it wrote on standard error has `text` in it, or it has ended. */
  logged(text: string): Promise<void>;
  /** Asks as the bearer of a token, or of none. */
  ask(token: string | null, query: string, variables?: object): Promise<Answer>;
}

/** What came back. `data` is whatever was asked for. */
export interface Answer {
  readonly status: number;
  readonly data: Record<string, never> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

const repository = resolve(import.meta.dirname, '../..');

/** Starts Gatehouse on a free port; it is killed when the test is over, and its embedded database stopped. */
export function startGatehouse(dataDir: string, settings: Readonly<Record<string, string>> = {}): Gatehouse {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', join(repository, 'src/main.ts')], {
    cwd: repository,
    env: { PATH, HOME, PORT: '0', GRPC_PORT: '0', DATA_DIR: dataDir, DEMO: 'off', RATE_LIMITS: 'off', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      written[stream] += text;
      child.emit('wrote');
    });
  }
  let over = false;
  const ended = once(child, 'close').then(() => {
    over = true;
    child.emit('wrote');
    return child.exitCode;
  });
  const wrote = async (isIt: () => boolean): Promise<void> => {
    while (!isIt() && !over) await once(child, 'wrote');
  };
  const http = wrote(() => written.stdout.includes('\n')).then(() => {
    if (written.stdout === '') throw new Error(`Gatehouse ended with ${child.exitCode}: ${written.stderr}`);
    return (JSON.parse(written.stdout) as { readonly http: string }).http;
  });
  http.catch(() => undefined);

  onTestFinished(async () => {
    if (!over) child.kill('SIGKILL');
    await ended;
    // A killed process leaves its database running: the next starter takes it over.
    if (child.exitCode !== 0 && settings['DATABASE_URL'] === undefined && written.stdout !== '') {
      await (await startEmbedded({ dataDir, log: () => undefined })).stop();
    }
  });
  return {
    child,
    dataDir,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    http,
    ended,
    logged: (text) => wrote(() => written.stderr.includes(text)),
    async ask(token, query, variables) {
      const response = await fetch(`${await http}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({ query, variables }),
      });
      return { status: response.status, ...((await response.json()) as Omit<Answer, 'status'>) };
    },
  };
}

/** A token of the development issuer of a data directory. */
export async function tokenFor(dataDir: string, identity: DevelopmentIdentity): Promise<string> {
  const { sign } = await developmentIssuer(dataDir, systemClock, systemRandom);
  return sign(identity);
}
