/** Every file of the house: not too long, nothing left undone or left out, nothing of one machine. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const home = join(import.meta.dirname, '../..');
const folders = ['src', 'test', 'prisma', 'proto', 'schema', 'docs', '.ci', '.githooks'];
const generated = ['src/generated/', 'test/client/generated/', 'package-lock.json'];
const source = /\.(ts|js|cjs|mjs)$|^\.ci\/|^\.githooks\//;
const text = /\.(ts|js|cjs|mjs|json|md|sql|proto|prisma|graphql|toml)$|^\.|Dockerfile$/;

/** The files below a folder, or only those in it, by their path from the root. */
function filesIn(folder: string, recursive: boolean): string[] {
  const entries = readdirSync(join(home, folder), { recursive, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(home, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

const present = new Set(readdirSync(home));
const files = [
  ...filesIn('.', false),
  ...folders.filter((folder) => present.has(folder)).flatMap((folder) => filesIn(folder, true)),
].filter((file) => text.test(file) && !generated.some((start) => file.startsWith(start)));

const read = (file: string): string => readFileSync(join(home, file), 'utf8');

/** `file:line` of every line that matches. */
function linesWith(pattern: RegExp, where: readonly string[]): string[] {
  return where.flatMap((file) =>
    read(file)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  );
}

const lineCount = (file: string): number => read(file).trimEnd().split('\n').length;
const mostLines = 300;

// Put together, so that this file may stand among the files it reads.
const undone = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X'].join('|')})\\b`);
const leftOut = new RegExp(
  `\\b(it|test|describe|suite)(\\.\\w+)*\\.(${['only', 'skip', 'skipIf', 'runIf', 'todo'].join('|')})\\b`,
);
const machinePath = new RegExp(
  `(^|[^\\w.~/-])/(${['home', 'Users', 'root', 'work', 'workspace', 'mnt'].join('|')})/[\\w.-]`,
);

describe('the files', () => {
  it('are found', () => {
    expect(files).toContain('src/config.ts');
    expect(files).toContain('package.json');
    expect(files).toContain('.ci/run');
  });

  it(`hold at most ${mostLines} lines of source each`, () => {
    const long = files.filter((file) => source.test(file) && lineCount(file) > mostLines);
    expect(long).toEqual([]);
  });

  it('leave no note of work to do', () => {
    expect(linesWith(undone, files)).toEqual([]);
  });

  it('leave no test out', () => {
    expect(linesWith(leftOut, files)).toEqual([]);
  });

  it('name no path of one machine', () => {
    expect(linesWith(machinePath, files)).toEqual([]);
  });

  it('would be refused by these patterns, were they wrong', () => {
    expect('// TO' + 'DO: later').toMatch(undone);
    expect('des' + 'cribe.sk' + "ip('x')").toMatch(leftOut);
    expect('it.concurrent.on' + "ly('x')").toMatch(leftOut);
    expect("read('/ho" + "me/ann/house')").toMatch(machinePath);
    expect('see https://example.test/home/page').not.toMatch(machinePath);
  });
});

describe('the lockfile', () => {
  const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, { resolved?: string }> };

  it('names no registry, so that every machine uses its own', () => {
    const resolved = Object.entries(lock.packages).filter(([, entry]) => entry.resolved !== undefined);
    expect(resolved.map(([name]) => name)).toEqual([]);
    expect(read('.npmrc')).not.toMatch(/registry/i);
  });
});
