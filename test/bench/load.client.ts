/**
 * Sends requests over a number of connections that stay open, each asking again as soon as it has its answer. Works on
 * bare sockets, so that the client is not what is measured. Reads its orders as JSON on standard input, writes what it
 * saw as JSON on standard output.
 */
import { connect } from 'node:net';
import { json } from 'node:stream/consumers';

/** What to send where. Stops after `ms`, or after `most` answers where that is given. */
export interface Orders {
  readonly port: number;
  readonly connections: number;
  readonly ms: number;
  readonly most?: number;
  /** Whole requests with their headers, sent in turn. */
  readonly requests: readonly string[];
}

/** What was seen. `sample` is the body of one answer. */
export interface Seen {
  readonly answers: number;
  readonly seconds: number;
  /** What answers said that were no success, at most three of them. */
  readonly faults: readonly string[];
  readonly sample: string;
}

const headEnd = Buffer.from('\r\n\r\n');

async function load({ port, connections, ms, most = Infinity, requests }: Orders): Promise<Seen> {
  const buffers = requests.map((text) => Buffer.from(text));
  const faults = new Set<string>();
  let answers = 0;
  let sent = 0;
  let sample = '';
  const began = performance.now();
  const isOver = (): boolean => sent >= most || performance.now() - began >= ms;

  const one = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      let received: Buffer = Buffer.alloc(0);
      const ask = (): void => {
        if (isOver()) return void socket.end(resolve);
        socket.write(buffers[sent++ % buffers.length] as Buffer);
      };
      socket.on('error', reject);
      socket.on('connect', ask);
      socket.on('data', (chunk) => {
        received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
        const end = received.indexOf(headEnd);
        if (end < 0) return;
        const head = received.toString('latin1', 0, end);
        const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? NaN);
        if (received.length < end + 4 + length) return;
        if (!head.startsWith('HTTP/1.1 200') || received.includes('"errors"')) {
          const said = `${head.split('\r\n', 1)[0]} ${received.toString('utf8', end + 4, end + 300)}`;
          if (faults.size < 3) faults.add(said);
        }
        if (sample === '') sample = received.toString('utf8', end + 4);
        answers++;
        received = Buffer.alloc(0);
        ask();
      });
    });
  await Promise.all(Array.from({ length: connections }, one));
  return { answers, seconds: (performance.now() - began) / 1_000, faults: [...faults], sample };
}

process.stdout.write(JSON.stringify(await load((await json(process.stdin)) as Orders)));
