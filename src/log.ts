/** The log: one JSON line an event, bounded in length, with nothing in it that a log may not hold. */
import { type DestinationStream, type Logger, pino } from 'pino';
import type { ErrorCode } from './kernel/errors.js';
import type { Principal } from './kernel/call.js';

/** Where events are written to. */
export type Log = Logger;

/** What is told about one request. Never a token, an e-mail, variables, query text or a raw URL. */
export interface RequestLine {
  readonly requestId: string;
  readonly method: string;
  /** The path of the route, without its query. */
  readonly path: string;
  readonly status: number;
  /** From the first byte of the request being seen to the end of the answer, in milliseconds. */
  readonly ms: number;
  readonly operation: { readonly name: string | null; readonly type: string } | null;
  readonly cost: number | null;
  readonly principal: Principal['kind'] | null;
  readonly userId: string | null;
  /** The codes of the errors that were answered. */
  readonly codes: readonly (ErrorCode | string)[];
}

const lineBytes = 16 * 1024;
const secrets: readonly (readonly [RegExp, string])[] = [
  [/eyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, '[token]'],
  [/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, '$1 [credential]'],
  [/\b(?:sk|rk|whsec)_[\w-]{6,}/g, '[key]'],
  [/[^\s"'<>(),;:=]+@[^\s"'<>(),;:=]+\.[a-z]{2,}/gi, '[e-mail]'],
];

/** Takes credentials and e-mail addresses out of free text and cuts it to `most` characters, between words. */
export function scrub(text: string, most = 2_000): string {
  // Half a token would not be known for one.
  const cut = text.length > most ? `${text.slice(0, most).replace(/[^\s"'<>(),;:=/]*$/, '')}…` : text;
  return secrets.reduce((clean, [pattern, stead]) => clean.replace(pattern, stead), cut);
}

/** What the log keeps of an error, its causes included: never more than a few thousand characters. */
export function describeError(error: unknown, depth = 0): object {
  if (!(error instanceof Error)) return { message: scrub(String(error), 500) };
  const code = 'code' in error ? error.code : undefined;
  return {
    name: error.name,
    message: scrub(error.message, 1_000),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    stack: scrub((error.stack ?? '').split('\n    at ').slice(1, 12).join('\n')),
    ...(error.cause !== undefined && depth < 3 ? { cause: describeError(error.cause, depth + 1) } : {}),
  };
}

/**
 * Makes a log that writes at `level` and above, to standard error unless another destination is given: standard
 * output belongs to the one line that says where the server listens.
 */
export function createLogger(
  level: string,
  destination: DestinationStream = pino.destination({ dest: 2, sync: false }),
): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError, cause: describeError },
      hooks: { streamWrite: bounded },
    },
    destination,
  );
}

/** Writes the line about one finished request. */
export function logRequest(log: Log, line: RequestLine): void {
  log.info(line, 'request');
}

function bounded(line: string): string {
  if (line.length * 3 <= lineBytes || Buffer.byteLength(line) <= lineBytes) return line;
  const { level, time, requestId, msg } = JSON.parse(line) as Record<string, unknown>;
  const kept = { level, time, requestId, msg: scrub(String(msg), 500), cutFrom: Buffer.byteLength(line) };
  return `${JSON.stringify(kept)}\n`;
}
