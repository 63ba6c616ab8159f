/** Reading filters: every degenerate input with its exact path, every limit with its figure, no input too large. */
import { describe, expect, it } from 'vitest';
import { all, any, leaf, none, readFilter, type FilterGrammar, type FilterLimits } from '../../src/kernel/filter.js';
import { AppError } from '../../src/kernel/errors.js';
import { textLeaf } from '../../src/graphql/filters.js';

type Leaf = { readonly name: string } | { readonly ids: readonly string[] } | { readonly flag: boolean };

const grammar: FilterGrammar<Leaf> = {
  keys: {
    name: textLeaf(({ method, text }): Leaf => ({ name: `${method} ${text}` })),
    ids: leaf((input): Leaf => ({ ids: input.list(input.value) })),
    flag: leaf(({ value }): Leaf => ({ flag: value === true })),
    and: all(),
    or: any(),
    not: none(),
  },
};
const limits: FilterLimits = { operators: 20, nodes: 200, texts: 50, list: 1_000, text: 200 };
const read = (given: unknown, within: FilterLimits = limits) => readFilter(grammar, given, ['filter'], within);

function refusal(given: unknown, within?: FilterLimits): AppError {
  try {
    read(given, within);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('This was not refused.');
}

const is = { flag: true };
const name = (text: string) => ({ name: { equals: text } });
const deep = (depth: number, around: (inner: object) => object): object => {
  let filter: object = is;
  for (let i = 0; i < depth; i++) filter = around(filter);
  return filter;
};
const not = (inner: object) => ({ not: inner });

describe('a filter', () => {
  it('restricts nothing when it is absent or empty', () => {
    for (const given of [undefined, null, []]) expect(read(given)).toBeNull();
  });

  it('is a list of conditions that must all hold', () => {
    expect(read([is])).toEqual({ is: { flag: true } });
    expect(read(is)).toEqual({ is: { flag: true } });
    expect(read([is, { not: { or: [name('a'), { ids: ['b', 'b'] }] } }])).toEqual({
      and: [{ is }, { not: { or: [{ is: { name: 'EQUALS a' } }, { is: { ids: ['b', 'b'] } }] } }],
    });
  });

  it('may be spelled as protobuf messages are, where only the oneof says which member counts', () => {
    const messages: FilterGrammar<Leaf> = {
      keys: {
        orQuery: any('queries'),
        notQuery: none('query'),
        nameQuery: leaf((input): Leaf => ({ name: input.text((input.value as { name: string }).name, 'name') })),
      },
      said: (node) => [(node as { query?: string }).query].filter((key) => key !== undefined),
    };
    const leftOver = { query: 'nameQuery', nameQuery: { name: 'a' }, orQuery: { queries: [] } };
    const given = [
      { query: 'orQuery', orQuery: { queries: [leftOver, { query: 'notQuery', notQuery: { query: leftOver } }] } },
    ];
    expect(readFilter(messages, given, ['queries'], limits)).toEqual({
      or: [{ is: { name: 'a' } }, { not: { is: { name: 'a' } } }],
    });
    for (const [wrong, path] of [
      [[{}], ['queries', '0']],
      [[{ query: 'orQuery', orQuery: { queries: [] } }], ['queries', '0', 'orQuery', 'queries']],
      [[{ query: 'notQuery', notQuery: {} }], ['queries', '0', 'notQuery', 'query']],
    ] as const) {
      expect(() => readFilter(messages, wrong, ['queries'], limits)).toThrow(
        expect.objectContaining({ kind: 'invalid', inputPath: path }) as Error,
      );
    }
  });
});

describe('a fault is told with its exact path', () => {
  it.each<readonly [string, unknown, string]>([
    ['an empty node', [{}], '0'],
    ['a second key', [is, { and: [is, { not: { ...is, ...name('a') } }] }], '1 and 1 not'],
    ['an operator beside a leaf', [{ ...is, not: is }], '0'],
    ['an empty and', [{ and: [] }], '0 and'],
    ['an empty or', [{ not: { or: [] } }], '0 not or'],
    ['an absent list', [{ or: null }], '0 or'],
    ['a null member', [{ and: [is, null] }], '0 and 1'],
    ['a null at the top', [null], '0'],
    ['a not without operand', [{ not: null }], '0 not'],
    ['a null leaf', [{ or: [is, { flag: null }] }], '0 or 1 flag'],
    ['an unknown key', [{ nobody: 1 }], '0 nobody'],
    ['a key of every object', [{ constructor: 1 }], '0 constructor'],
    ['a list for a node', [[is]], '0'],
    ['a text for a node', ['flag'], '0'],
    ['a text without method', [{ name: {} }], '0 name'],
    ['two methods', [{ name: { equals: 'a', contains: 'b' } }], '0 name'],
    ['an unknown method', [{ name: { like: 'a' } }], '0 name like'],
    ['a method of null', [{ name: { equals: null } }], '0 name equals'],
    ['a text that cannot be stored', [{ or: [{ name: { contains: 'a\0' } }] }], '0 or 0 name contains'],
    ['half a character', [name('\ud83d')], '0 name equals'],
    ['an empty list', [{ not: { ids: [] } }], '0 not ids'],
    ['a null list', [{ ids: null }], '0 ids'],
    ['a null in a list', [{ ids: ['a', null] }], '0 ids 1'],
  ])('%s', (_what, given, path) => {
    const { kind, inputPath } = refusal(given);
    expect({ kind, inputPath }).toEqual({ kind: 'invalid', inputPath: ['filter', ...path.split(' ')] });
  });

  it('the first of several, in the order of the document', () => {
    expect(refusal([{ and: [{ or: [] }, {}] }, null]).inputPath).toEqual(['filter', '0', 'and', '0', 'or']);
  });
});

describe('a limit is told with what is allowed and what was found', () => {
  it.each<readonly [string, unknown, unknown, string, number]>([
    ['operators above a leaf', [deep(20, not)], [deep(21, not)], 'filter depth', 21],
    [
      'operators of every kind',
      [deep(20, (inner) => ({ and: [inner] }))],
      [deep(21, (inner) => ({ or: [inner] }))],
      'filter depth',
      21,
    ],
    ['nodes', Array<object>(200).fill(is), Array<object>(201).fill(is), 'filter nodes', 201],
    ['nodes below', [{ or: Array<object>(199).fill(is) }], [{ or: Array<object>(200).fill(is) }], 'filter nodes', 201],
    [
      'texts',
      Array.from({ length: 50 }, () => name('a')),
      Array.from({ length: 51 }, () => name('a')),
      'filter texts',
      51,
    ],
    [
      'a list',
      [{ ids: Array<string>(1_000).fill('a') }],
      [{ ids: Array<string>(1_001).fill('a') }],
      'list length',
      1_001,
    ],
    ['a text, by code points', [name('😀'.repeat(200))], [name('😀'.repeat(201))], 'text length', 201],
    ['a text in a list', [{ ids: ['a'.repeat(200)] }], [{ ids: ['a'.repeat(201)] }], 'text length', 201],
  ])('%s', (_what, good, bad, limit, actual) => {
    expect(read(good)).not.toBeNull();
    const { kind, facts } = refusal(bad);
    expect({ kind, facts }).toEqual({ kind: 'limit', facts: { limit, allowed: actual - 1, actual } });
  });
});

describe('a bomb is refused at once', () => {
  const wide = { or: Array<object>(87_381).fill(is) };
  it.each<readonly [string, unknown]>([
    ['100,000 deep', [deep(100_000, not)]],
    ['100,000 deep, in lists', [deep(100_000, (inner) => ({ and: [inner] }))]],
    ['87,381 wide', [wide]],
    ['87,381 nodes as a tree of threes', [deep(10, (inner) => ({ or: [inner, inner, inner] }))]],
    ['a list of a million', [{ ids: Array<string>(1_000_000).fill('a') }]],
    ['a text of a million', [name('a'.repeat(1_000_000))]],
  ])('%s', (_what, given) => {
    const before = performance.now();
    expect(refusal(given).kind).toBe('limit');
    expect(performance.now() - before).toBeLessThan(100);
  });

  it('and without limits, depth still overflows nothing', () => {
    const unlimited = { operators: 1e9, nodes: 1e9, texts: 1e9, list: 1e9, text: 1e9 };
    expect(read([deep(100_000, not)], unlimited)).toHaveProperty('not');
  });
});
