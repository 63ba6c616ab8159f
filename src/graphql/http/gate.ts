/** What a request must satisfy before it may be a GraphQL request: method, origin, media types, proof against forgery. */
import type { IncomingHttpHeaders } from 'node:http';
import type { GraphQLError } from 'graphql';
import { httpError } from '../errors.js';
import { negotiate } from './accept.js';

/** The part of a request that is looked at. */
export interface Knock {
  readonly method?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

const proofs = ['x-graphql-yoga-csrf', 'apollo-require-preflight', 'authorization'] as const;
const asked = [
  'content-type',
  'authorization',
  'accept',
  'x-request-id',
  'x-graphql-yoga-csrf',
  'apollo-require-preflight',
];
const json = /^application\/json\s*(;\s*charset\s*=\s*"?utf-?8"?\s*)?(;\s*)?$/i;

/**
 * Why a request may not come in; null when it may. Reads headers only.
 * - GET, and whatever a web page may send without asking first, needs one of the headers that force a browser to ask
 * - a body is JSON in UTF-8 and not compressed
 * - something must be accepted that can be answered
 */
export function refuse({ method, headers }: Knock): GraphQLError | null {
  if (method !== 'GET' && method !== 'POST') {
    return httpError('BAD_USER_INPUT', 'GraphQL is served over GET and POST.', {
      status: 405,
      headers: { allow: 'GET, POST' },
    });
  }
  if (method === 'POST') {
    const encoding = headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') return unsupported('A request body may not be compressed.');
    const contentType = headers['content-type'];
    const isJson = contentType !== undefined && (contentType === 'application/json' || json.test(contentType));
    if (!isJson) {
      const off = /^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(contentType ?? '');
      const simple = contentType === undefined || /^text\/plain\b/i.test(contentType);
      if (!off && simple && !hasProof(headers)) return forged();
      return unsupported('Send the request as application/json in UTF-8.');
    }
  } else if (!hasProof(headers)) {
    return forged();
  }
  if (negotiate(headers.accept) === 'nothing') {
    return httpError('BAD_USER_INPUT', 'Accept application/json or application/graphql-response+json.', {
      status: 406,
    });
  }
  return null;
}

/** The CORS headers of an answer to a page of another origin; none unless that origin is listed. */
export function corsHeaders({ headers }: Knock, origins: readonly string[]): Readonly<Record<string, string>> {
  if (origins.length === 0) return {};
  const { origin } = headers;
  if (origin === undefined || !origins.includes(origin)) return { vary: 'Origin' };
  return {
    vary: 'Origin',
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': 'x-request-id, retry-after',
  };
}

/** The further headers that answer a listed origin's question before its request; null when this is no such question. */
export function preflight({ method, headers }: Knock, origins: readonly string[]): Record<string, string> | null {
  if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return null;
  if (headers.origin === undefined || !origins.includes(headers.origin)) return null;
  return {
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': asked.join(', '),
    'access-control-max-age': '600',
  };
}

const hasProof = (headers: IncomingHttpHeaders): boolean => proofs.some((name) => headers[name] !== undefined);

const forged = (): GraphQLError =>
  httpError(
    'FORBIDDEN',
    'This request could be forged by another web page: send the header x-graphql-yoga-csrf or apollo-require-preflight.',
    { status: 403 },
    { reason: 'CSRF_HEADER_MISSING' },
  );

const unsupported = (message: string): GraphQLError => httpError('BAD_USER_INPUT', message, { status: 415 });
