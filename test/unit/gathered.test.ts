/** Reads made together: in order, fresh, and without one asker spoiling the others' answers. */
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { isAbandoned, underSignal } from '../../src/db/cancel.js';
import { gathered } from '../../src/db/gathered.js';

/** A read that is answered when the test says so. */
function held() {
  const asked: string[][] = [];
  const finish: (() => void)[] = [];
  const read = gathered(async (keys: readonly string[]) => {
    asked.push([...keys]);
    await new Promise<void>((resolve) => finish.push(resolve));
    if (keys.includes('bad')) throw new Error(`no ${keys.join(' ')}`);
    return keys.map((key) => key.toUpperCase());
  });
  return { asked, read, finishAll: () => finish.splice(0).forEach((end) => end()) };
}

/** Lets every promise that can go on do so. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('what is asked for while reads are under way', () => {
  it('waits and is read together, each asker with its own answer', async () => {
    const { asked, read, finishAll } = held();
    const answers = Promise.all(['a', 'b', 'c', 'd', 'c'].map(read));
    expect(asked).toEqual([['a'], ['b']]);
    finishAll();
    await settle();
    expect(asked).toEqual([['a'], ['b'], ['c', 'd', 'c']]);
    finishAll();
    expect(await answers).toEqual(['A', 'B', 'C', 'D', 'C']);
  });

  it('is read beside reads that are slow, once it has waited long enough', () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { asked, read } = held();
    for (const key of ['a', 'b', 'c', 'd']) void read(key);
    vi.advanceTimersByTime(19);
    expect(asked).toEqual([['a'], ['b']]);
    vi.advanceTimersByTime(1);
    expect(asked).toEqual([['a'], ['b'], ['c', 'd']]);
    void read('e');
    vi.advanceTimersByTime(20);
    expect(asked.slice(3)).toEqual([['e']]);
  });

  it('is not spoilt by a neighbour whose read fails', async () => {
    const { read, finishAll } = held();
    const answers = Promise.allSettled(['a', 'b', 'c', 'bad', 'd'].map(read));
    for (let step = 0; step < 4; step++) {
      await settle();
      finishAll();
    }
    const told = (await answers).map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason)));
    expect(told).toEqual(['A', 'B', 'C', 'Error: no bad', 'D']);
  });

  it('is abandoned when all who wait for it are gone, and not before', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const read = gathered(async (keys: readonly string[]) => {
      if (keys.includes('busy')) await held;
      return keys.map(() => isAbandoned());
    });
    const ask = (key: string, signal = new AbortController().signal) => underSignal(signal, () => read(key));
    expect(await ask('a', AbortSignal.abort())).toBe(true);
    const others = [ask('busy'), ask('busy')];
    const shared = [ask('b', AbortSignal.abort()), ask('c')];
    release();
    expect(await Promise.all(shared)).toEqual([false, false]);
    expect(await Promise.all(others)).toEqual([false, false]);
  });
});
