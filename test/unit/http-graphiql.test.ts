/** GraphiQL as a browser gets it: whole from our own origin, with a token that works, under a strict content policy. */
import { afterEach, describe, expect, it } from 'vitest';
import { type TestHttp, startTestHttp } from '../support/http.js';

const open: TestHttp[] = [];
afterEach(() => Promise.all(open.splice(0).map((server) => server.close())));

async function start(): Promise<TestHttp> {
  let pages = 0;
  const server = await startTestHttp({
    graphiql: {
      headers: async () => ({ authorization: `Bearer page-${++pages}` }),
      tabs: [
        { name: 'Who I am', query: 'query Me { who }' },
        { query: '{ hello }', variables: '{"n":"</script>"}' },
      ],
    },
  });
  open.push(server);
  return server;
}
const browser = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } };

describe('GraphiQL', () => {
  it('opens with the given tabs and a fresh token, and runs no script that stands in the page', async () => {
    const server = await start();
    const answers = [
      await fetch(`${server.url}/graphql`, browser),
      await fetch(`${server.url}/graphql?query=%7B`, browser),
    ];
    const [first, second] = await Promise.all(answers.map((answer) => answer.text()));
    const options = JSON.parse(/type="application\/json">(.*?)<\/script>/s.exec(first ?? '')?.[1] ?? '') as {
      headers: string;
      defaultTabs: object[];
    };
    expect(JSON.parse(options.headers)).toEqual({ authorization: 'Bearer page-1' });
    expect(options.defaultTabs).toEqual([
      { query: '# Who I am\nquery Me { who }', variables: null, headers: options.headers },
      { query: '{ hello }', variables: '{"n":"</script>"}', headers: options.headers },
    ]);
    expect(second).toContain('Bearer page-2');
    expect(answers[0]?.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answers[0]?.headers.get('cache-control')).toBe('no-store');
    const policy = answers[0]?.headers.get('content-security-policy') ?? '';
    expect(policy.split('; ')).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "connect-src 'self'"]),
    );
  });

  it('loads only files of this server, compressed, and for ever', async () => {
    const server = await start();
    const html = await (await fetch(`${server.url}/graphql`, browser)).text();
    const loaded = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address);
    const files = loaded.filter((address) => !address.startsWith('data:'));
    expect(files).toHaveLength(2);
    for (const file of files) {
      expect(file).toMatch(/^\/graphql\/graphiql\.(js|css)\?v=/);
      const answer = await fetch(server.url + file, { headers: { 'accept-encoding': 'gzip' } });
      expect([answer.status, answer.headers.get('content-encoding')]).toEqual([200, 'gzip']);
      expect(answer.headers.get('cache-control')).toContain('immutable');
      const plain = await fetch(server.url + file, { headers: { 'accept-encoding': 'identity' } });
      expect(plain.headers.get('content-encoding')).toBeNull();
      expect(await plain.text()).toBe(await answer.text());
      const again = await fetch(server.url + file, { headers: { 'if-none-match': answer.headers.get('etag') ?? '' } });
      expect(again.status).toBe(304);
    }
  });

  it('is for browsers: other clients get the answer to their query', async () => {
    const server = await start();
    const headers = { accept: 'application/json', 'apollo-require-preflight': '1' };
    const answer = await fetch(`${server.url}/graphql?query=${encodeURIComponent('{ who }')}`, { headers });
    expect(await answer.json()).toEqual({ data: { who: 'anonymous' } });
  });
});
