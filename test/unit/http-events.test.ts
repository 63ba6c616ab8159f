/** One stream of events over real HTTP: what a client that does not read costs, and how a stream ends. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type { ExecutionResult } from 'graphql';
import { afterEach, describe, expect, it } from 'vitest';
import { writeEvents } from '../../src/graphql/http/event-stream.js';
import { runForEach } from '../../src/graphql/http/stream.js';

const limits = { bufferBytes: 64 * 1024, pingMs: 100 };
const servers: Server[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done)))));

/** Serves one stream, and tells when its writing is over. */
async function serve(source: AsyncIterable<ExecutionResult>, stop = new AbortController()) {
  let over: (res: ServerResponse) => void;
  const written = new Promise<ServerResponse>((resolve) => (over = resolve));
  const server = createServer((_req, res) => {
    const events = runForEach(source, (event) => event as ExecutionResult);
    void writeEvents(events, res, {}, limits, stop.signal).then(() => over(res));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}`, written, stop };
}

/** Large events without end, and how many were taken. */
function flood() {
  const state = { taken: 0, isLeft: false };
  async function* large(): AsyncGenerator<ExecutionResult> {
    try {
      for (;;) {
        state.taken += 1;
        yield { data: { text: 'x'.repeat(256 * 1024) } };
      }
    } finally {
      state.isLeft = true;
    }
  }
  return { state, events: large() };
}

describe('A client that does not read', () => {
  it('is disconnected, and no more is made for it than the wire holds', async () => {
    const { state, events } = flood();
    const { port, written } = await serve(events);
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined).pause();
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const res = await written;
    expect(res.destroyed).toBe(true);
    expect(res.writableFinished).toBe(false);
    expect(state).toEqual({ taken: expect.any(Number) as number, isLeft: true });
    expect(state.taken).toBeLessThan(200);
    socket.destroy();
  });
});

describe('A client that goes away', () => {
  it('ends its events, also while one is awaited', async () => {
    let left: () => void = () => undefined;
    const isLeft = new Promise<void>((resolve) => (left = resolve));
    const over = new Promise<IteratorReturnResult<undefined>>((resolve) => {
      void isLeft.then(() => resolve({ done: true, value: undefined }));
    });
    const silent: AsyncIterableIterator<ExecutionResult> = {
      next: () => over,
      return: () => (left(), over),
      [Symbol.asyncIterator]: () => silent,
    };
    const { url, written } = await serve(silent);
    const leave = new AbortController();
    const response = await fetch(url, { signal: leave.signal });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    leave.abort();
    await isLeft;
    expect((await written).destroyed).toBe(true);
  });
});

describe('A stream', () => {
  it('says `complete` when it is stopped, and nothing after that', async () => {
    const { events } = flood();
    const { url, stop } = await serve(events);
    const response = await fetch(url);
    const text = response.text();
    stop.abort();
    expect((await text).endsWith('event: complete\ndata:\n\n')).toBe(true);
  });

  it('goes on for a client that reads slowly, one that takes everything in the end', async () => {
    async function* few(): AsyncGenerator<ExecutionResult> {
      for (let i = 0; i < 20; i += 1) yield { data: { text: 'y'.repeat(256 * 1024), i } };
    }
    const { url } = await serve(few());
    let bytes = 0;
    const reader = (await fetch(url)).body?.getReader();
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      bytes += part.value.length;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(bytes).toBeGreaterThan(20 * 256 * 1024);
  });
});
