/** Answers that come in parts: the events of a subscription, and the writing of parts as they come. */
import type { ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';

/** Events of a subscription, each with its errors masked. */
export type Events = AsyncGenerator<ExecutionResult, void, void>;

/**
 * Runs an operation for everything that comes from `source`. Leaving off ends the source at once, also while an event is
 * awaited, which an async generator function would not do.
 */
export function runForEach(
  source: AsyncIterable<unknown>,
  run: (event: unknown) => ExecutionResult | Promise<ExecutionResult>,
): Events {
  const incoming = source[Symbol.asyncIterator]();
  const over = { done: true, value: undefined } as const;
  const events: Events = {
    async next() {
      const step = await incoming.next();
      return step.done === true ? over : { done: false, value: await run(step.value) };
    },
    async return() {
      await incoming.return?.();
      return over;
    },
    async throw(error: unknown) {
      await incoming.return?.();
      throw error;
    },
    [Symbol.asyncIterator]: () => events,
  };
  return events;
}

/**
 * Writes a body as its parts come, no faster than the client reads, and ends the answer with it. Leaves off when the
 * client goes away or `stop` fires.
 */
export async function pour(body: ReadableStream<Uint8Array>, res: ServerResponse, stop: AbortSignal): Promise<void> {
  const reader = body.getReader();
  const gone = (): void => void reader.cancel().catch(() => undefined);
  res.once('close', gone);
  stop.addEventListener('abort', gone);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || res.destroyed) break;
      if (!res.write(value))
        await new Promise<void>((resolve) => void res.once('drain', resolve).once('close', resolve));
    }
  } finally {
    res.off('close', gone);
    stop.removeEventListener('abort', gone);
    res.end();
  }
}
