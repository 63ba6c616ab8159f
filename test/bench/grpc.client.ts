/**
 * The load of the other face: asks one RPC again and again over a number of HTTP/2 connections. Reads its orders as JSON
 * on standard input, writes what it saw as JSON on standard output, as load.client.ts does.
 */
import { connect, type ClientHttp2Session } from 'node:http2';
import { json } from 'node:stream/consumers';
import type { Seen } from './load.client.js';

/** What to ask where. */
export interface GrpcOrders {
  readonly port: number;
  readonly connections: number;
  readonly ms: number;
  readonly path: string;
  /** Asked in turn. `body` is the message in base64. */
  readonly requests: readonly { readonly authorization: string; readonly orgId: string; readonly body: string }[];
}

/** A message behind the five bytes that say how long it is. */
function framed(base64: string): Buffer {
  const message = Buffer.from(base64, 'base64');
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

function ask(session: ClientHttp2Session, headers: Record<string, string>, body: Buffer): Promise<[string, number]> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    let code = '';
    let length = 0;
    stream.on('error', reject);
    stream.on('response', (got) => (code = String(got['grpc-status'] ?? code)));
    stream.on('trailers', (got) => (code = String(got['grpc-status'] ?? code)));
    stream.on('data', (chunk: Buffer) => (length += chunk.length));
    stream.on('close', () => resolve([code, length]));
    stream.end(body);
  });
}

async function load({ port, connections, ms, path, requests }: GrpcOrders): Promise<Seen> {
  const all = requests.map(({ authorization, orgId, body }) => ({
    headers: { ':path': path, authorization, 'x-zitadel-orgid': orgId },
    body: framed(body),
  }));
  const faults = new Set<string>();
  let answers = 0;
  let sent = 0;
  let sample = '';
  const began = performance.now();

  const one = async (): Promise<void> => {
    const session = connect(`http://127.0.0.1:${port}`);
    while (performance.now() - began < ms) {
      const next = all[sent++ % all.length];
      if (!next) break;
      const [code, length] = await ask(session, next.headers, next.body);
      if (code !== '0' && faults.size < 3) faults.add(`grpc-status ${code}`);
      sample = `${length} bytes`;
      answers++;
    }
    session.close();
  };
  await Promise.all(Array.from({ length: connections }, one));
  return { answers, seconds: (performance.now() - began) / 1_000, faults: [...faults], sample };
}

process.stdout.write(JSON.stringify(await load((await json(process.stdin)) as GrpcOrders)));
