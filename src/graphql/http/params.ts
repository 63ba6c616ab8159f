/** Reads the parameters of GraphQL over HTTP out of a body or a URL. Nothing a client sent is repeated to it. */
import type { GraphQLError } from 'graphql';
import { httpError } from '../errors.js';

/** What a client sent. Absent and null are the same; without a `query` it names a document. */
export interface Sent extends Omit<Params, 'query'> {
  readonly query: string | undefined;
  /** Which document is meant, by the SHA-256 of its text in hex: `documentId` or `extensions.persistedQuery`. */
  readonly hash: string | undefined;
}

/** What is asked to run. */
export interface Params {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
}

/** The parameters in a JSON body, or why it is not one. */
export function paramsOfBody(body: Buffer): Sent | GraphQLError {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    return bad('The request body is not valid JSON.');
  }
  if (Array.isArray(parsed)) return bad('Several operations in one request are not served: send one a request.');
  if (!isObject(parsed)) return bad('The request body must be a JSON object.');
  return readParams(parsed);
}

/** The parameters in the query of a URL, or why they are none. */
export function paramsOfUrl(url: string): Sent | GraphQLError {
  const start = url.indexOf('?');
  const search = new URLSearchParams(start < 0 ? '' : url.slice(start + 1));
  const given: Record<string, unknown> = {};
  for (const name of known) {
    const value = search.get(name) ?? '';
    if (value === '') continue;
    try {
      given[name] = name === 'variables' || name === 'extensions' ? JSON.parse(value) : value;
    } catch {
      return bad(`The parameter "${name}" is not valid JSON.`);
    }
  }
  return readParams(given);
}

const known = ['query', 'documentId', 'operationName', 'variables', 'extensions'] as const;
const isKnown = (name: string): boolean => (known as readonly string[]).includes(name);

function readParams(given: Readonly<Record<string, unknown>>): Sent | GraphQLError {
  const { query, documentId, operationName, variables, extensions } = given;
  const persisted = isObject(extensions) ? extensions['persistedQuery'] : undefined;
  const id = documentId ?? (isObject(persisted) ? persisted['sha256Hash'] : persisted);
  if (!isAbsent(id) && typeof id !== 'string') return bad('A document is named by a string.');
  if (typeof query !== 'string' && (isAbsent(id) || !isAbsent(query))) {
    return bad('The parameter "query" must be a string.');
  }
  if (!isAbsent(operationName) && typeof operationName !== 'string') {
    return bad('The parameter "operationName" must be a string.');
  }
  if (!isAbsent(variables) && !isObject(variables)) return bad('The parameter "variables" must be an object.');
  if (!isAbsent(extensions) && !isObject(extensions)) return bad('The parameter "extensions" must be an object.');
  for (const name in given) {
    if (!isKnown(name) && !isAbsent(given[name])) return bad(`Only ${known.join(', ')} may be sent.`);
  }
  return {
    query: query ?? undefined,
    hash: id?.replace(/^sha256:/, ''),
    operationName: operationName ?? undefined,
    variables: variables ?? undefined,
  };
}

const isAbsent = (value: unknown): value is null | undefined => value === null || value === undefined;
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const bad = (message: string): GraphQLError => httpError('BAD_USER_INPUT', message, { status: 400 });
