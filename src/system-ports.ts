/** Time and chance as they are, for whoever starts a process. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock, Random } from './kernel/ports.js';

export const systemClock: Clock = { now: () => new Date() };
export const systemRandom: Random = { uuid: () => randomUUID(), bytes: (size) => randomBytes(size) };
