/** What one peer may hold of the gRPC server, and what of a peer's words the log keeps. */
import { once } from 'node:events';
import http2 from 'node:http2';
import net from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { grpcClient } from '../support/grpc.js';
import { createWorld, type World } from '../support/world.js';

let world: World;
const open: (net.Socket | http2.ClientHttp2Session)[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) one.destroy();
  await world.stop();
});

/** Connects, and says nothing. */
function connect(): net.Socket {
  const [host = '', port = ''] = (world.testApp.grpc ?? '').split(':');
  const socket = net.connect(Number(port), host);
  socket.resume().on('error', () => undefined);
  open.push(socket);
  return socket;
}

/** Connects as a client does; whether the server speaks with it. */
async function greet(): Promise<{ readonly session: http2.ClientHttp2Session; readonly greeted: boolean }> {
  const session = http2.connect(`http://${world.testApp.grpc}`);
  session.on('error', () => undefined);
  open.push(session);
  const greeted = await new Promise<boolean>((resolve) => {
    session.once('close', () => resolve(false));
    session.once('connect', () => session.ping((error) => resolve(error === null)));
  });
  return { session, greeted };
}

describe('an address', () => {
  it('has as many connections as it may have and no more, and may open another once one is closed', async () => {
    world = await createWorld({ settings: { LIMIT_CONNECTIONS_PER_ADDRESS: '2' } });
    const first = await greet();
    expect([first.greeted, (await greet()).greeted, (await greet()).greeted]).toEqual([true, true, false]);
    first.session.close();
    await vi.waitFor(async () => expect((await greet()).greeted).toBe(true));
  });

  it('may have any number when it is that of a proxy', async () => {
    world = await createWorld({ settings: { LIMIT_CONNECTIONS_PER_ADDRESS: '2', TRUST_PROXY: '1' } });
    const answers = [await greet(), await greet(), await greet()];
    expect(answers.map(({ greeted }) => greeted)).toEqual([true, true, true]);
  });
});

describe('a connection', () => {
  it.each(['', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'])('that stops after %j is closed', async (said) => {
    world = await createWorld({ settings: { LIMIT_HEADERS_MS: '200' } });
    const began = performance.now();
    const socket = connect();
    socket.write(said);
    await once(socket, 'close');
    expect(performance.now() - began).toBeGreaterThan(150);
  });

  it('that has said hello may be quiet for longer', async () => {
    world = await createWorld({ settings: { LIMIT_HEADERS_MS: '200' } });
    const { session } = await greet();
    // Opened later, so that its end tells that the time of the first is over.
    await once(connect(), 'close');
    expect(session.destroyed || session.closed).toBe(false);
    expect(await new Promise((resolve) => session.ping((error) => resolve(error)))).toBeNull();
  });
});

describe('a header that is no metadata', () => {
  it('is told to the log by its name, without what it says, and only to who wants to know much', async () => {
    world = await createWorld({ settings: { LOG_LEVEL: 'debug' } });
    const { session } = await greet();
    const stream = session.request({
      ':method': 'POST',
      ':path': '/mgmt.v1alpha1.UserAccountService/GetUser',
      'content-type': 'application/grpc',
      te: 'trailers',
      'x-pass': 'hunter2: \u00e9. For hunter2',
    });
    stream.on('error', () => undefined).resume();
    stream.end();
    await once(stream, 'close');
    const lines = world.testApp.lines.filter(({ msg }) => msg === 'grpc library');
    expect(lines).toMatchObject([{ level: 'debug', said: 'Failed to add metadata entry x-pass' }]);
    expect(JSON.stringify(world.testApp.lines)).not.toContain('hunter2');
  });
});

describe('a list', () => {
  it('costs as many rows as it may have', async () => {
    const settings = { RATE_LIMITS: 'on', RATE_USER_BURST: '1100', RATE_USER_COST_PER_S: '1' };
    world = await createWorld({ settings });
    const client = grpcClient(world.testApp.grpc ?? '', 'zitadel.management.v1.ManagementService');
    const ask = async (name: string, limits: readonly number[]): Promise<string[]> => {
      const { authorization } = await world.person(name);
      const reasons: string[] = [];
      for (const limit of limits) {
        reasons.push((await client.ask('ListUsers', { query: { limit } }, { authorization })).reason);
      }
      return reasons;
    };
    expect(await ask('Ann', [1000, 1])).toEqual(['', '']);
    expect(await ask('Ben', [1000, 1000])).toEqual(['', 'RATE_LIMITED']);
    expect(await ask('Cid', [0, 1000])).toEqual(['', 'RATE_LIMITED']);
    // What is refused anyway costs no more than the longest list.
    expect(await ask('Dan', [4_000_000_000, 1])).toEqual(['PAGE_TOO_LARGE', '']);
    client.close();
  });
});
