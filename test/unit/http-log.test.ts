/** What the log, the metrics and the probes tell, and what they keep to themselves. */
import { afterEach, describe, expect, it } from 'vitest';
import { createLogger, describeError, scrub } from '../../src/log.js';
import { type TestHttp, type TestHttpOptions, operator, startTestHttp } from '../support/http.js';

const open: TestHttp[] = [];
async function start(options: TestHttpOptions = {}): Promise<TestHttp> {
  const server = await startTestHttp(options);
  open.push(server);
  return server;
}
afterEach(() => Promise.all(open.splice(0).map((server) => server.close())));

describe('The log', () => {
  it('has one line a request, with who asked and what, and without what they sent', async () => {
    const server = await start();
    const query = 'query Greeting($n: String) { hello(name: $n) refused }';
    const headers = { authorization: 'Bearer very-secret', 'x-request-id': 'request-1' };
    await (await server.post({ query, variables: { n: 'ada@acme.test' } }, headers)).text();
    await server.close();
    const lines = server.lines.filter(({ msg }) => msg === 'request');
    expect(lines).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-/),
        msg: 'request',
        requestId: 'request-1',
        method: 'POST',
        path: '/graphql',
        status: 200,
        ms: expect.any(Number),
        operation: { name: 'Greeting', type: 'query' },
        cost: expect.any(Number),
        principal: 'user',
        userId: operator.kind === 'user' ? operator.userId : null,
        codes: ['BAD_USER_INPUT'],
      },
    ]);
    expect(JSON.stringify(server.lines)).not.toMatch(/secret|acme|hello/);
  });

  it('has the cause of a masked error under the request id that the client was told', async () => {
    const server = await start();
    const { errors } = (await (await server.post({ query: '{ broken }' })).json()) as {
      errors: { message: string; extensions: { requestId: string } }[];
    };
    expect(errors[0]?.message).toBe('Something went wrong on our side.');
    const line = server.lines.find(({ level }) => level === 'error');
    expect(line?.['requestId']).toBe(errors[0]?.extensions.requestId);
    expect(line?.['cause']).toMatchObject({ name: 'Error', message: 'password=hunter2 for [e-mail]' });
  });

  it('never writes a line of more than 16 KB', () => {
    const written: string[] = [];
    const log = createLogger('info', { write: (line) => void written.push(line) });
    log.info({ requestId: 'request-1', long: 'ö'.repeat(9_000) }, 'long');
    expect(written).toHaveLength(1);
    expect(Buffer.byteLength(written[0] as string)).toBeLessThan(16 * 1024);
    expect(JSON.parse(written[0] as string)).toMatchObject({
      requestId: 'request-1',
      msg: 'long',
      cutFrom: expect.any(Number),
    });
  });

  it('keeps credentials and addresses of people out of free text', () => {
    expect(scrub('Bearer abcdef.ghi for ada@acme.test with sk_test_123456')).toBe(
      'Bearer [credential] for [e-mail] with [key]',
    );
    expect(scrub('eyJhbGciOiJF.eyJzdWIiOi.abc_-1')).toBe('[token]');
    expect(scrub(`for ${'x'.repeat(50)}@acme.test`, 20)).toBe('for …');
    expect(scrub('at eyJhbGciOiJF.eyJzdWIiOi.abc_-1', 15)).toBe('at …');
    const cause = new Error('inner bob@acme.test');
    expect(JSON.stringify(describeError(new Error('outer', { cause })))).not.toContain('bob@');
  });
});

describe('The probes', () => {
  it('tell alive, ready and figures, and nothing else is served', async () => {
    let ready = false;
    const server = await start({ ready: () => ready });
    await (await server.post({ query: '{ hello }' })).text();
    const status = async (path: string) => (await fetch(server.url + path)).status;
    expect(await status('/healthz')).toBe(200);
    expect(await status('/readyz')).toBe(503);
    ready = true;
    expect(await status('/readyz')).toBe(200);
    expect(await status('/graphql/x')).toBe(404);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toContain('gatehouse_http_request_seconds_count{operation="query",status="2xx"} 1');
    expect(metrics).toContain('gatehouse_http_requests_in_flight 0');
    expect(metrics).toContain('nodejs_eventloop_lag_p99_seconds');
  });

  it('and every other answer tell browsers to be careful', async () => {
    const server = await start();
    for (const path of ['/healthz', '/nowhere', '/graphql']) {
      const { headers } = await fetch(server.url + path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    }
  });
});
