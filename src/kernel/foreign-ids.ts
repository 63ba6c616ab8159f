/** Ids that came from elsewhere: what is no UUID is stored under the UUID that is derived from it. */
import { createHash } from 'node:crypto';
import { parseUuid } from './ids.js';

/** The namespace of derived ids (RFC 9562, version 5). Never to be changed: ids are found by it. */
const namespace = Buffer.from('6f1d3a5e6c9b4e0d9d0a4c1b7f2e8a35', 'hex');

/** The id under which something is stored that a caller knows by `id`: the id itself, or what it was derived from. */
export function storedId<T extends string = string>(id: string): T {
  return parseUuid<T>(id) ?? (derived(id) as T);
}

function derived(id: string): string {
  const hash = createHash('sha1').update(namespace).update(id, 'utf8').digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return hash.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
