/** The one error that is thrown on purpose, and the closed list of what can go wrong. */

/**
 * What kind of refusal an {@link AppError} is. The kind decides the GraphQL `extensions.code` and the gRPC status
 * (see {@link kinds}); it is the only thing transports look at.
 */
export type ErrorKind = keyof typeof kinds;

/**
 * One row a kind: its GraphQL code, its gRPC status number, and whether a caller can correct it. What can be corrected
 * is answered as data in a mutation's `errors`; the rest is a top-level error.
 */
export const kinds = {
  invalid: { code: 'BAD_USER_INPUT', grpc: 3, correctable: true },
  unauthenticated: { code: 'UNAUTHENTICATED', grpc: 16, correctable: false },
  forbidden: { code: 'FORBIDDEN', grpc: 7, correctable: false },
  not_found: { code: 'NOT_FOUND', grpc: 5, correctable: true },
  conflict: { code: 'CONFLICT', grpc: 6, correctable: true },
  precondition: { code: 'FAILED_PRECONDITION', grpc: 9, correctable: true },
  limit: { code: 'LIMIT_EXCEEDED', grpc: 3, correctable: true },
  rate: { code: 'RATE_LIMITED', grpc: 8, correctable: true },
  disabled: { code: 'FEATURE_DISABLED', grpc: 12, correctable: true },
  unavailable: { code: 'UNAVAILABLE', grpc: 14, correctable: true },
  timeout: { code: 'TIMEOUT', grpc: 4, correctable: true },
  internal: { code: 'INTERNAL_SERVER_ERROR', grpc: 13, correctable: false },
} as const;

/** The closed list of GraphQL error codes. */
export type ErrorCode = (typeof kinds)[ErrorKind]['code'];

/** What an {@link AppError} may carry besides its kind, reason and message. */
export interface ErrorOptions {
  /** Where in the input the fault is, outermost first: `['profile', 'firstName']`. Empty when it is not about a field. */
  readonly path?: readonly string[];
  /** The true cause. For the log only; never shown to a caller. */
  readonly cause?: unknown;
  /** Facts a program may act on, shown as `extensions`: the limit and what was found, the seconds to wait. */
  readonly facts?: Readonly<Record<string, string | number>>;
}

/**
 * A refusal that a caller may be told. Anything else that is thrown reaches callers as INTERNAL_SERVER_ERROR with a
 * request id.
 *
 * @param kind what kind of refusal, see {@link kinds}
 * @param reason what programs branch on, in capitals: `INVITE_EXPIRED`
 * @param message a sentence that a user may read; never names another tenant's data or an internal
 */
export class AppError extends Error {
  /** {@link ErrorOptions.path}. Not called `path`: graphql-js takes an error with one for its own and names no place. */
  readonly inputPath: readonly string[];
  readonly facts: Readonly<Record<string, string | number>>;

  constructor(
    readonly kind: ErrorKind,
    readonly reason: string,
    message: string,
    options: ErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.inputPath = options.path ?? [];
    this.facts = options.facts ?? {};
  }
}

/** The input is wrong at `path`. */
export function invalid(path: readonly string[], message: string, reason = 'INVALID_INPUT'): AppError {
  return new AppError('invalid', reason, message, { path });
}

/** The caller may not do this, or the account does not exist: the two look alike on purpose. */
export function forbidden(): AppError {
  return new AppError('forbidden', 'FORBIDDEN', 'You may not do this.');
}

/** No usable credential came with the request. */
export function unauthenticated(message = 'Sign in first.'): AppError {
  return new AppError('unauthenticated', 'UNAUTHENTICATED', message);
}
