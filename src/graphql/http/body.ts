/** Reads the body of a request, never more of it than allowed. */
import type { IncomingMessage } from 'node:http';
import { AppError } from '../../kernel/errors.js';

/** How many times the limit is still read and thrown away, so that a client gets its refusal instead of a reset. */
const patience = 4;

/**
 * The whole body. The read is bounded: what is over the limit is thrown away as it comes.
 * @param most bytes the body may have
 * @throws AppError `limit` when the body is larger, `unavailable` when the client went away before its end
 */
export function readBody(req: IncomingMessage, most: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    if (Number(req.headers['content-length'] ?? 0) > most * patience) return reject(tooLarge(most));
    const settle = (error: AppError | null): void => {
      req.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      if (error !== null) reject(error);
      else resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size));
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size <= most) chunks.push(chunk);
      else chunks.length = 0;
      if (size > most * patience) settle(tooLarge(most));
    };
    const onEnd = (): void => settle(size > most ? tooLarge(most) : null);
    const onClose = (): void => settle(clientGone());
    req.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}

/** The refusal of work whose asker is gone; nobody reads it. */
export const clientGone = (): AppError => new AppError('unavailable', 'CLIENT_GONE', 'The client went away.');

const tooLarge = (most: number): AppError =>
  new AppError('limit', 'BODY_TOO_LARGE', `A request body may have at most ${most} bytes.`, { facts: { limit: most } });
