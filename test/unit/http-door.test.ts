/** What the HTTP door lets in: bodies, request ids, origins, tokens, introspection. */
import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { type TestHttp, type TestHttpOptions, startTestHttp } from '../support/http.js';

const open: TestHttp[] = [];
async function start(options: TestHttpOptions = {}): Promise<TestHttp> {
  const server = await startTestHttp(options);
  open.push(server);
  return server;
}
afterEach(() => Promise.all(open.splice(0).map((server) => server.close())));

const codes = async (answer: Response): Promise<string[]> => {
  const { errors = [] } = (await answer.json()) as { errors?: { extensions: { code: string } }[] };
  return errors.map(({ extensions }) => extensions.code);
};
const hello = { query: '{ hello }' };
const page = 'https://app.example';

describe('A request body', () => {
  it('over the limit is refused with 413, and the connection survives the telling', async () => {
    const server = await start({ settings: { LIMIT_BODY_BYTES: '1000' } });
    const answer = await server.post({ ...hello, extensions: { x: 'y'.repeat(2_000) } });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toEqual({
      errors: [
        {
          message: 'A request body may have at most 1000 bytes.',
          extensions: { code: 'LIMIT_EXCEEDED', reason: 'BODY_TOO_LARGE', limit: 1000 },
        },
      ],
    });
    expect((await server.post(hello)).status).toBe(200);
  });

  it('over the limit is refused when it comes in chunks of unknown length', async () => {
    const server = await start({ settings: { LIMIT_BODY_BYTES: '1000' } });
    const body = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 20; i++) controller.enqueue(new TextEncoder().encode(' '.repeat(100)));
        controller.close();
      },
    });
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body, duplex: 'half' };
    expect((await fetch(`${server.url}/graphql`, init as RequestInit)).status).toBe(413);
  });

  it('that names a huge length is refused before it is sent', async () => {
    const server = await start();
    const status = await new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': '1000000000' };
      const req = request(`${server.url}/graphql`, { method: 'POST', headers });
      req.on('response', (res) => resolve(res.statusCode)).on('error', reject);
      req.flushHeaders();
    });
    expect(status).toBe(413);
  });
});

describe('A request id', () => {
  it('is taken over when it is short and safe, and made otherwise', async () => {
    const server = await start();
    const idFor = async (id: string) => (await server.post(hello, { 'x-request-id': id })).headers.get('x-request-id');
    expect(await idFor('abcd-1234')).toBe('abcd-1234');
    expect(await idFor('short')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await idFor('a"b<c>d ef')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await idFor('x'.repeat(65))).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('A page of another origin', () => {
  it('gets leave and credentials only when its origin is listed', async () => {
    const server = await start({ settings: { CORS_ORIGINS: page } });
    const ask = (origin: string) =>
      fetch(`${server.url}/graphql`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      });
    const listed = await ask(page);
    expect(listed.status).toBe(204);
    expect(listed.headers.get('access-control-allow-origin')).toBe(page);
    expect(listed.headers.get('access-control-allow-credentials')).toBe('true');
    expect(listed.headers.get('access-control-allow-headers')).toContain('x-graphql-yoga-csrf');
    const other = await ask('https://evil.example');
    expect(other.status).toBe(405);
    expect(other.headers.get('access-control-allow-origin')).toBeNull();

    expect((await server.post(hello, { origin: page })).headers.get('access-control-allow-origin')).toBe(page);
    const reply = await server.post(hello, { origin: 'https://evil.example' });
    expect(reply.headers.get('access-control-allow-origin')).toBeNull();
    expect(reply.headers.get('vary')).toBe('Origin');
  });

  it('is never reflected when no origin is listed', async () => {
    const server = await start();
    const reply = await server.post(hello, { origin: page });
    expect([...reply.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('Introspection', () => {
  const schema = { query: '{ ...f } fragment f on Query { __schema { queryType { name } } }' };

  it('is for operators only where it says so', async () => {
    const server = await start({ settings: { INTROSPECTION: 'operators' } });
    expect(await codes(await server.post(schema))).toEqual(['FORBIDDEN']);
    expect(await codes(await server.post(schema, { authorization: 'Bearer plain' }))).toEqual(['FORBIDDEN']);
    expect(await codes(await server.post(schema, { authorization: 'Bearer any' }))).toEqual([]);
    expect(await codes(await server.post({ query: '{ __typename }' }))).toEqual([]);
  });

  it('is for nobody when it is off', async () => {
    const server = await start({ settings: { INTROSPECTION: 'off' } });
    expect(await codes(await server.post(schema, { authorization: 'Bearer any' }))).toEqual(['FORBIDDEN']);
  });
});

describe('A bad credential', () => {
  it('is answered with 401 and the scheme to use', async () => {
    const answer = await (await start()).post(hello, { authorization: 'Bearer bad' });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(await codes(answer)).toEqual(['UNAUTHENTICATED']);
  });

  it('that cannot be checked now is answered with 503', async () => {
    const answer = await (await start()).post(hello, { authorization: 'Bearer later' });
    expect([answer.status, await codes(answer)]).toEqual([503, ['UNAVAILABLE']]);
  });
});
