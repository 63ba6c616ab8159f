/** Notices when this process has more to do than it can, so that it turns work away instead of piling it up. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Counts what runs and watches how late the event loop is. */
export interface Overload {
  /** Takes a place for one request; null when there is none. Call what is returned once when the request is done. */
  enter(): (() => void) | null;
  /** One second has passed in which the loop was late by `delayMs` (the 99th percentile). */
  second(delayMs: number): void;
  /** Stops watching the loop. */
  stop(): void;
}

/** Below this many requests a late loop is not the requests' doing, and turning some away would not help. */
const fewInFlight = 32;

/**
 * @param limits `inFlight` requests at most; fewer while the loop was late by more than `loopDelayMs` for two seconds
 * @param watch false: nothing but {@link Overload.second} tells how late the loop is
 */
export function createOverload(
  limits: { readonly inFlight: number; readonly loopDelayMs: number },
  watch = true,
): Overload {
  let running = 0;
  let lateSeconds = 0;
  const second = (delayMs: number): void => {
    lateSeconds = delayMs > limits.loopDelayMs ? lateSeconds + 1 : 0;
  };
  const stop = watch ? watchLoop(second) : (): void => undefined;
  return {
    enter() {
      if (running >= limits.inFlight || (lateSeconds >= 2 && running >= fewInFlight)) return null;
      running++;
      return () => void running--;
    },
    second,
    stop,
  };
}

function watchLoop(second: (delayMs: number) => void): () => void {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  const timer = setInterval(() => {
    second(delay.percentile(99) / 1e6);
    delay.reset();
  }, 1_000);
  timer.unref();
  return () => {
    clearInterval(timer);
    delay.disable();
  };
}
