/** GraphiQL, served whole from our own origin: a small page with its options, and one script that never changes. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { send } from './http/answer.js';

/** A tab that GraphiQL opens with. */
export interface GraphiqlTab {
  readonly name?: string;
  readonly query: string;
  readonly variables?: string;
}

/** What GraphiQL opens with. `headers` are made anew for every page: they hold a token that works. */
export interface GraphiqlOptions {
  headers(): Promise<Record<string, string>>;
  readonly tabs: readonly GraphiqlTab[];
}

/** The two answers GraphiQL needs. Both throw nothing for what a client sends. */
export interface Graphiql {
  page(res: ServerResponse, headers: Readonly<Record<string, string>>): Promise<void>;
  script(req: IncomingMessage, res: ServerResponse): Promise<void>;
}

/** Where the script is served. */
export const graphiqlScriptPath = '/graphql/graphiql.js';

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Whether a browser asks for a page here. */
export const wantsPage = ({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean =>
  method === 'GET' && (headers.accept ?? '').includes('text/html');

/** Serves GraphiQL. The script is put together and compressed once, when the first browser asks. */
export function createGraphiql({ headers, tabs }: GraphiqlOptions): Graphiql {
  let built: Promise<Assets> | undefined;
  const assets = (): Promise<Assets> => (built ??= build());

  return {
    async page(res, more) {
      const [{ css, favicon, tag }, given] = await Promise.all([assets(), headers()]);
      const body = pageOf(css, favicon, tag, optionsOf(tabs, JSON.stringify(given, null, 2)));
      const type = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };
      send(res, 200, { ...more, ...type, 'content-security-policy': policy }, body);
    },
    async script(req, res) {
      const { plain, compressed, tag } = await assets();
      const etag = `"${tag}"`;
      const caching = { etag, 'cache-control': 'public, max-age=31536000, immutable', vary: 'Accept-Encoding' };
      if (req.headers['if-none-match'] === etag) return send(res, 304, caching, '');
      const type = { ...caching, 'content-type': 'text/javascript; charset=utf-8' };
      if (/\bgzip\b/.test(req.headers['accept-encoding']?.toString() ?? '')) {
        return send(res, 200, { ...type, 'content-encoding': 'gzip' }, compressed);
      }
      send(res, 200, type, plain());
    },
  };
}

interface Assets {
  readonly css: string;
  readonly favicon: string;
  readonly compressed: Buffer;
  /** Changes with the script. */
  readonly tag: string;
  plain(): string;
}

async function build(): Promise<Assets> {
  const parts = await import('@graphql-yoga/render-graphiql/graphiql');
  const workers = {
    editorWorkerService: parts.editorWorkerService,
    json: parts.jsonWorker,
    graphql: parts.graphqlWorker,
  };
  const plain = (): string => `${workerScript(workers)}\n${parts.js};\n${startScript}`;
  const text = plain();
  return {
    css: parts.css,
    favicon: parts.favicon,
    plain,
    compressed: await promisify(gzip)(text),
    tag: createHash('sha256').update(text).digest('base64url').slice(0, 22),
  };
}

const workerScript = (workers: Readonly<Record<string, string>>): string => `
const workerSources = ${JSON.stringify(workers)};
self.MonacoEnvironment = {
  globalAPI: false,
  getWorkerUrl: (_module, label) => URL.createObjectURL(new Blob([workerSources[label]], { type: 'text/javascript' })),
};`;

const startScript = `
YogaGraphiQL.renderYogaGraphiQL(
  document.getElementById('root'),
  JSON.parse(document.getElementById('options').textContent),
);`;

/** Headers are not kept in the browser, so that a reload gets a token that works. */
function optionsOf(tabs: readonly GraphiqlTab[], headers: string): object {
  const defaultTabs = tabs.map(({ query, variables, name }) => ({
    query: name === undefined ? query : `# ${name}\n${query}`,
    variables: variables ?? null,
    headers,
  }));
  return {
    title: 'Gatehouse',
    endpoint: '/graphql',
    headers,
    shouldPersistHeaders: false,
    defaultTabs,
    ...(tabs[0]?.variables === undefined ? {} : { variables: tabs[0].variables }),
  };
}

function pageOf(css: string, favicon: string, tag: string, options: object): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Gatehouse</title>
    <link rel="icon" href="${favicon}" />
    <style>${css}</style>
  </head>
  <body id="body" class="no-focus-outline">
    <noscript>GraphiQL needs JavaScript.</noscript>
    <div id="root"></div>
    <script id="options" type="application/json">${JSON.stringify(options).replaceAll('<', '\\u003c')}</script>
    <script src="${graphiqlScriptPath}?v=${tag}"></script>
  </body>
</html>
`;
}
