/** Brings the embedded server back when its process ends although nobody stopped it. */
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../kernel/errors.js';
import type { Server } from './embedded.server.js';

/** What bringing a server back takes. */
export interface RestartParts {
  /** Starts it in the place of the one that ended; `signal` calls that off. */
  start(signal: AbortSignal): Promise<Server>;
  log(event: string, facts: Record<string, unknown>, level: 'warn' | 'error'): void;
  /** Told, once, when all tries failed. */
  onLost(error: AppError): void;
}

/** Before each try. A server that dies again soon goes on where the last one was in this list. Milliseconds. */
const pausesMs = [0, 200, 400, 800, 1_600, 3_200];
const steadyMs = 60_000;

/** Watches a server, and each one that takes its place. `stop` ends whichever runs, also while one is being started. */
export function keepRunning(first: Server, { start, log, onLost }: RestartParts): { stop(): Promise<void> } {
  const { signal, abort } = controls();
  let server = first;
  let tries = 0;
  let restarting: Promise<void> | undefined;

  async function watch(): Promise<void> {
    const since = performance.now();
    await server.ended;
    if (signal.aborted) return;
    if (performance.now() - since >= steadyMs) tries = 0;
    log('database.died', { pid: server.pid }, 'error');
    restarting = restart(server.pid);
  }

  async function restart(died: number): Promise<void> {
    let cause: unknown = new Error('it keeps dying');
    while (tries < pausesMs.length) {
      try {
        await pause(pausesMs[tries++], undefined, { signal });
        server = await start(signal);
        log('database.restarted', { died, pid: server.pid, tries }, 'warn');
        void watch();
        return;
      } catch (error) {
        if (signal.aborted) return;
        cause = error;
        log('database.restart_failed', { died, tries, message: text(error) }, 'warn');
      }
    }
    const message = `the embedded PostgreSQL died and could not be started again: ${text(cause)}`;
    onLost(new AppError('unavailable', 'EMBEDDED_LOST', message, { cause }));
  }

  void watch();
  return {
    async stop() {
      abort();
      await restarting;
      await server.stop();
    },
  };
}

function controls(): { readonly signal: AbortSignal; abort(): void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
