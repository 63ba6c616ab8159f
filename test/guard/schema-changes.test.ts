/** Guards that no change breaks those who use the API of the last release, and that the changelog tells of changes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { schemaChanges, unreleased, untold } from '../../schema/changes.js';
import { presentContract, releasedContract, releasedSchema, type Contract } from '../../schema/release.js';

const home = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(home, file), 'utf8');

describe('the API, measured against the last release', () => {
  const changes = schemaChanges(readFileSync(releasedSchema, 'utf8'), read('schema/schema.graphql'));

  it('breaks nobody', () => {
    expect(changes.breaking).toEqual([]);
  });

  it('surprises nobody who reads the changelog', () => {
    expect(untold(changes, unreleased(read('CHANGELOG.md')))).toEqual([]);
  });

  it('has a line in the changelog where the schema, the proto files or the tables changed', () => {
    const released = JSON.parse(readFileSync(releasedContract, 'utf8')) as Contract;
    const present = presentContract();
    const changed = (Object.keys(present) as (keyof Contract)[]).filter((part) => present[part] !== released[part]);
    const lines = unreleased(read('CHANGELOG.md')).match(/^- /gm) ?? [];
    expect(changed.length === 0 || lines.length > 0).toBe(true);
  });
});

const before = `
  type Query { find(by: By, first: Int = 25): Thing, wish(wish: Wish): Hue }
  interface Node { id: ID! }
  type Thing { id: ID!, hue: Hue, name: String }
  type Stone { id: ID! }
  union Any = Thing
  enum Hue { RED BLUE }
  input By @oneOf { id: ID, name: String }
  input Wish { hue: Hue, size: Int }
  type Holder { any: Any }
`;
const after = (from: string, to: string): string => {
  if (!before.includes(from)) throw new Error(`There is no ${from} to change.`);
  return before.replace(from, to);
};

describe('a change', () => {
  it.each([
    ['takes a field away', 'hue: Hue, name: String', 'hue: Hue', 'Thing.name was removed.'],
    ['takes a type away', 'type Stone { id: ID! }', '', 'Stone was removed.'],
    ['changes the type of a field', 'name: String }\n  type Stone', 'name: Int }\n  type Stone', 'Thing.name changed'],
    ['lets a field be null', 'Thing { id: ID!', 'Thing { id: ID', 'Thing.id changed type from ID! to ID.'],
    ['demands an argument', 'find(by: By,', 'find(by: By!,', 'Query.find arg by has changed type from By to By!.'],
    [
      'demands a new input field',
      'size: Int',
      'size: Int, at: ID!',
      'A required field at on input type Wish was added.',
    ],
    ['takes a value out of an enum', 'RED BLUE', 'RED', 'BLUE was removed from enum type Hue.'],
    ['takes a member out of a @oneOf input', '{ id: ID, name: String }', '{ id: ID }', 'By.name was removed.'],
    ['makes an input @oneOf', 'input Wish', 'input Wish @oneOf', 'Wish became @oneOf.'],
    ['lets an input be @oneOf no more', 'By @oneOf', 'By', 'By is no longer @oneOf.'],
  ])('that %s is refused', (_title, from, to, told) => {
    expect(schemaChanges(before, after(from, to)).breaking.join('\n')).toContain(told);
  });

  it.each([
    ['adds a value to an enum', 'RED BLUE', 'RED BLUE GREEN', '`Hue` knows `GREEN`.'],
    ['adds a type to a union', 'Any = Thing', 'Any = Thing | Stone', '`Any` may be a `Stone`.'],
    ['changes a default', 'first: Int = 25', 'first: Int = 50', '`Query.find` answers 50 at a time.'],
    ['adds an interface', 'type Thing {', 'type Thing implements Node {', '`Thing` is a `Node`.'],
  ])('that %s must be told in the changelog', (_title, from, to, line) => {
    const changes = schemaChanges(before, after(from, to));
    expect(changes.breaking).toEqual([]);
    expect(untold(changes, 'Something else.')).toHaveLength(1);
    expect(untold(changes, `- ${line}`)).toEqual([]);
  });

  it.each([
    ['adds a field', 'hue: Hue, name: String', 'hue: Hue, name: String, size: Int'],
    ['adds an optional argument', 'first: Int = 25', 'first: Int = 25, last: Int'],
    ['adds a member to a @oneOf input', '{ id: ID, name: String }', '{ id: ID, name: String, hue: Hue }'],
    ['adds a type', 'type Holder', 'type Other { id: ID }\n  type Holder'],
    ['describes something', 'type Holder', '"Holds."\n  type Holder'],
  ])('that %s troubles nobody', (_title, from, to) => {
    expect(schemaChanges(before, after(from, to))).toEqual({ breaking: [], surprising: [] });
  });
});

describe('the part of the changelog about what is not released yet', () => {
  it('ends where the last release begins', () => {
    expect(unreleased('# C\n\n## Unreleased\n\n- new\n\n### Fixed\n\n- more\n\n## 1.0.0\n\n- old\n')).toBe(
      '\n\n- new\n\n### Fixed\n\n- more\n\n',
    );
  });

  it('may be the last or missing', () => {
    expect(unreleased('## Unreleased\n\n- new\n')).toContain('- new');
    expect(unreleased('## 1.0.0\n\n- old\n')).toBe('');
  });
});
