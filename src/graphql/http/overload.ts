/** Notices when this process has more to do than it can, so that it turns work away instead of piling it up. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';

/** Counts what runs and watches how late the event loop is. */
export interface Overload {
  /** Takes a place for one request; null when there is none. Call what is returned once when the request is done. */
  enter(): (() => void) | null;
  /**
   * One second has passed, in which the loop was late by `delayMs` (the 99th percentile).
   * @param heap how much of the heap that V8 may have is in use, 0 to 1
   */
  second(delayMs: number, heap: number): void;
  /** Stops watching the loop. */
  stop(): void;
}

/** With more of the heap in use nothing is taken in but probes: what runs must end before the process does. */
const fullHeap = 0.9;
/** Below this many requests a late loop is not the requests' doing, and turning some away would not help. */
const fewInFlight = 32;

/**
 * @param limits `inFlight` requests at most; fewer while the loop was late by more than `loopDelayMs` for two seconds,
 * none while the heap was full for as long
 * @param watch false: nothing but {@link Overload.second} tells how late the loop is
 */
export function createOverload(
  limits: { readonly inFlight: number; readonly loopDelayMs: number },
  watch = true,
): Overload {
  let running = 0;
  let lateSeconds = 0;
  let fullSeconds = 0;
  const second = (delayMs: number, heap: number): void => {
    lateSeconds = delayMs > limits.loopDelayMs ? lateSeconds + 1 : 0;
    // Much of a heap that is full for a moment is garbage.
    fullSeconds = heap > fullHeap ? fullSeconds + 1 : 0;
  };
  const stop = watch ? watchLoop(second) : (): void => undefined;
  return {
    enter() {
      if (running >= limits.inFlight || fullSeconds >= 2) return null;
      if (lateSeconds >= 2 && running >= fewInFlight) return null;
      running++;
      return () => void running--;
    },
    second,
    stop,
  };
}

function watchLoop(second: Overload['second']): () => void {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  const timer = setInterval(() => {
    const { used_heap_size: used, heap_size_limit: most } = getHeapStatistics();
    second(delay.percentile(99) / 1e6, used / most);
    delay.reset();
  }, 1_000);
  timer.unref();
  return () => {
    clearInterval(timer);
    delay.disable();
  };
}
