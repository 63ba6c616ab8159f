/** Tells the billing worker by its key. */
import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * A test whether a bearer token is one of `keys`. It takes as long for a near miss as for a far one, and compares with
 * every key: time tells nothing about them.
 */
export function workerKeyTest(keys: readonly string[]): (token: string) => boolean {
  const digests = keys.map(sha256);
  if (digests.length === 0) return () => false;
  return (token) => {
    const digest = sha256(token);
    return digests.filter((known) => timingSafeEqual(known, digest)).length > 0;
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
