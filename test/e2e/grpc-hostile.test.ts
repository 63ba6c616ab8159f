/** What no honest client sends: the server refuses it, and goes on serving. */
import http2 from 'node:http2';
import net from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { protoServices } from '../../src/generated/proto-model.js';
import { grpcClient, type GrpcClient } from '../support/grpc.js';
import { createWorld, type World } from '../support/world.js';

const service = 'mgmt.v1alpha1.UserAccountService';
const path = `/${service}/GetTeamAccountMembers`;
const [ok, invalid, exhausted, unimplemented, unauthenticated] = [0, 3, 8, 12, 16];

let world: World;
let address: string;
let client: GrpcClient<typeof service>;
let authorization: string;

beforeAll(async () => {
  world = await createWorld();
  address = world.testApp.grpc ?? '';
  client = grpcClient(address);
  authorization = (await world.person('Hanna')).authorization;
});
afterEach(async () => {
  expect((await client.ask('GetUser', {}, { authorization })).code).toBe(ok);
});
afterAll(async () => {
  client.close();
  await world.stop();
});

/** A length-prefixed message; the prefix may lie. */
function frame(bytes: Buffer, { flag = 0, length = bytes.length } = {}): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(flag, 0);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, bytes]);
}

interface Raw {
  readonly status: number | undefined;
  readonly code: number | undefined;
}

/** Sends bytes as the body of a call over bare HTTP/2. */
async function send(body: Buffer, headers: http2.OutgoingHttpHeaders = {}): Promise<Raw> {
  const session = http2.connect(`http://${address}`);
  session.on('error', () => undefined);
  try {
    return await new Promise<Raw>((resolve) => {
      const stream = session.request({
        ':method': 'POST',
        ':path': path,
        'content-type': 'application/grpc',
        te: 'trailers',
        authorization,
        ...headers,
      });
      const seen: { status?: number; code?: number } = {};
      const look = (got: http2.IncomingHttpHeaders): void => {
        if (got[':status'] !== undefined) seen.status = Number(got[':status']);
        if (got['grpc-status'] !== undefined) seen.code = Number(got['grpc-status']);
      };
      stream
        .on('response', look)
        .on('trailers', look)
        .on('error', () => undefined);
      stream.on('close', () => resolve({ status: seen.status, code: seen.code }));
      stream.resume();
      stream.end(body);
    });
  } finally {
    session.destroy();
  }
}

describe('bytes that are no message', () => {
  it.each(Object.entries(protoServices[service]))('are INVALID_ARGUMENT for %s', async (_method, { path: rpc }) => {
    for (const bytes of [Buffer.from([0x0a, 0xff]), Buffer.from([0x07]), Buffer.from([0x0a, 0x02, 0xc3, 0x28])]) {
      const { code } = await client.raw(rpc, bytes, { authorization });
      // Where the field is unknown to the type, odd text is skipped as any unknown field is.
      expect(bytes.length === 4 ? [ok, invalid, 5, 7, 12] : [invalid]).toContain(code);
    }
  });

  it('are refused however deeply they nest', async () => {
    expect(await send(frame(Buffer.alloc(1024 * 1024 - 16, 0x0b)))).toMatchObject({ code: invalid });
  });
});

describe('frames', () => {
  it('that promise more than they bring are refused', async () => {
    expect(await send(frame(Buffer.alloc(10), { length: 100 }))).toMatchObject({ code: invalid });
    expect(await send(Buffer.from([0, 0, 0]))).toMatchObject({ code: invalid });
    expect(await send(Buffer.alloc(0))).toMatchObject({ code: invalid });
  });

  it('that promise more than a message may have are refused at once', async () => {
    expect(await send(frame(Buffer.alloc(10), { length: 0xffffffff }))).toMatchObject({ code: exhausted });
  });

  it('of a megabyte of empty messages are refused after the first', async () => {
    const began = performance.now();
    expect(await send(Buffer.alloc(1024 * 1024 - ((1024 * 1024) % 5)))).toMatchObject({ code: invalid });
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('in an unknown encoding are UNIMPLEMENTED, and a bomb is RESOURCE_EXHAUSTED', async () => {
    const snappy = await send(frame(Buffer.alloc(10), { flag: 1 }), { 'grpc-encoding': 'snappy' });
    expect(snappy).toMatchObject({ code: unimplemented });
    const bomb = await send(frame(gzipSync(Buffer.alloc(64 * 1024 * 1024)), { flag: 1 }), { 'grpc-encoding': 'gzip' });
    expect(bomb).toMatchObject({ code: exhausted });
    const broken = await send(frame(Buffer.from('no gzip'), { flag: 1 }), { 'grpc-encoding': 'gzip' });
    expect(broken.code).not.toBe(ok);
  });
});

describe('headers', () => {
  it('of another protocol are answered with 415, unknown paths with UNIMPLEMENTED', async () => {
    expect(await send(Buffer.alloc(0), { 'content-type': 'application/json' })).toMatchObject({ status: 415 });
    expect(await send(frame(Buffer.alloc(0)), { ':path': '/nobody.Knows/This' })).toMatchObject({
      code: unimplemented,
    });
    expect(await send(frame(Buffer.alloc(0)), { ':path': '/%00\u00e9?x=1#y' })).toMatchObject({ code: unimplemented });
  });

  it('beyond 16 KiB are refused', async () => {
    const metadata = { 'x-much': 'a'.repeat(20_000) };
    expect(await client.ask('GetUser', {}, { authorization, metadata })).toMatchObject({
      code: invalid,
      reason: 'METADATA_TOO_LARGE',
    });
  });

  it('may carry the id of the request, which comes back with a refusal', async () => {
    const metadata = { 'x-request-id': 'request-of-the-test' };
    expect((await client.ask('GetUser', {}, { metadata })).requestId).toBe('request-of-the-test');
  });
});

describe('asking too much', () => {
  it('is RESOURCE_EXHAUSTED, and says when to come again', async () => {
    const settings = { RATE_LIMITS: 'on', RATE_USER_BURST: '20', RATE_USER_COST_PER_S: '1' };
    const limited = await createWorld({ settings });
    const asker = grpcClient(limited.testApp.grpc ?? '');
    const { authorization: greedy } = await limited.person('Greta');
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => asker.ask('GetUser', {}, { authorization: greedy })),
    );
    const refused = answers.filter(({ code }) => code !== ok);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]).toMatchObject({ code: exhausted, reason: 'RATE_LIMITED' });
    expect(refused[0]?.all['RetryInfo']).toMatchObject({
      retry_delay: { seconds: expect.stringMatching(/^[1-9]/) as string },
    });
    asker.close();
    await limited.stop();
  });

  it('is counted by the address a trusted proxy tells, and bad tokens count', async () => {
    const settings = { RATE_LIMITS: 'on', RATE_ANONYMOUS_PER_S: '1', TRUST_PROXY: '1' };
    const limited = await createWorld({ settings });
    const asker = grpcClient(limited.testApp.grpc ?? '');
    const guess = (from: string) =>
      asker.ask(
        'GetUser',
        {},
        { authorization: 'Bearer guessed', metadata: { 'x-forwarded-for': `9.9.9.9, ${from}` } },
      );
    const guesses = await Promise.all(Array.from({ length: 70 }, () => guess('1.1.1.1')));
    expect(guesses.filter(({ code }) => code === unauthenticated).length).toBeGreaterThanOrEqual(50);
    expect(guesses.map(({ reason }) => reason)).toContain('RATE_LIMITED');
    expect((await guess('2.2.2.2')).code).toBe(unauthenticated);
    asker.close();
    await limited.stop();
  });
});

describe('connections', () => {
  it('that open and reset streams as fast as they can disturb nobody', async () => {
    const session = http2.connect(`http://${address}`);
    session.on('error', () => undefined);
    for (let i = 0; i < 2_000 && !session.destroyed; i++) {
      const stream = session.request({
        ':method': 'POST',
        ':path': path,
        'content-type': 'application/grpc',
        te: 'trailers',
        authorization,
      });
      stream.on('error', () => undefined);
      stream.close(http2.constants.NGHTTP2_CANCEL);
      if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    session.destroy();
    expect((await client.ask('GetUser', {}, { authorization })).code).toBe(ok);
  });

  it('that speak no HTTP/2 are closed', async () => {
    const [host = '', port = ''] = address.split(':');
    for (const garbage of ['GET / HTTP/1.1\r\nhost: x\r\n\r\n', '\0'.repeat(1_000)]) {
      await new Promise<void>((resolve) => {
        const socket = net.connect(Number(port), host, () => socket.write(garbage));
        socket.resume().on('error', () => undefined);
        socket.on('close', () => resolve());
      });
    }
  });
});
