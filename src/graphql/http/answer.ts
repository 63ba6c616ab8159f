/** Writes answers: the status and body of a result, and the headers every answer has. */
import type { ServerResponse } from 'node:http';
import type { ExecutionResult, GraphQLError } from 'graphql';
import type { HttpFacts } from '../errors.js';
import type { MediaType } from './accept.js';

/** What every answer says to browsers: no guessing of types, no referrers, no frames. */
export const safeHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "frame-ancestors 'none'",
} as const;

/** Sends a whole answer. Does nothing when one was sent already or the client is gone. */
export function send(
  res: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer,
): void {
  if (res.headersSent || res.destroyed) return;
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  const noBody = status === 204 || status === 304;
  res.writeHead(status, { ...safeHeaders, ...headers, ...(noBody ? {} : { 'content-length': length }) });
  res.end(noBody ? undefined : body);
}

/** A result as it is sent: its status, the headers its errors ask for, and its body. */
export interface Rendered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Renders a result as GraphQL over HTTP wants it: 200 for whatever ran, the highest status any error asks for otherwise,
 * where `application/json` leaves out those that only hold for `application/graphql-response+json`.
 */
export function render(result: ExecutionResult, mediaType: MediaType): Rendered {
  const { errors } = result;
  if (errors === undefined) return { status: 200, headers: {}, body: JSON.stringify(result) };
  let status = 0;
  const headers: Record<string, string> = {};
  for (const error of errors) {
    const http = httpFactsOf(error);
    if (http === undefined) continue;
    Object.assign(headers, http.headers);
    if (!(http.spec === true && mediaType === 'application/json')) status = Math.max(status, http.status);
  }
  return { status: status || 200, headers, body: JSON.stringify({ ...result, errors: errors.map(withoutHttp) }) };
}

/** The codes of a result's errors, for the log. */
export const codesOf = (result: ExecutionResult): readonly string[] =>
  (result.errors ?? []).slice(0, 20).map((error) => String(error.extensions['code']).slice(0, 50));

const httpFactsOf = (error: GraphQLError): HttpFacts | undefined => error.extensions['http'] as HttpFacts | undefined;

function withoutHttp(error: GraphQLError): object {
  const { extensions = {}, ...formatted } = error.toJSON();
  const { http: _http, ...told } = extensions;
  return Object.keys(told).length > 0 ? { ...formatted, extensions: told } : formatted;
}
