/** Reads that many requests make at once, made together. */
import { AppError } from '../kernel/errors.js';
import { abandoned, currentAsker, onBehalfOf, type Asker } from './cancel.js';

interface Waiting<Key, Value> {
  readonly key: Key;
  readonly asker: Asker | undefined;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: Error) => void;
}

/** So many reads run at the same time, if they are as quick as they should be. */
const mostAtOnce = 2;
/** Whoever has waited so long for slow ones is read for beside them. */
const patienceMs = 20;

/**
 * Makes of a read of many keys one of a single key. Whoever asks while such reads are under way waits for the next, which
 * reads for all who wait; a quiet server reads at once. What is answered was read after it was asked for. A read ends
 * early when all who wait for it are gone; each who is gone is answered at once.
 * @param read answers the values in the order of the keys; where it fails for several keys, it is asked for each alone
 */
export function gathered<Key, Value>(
  read: (keys: readonly Key[]) => Promise<readonly Value[]>,
): (key: Key) => Promise<Value> {
  let waiting: Waiting<Key, Value>[] = [];
  let running = 0;
  let late: NodeJS.Timeout | undefined;

  async function answer(asked: readonly Waiting<Key, Value>[]): Promise<void> {
    try {
      const values = await onBehalfOf(
        asked.map(({ asker }) => asker),
        () => read(asked.map(({ key }) => key)),
      );
      asked.forEach(({ resolve }, i) => resolve(values[i] as Value));
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error(String(cause));
      // What nobody can read now is not asked for again by each.
      const isHopeless = asked.length === 1 || (error instanceof AppError && error.kind === 'unavailable');
      if (isHopeless) for (const { reject } of asked) reject(error);
      else await Promise.all(asked.map((one) => answer([one])));
    }
  }

  function next(): void {
    if (waiting.length === 0) return;
    if (running < mostAtOnce) begin();
    else late ??= setTimeout(begin, patienceMs);
  }

  function begin(): void {
    clearTimeout(late);
    late = undefined;
    // All of them may have left.
    if (waiting.length === 0) return;
    const asked = waiting;
    waiting = [];
    running++;
    void answer(asked).then(() => {
      running--;
      next();
    });
  }

  return (key) =>
    new Promise((resolve, reject) => {
      const asker = currentAsker();
      const one: Waiting<Key, Value> = {
        key,
        asker,
        resolve: (value) => {
          asker?.holds.delete(leave);
          resolve(value);
        },
        reject: (error) => {
          asker?.holds.delete(leave);
          reject(error);
        },
      };
      const leave = (): void => {
        waiting = waiting.filter((other) => other !== one);
        one.reject(abandoned());
      };
      if (asker?.gone) return leave();
      asker?.holds.add(leave);
      waiting.push(one);
      next();
    });
}
