/** The limits on what a document holds and on what it expands to: each exactly at the limit, one over, and under attack. */
import { describe, expect, it } from 'vitest';
import { accepted, refusals, testDocuments } from './limits-schema.js';

const times = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ');

const levels = (count: number): string => `${'self { '.repeat(count)}ping${' }'.repeat(count)}`;

/** A kind of limit, its default, and a document that holds exactly `count` of what it limits. */
const figures: readonly (readonly [kind: string, allowed: number, document: (count: number) => string])[] = [
  ['bytes', 32 * 1024, (count) => `{ ping } #${'é'.repeat(Math.floor((count - 10) / 2))}${'x'.repeat(count % 2)}`],
  ['tokens', 2_000, (count) => `{ ping(numbers: [${'1 '.repeat(count - 9)}]) }`],
  ['nesting', 128, (count) => `{ ping(filter: ${'{and:['.repeat(63)}${'{}'.repeat(count % 2)}${']}'.repeat(63)}) }`],
  ['operations', 10, (count) => times(count, (i) => `query Q${i} { ping }`)],
  [
    'fragments',
    50,
    (count) =>
      `{ self { ${times(count, (i) => `...F${i}`)} } } ${times(count, (i) => `fragment F${i} on Query { ping }`)}`,
  ],
  ['directives', 20, (count) => `{ self { ${'ping @include(if: true) '.repeat(count)} } }`],
  ['aliases', 30, (count) => `{ self { ${times(count, (i) => `a${i}: ping`)} } }`],
  ['aliases', 30, (count) => `{ self { ${'__typename '.repeat(count)} } }`],
  [
    'aliases',
    30,
    (count) => `{ self { a: ping ...F ...F } } fragment F on Query { ${'__typename '.repeat(count - 1)} }`,
  ],
  ['depth', 10, (count) => `{ ${levels(count)} }`],
  ['depth', 10, (count) => `{ self { ...F } } fragment F on Query { ... { ${levels(count - 1)} } }`],
  ['rootFields', 20, (count) => `{ ${'ping '.repeat(count)} }`],
  ['rootFields', 20, (count) => `{ ping ...F } fragment F on Query { ... { ${'ping '.repeat(count - 1)} } }`],
  ['mutations', 5, (count) => `mutation { __typename ${times(count, (i) => `m${i}: rename { done }`)} }`],
  ['sensitiveMutations', 1, (count) => `mutation { rename { done } ${times(count, (i) => `m${i}: accept { done }`)} }`],
];

describe('each limit on documents', () => {
  it.each(figures)('of %s accepts %d', (_kind, allowed, document) => {
    expect(refusals(testDocuments(), document(allowed))).toBeNull();
  });

  it.each(figures)('of %s refuses one more than %d and says which limit it was', (kind, allowed, document) => {
    expect(refusals(testDocuments(), document(allowed + 1))).toEqual([
      { code: 'LIMIT_EXCEEDED', limit: kind, allowed, ...(kind === 'tokens' ? {} : { actual: allowed + 1 }) },
    ]);
  });

  it('follows its setting', () => {
    expect(refusals(testDocuments({ LIMIT_DOCUMENT_DEPTH: '3' }), `{ ${levels(4)} }`)).toMatchObject([
      { limit: 'depth' },
    ]);
    expect(refusals(testDocuments({ LIMIT_DOCUMENT_DEPTH: '4' }), `{ ${levels(4)} }`)).toBeNull();
  });

  it('counts two different sensitive mutations together, also through fragments', () => {
    const document = 'mutation { accept { done } ...F } fragment F on Mutation { promote { done } }';
    expect(refusals(testDocuments(), document)).toMatchObject([{ limit: 'sensitiveMutations', actual: 2 }]);
  });
});

describe('expanded selections', () => {
  const eleven = '{ self { a: self { ...F } b: self { ...F } } } fragment F on Query { ping heavy mood }';

  it('are counted as often as a fragment is spread', () => {
    expect(refusals(testDocuments({ LIMIT_DOCUMENT_SELECTIONS: '11' }), eleven)).toBeNull();
    expect(refusals(testDocuments({ LIMIT_DOCUMENT_SELECTIONS: '10' }), eleven)).toEqual([
      { code: 'LIMIT_EXCEEDED', limit: 'selections', allowed: 10, actual: 11 },
    ]);
  });

  it('are counted over all operations of a document', () => {
    const two = 'query A { ping } query B { ping }';
    expect(refusals(testDocuments({ LIMIT_DOCUMENT_SELECTIONS: '2' }), two)).toBeNull();
    expect(refusals(testDocuments({ LIMIT_DOCUMENT_SELECTIONS: '1' }), two)).toMatchObject([{ limit: 'selections' }]);
  });

  it('stop a bomb of fragments that doubles 30 times', () => {
    const bomb = times(30, (i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`);
    expect(refusals(testDocuments(), `{ ...F0 } ${bomb} fragment F30 on Query { ping }`)).toMatchObject([
      { code: 'LIMIT_EXCEEDED', limit: 'selections', actual: 3 * 2 ** 30 - 1 },
    ]);
  });

  it('stop a bomb that hides in an operation which is not run', () => {
    const bomb = times(30, (i) => `fragment F${i} on Query { a: self { ...F${i + 1} } b: self { ...F${i + 1} } }`);
    const document = `query Good { ping } query Bad { ...F0 } ${bomb} fragment F30 on Query { ping }`;
    expect(refusals(testDocuments({ LIMIT_DOCUMENT_ALIASES: '100' }), document)).toMatchObject([
      { limit: 'selections' },
    ]);
  });

  it('keep a finite figure however far fragments multiply', () => {
    const spreads = (i: number): string => `...F${i + 1} `.repeat(11);
    const bomb = times(49, (i) => `fragment F${i} on Query { ${spreads(i)} }`);
    expect(refusals(testDocuments(), `{ ...F0 } ${bomb} fragment F49 on Query { ping }`)).toMatchObject([
      { limit: 'selections', actual: Number.MAX_SAFE_INTEGER },
    ]);
  });
});

describe('selecting the same place again and again', () => {
  const repeated = (count: number, field: string): string => `{ self { ${`${field} `.repeat(count)} } }`;

  it('is refused as too many selections before standard validation compares every pair', () => {
    expect(refusals(testDocuments(), repeated(100, 'ping'))).toBeNull();
    expect(refusals(testDocuments(), repeated(101, 'ping'))).toMatchObject([{ limit: 'selections', allowed: 5_000 }]);
    expect(refusals(testDocuments(), repeated(490, 'self{ping}'))).toMatchObject([{ limit: 'selections' }]);
  });

  it('is refused where the repetition is in spreads', () => {
    const fragments = times(6, (i) => `fragment F${i} on Query { ping }`);
    const spreads = times(6, (i) => `...F${i}`);
    const document = `{ self { ${`self { ${spreads} } `.repeat(90)} } } ${fragments}`;
    expect(refusals(testDocuments(), document)).toMatchObject([{ limit: 'selections' }]);
  });
});

describe('documents that are not valid', () => {
  it('with fragments in a circle are refused by validation and never hang', () => {
    const direct = '{ ...A } fragment A on Query { self { ...A } }';
    const wide = `{ ...F0 } ${times(50, (i) => `fragment F${i} on Query { ${times(12, (j) => `...F${(i * 7 + j) % 50}`)} }`)}`;
    for (const document of [direct, wide]) {
      expect(refusals(testDocuments(), document)).toContainEqual({ code: 'GRAPHQL_VALIDATION_FAILED' });
    }
  });

  it('with two fragments of one name cannot smuggle a bomb past the measure', () => {
    const bomb = times(20, (i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`);
    const document = `{ ...F0 } ${bomb} fragment F20 on Query { ping } fragment F0 on Query { ping }`;
    const codes = refusals(testDocuments(), document)?.map((refusal) => JSON.stringify(refusal));
    expect(new Set(codes)).toEqual(new Set(['{"code":"GRAPHQL_VALIDATION_FAILED"}']));
  });

  it('with an unused or unknown fragment, or a definition that cannot run, are refused', () => {
    for (const document of ['{ ping } fragment A on Query { ping }', '{ ...Nowhere }', '{ ping } type A { b: Int }']) {
      expect(refusals(testDocuments(), document)).toEqual([{ code: 'GRAPHQL_VALIDATION_FAILED' }]);
    }
  });
});

describe('nesting that would overflow a stack', () => {
  it.each([
    ['10,000 levels of selections', '{a'.repeat(10_000), 'tokens'],
    ['640 levels of selections', '{ self '.repeat(640), 'nesting'],
    ['660 inline fragments', `${'{ ... '.repeat(660)}{ ping ${'}'.repeat(661)}`, 'nesting'],
    ['1,990 opened lists', `{ ping(numbers: ${'['.repeat(1_990)}`, 'nesting'],
    ['990 nested lists', `{ ping(numbers: ${'['.repeat(990)}${']'.repeat(990)}) }`, 'nesting'],
    ['400 nested objects', `{ ping(filter: ${'{and:'.repeat(400)}{}${'}'.repeat(400)}) }`, 'nesting'],
  ])('is refused before the parser sees it: %s', (_what, document, limit) => {
    expect(refusals(testDocuments(), document)).toMatchObject([{ code: 'LIMIT_EXCEEDED', limit }]);
  });

  it('is counted through fragments', () => {
    const chain = times(14, (i) => `fragment F${i} on Query { ${'... { '.repeat(10)}...F${i + 1}${' }'.repeat(10)} }`);
    const document = `{ ...F0 } ${chain} fragment F14 on Query { ping }`;
    expect(refusals(testDocuments(), document)).toMatchObject([{ limit: 'nesting', allowed: 128 }]);
  });

  it('passes literals of 2,000 tokens that are wide instead of deep', () => {
    const filters = '{name:"x"} '.repeat(390);
    expect(accepted(testDocuments(), `{ ping(filter: {and: [${filters}]}) }`).operations.size).toBe(1);
  });
});
