/** The address that counts as a caller's own, also behind proxies. */
import { isIP } from 'node:net';

/**
 * The address of a caller behind `hops` trusted proxies: the entry of X-Forwarded-For that the outermost of them wrote,
 * the `hops`-th from the right; what stands left of it is only claimed. That of the connection where no proxy is
 * trusted, or the entry is missing or no address.
 */
export function callerAddress(hops: number, forwarded: string | undefined, connection: string): string {
  if (hops === 0 || forwarded === undefined) return connection;
  const entry = withoutPort(forwarded.split(',').at(-hops)?.trim() ?? '');
  return isIP(entry) === 0 ? connection : entry;
}

/** Some proxies write the port as well: `192.0.2.1:51234`, `[2001:db8::1]:51234`. */
const withoutPort = (entry: string): string =>
  entry.replace(/^\[(.*)\](:\d+)?$/, '$1').replace(/^(\d+(?:\.\d+){3}):\d+$/, '$1');
