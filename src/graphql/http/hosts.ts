/** Under which names the server answers: a page elsewhere whose name is made to point here may not read what we say. */
import { isIP } from 'node:net';
import type { GraphQLError } from 'graphql';
import type { Config } from '../../config.js';
import { httpError } from '../errors.js';

/** What decides. Nothing listed: any name will do in production, where no page gives a token away. */
export type HostSettings = Pick<Config, 'production' | 'host' | 'allowedHosts'>;

/** Makes the question of each request: why it may not ask under its Host header; null when it may. */
export function createHostGate(settings: HostSettings): (host: string | undefined) => GraphQLError | null {
  const { production, host: own, allowedHosts } = settings;
  if (allowedHosts.includes('*') || (production && allowedHosts.length === 0)) return () => null;
  const names = new Set(['localhost', own, ...allowedHosts].map((name) => name.toLowerCase()));
  return (host = '') => {
    const name = nameOf(host);
    return names.has(name) || isIP(name) !== 0 ? null : misdirected;
  };
}

/** The name in `Name.test:4000` or `[::1]:4000`. */
const nameOf = (host: string): string =>
  host
    .toLowerCase()
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1');

const misdirected = httpError(
  'FORBIDDEN',
  'This server does not answer under this name: list it in ALLOWED_HOSTS.',
  { status: 421 },
  { reason: 'HOST_NOT_ALLOWED' },
);
