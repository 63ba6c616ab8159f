/** Trying again what lost a race. */
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../kernel/errors.js';
import { codesIn, retryableStates } from './errors.js';

const retries = 3;

/** Runs `work` again, up to three times and a little later each time, while the database says it lost a race. */
export async function retrying<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === retries || !lostRace(error)) throw error;
      await pause(10 * 2 ** attempt * (0.5 + Math.random()));
    }
  }
}

function lostRace(error: unknown): boolean {
  const cause = error instanceof AppError ? error.cause : error;
  return codesIn(cause).some((code) => retryableStates.has(code) || code === 'P2034');
}
