/** Who counts as one caller over HTTP, what refused requests cost, and under which names the server may be called. */
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';
import { callerAddress } from '../../src/caller-address.js';
import { type TestHttp, type TestHttpOptions, startTestHttp } from '../support/http.js';

const open: TestHttp[] = [];
const sockets: Socket[] = [];
async function start(options: TestHttpOptions = {}): Promise<TestHttp> {
  const server = await startTestHttp(options);
  open.push(server);
  return server;
}
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(open.splice(0).map((server) => server.close()));
});

const hello = { query: '{ hello }' };
const limited = { RATE_LIMITS: 'on', RATE_ANONYMOUS_PER_S: '1' };
const codes = async (answer: Response): Promise<string[]> => {
  const { errors = [] } = (await answer.json()) as { errors?: { extensions: { code: string } }[] };
  return errors.map(({ extensions }) => extensions.code);
};

/** The statuses of `times` requests, one after the other. */
async function statuses(times: number, ask: () => Promise<Response>): Promise<number[]> {
  const seen: number[] = [];
  for (let i = 0; i < times; i++) seen.push((await ask()).status);
  return seen;
}

describe('The address of a caller', () => {
  it.each([
    [0, '6.6.6.6', '10.0.0.9'],
    [1, '6.6.6.6, 1.1.1.1', '1.1.1.1'],
    [2, '6.6.6.6, 1.1.1.1 ,2.2.2.2', '1.1.1.1'],
    [2, '1.1.1.1', '10.0.0.9'],
    [1, undefined, '10.0.0.9'],
    [1, 'unknown', '10.0.0.9'],
    [1, '1.1.1.1:5123', '1.1.1.1'],
    [1, '[2001:db8::1]:5123', '2001:db8::1'],
    [1, '2001:db8::1', '2001:db8::1'],
  ])('behind %d proxies that say %s is %s', (hops, forwarded, expected) => {
    expect(callerAddress(hops, forwarded, '10.0.0.9')).toBe(expected);
  });

  it('tells anonymous callers behind a trusted proxy apart, whatever they claim themselves', async () => {
    const server = await start({ settings: { ...limited, TRUST_PROXY: '1' } });
    let claims = 0;
    const from = (address: string) => () => server.post(hello, { 'x-forwarded-for': `9.9.9.${++claims}, ${address}` });
    expect(await statuses(60, from('1.1.1.1'))).toContain(429);
    expect(await statuses(1, from('2.2.2.2'))).toEqual([200]);
  });

  it('is that of the connection where no proxy is trusted', async () => {
    const server = await start({ settings: limited });
    let claims = 0;
    expect(await statuses(60, () => server.post(hello, { 'x-forwarded-for': `9.9.9.${++claims}` }))).toContain(429);
  });
});

describe('A refused request', () => {
  it('with a bad token is charged to its address like an anonymous one', async () => {
    const server = await start({ settings: limited });
    const seen = await statuses(60, () => server.post(hello, { authorization: 'Bearer bad' }));
    expect(new Set(seen.slice(0, 50))).toEqual(new Set([401]));
    expect(seen).toContain(429);
    const answer = await server.post(hello, { authorization: 'Bearer bad' });
    expect([await codes(answer), answer.headers.get('retry-after')]).toEqual([['RATE_LIMITED'], '1']);
    expect((await server.post(hello, { authorization: 'Bearer any' })).status).toBe(200);
  });

  it.each([true, false])('by a user is charged 1, not more (short way: %s)', async (fastPath) => {
    const settings = { RATE_LIMITS: 'on', RATE_USER_BURST: '5', RATE_USER_COST_PER_S: '1' };
    for (const query of ['{ hello', '{ helo }', `{ ${'a: hello '.repeat(99)} }`]) {
      const server = await start({ fastPath, settings });
      const accept = 'application/graphql-response+json';
      const seen = await statuses(8, () => server.post({ query }, { authorization: 'Bearer any', accept }));
      expect(seen.slice(0, 5)).toEqual([400, 400, 400, 400, 400]);
      expect(seen).toContain(429);
    }
  });

  it('costs nothing where nobody is limited', async () => {
    const server = await start({ settings: { RATE_ANONYMOUS_PER_S: '1' } });
    const seen = await statuses(55, () => server.post(hello, { authorization: 'Bearer bad' }));
    expect(new Set(seen)).toEqual(new Set([401]));
  });
});

/** Asks for the page of GraphiQL under a name. */
const pageAt = (url: string, host: string): Promise<{ status: number | undefined; body: string }> =>
  new Promise((resolve, reject) => {
    const asked = request(`${url}/graphql`, { headers: { host, accept: 'text/html' } }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (text: string) => (body += text));
      answer.on('end', () => resolve({ status: answer.statusCode, body }));
    });
    asked.on('error', reject).end();
  });
const graphiql = { headers: async () => ({ authorization: 'Bearer of-the-admin' }), tabs: [] };

describe('The name of the server', () => {
  it.each(['evil.test:4000', 'evil.test', 'localhost.evil.test', '127.0.0.1.evil.test', '1.2.3.4@evil.test'])(
    'may not be %s in development, so that no page elsewhere reads the token of GraphiQL',
    async (host) => {
      const { url } = await start({ graphiql });
      const { status, body } = await pageAt(url, host);
      expect([status, JSON.parse(body)]).toMatchObject([421, { errors: [{ extensions: { code: 'FORBIDDEN' } }] }]);
      expect(body).not.toContain('of-the-admin');
    },
  );

  it.each([
    'localhost:4000',
    'LOCALHOST',
    '127.8.8.8:1',
    '[::1]:4000',
    '192.168.1.7:4000',
    '[2001:db8::1]',
    'ours.test',
  ])('may be %s', async (host) => {
    const { url } = await start({ graphiql, settings: { ALLOWED_HOSTS: 'other.test, Ours.test' } });
    expect((await pageAt(url, host)).status).toBe(200);
  });

  it('may be the one it listens on', async () => {
    const { url } = await start({ graphiql, settings: { HOST: 'localhost', ALLOWED_HOSTS: '' } });
    expect((await pageAt(url, 'localhost:80')).status).toBe(200);
  });

  it('is anything in production, unless names are listed there, or where the list says so', async () => {
    const production = { NODE_ENV: 'production', AUTH: 'off' };
    const listed = { ...production, ALLOWED_HOSTS: 'ours.test' };
    const seen: (number | undefined)[] = [];
    for (const settings of [production, listed, { ALLOWED_HOSTS: '*' }]) {
      const { url } = await start({ graphiql, settings });
      seen.push((await pageAt(url, 'evil.test')).status);
    }
    expect(seen).toEqual([200, 421, 200]);
  });
});

describe('Connections of one address', () => {
  /** Connects and asks; whether an answer came. */
  const answered = (url: string): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      sockets.push(socket);
      socket.once('data', () => resolve(true));
      socket.once('close', () => resolve(false)).on('error', () => undefined);
      socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    });

  it('are 200 by default, and the newest beyond the limit is closed until another leaves', async () => {
    expect(readConfig({}).limits.http.connectionsPerAddress).toBe(200);
    const { url, http } = await start({ settings: { LIMIT_CONNECTIONS_PER_ADDRESS: '2' } });
    const accepted: Socket[] = [];
    http.server.on('connection', (socket: Socket) => accepted.push(socket));
    expect([await answered(url), await answered(url), await answered(url)]).toEqual([true, true, false]);
    const left = new Promise((resolve) => accepted[0]?.once('close', resolve));
    sockets[0]?.destroy();
    await left;
    expect(await answered(url)).toBe(true);
  });

  it('are not counted behind a proxy, whose connections are those of everybody', async () => {
    const { url } = await start({ settings: { LIMIT_CONNECTIONS_PER_ADDRESS: '1', TRUST_PROXY: '1' } });
    expect([await answered(url), await answered(url)]).toEqual([true, true]);
  });
});
