/** One stream of events to one client: how it is written, and how much may wait for a client that is slow to read. */
import type { ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { render, safeHeaders } from './answer.js';
import type { Events } from './stream.js';

/** The bounds of a stream. */
export interface EventStreamLimits {
  /** While more than this waits to be read, nothing more is written; bytes. */
  readonly bufferBytes: number;
  /** So often a quiet client gets a comment; a client that does not read is waited for this long. Milliseconds. */
  readonly pingMs: number;
}

/** The headers of every stream of events. */
export const streamHeaders = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-store' } as const;

const comment = ':\n\n';
const complete = 'event: complete\ndata:\n\n';
/** What is still unread of a stream that is over may be read for so long. */
const farewellMs = 2_000;

/** A stream that holds one result and is over. */
export const streamOf = (body: string): string => `${comment}${eventOf(body)}${complete}`;

const eventOf = (body: string): string => `event: next\ndata: ${body}\n\n`;

/**
 * Writes events as they come, and `complete` when there are no more or `stop` fires; after that no event is written. A
 * client that goes away ends the events; one that leaves too much unread for too long is disconnected.
 */
export async function writeEvents(
  events: Events,
  res: ServerResponse,
  headers: Readonly<Record<string, string>>,
  limits: EventStreamLimits,
  stop: AbortSignal,
): Promise<void> {
  const isFull = (): boolean => res.writableLength > limits.bufferBytes;
  const leave = (): void => void events.return().catch(() => undefined);
  const ping = setInterval(() => isFull() || res.write(comment), limits.pingMs);
  res.once('close', leave);
  stop.addEventListener('abort', leave);
  try {
    if (stop.aborted) leave();
    res.writeHead(200, { ...safeHeaders, ...headers, ...streamHeaders });
    // Some browsers take a stream for begun only when something has come.
    res.write(comment);
    for (;;) {
      const { done, value } = await events.next();
      if (done === true || stop.aborted || res.destroyed) break;
      res.write(eventOf(bodyOf(value)));
      if (isFull() && !(await isRead(res, limits.pingMs, stop)) && !stop.aborted) res.destroy();
    }
  } finally {
    clearInterval(ping);
    stop.removeEventListener('abort', leave);
    res.off('close', leave);
    await events.return();
    if (!res.destroyed) part(res);
  }
}

const bodyOf = (result: ExecutionResult): string => render(result, 'application/json').body;

function part(res: ServerResponse): void {
  const late = setTimeout(() => res.destroy(), farewellMs);
  res.once('close', () => clearTimeout(late));
  res.end(complete);
}

/** Whether everything that was written is read within the time, before `stop` fires and before the client goes. */
function isRead(res: ServerResponse, withinMs: number, stop: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (read: boolean) => (): void => {
      clearTimeout(late);
      res.off('drain', drained).off('close', gone);
      stop.removeEventListener('abort', gone);
      resolve(read);
    };
    const drained = end(true);
    const gone = end(false);
    const late = setTimeout(gone, withinMs);
    res.once('drain', drained).once('close', gone);
    stop.addEventListener('abort', gone);
  });
}
