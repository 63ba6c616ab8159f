/** What a call's metadata says: who asks, and the id of the request. */
import type { Metadata } from '@grpc/grpc-js';
import { AppError, unauthenticated } from '../kernel/errors.js';

const safeId = /^[\w-]{8,64}$/;
/** What HTTP/2 counts for each header besides its name and value. */
const overhead = 32;

/** The value of `authorization`; undefined when there is none. @throws AppError `unauthenticated` for more than one */
export function authorizationOf(metadata: Metadata): string | undefined {
  const values = metadata.get('authorization');
  if (values.length > 1) throw unauthenticated('Send one authorization, not several.');
  return values[0] === undefined ? undefined : String(values[0]);
}

/** The one value of a key; null when there is none, or more than one. */
export function headerOf(metadata: Metadata, key: string): string | null {
  const [value, another] = metadata.get(key);
  return typeof value === 'string' && another === undefined ? value : null;
}

/** The caller's own id of the request, where it is fit for a log. */
export function requestIdOf(metadata: Metadata): string | null {
  const [given] = metadata.get('x-request-id');
  return typeof given === 'string' && safeId.test(given) ? given : null;
}

/** @throws AppError `limit` when the metadata is larger than `most` bytes */
export function limitMetadata(metadata: Metadata, most: number): void {
  let size = 0;
  for (const key of Object.keys(metadata.getMap())) {
    for (const value of metadata.get(key)) size += key.length + value.length + overhead;
  }
  if (size <= most) return;
  throw new AppError('limit', 'METADATA_TOO_LARGE', `The metadata of a call may have at most ${most} bytes.`, {
    facts: { limit: 'metadata', allowed: most, actual: size },
  });
}

/** What proxies say of who asks, as one X-Forwarded-For; undefined when there is none. */
export function forwardedOf(metadata: Metadata): string | undefined {
  const values = metadata.get('x-forwarded-for');
  return values.length === 0 ? undefined : values.join(',');
}

/** The host of `127.0.0.1:51234` or `[::1]:51234`, as it is counted for limits by address. */
export const addressOf = (peer: string): string => peer.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
