/** Turns whatever was thrown into what a client may see, and tells the log what a client may not. */
import { GraphQLError } from 'graphql';
import { AppError, type ErrorCode, kinds } from '../kernel/errors.js';
import type { Log } from '../log.js';

/** How HTTP should answer when an operation was refused before it ran. Never part of the answer's body. */
export interface HttpFacts {
  readonly status: number;
  /** True: the status only holds for `application/graphql-response+json`; `application/json` answers 200. */
  readonly spec?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

const maskedMessage = 'Something went wrong on our side.';

/** Statuses of operations that were refused before they ran; the soft ones are 200 for `application/json`. */
const refusals: Readonly<Record<string, HttpFacts>> = {
  FORBIDDEN: { status: 403, spec: true },
  OPERATION_RESOLUTION_FAILURE: { status: 400 },
  UNAUTHENTICATED: { status: 401, headers: { 'www-authenticate': 'Bearer' } },
  RATE_LIMITED: { status: 429 },
  UNAVAILABLE: { status: 503, headers: { 'retry-after': '1' } },
  TIMEOUT: { status: 504 },
  INTERNAL_SERVER_ERROR: { status: 500 },
};
const softly: HttpFacts = { status: 400, spec: true };

/**
 * The error a client sees for whatever was thrown. Refusals of ours and complaints about the client's own document keep
 * their words; everything else is masked, and the log gets the cause with the request id. Never throws.
 */
export function toGraphQLError(error: unknown, requestId: string, log: Log): GraphQLError {
  const located = error instanceof GraphQLError ? error : undefined;
  const root = rootOf(error);
  if (root instanceof AppError) {
    if (root.cause !== undefined || root.kind === 'internal') {
      log.warn({ requestId, reason: root.reason, cause: root.cause ?? root }, 'refused, with a cause');
    }
    return relocated(located, root.message, {
      code: kinds[root.kind].code,
      reason: root.reason,
      ...root.facts,
      ...(root.inputPath.length > 0 ? { path: root.inputPath } : {}),
    });
  }
  if (located !== undefined && isAboutTheRequest(located, root)) return clean(located);
  log.error({ requestId, path: located?.path?.join('.'), cause: root }, 'a request failed');
  return relocated(located, maskedMessage, { code: 'INTERNAL_SERVER_ERROR', requestId });
}

/** An error of HTTP itself, before any document is looked at: the status holds for every media type. */
export function httpError(code: ErrorCode, message: string, http: HttpFacts, facts: object = {}): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...facts, http } });
}

/** Adds the HTTP status with which an operation is answered that was refused before it ran. */
export function refusedWith(error: GraphQLError, headers: Readonly<Record<string, string>> = {}): GraphQLError {
  const { http, ...extensions } = error.extensions;
  if (http !== undefined) return error;
  const code = typeof extensions['code'] === 'string' ? extensions['code'] : 'BAD_USER_INPUT';
  const facts = refusals[code] ?? softly;
  return relocated(error, error.message, {
    code,
    ...extensions,
    http: { ...facts, headers: { ...facts.headers, ...headers } } satisfies HttpFacts,
  });
}

function rootOf(error: unknown): unknown {
  let found = error;
  for (let depth = 0; depth < 10 && found instanceof GraphQLError && found.originalError; depth++) {
    found = found.originalError;
  }
  return found;
}

/**
 * An error without a path came before anything ran, so it is about the document or the variables. One with a path is
 * about the arguments when it was made for a place in the document or carries a code; else a resolver or the output of
 * a scalar failed, and that is our fault.
 */
function isAboutTheRequest(located: GraphQLError, root: unknown): boolean {
  if (located.path === undefined) return located.nodes !== undefined || located.extensions['code'] !== undefined;
  return root instanceof GraphQLError && (root.extensions['code'] !== undefined || root.nodes !== undefined);
}

function clean(error: GraphQLError): GraphQLError {
  const message = withoutLongValues(error.message);
  if (error.extensions['code'] !== undefined && message === error.message && error.originalError === undefined) {
    return error;
  }
  return relocated(error, message, { code: 'BAD_USER_INPUT', ...error.extensions });
}

/** graphql-js repeats the value that did not fit, however long: a client gets at most 200 characters of it back. */
function withoutLongValues(message: string): string {
  const prefix = /^Variable "\$\w+" got invalid value /.exec(message)?.[0];
  if (prefix === undefined || message.length - prefix.length <= 200) return message;
  const rest = message.slice(prefix.length);
  const reason = rest.lastIndexOf('; ');
  const [value, why] = reason < 0 ? [rest, ''] : [rest.slice(0, reason), rest.slice(reason)];
  return prefix + cut(value) + cut(why);
}

const cut = (text: string): string => (text.length > 100 ? `${text.slice(0, 99)}…` : text);

function relocated(from: GraphQLError | undefined, message: string, extensions: Record<string, unknown>): GraphQLError {
  return new GraphQLError(message, {
    nodes: from?.nodes ?? null,
    source: from?.source ?? null,
    positions: from?.positions ?? null,
    path: from?.path ?? null,
    extensions,
  });
}
