/** The lockfile holds no version with a fault we know of. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

type Version = readonly [major: number, minor: number, patch: number];

/** One package's lowest good version in each major version; what is above the last of them is good too. */
interface Floor {
  readonly name: string;
  readonly lowest: readonly string[];
  readonly because: string;
  /** True when copies that other packages bring along must be as new. */
  readonly everyCopy?: true;
  /** True when we may do without it. */
  readonly optional?: true;
}

const floors: readonly Floor[] = [
  { name: 'graphql', lowest: ['16.15.0'], because: 'merge budget, suggestions hidden', everyCopy: true },
  { name: 'graphql-yoga', lowest: ['5.24.0'], because: 'body limit; prototype pollution in multipart' },
  { name: '@grpc/grpc-js', lowest: ['1.14.4'], because: 'CVE-2026-48068, CVE-2026-48069', everyCopy: true },
  { name: 'protobufjs', lowest: ['7.5.8', '8.0.2'], because: 'CVE-2026-44289, 44291, 44292', everyCopy: true },
  { name: '@apollo/server', lowest: ['5.5.0'], because: 'CVE-2026-23897', everyCopy: true, optional: true },
  { name: 'jose', lowest: ['6.0.0'], because: 'the strict options we rely on' },
  { name: 'stripe', lowest: ['23.0.0'], because: 'the API version we speak' },
  { name: '@electric-sql/pglite', lowest: ['0.5.16'], because: 'the migration check runs on it', optional: true },
  { name: 'prisma', lowest: ['7.10.0'], because: 'client and command line belong together' },
  { name: '@prisma/client', lowest: ['7.10.0'], because: 'client and command line belong together' },
  { name: '@prisma/adapter-pg', lowest: ['7.10.0'], because: 'client and command line belong together' },
];

const home = join(import.meta.dirname, '../..');
const lock = JSON.parse(readFileSync(join(home, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, { version?: string }>;
};

function parse(version: string): Version {
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)/.exec(version) ?? [];
  return [Number(major), Number(minor), Number(patch)];
}

function isAtLeast(version: Version, floor: Version): boolean {
  const different = version.findIndex((part, index) => part !== floor[index]);
  return different === -1 || (version[different] ?? 0) > (floor[different] ?? 0);
}

/** Measures a version against the floor of its own major version, or the nearest below. */
function isGood(version: string, lowest: readonly string[]): boolean {
  const [first, ...later] = lowest.map(parse);
  const own = later.findLast((floor) => (floor[0] ?? 0) <= parse(version)[0]) ?? first;
  return own !== undefined && isAtLeast(parse(version), own);
}

/** Where a package is installed, and in which version. */
function copiesOf(name: string, everyCopy: boolean): [place: string, version: string][] {
  return Object.entries(lock.packages)
    .filter(([place]) => (everyCopy ? `/${place}`.endsWith(`/node_modules/${name}`) : place === `node_modules/${name}`))
    .map(([place, entry]) => [place, entry.version ?? 'none']);
}

describe('the version floors', () => {
  it.each(floors)('hold for $name: $because', ({ name, lowest, everyCopy, optional }) => {
    const copies = copiesOf(name, everyCopy ?? false);
    if (!optional) expect(copies).not.toEqual([]);
    expect(copies.filter(([, version]) => !isGood(version, lowest))).toEqual([]);
  });

  it('look at the copies inside other packages', () => {
    expect(copiesOf('protobufjs', true).length).toBeGreaterThan(copiesOf('protobufjs', false).length);
  });

  it.each([
    ['7.5.7', false],
    ['7.5.8', true],
    ['7.10.0', true],
    ['8.0.1', false],
    ['8.0.2', true],
    ['9.0.0', true],
    ['6.99.0', false],
  ])('find protobufjs %s good: %s', (version, good) => {
    expect(isGood(version, ['7.5.8', '8.0.2'])).toBe(good);
  });
});
