/** Trusted documents over real HTTP: named by their hash, alone where that is required, by the short way and by Yoga. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTrustedDocuments, type TrustedDocuments } from '../../src/graphql/http/trusted.js';
import { token } from '../support/http-cases.js';
import { startTestHttp, type TestHttp } from '../support/http.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hello = 'query Hello($name: String) { hello(name: $name) }';
const greet = 'mutation Greet { greet(name: "Bo") }';
const count = 'subscription Count($to: Int!) { count(to: $to) }';
const manifest = { [sha256(hello)]: hello, [sha256(greet)]: greet, [sha256(count)]: count };
const persisted = (sha256Hash: unknown) => ({ persistedQuery: { version: 1, sha256Hash } });
const unknown = sha256('{ __typename }');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'gatehouse-trusted-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function stored(content: unknown): Promise<string> {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const file = path.join(folder, `${sha256(text)}.json`);
  await writeFile(file, text);
  return file;
}

const trustedIn = async (mode: 'allow' | 'require', content: unknown = manifest): Promise<TrustedDocuments> =>
  readTrustedDocuments({ mode, file: await stored(content) });

interface Told {
  readonly status: number;
  readonly data?: unknown;
  readonly code?: string;
  readonly reason?: string;
}

async function told(response: Response): Promise<Told> {
  const { data, errors } = (await response.json()) as {
    data?: unknown;
    errors?: { extensions: { code: string; reason?: string } }[];
  };
  const { code, reason } = errors?.[0]?.extensions ?? {};
  return {
    status: response.status,
    ...(data === undefined ? {} : { data }),
    ...(code === undefined ? {} : { code }),
    ...(reason === undefined ? {} : { reason }),
  };
}

const greeted = { status: 200, data: { hello: 'Hello Bo' } };
const notFound = { status: 400, code: 'PERSISTED_QUERY_NOT_FOUND' };
const onlyTrusted = { status: 403, code: 'FORBIDDEN', reason: 'TRUSTED_DOCUMENTS_ONLY' };
const badInput = { status: 400, code: 'BAD_USER_INPUT' };
const variables = { name: 'Bo' };

/** What is sent, and what comes where documents are only allowed, and where they are required. */
const cases: readonly (readonly [title: string, body: unknown, allowed: Told, required: Told])[] = [
  ['a hash', { extensions: persisted(sha256(hello)), variables }, greeted, greeted],
  ['a document id', { documentId: sha256(hello), variables }, greeted, greeted],
  ['a document id that names its kind', { documentId: `sha256:${sha256(hello)}`, variables }, greeted, greeted],
  ['a hash with its document', { query: hello, extensions: persisted(sha256(hello)), variables }, greeted, greeted],
  ['an unknown hash', { extensions: persisted(unknown) }, notFound, notFound],
  ['a word every object knows', { documentId: 'constructor' }, notFound, notFound],
  ['a document of its own', { query: 'query { hello(name: "Bo") }' }, greeted, onlyTrusted],
  ['the text of a trusted document', { query: hello, variables }, greeted, onlyTrusted],
  [
    'a document of its own with its hash',
    { query: '{ __typename }', extensions: persisted(unknown) },
    { status: 200, data: { __typename: 'Query' } },
    onlyTrusted,
  ],
  ['another text under a hash', { query: '{ who }', extensions: persisted(sha256(hello)) }, badInput, badInput],
  ['a hash that is a number', { extensions: persisted(1) }, badInput, badInput],
  ['nothing', {}, badInput, badInput],
];

describe.each(['the short way', 'Yoga'])('by %s', (way) => {
  describe.each(['allow', 'require'] as const)('where the setting is %s', (mode) => {
    let server: TestHttp;
    beforeAll(async () => {
      server = await startTestHttp({ fastPath: way === 'the short way', trusted: await trustedIn(mode) });
    });
    afterAll(() => server.close());

    it.each(cases)('%s is answered as it should be', async (_title, body, allowed, required) => {
      const answer = await server.post(body, { ...token, accept: 'application/graphql-response+json' });
      expect(await told(answer)).toEqual(mode === 'allow' ? allowed : required);
    });

    it('GET runs a query by its hash, and no mutation', async () => {
      const get = (hash: string) =>
        fetch(`${server.url}/graphql?documentId=${hash}&variables=${JSON.stringify(variables)}`, { headers: token });
      expect(await told(await get(sha256(hello)))).toEqual(greeted);
      expect((await get(sha256(greet))).status).toBe(405);
    });

    const events = { ...token, accept: 'text/event-stream' };

    it('a subscription streams by its hash, sent by POST and by GET', async () => {
      const to = { to: 2 };
      const search = `documentId=${sha256(count)}&variables=${JSON.stringify(to)}`;
      const sent = [
        server.post({ extensions: persisted(sha256(count)), variables: to }, events),
        fetch(`${server.url}/graphql?${search}`, { headers: events }),
      ];
      for (const answer of await Promise.all(sent)) {
        expect(answer.headers.get('content-type')).toContain('text/event-stream');
        const told = (await answer.text()).split('\n').filter((line) => line.startsWith('data: '));
        expect(told).toEqual(['data: {"data":{"count":1}}', 'data: {"data":{"count":2}}']);
      }
    });

    it('a subscription of its own streams only where that is allowed', async () => {
      const text = await (await server.post({ query: 'subscription { count(to: 1) }' }, events)).text();
      expect(text.includes('"TRUSTED_DOCUMENTS_ONLY"')).toBe(mode === 'require');
      expect(text.includes('{"count":1}')).toBe(mode === 'allow');
    });

    it("an unknown hash is told in the words and with the status that Apollo's clients wait for", async () => {
      const answer = await server.post({ extensions: persisted(unknown) });
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ errors: [{ message: 'PersistedQueryNotFound' }] });
    });
  });

  it('a hash alone is not supported where the setting is off', async () => {
    const server = await startTestHttp({ fastPath: way === 'the short way' });
    const answer = await server.post({ extensions: persisted(sha256(hello)) });
    const body: unknown = await answer.json();
    await server.close();
    expect(body).toMatchObject({ errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } }] });
  });
});

describe('the manifest', () => {
  it('may be one of Apollo', async () => {
    const operations = Object.entries(manifest).map(([id, body]) => ({ id, body, name: 'Some', type: 'query' }));
    const trusted = await trustedIn('require', { format: 'apollo-persisted-query-manifest', version: 1, operations });
    const sent = { query: undefined, hash: sha256(hello), operationName: undefined, variables: undefined };
    expect(trusted.admit(sent)).toMatchObject({ query: hello });
  });

  it.each([
    ['is no JSON', '{', /is no manifest of documents/],
    ['is a list', [hello], /is no manifest of documents/],
    ['has a text under a hash that is not its own', { [sha256(greet)]: hello }, /which is not its SHA-256/],
  ])('is refused at start when it %s', async (_fault, content, message) => {
    await expect(trustedIn('allow', content)).rejects.toThrow(message);
  });

  it('is refused at start when it is missing', async () => {
    const reading = readTrustedDocuments({ mode: 'require', file: path.join(folder, 'none.json') });
    await expect(reading).rejects.toThrow(/TRUSTED_DOCUMENTS_FILE: .*none\.json cannot be read/);
  });
});
