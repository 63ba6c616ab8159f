/** Reads the parameters of GraphQL over HTTP out of a body or a URL. Nothing a client sent is repeated to it. */
import type { GraphQLError } from 'graphql';
import { httpError } from '../errors.js';

/** What a client asks to run. Absent and null are the same. */
export interface Params {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
}

/** The parameters in a JSON body, or why it is not one. */
export function paramsOfBody(body: Buffer): Params | GraphQLError {
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
export function paramsOfUrl(url: string): Params | GraphQLError {
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

const known = ['query', 'operationName', 'variables', 'extensions'] as const;
const isKnown = (name: string): boolean => (known as readonly string[]).includes(name);

function readParams(given: Readonly<Record<string, unknown>>): Params | GraphQLError {
  const { query, operationName, variables, extensions } = given;
  if (typeof query !== 'string') return bad('The parameter "query" must be a string.');
  if (!isAbsent(operationName) && typeof operationName !== 'string') {
    return bad('The parameter "operationName" must be a string.');
  }
  if (!isAbsent(variables) && !isObject(variables)) return bad('The parameter "variables" must be an object.');
  if (!isAbsent(extensions) && !isObject(extensions)) return bad('The parameter "extensions" must be an object.');
  for (const name in given) {
    if (!isKnown(name) && !isAbsent(given[name])) return bad(`Only ${known.join(', ')} may be sent.`);
  }
  return { query, operationName: operationName ?? undefined, variables: variables ?? undefined };
}

const isAbsent = (value: unknown): value is null | undefined => value === null || value === undefined;
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const bad = (message: string): GraphQLError => httpError('BAD_USER_INPUT', message, { status: 400 });
