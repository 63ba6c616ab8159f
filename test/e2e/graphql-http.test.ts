/** The GraphQL server over real HTTP: the short way and Yoga answer alike, and GraphQL over HTTP is kept to the letter. */
import { auditServer } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestHttp, startTestHttp } from '../support/http.js';
import { type Case, cases, token } from '../support/http-cases.js';

async function ask(server: TestHttp, { method = 'POST', body, search, headers = {} }: Case) {
  const url = new URL(`${server.url}/graphql`);
  for (const [name, value] of Object.entries(search ?? {})) url.searchParams.set(name, value);
  const sent = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', 'x-request-id': 'the-same-id', ...headers },
    ...(sent === undefined ? {} : { body: sent }),
  });
  const names = ['content-type', 'allow', 'www-authenticate', 'retry-after', 'x-request-id', 'cache-control'];
  const told = names.map((name) => [name, answer.headers.get(name)]);
  return { status: answer.status, headers: Object.fromEntries(told), body: await answer.text() };
}

describe('The short way and Yoga', () => {
  let short: TestHttp;
  let yoga: TestHttp;
  beforeAll(async () => {
    [short, yoga] = await Promise.all([startTestHttp(), startTestHttp({ fastPath: false })]);
  });
  afterAll(() => Promise.all([short.close(), yoga.close()]));

  it.each(cases)('answer alike: $title', async (given) => {
    const [one, other] = [await ask(short, given), await ask(yoga, given)];
    expect(one).toEqual(other);
    expect(one.status).toBeGreaterThanOrEqual(200);
    expect(one.body).not.toMatch(/hunter2|secret|internal text|x{201}/);
  });
});

describe('GraphQL over HTTP', () => {
  it.each([true, false])('is kept in all 61 points (short way: %s)', async (fastPath) => {
    const server = await startTestHttp({ fastPath, settings: { INTROSPECTION: 'operators' } });
    const results = await auditServer({
      url: `${server.url}/graphql`,
      fetchFn: (url: string, init: RequestInit = {}) => fetch(url, { ...init, headers: { ...init.headers, ...token } }),
    });
    await server.close();
    expect(results).toHaveLength(61);
    expect(results.filter(({ status }) => status !== 'ok').map(({ id, name }) => `${id} ${name}`)).toEqual([]);
  });
});
