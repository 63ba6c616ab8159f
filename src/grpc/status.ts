/** Turns whatever was thrown into a status that a client may see, and tells the log what a client may not. */
import { Metadata, type StatusObject } from '@grpc/grpc-js';
import { AppError, kinds } from '../kernel/errors.js';
import type { Log } from '../log.js';
import { encodeDetails } from './details.js';

const maskedMessage = 'Something went wrong on our side.';

/** Of which call a status is told. */
export interface StatusContext {
  readonly requestId: string;
  readonly log: Log;
  /** Names of request fields where a handler's input has others; see `Rpc.fields`. */
  readonly fields: Readonly<Record<string, string>>;
  /** Whether the details hold `zitadel.v1.ErrorDetail`. */
  readonly zitadel: boolean;
}

/** The status of a refusal. What was not thrown on purpose is INTERNAL, and the log gets the cause. Never throws. */
export function toStatus(error: unknown, { requestId, log, fields, zitadel }: StatusContext): StatusObject {
  const known = error instanceof AppError && error.kind !== 'internal' ? error : null;
  if (!known) log.error({ requestId, cause: error }, 'a call failed');
  else if (known.cause !== undefined) {
    log.warn({ requestId, reason: known.reason, cause: known.cause }, 'refused, with a cause');
  }
  const code = kinds[known?.kind ?? 'internal'].grpc;
  const message = wellFormed(known?.message ?? maskedMessage);
  const field = known ? fieldOf(known.inputPath, fields) : '';
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', encodeDetails({ code, message, requestId, error: known, field, zitadel }));
  return { code, details: message, metadata };
}

/** `['filter', 'and', '3', 'userName']` is `filter.and[3].user_name`. */
function fieldOf(path: readonly string[], fields: Readonly<Record<string, string>>): string {
  const whole = fields[path.join('.')];
  if (whole !== undefined) return whole;
  const [head = '', ...rest] = path;
  const [first, ...others] = [...(fields[head] ?? head).split('.'), ...rest];
  return others.reduce(
    (text, part) => (/^\d+$/.test(part) ? `${text}[${part}]` : `${text}.${snake(part)}`),
    snake(first ?? ''),
  );
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** A status travels as UTF-8, which half a character cannot. */
const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\uFFFD');
