/** Reads made together: in order, fresh, and without one asker spoiling the others' answers. */
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { isAbandoned, underSignal } from '../../src/db/cancel.js';
import { gathered } from '../../src/db/gathered.js';
import { AppError } from '../../src/kernel/errors.js';

/** A read that is answered when the test says so. */
function held(told: () => boolean | null = () => null) {
  const asked: string[][] = [];
  const finish: (() => void)[] = [];
  const read = gathered(async (keys: readonly string[]) => {
    asked.push([...keys]);
    await new Promise<void>((resolve) => finish.push(resolve));
    if (keys.includes('down')) throw new AppError('unavailable', 'DOWN', 'It is down.');
    if (keys.includes('bad')) throw new Error(`no ${keys.join(' ')}`);
    const more = told();
    return keys.map((key) => (more === null ? key.toUpperCase() : `${key.toUpperCase()} ${more}`));
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
    const { asked, read, finishAll } = held(() => isAbandoned());
    const [ann, ben, cal] = [new AbortController(), new AbortController(), new AbortController()];
    const ask = (key: string, { signal }: AbortController) => underSignal(signal, () => read(key)).catch(String);
    const busy = [ask('a', ann), ask('b', ben)];
    const shared = [ask('c', ann), ask('d', ben), ask('e', cal)];
    ann.abort();
    // Who is gone is answered at once, and what only it waited for is read no more.
    expect(await Promise.all([busy[0], shared[0]])).toEqual(Array(2).fill(expect.stringContaining('cancelled')));
    finishAll();
    await settle();
    expect(asked).toEqual([['a'], ['b'], ['d', 'e']]);
    ben.abort();
    expect(await shared[1]).toContain('cancelled');
    finishAll();
    expect(await Promise.all([busy[1], shared[2]])).toEqual(['B false', 'E false']);
    expect(await ask('f', ann)).toContain('cancelled');
  });

  it('is not read at all when everybody who waited has left', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { asked, read } = held();
    for (const key of ['a', 'b']) void read(key);
    const gone = new AbortController();
    const left = underSignal(gone.signal, () => read('c')).catch(String);
    gone.abort();
    expect(await left).toContain('cancelled');
    vi.advanceTimersByTime(100);
    expect(asked).toEqual([['a'], ['b']]);
  });

  it('fails for all at once when the database is not there', async () => {
    const { asked, read, finishAll } = held();
    const answers = Promise.allSettled(['a', 'b', 'down', 'c'].map(read));
    finishAll();
    await settle();
    finishAll();
    expect((await answers).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
    expect(asked).toEqual([['a'], ['b'], ['down', 'c']]);
  });
});
