/** Work that goes on by itself, and waiting that comes to an end. */
import type { Background } from './billing.js';
import { unavailable, type Log } from './billing.stripe.js';

/** Work that repeats itself, and may be asked for at once. */
export interface Loop extends Background {
  /** There is something to do now. */
  poke(): void;
}

/** A stop waits no longer than this for what runs: whatever is cut short is done again later, by whoever comes next. */
const patienceMs = 8_000;

/**
 * Repeats `work` every so often, never twice at once, and at once again while it answers true. Failures are logged and
 * the next round tries again.
 */
export function createLoop(name: string, everyMs: number, log: Log, work: () => Promise<boolean>): Loop {
  let isOn = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | null = null;
  let isPoked = false;

  function next(afterMs: number): void {
    clearTimeout(timer);
    if (isOn) timer = setTimeout(run, afterMs);
  }

  function run(): void {
    if (running) {
      isPoked = true;
      return;
    }
    isPoked = false;
    running = work()
      .catch((error: unknown) => {
        log.warn({ cause: error, loop: name }, 'background work failed');
        return false;
      })
      .then((isMore) => {
        running = null;
        next(isMore || isPoked ? 0 : everyMs);
      });
  }

  return {
    start() {
      isOn = true;
      next(0);
    },
    poke() {
      if (isOn) run();
    },
    async stop() {
      isOn = false;
      clearTimeout(timer);
      if (running) await Promise.race([running, pause(patienceMs)]);
    },
  };
}

/** The answer of `work`, unless it takes too long: then it goes on by itself. @throws AppError `unavailable` */
export async function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  const late = Symbol('late');
  work.catch(() => undefined);
  const first = await Promise.race([work, pause(ms).then(() => late)]);
  if (first === late) throw unavailable();
  return first as T;
}

/** Waits. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
