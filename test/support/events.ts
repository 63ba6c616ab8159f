/** A client of subscriptions: one request a stream, its events as they come, and its end awaited with a bound. */
import type { Answer, Person } from './world.js';

/** An event of a stream. */
export type StreamEvent<Data> = Pick<Answer<Data>, 'data'> & { readonly errors?: Answer<Data>['errors'] };

/** A stream that is held. */
export interface HeldStream<Data> {
  readonly status: number;
  /** The next event; null when the stream completed instead. */
  next(): Promise<StreamEvent<Data> | null>;
  /** The events until the stream completes. Rejects when that takes longer than `withinMs` or no `complete` came. */
  rest(withinMs: number): Promise<StreamEvent<Data>[]>;
  /** The comments so far. */
  comments(): number;
  /** Goes away. */
  leave(): void;
}

/** Subscribes, and waits until the stream stands. */
export async function subscribe<Data>(
  url: string,
  who: Pick<Person, 'authorization'> | null,
  query: string,
  variables: object,
  init: RequestInit = {},
): Promise<HeldStream<Data>> {
  const abort = new AbortController();
  const response = await fetch(url, {
    method: 'POST',
    body: init.method === 'GET' ? null : JSON.stringify({ query, variables }),
    ...init,
    headers: {
      ...(init.method === 'GET' ? {} : { 'content-type': 'application/json' }),
      accept: 'text/event-stream',
      ...(who === null ? {} : { authorization: who.authorization }),
      ...(init.headers as Record<string, string> | undefined),
    },
    signal: abort.signal,
  });
  if (response.body === null) throw new Error('There is no body.');
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  let comments = 0;

  async function block(): Promise<string> {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end >= 0) {
        const found = text.slice(0, end);
        text = text.slice(end + 2);
        return found;
      }
      const { done, value } = await reader.read();
      if (done) throw new Error('The stream broke off without `complete`.');
      text += value;
    }
  }

  async function next(): Promise<StreamEvent<Data> | null> {
    for (;;) {
      const found = await block();
      if (found === ':') comments += 1;
      else if (found.startsWith('event: complete')) return null;
      else return JSON.parse(found.replace(/^event: next\ndata: /, '')) as StreamEvent<Data>;
    }
  }

  return {
    status: response.status,
    next,
    async rest(withinMs) {
      const late = setTimeout(
        () => abort.abort(new Error(`The stream went on for more than ${withinMs} ms.`)),
        withinMs,
      );
      const events: StreamEvent<Data>[] = [];
      try {
        for (let event = await next(); event !== null; event = await next()) events.push(event);
        return events;
      } finally {
        clearTimeout(late);
      }
    },
    comments: () => comments,
    leave: () => abort.abort(),
  };
}
