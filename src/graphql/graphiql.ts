/** GraphiQL, served whole from our own origin: a small page with its options, and two files that never change. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { pageOf, scriptOf } from './graphiql.page.js';
import { send } from './http/answer.js';

/** A tab that GraphiQL opens with. Its name is shown as a comment above its query. */
export interface GraphiqlTab {
  readonly name?: string;
  readonly query: string;
  /** JSON text. */
  readonly variables?: string;
  /** Where the tab speaks for somebody else than the page. Asked anew for every page. */
  readonly headers?: () => Promise<Readonly<Record<string, string>>>;
}

/** What GraphiQL opens with. `headers` are asked for anew for every page, because they may hold a token that expires. */
export interface GraphiqlOptions {
  headers(): Promise<Readonly<Record<string, string>>>;
  readonly tabs: readonly GraphiqlTab[];
}

/** The answers GraphiQL needs. */
export interface Graphiql {
  page(res: ServerResponse, headers: Readonly<Record<string, string>>): Promise<void>;
  /** The files the page loads, by their paths. */
  readonly files: Readonly<Record<string, (req: IncomingMessage, res: ServerResponse) => Promise<void>>>;
}

const paths = { script: '/graphql/graphiql.js', style: '/graphql/graphiql.css' } as const;

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

/** Serves GraphiQL. Its files are put together and compressed once, when the first browser asks. */
export function createGraphiql({ headers, tabs }: GraphiqlOptions): Graphiql {
  let built: Promise<Assets> | undefined;
  const assets = (): Promise<Assets> => (built ??= build());
  const serve = (name: keyof typeof paths) => async (req: IncomingMessage, res: ServerResponse) =>
    sendFile((await assets())[name], req, res);

  return {
    async page(res, more) {
      const [{ script, style, favicon }, given] = await Promise.all([assets(), headers()]);
      const body = pageOf({
        script: `${paths.script}?v=${script.tag}`,
        style: `${paths.style}?v=${style.tag}`,
        favicon,
        options: await optionsOf(tabs, JSON.stringify(given, null, 2)),
      });
      const type = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };
      send(res, 200, { ...more, ...type, 'content-security-policy': policy }, body);
    },
    files: { [paths.script]: serve('script'), [paths.style]: serve('style') },
  };
}

interface File {
  readonly type: string;
  readonly compressed: Buffer;
  /** Changes with the content. */
  readonly tag: string;
}

interface Assets {
  readonly script: File;
  readonly style: File;
  readonly favicon: string;
}

async function build(): Promise<Assets> {
  const parts = await import('@graphql-yoga/render-graphiql/graphiql');
  const [script, style] = await Promise.all([
    fileOf('text/javascript; charset=utf-8', scriptOf(parts)),
    fileOf('text/css; charset=utf-8', parts.css),
  ]);
  return { script, style, favicon: parts.favicon };
}

async function fileOf(type: string, text: string): Promise<File> {
  const tag = createHash('sha256').update(text).digest('base64url').slice(0, 22);
  return { type, tag, compressed: await promisify(gzip)(text) };
}

async function sendFile({ type, tag, compressed }: File, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const etag = `"${tag}"`;
  const caching = { etag, 'cache-control': 'public, max-age=31536000, immutable', vary: 'Accept-Encoding' };
  if (req.headers['if-none-match'] === etag) return send(res, 304, caching, '');
  const zipped = /\bgzip\b/.test(String(req.headers['accept-encoding'] ?? ''));
  const encoding: Record<string, string> = zipped ? { 'content-encoding': 'gzip' } : {};
  const body = zipped ? compressed : await promisify(gunzip)(compressed);
  send(res, 200, { ...caching, ...encoding, 'content-type': type }, body);
}

/** Headers are not kept in the browser, so that a reload gets a token that works. */
async function optionsOf(tabs: readonly GraphiqlTab[], headers: string): Promise<object> {
  const defaultTabs = await Promise.all(
    tabs.map(async ({ query, variables, name, headers: own }) => ({
      query: name === undefined ? query : `# ${name}\n${query}`,
      variables: variables ?? null,
      headers: own ? JSON.stringify(await own(), null, 2) : headers,
    })),
  );
  return { title: 'Gatehouse', endpoint: '/graphql', headers, shouldPersistHeaders: false, defaultTabs };
}
