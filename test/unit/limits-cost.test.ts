/** What operations cost: by literals, variables, defaults, fragments and nesting. */
import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { accepted, costOf, testDocuments } from './limits-schema.js';

const cost = (source: string, variables: Readonly<Record<string, unknown>> = {}, name?: string): unknown =>
  costOf(testDocuments(), source, variables, name);

describe('the cost of an operation', () => {
  it.each<readonly [what: string, source: string, expected: number]>([
    ['scalars', '{ ping __typename self { ping } }', 0],
    ['an entity', '{ person(id: 1) { id name } }', 1],
    ['an entity behind an interface', '{ node(id: 1) { id } }', 1],
    ['a union with an entity in it', '{ being { ... on Person { id } ... on Robot { maker { id } } } }', 2],
    ['an interface that is no entity', '{ named { name } }', 0],
    ['values inside their parent', '{ person(id: 1) { address { city country { city } } } }', 1],
    ['a list without arguments, ten long', '{ person(id: 1) { tokens { id } scopes } }', 11],
    ['a list of a declared length', '{ many { id friends(first: 2) { nodes { id } } } }', 9],
    ['a list by its ids', '{ nodes(ids: [1, 2, 3, 4]) { ... on Person { tokens { id } } } }', 44],
    ['a single id where a list may stand', '{ nodes(ids: "a") { id } }', 1],
    ['a page', '{ people(first: 40) { nodes { id } } }', 40],
    ['a page from the end', '{ people(last: 40) { nodes { id } } }', 40],
    ['the larger of two pages', '{ people(first: 2, last: 40) { nodes { id } } }', 40],
    ['a page nobody gave a size', '{ people { nodes { id } } }', 25],
    ['a page of null', '{ people(first: null) { nodes { id } } }', 25],
    ['a page out of range above', '{ people(first: 4000) { nodes { id } } }', 100],
    ['a page out of range below', '{ people(first: -4) { nodes { id } } }', 0],
    ['a list that takes first, by its default', '{ teams { id } }', 7],
    ['a list that takes first', '{ teams(first: 3) { id tokens { id } } }', 33],
    ['a connection without arguments', '{ quiet { nodes { id } } }', 25],
    ['edges and their nodes', '{ people(first: 10) { edges { cursor node { id } } } }', 20],
    ['edges without nodes', '{ people(first: 10) { edges { cursor } } }', 10],
    ['a total once, however long the page', '{ people(first: 50) { totalCount pageInfo { hasNextPage } } }', 5],
    ['filters, which are lists but no rows', '{ people(first: 2, filter: [{}, {}, {}]) { nodes { id } } }', 2],
    ['pages in pages', '{ people(first: 10) { nodes { friends(first: 5) { nodes { id } totalCount } } } }', 110],
    ['fields by their own cost', '{ heavy self { heavy } }', 100],
    ['aliases, each by itself', '{ a: person(id: 1) { id } b: person(id: 2) { id } }', 2],
    ['a mutation', 'mutation { rename { done person { id } } }', 11],
    ['mutations', 'mutation { a: rename { done } b: rename { done } }', 20],
  ])('counts %s', (_what, source, expected) => {
    expect(cost(source)).toBe(expected);
  });

  it('is the same through fragments, inside and around a connection', () => {
    const parts =
      'fragment N on PersonConnection { ... { nodes { ...P } } totalCount } fragment P on Person { tokens { id } }';
    expect(cost(`{ people(first: 4) { ...N } } ${parts}`)).toBe(4 * 11 + 5);
    expect(
      cost(`{ ...Q } fragment Q on Query { a: people(first: 1) { ...N } b: people(first: 2) { ...N } } ${parts}`),
    ).toBe(11 + 5 + 22 + 5);
  });

  it('multiplies over three levels and is refused over the limit', () => {
    const source = '{ people(first: 100) { nodes { friends(first: 100) { nodes { id } } } } }';
    expect(cost(source)).toEqual({ code: 'LIMIT_EXCEEDED', limit: 'cost', allowed: 10_000, actual: 10_100 });
    expect(costOf(testDocuments({ LIMIT_DOCUMENT_COST: '10100' }), source)).toBe(10_100);
    expect(costOf(testDocuments({ LIMIT_DOCUMENT_COST: '10099' }), source)).toMatchObject({ limit: 'cost' });
  });
});

describe('a cost that depends on variables', () => {
  const pages = 'query ($n: Int = 10, $m: Int) { people(first: $n) { nodes { friends(first: $m) { nodes { id } } } } }';

  it('follows the variables, their defaults and the default page', () => {
    expect(cost(pages, { n: 2, m: 3 })).toBe(2 + 6);
    expect(cost(pages, { m: 3 })).toBe(10 + 30);
    expect(cost(pages, {})).toBe(10 + 250);
    expect(cost(pages, { n: null, m: 1 })).toBe(25 + 25);
  });

  it('is refused over the limit only for the variables that are over', () => {
    expect(cost(pages, { n: 100, m: 100 })).toMatchObject({ code: 'LIMIT_EXCEEDED', actual: 10_100 });
    expect(cost(pages, { n: 100, m: 99 })).toBe(10_000);
  });

  it('stays within a page for numbers out of range, and takes the default for what is no number', () => {
    expect(cost(pages, { n: 1e9, m: 0 })).toBe(100);
    expect(cost(pages, { n: -1, m: 100 })).toBe(0);
    expect(cost(pages, { n: '7', m: 0 })).toBe(25);
    expect(cost(pages, { n: Number.NaN, m: 0 })).toBe(25);
  });

  it('counts the ids that a variable holds', () => {
    const source = 'query ($ids: [ID!]! = ["a", "b"]) { nodes(ids: $ids) { id } }';
    expect(cost(source, { ids: ['a', 'b', 'c'] })).toBe(3);
    expect(cost(source, { ids: 'a' })).toBe(1);
    expect(cost(source)).toBe(2);
  });

  it('reads a fragment with the defaults of the operation that runs', () => {
    const source = `query A($n: Int = 3) { ...F } query B($n: Int = 4) { ...F }
      fragment F on Query { people(first: $n) { nodes { id } } }`;
    expect(cost(source, {}, 'A')).toBe(3);
    expect(cost(source, {}, 'B')).toBe(4);
    expect(cost(source, { n: 5 }, 'B')).toBe(5);
  });

  it('takes nothing from an object’s prototype', () => {
    expect(cost('query ($constructor: Int = 6) { people(first: $constructor) { nodes { id } } }')).toBe(6);
  });
});

describe('the cost of an operation of another document', () => {
  it('is a fault of ours', () => {
    const documents = testDocuments();
    const [one, other] = [accepted(documents, '{ ping }'), accepted(documents, '{ heavy }')];
    const operation = documents.operation(other, null);
    if (operation instanceof GraphQLError) throw operation;
    expect(() => documents.cost(one, operation, {})).toThrow('another document');
  });
});
