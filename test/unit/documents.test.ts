/** The way from a source to an operation: errors and their codes, the cache, naming an operation, finding introspection. */
import { GraphQLError, getIntrospectionQuery } from 'graphql';
import { describe, expect, it } from 'vitest';
import { accepted, costOf, refusals, testDocuments } from './limits-schema.js';

describe('preparing a document', () => {
  it('answers the document and its operations in order', () => {
    const { document, operations } = accepted(testDocuments(), 'query A { ping } mutation B { rename { done } }');
    expect([...operations.keys()]).toEqual(document.definitions);
  });

  it('tells syntax from validation, with the place of each error', () => {
    const documents = testDocuments();
    expect(refusals(documents, '{ ping')).toEqual([{ code: 'GRAPHQL_PARSE_FAILED' }]);
    expect(refusals(documents, '')).toEqual([{ code: 'GRAPHQL_PARSE_FAILED' }]);
    expect(refusals(documents, '{ "unterminated }')).toEqual([{ code: 'GRAPHQL_PARSE_FAILED' }]);
    expect(refusals(documents, '{ missing }')).toEqual([{ code: 'GRAPHQL_VALIDATION_FAILED' }]);

    const answer = documents.prepare('{\n  ping\n  missing\n}');
    expect('document' in answer ? [] : answer.map(({ locations }) => locations)).toEqual([[{ line: 3, column: 3 }]]);
  });

  it('reports a syntax error that comes before something the lexer refuses', () => {
    const answer = testDocuments().prepare('{ ping } } "unterminated');
    expect('document' in answer ? '' : answer[0]?.message).toBe('Syntax Error: Unexpected "}".');
  });

  it('stops after ten validation errors', () => {
    const unknown = Array.from({ length: 18 }, (_, i) => `missing${i}`).join(' ');
    expect(refusals(testDocuments(), `{ ${unknown} }`)).toHaveLength(11);
    expect(refusals(testDocuments({ LIMIT_VALIDATION_ERRORS: '2' }), `{ ${unknown} }`)).toHaveLength(3);
  });

  it.each([
    ['field', '{ pingg }'],
    ['argument', '{ ping(tex: "a") }'],
    ['type', '{ being { ... on Persn { id } } }'],
    ['type of a variable', 'query ($a: Filtr) { ping(filter: $a) }'],
    ['enum value', '{ mood(is: HAPPYY) }'],
    ['input field', '{ ping(filter: {nam: "a"}) }'],
    ['directive argument', '{ ping @include(iff: true) }'],
  ])('never suggests the right spelling of a %s', (_what, source) => {
    const answer = testDocuments().prepare(source);
    const messages = 'document' in answer ? [] : answer.map(({ message }) => message);
    expect(messages.length).toBeGreaterThan(0);
    expect(messages.join('\n')).not.toMatch(/did you mean/i);
  });
});

describe('the cache of documents', () => {
  it('answers the same document for the same source', () => {
    const documents = testDocuments();
    expect(documents.prepare('{ ping }')).toBe(documents.prepare('{ ping }'));
    expect(documents.prepare('{ ping }')).not.toBe(documents.prepare('{ ping  }'));
  });

  it('keeps no document that was refused', () => {
    const documents = testDocuments();
    for (const source of ['{', '{ missing }', `{ ${'ping '.repeat(21)} }`]) {
      expect(documents.prepare(source)).not.toBe(documents.prepare(source));
    }
  });

  it('forgets the document unused for longest when it holds too many', () => {
    const documents = testDocuments({ LIMIT_DOCUMENT_CACHE_ENTRIES: '2' });
    const [first, second] = [documents.prepare('query A { ping }'), documents.prepare('query B { ping }')];
    documents.prepare('query A { ping }');
    documents.prepare('query C { ping }');
    expect(documents.prepare('query A { ping }')).toBe(first);
    expect(documents.prepare('query B { ping }')).not.toBe(second);
  });

  it('holds no more bytes of source than allowed', () => {
    const documents = testDocuments({ LIMIT_DOCUMENT_CACHE_BYTES: '100' });
    const long = (name: string): string => `query ${name} { ping } #${'é'.repeat(20)}`;
    const first = documents.prepare(long('A'));
    expect(documents.prepare(long('A'))).toBe(first);
    documents.prepare(long('B'));
    expect(documents.prepare(long('A'))).not.toBe(first);

    const larger = `{ ping } #${'é'.repeat(50)}`;
    expect(documents.prepare(larger)).not.toBe(documents.prepare(larger));
  });
});

describe('the operation a request names', () => {
  const several = 'query A { ping } query B { ping }';
  const named = (source: string, name: string | null | undefined): unknown => {
    const documents = testDocuments();
    const operation = documents.operation(accepted(documents, source), name);
    return operation instanceof GraphQLError ? operation.extensions['code'] : (operation.name?.value ?? 'anonymous');
  };

  it('is the one of that name', () => {
    expect(named(several, 'B')).toBe('B');
  });

  it.each([null, undefined, ''])('is the only one when the name is %j', (name) => {
    expect(named('{ ping }', name)).toBe('anonymous');
    expect(named('query A { ping }', name)).toBe('A');
  });

  it('is refused when no name picks one of several, or the name is unknown', () => {
    expect(named(several, null)).toBe('OPERATION_RESOLUTION_FAILURE');
    expect(named(several, 'C')).toBe('OPERATION_RESOLUTION_FAILURE');
    expect(named('{ ping }', 'A')).toBe('OPERATION_RESOLUTION_FAILURE');
  });
});

describe('introspection', () => {
  const introspects = (source: string): readonly boolean[] =>
    [...accepted(testDocuments(), source).operations.values()].map((measures) => measures.introspects);

  it('is found at the root, in inline fragments and through fragments of fragments', () => {
    expect(introspects('{ __schema { queryType { name } } }')).toEqual([true]);
    expect(introspects('{ ping i: __type(name: "Query") { name } }')).toEqual([true]);
    expect(introspects('{ ... @include(if: true) { ... on Query { __schema { description } } } }')).toEqual([true]);
    expect(
      introspects('{ ...A } fragment A on Query { ...B } fragment B on Query { __type(name: "A") { name } }'),
    ).toEqual([true]);
  });

  it('is told for each operation by itself, and __typename is none', () => {
    const fragments = 'fragment F on Query { ...G } fragment G on Query { __schema { description } }';
    expect(introspects(`query A { __typename self { ping } } query B { ...F } query C { ...F } ${fragments}`)).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('is exempt from the depth limit, so that the full query of GraphiQL is accepted', () => {
    const full = getIntrospectionQuery({
      schemaDescription: true,
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      inputValueDeprecation: true,
      oneOf: true,
    });
    expect(refusals(testDocuments(), full)).toBeNull();
    expect(costOf(testDocuments(), full)).toBeLessThan(10_000);
  });

  it('is bounded by the rule of three lists', () => {
    const loop = '{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }';
    expect(refusals(testDocuments(), loop)).toEqual([{ code: 'GRAPHQL_VALIDATION_FAILED' }]);
  });

  it('exempts nothing beside it', () => {
    const deep = `{ __schema { description } ${'self { '.repeat(11)}ping${' }'.repeat(11)} }`;
    expect(refusals(testDocuments(), deep)).toMatchObject([{ limit: 'depth', actual: 11 }]);
  });
});
