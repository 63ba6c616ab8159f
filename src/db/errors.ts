/** What the database says, in our words. */
import { AppError } from '../kernel/errors.js';
import { abandoned, isAbandoned } from './cancel.js';

/** Tried again by {@link retrying}: the statement was sound and lost a race. */
export const retryableStates: ReadonlySet<string> = new Set(['40001', '40P01', '55P03']);

const busy = (cause: unknown) =>
  new AppError('conflict', 'CONCURRENT_CHANGE', 'Somebody else changed the same thing. Try again.', { cause });
const down = (cause: unknown) =>
  new AppError('unavailable', 'DATABASE_UNAVAILABLE', 'The service is busy. Try again in a moment.', { cause });
const slow = (cause: unknown) =>
  new AppError('timeout', 'STATEMENT_TIMEOUT', 'This took too long and was stopped. Narrow it down.', { cause });

const unstorable = (cause: unknown) =>
  new AppError('invalid', 'TEXT_INVALID', 'A text holds the character NUL, which cannot be stored.', { cause });

const byState: Readonly<Record<string, (cause: unknown) => AppError>> = {
  '40001': busy,
  '40P01': busy,
  '55P03': busy,
  '22021': unstorable,
  '57014': slow,
  '57P01': down,
  '57P02': down,
  '57P03': down,
  '53300': down,
  '08000': down,
  '08003': down,
  '08006': down,
};

/** Codes of Prisma and of Node that mean "could not get or keep a connection". */
const downCodes: ReadonlySet<string> = new Set([
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
  'P2028',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
]);

/** Runs `work`; what the database refuses for reasons of load, time or races comes out as an {@link AppError}. */
export async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isAbandoned() ? abandoned(error) : (fromDatabase(error) ?? error);
  }
}

/** The {@link AppError} for an error of the database, or null when it is none that a caller should hear about. */
export function fromDatabase(error: unknown): AppError | null {
  if (error instanceof AppError) return error;
  for (const code of codesIn(error)) {
    const made = byState[code];
    if (made) return made(error);
    if (code === 'P2034') return busy(error);
    if (downCodes.has(code)) return down(error);
  }
  if (
    error instanceof Error &&
    /timeout exceeded when trying to connect|Connection terminated|Query read timeout/.test(error.message)
  ) {
    return down(error);
  }
  return null;
}

/** The SQLSTATE and driver codes an error carries, wherever Prisma and its adapter put them. */
export function codesIn(error: unknown): string[] {
  const codes: string[] = [];
  const seen = new Set<unknown>();
  const queue: unknown[] = [error];
  while (queue.length > 0 && seen.size < 20) {
    const value = queue.shift();
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    const { code, originalCode, cause, meta, driverAdapterError } = value as Record<string, unknown>;
    for (const candidate of [originalCode, code]) if (typeof candidate === 'string') codes.push(candidate);
    queue.push(cause, meta, driverAdapterError);
  }
  return codes;
}

/** True when a unique constraint or index refused a row. */
export function isUniqueViolation(error: unknown): boolean {
  return codesIn(error).some((code) => code === '23505' || code === 'P2002');
}
