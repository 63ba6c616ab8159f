/** Answers that come in parts: the events of a subscription, and the writing of them as they come. */
import type { ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';

/** Events of a subscription, each with its errors masked. */
export type Events = AsyncGenerator<ExecutionResult, void, void>;

/**
 * The same events, each passed through `mask`. Leaving off ends the source at once, also while an event is awaited,
 * which an async generator function would not do.
 */
export function maskEvents(
  source: AsyncGenerator<ExecutionResult>,
  mask: (result: ExecutionResult) => ExecutionResult,
): Events {
  const masked = (step: IteratorResult<ExecutionResult>): IteratorResult<ExecutionResult, void> =>
    step.done === true ? { done: true, value: undefined } : { done: false, value: mask(step.value) };
  const events: Events = {
    next: () => source.next().then(masked),
    return: () => source.return(undefined).then(masked),
    throw: (error: unknown) => source.throw(error).then(masked),
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
