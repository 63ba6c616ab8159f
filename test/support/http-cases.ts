/** Requests of every kind, for comparing two ways of answering them. */

/** A request that is sent both ways. */
export interface Case {
  readonly title: string;
  readonly method?: string;
  /** Sent as it is when a string or absent, else as JSON. */
  readonly body?: unknown;
  readonly search?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

const response = { accept: 'application/graphql-response+json' };
/** The header that proves a request was not forged. */
export const token = { authorization: 'Bearer any' };
const posts: readonly (readonly [string, unknown])[] = [
  ['a query', { query: '{ hello }' }],
  ['a query answered later', { query: '{ later }' }],
  ['a list', { query: '{ things { name } }' }],
  ['an alias', { query: '{ a: hello b: hello(name: "Bo") }' }],
  ['a fragment', { query: '{ ...f } fragment f on Query { hello }' }],
  ['a typename', { query: '{ __typename }' }],
  ['an introspection', { query: '{ __schema { queryType { name } } }' }],
  ['a mutation', { query: 'mutation { greet(name: "Bo") }' }],
  ['variables', { query: 'query ($n: String) { hello(name: $n) }', variables: { n: 'Bo' } }],
  ['variables of null', { query: '{ hello }', variables: null }],
  ['a variable of null', { query: 'query ($n: String) { hello(name: $n) }', variables: { n: null } }],
  ['a variable that is too much', { query: '{ hello }', variables: { x: 1 } }],
  ['a variable that is missing', { query: 'query ($i: Wish!) { wish(input: $i) }' }],
  ['a variable of the wrong type', { query: 'query ($n: Int) { number(of: $n) }', variables: { n: 'one' } }],
  [
    'a long variable of the wrong type',
    { query: 'query ($n: Int) { number(of: $n) }', variables: { n: 'x'.repeat(999) } },
  ],
  ['an input', { query: 'query ($i: Wish!) { wish(input: $i) }', variables: { i: { text: 'a', hue: 'RED' } } }],
  [
    'an input with an unknown field',
    { query: 'query ($i: Wish!) { wish(input: $i) }', variables: { i: { text: 'a', hu: 1 } } },
  ],
  [
    'an input with a mistyped value',
    { query: 'query ($i: Wish!) { wish(input: $i) }', variables: { i: { text: 'a', hue: 'BLEU' } } },
  ],
  ['an input that lacks a field', { query: 'query ($i: Wish!) { wish(input: $i) }', variables: { i: {} } }],
  ['variables that are a string', { query: '{ hello }', variables: 'x' }],
  ['variables that are a list', { query: '{ hello }', variables: [] }],
  ['the name of the only operation', { query: 'query A { hello }', operationName: 'A' }],
  ['the name of one of two operations', { query: 'query A { hello } query B { later }', operationName: 'B' }],
  ['two operations and no name', { query: 'query A { hello } query B { later }' }],
  ['an unknown operation', { query: 'query A { hello }', operationName: 'C' }],
  ['an operation name of null', { query: 'query A { hello }', operationName: null }],
  ['an empty operation name', { query: 'query A { hello }', operationName: '' }],
  ['an operation name that is a number', { query: 'query A { hello }', operationName: 1 }],
  ['extensions', { query: '{ hello }', extensions: { trace: true } }],
  ['extensions of null', { query: '{ hello }', extensions: null }],
  ['extensions that are a string', { query: '{ hello }', extensions: 'x' }],
  ['a hash beside a query', { query: '{ hello }', extensions: { persistedQuery: { sha256Hash: 'x' } } }],
  ['a hash and no query', { extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } }],
  ['a document id and no query', { documentId: 'sha256:x' }],
  ['a document id that is a number', { documentId: 1 }],
  ['a hash that is a list', { query: '{ hello }', extensions: { persistedQuery: ['x'] } }],
  ['an unknown parameter', { query: '{ hello }', id: 'x' }],
  ['an unknown parameter of null', { query: '{ hello }', id: null }],
  ['no query', { variables: {} }],
  ['an empty query', { query: '' }],
  ['a query that is a number', { query: 1 }],
  ['a syntax error', { query: '{ hello' }],
  ['an unknown field', { query: '{ helo }' }],
  ['an unknown argument', { query: '{ hello(nam: "Bo") }' }],
  ['a literal of the wrong type', { query: '{ number(of: "one") }' }],
  ['several faults', { query: '{ a b c hello { x } }' }],
  ['a document that is too deep', { query: `{ __schema ${'{ types '.repeat(3)} { name } ${'}'.repeat(3)} }` }],
  ['too many aliases', { query: `{ ${Array.from({ length: 40 }, (_, i) => `a${i}: hello`).join(' ')} }` }],
  [
    'a list in a variable that is too long',
    { query: 'query ($i: Wish!) { wish(input: $i) }', variables: { i: Array(2000).fill(1) } },
  ],
  ['a refusal', { query: '{ refused }' }],
  ['a refusal beside data', { query: '{ hello refused }' }],
  ['a fault of ours', { query: '{ broken }' }],
  ['a value that does not fit its type', { query: '{ unfit }' }],
  ['a null that may not be', { query: '{ missing }' }],
  ['a batch', [{ query: '{ hello }' }]],
  ['a string', '"{ hello }"'],
  ['null', 'null'],
  ['broken JSON', '{ "query": "{ secret }'],
  ['nothing', ''],
];

/** Good and bad requests of every kind. */
export const cases: readonly Case[] = [
  ...posts.map(([title, body]) => ({ title, body })),
  ...posts.map(([title, body]) => ({ title: `${title}, as a GraphQL response`, body, headers: response })),
  { title: 'GET', method: 'GET', search: { query: '{ hello }' }, headers: token },
  {
    title: 'GET with variables',
    method: 'GET',
    search: { query: 'query ($n: String) { hello(name: $n) }', variables: '{"n":"Bo"}' },
    headers: token,
  },
  { title: 'GET with broken variables', method: 'GET', search: { query: '{ hello }', variables: '{' }, headers: token },
  {
    title: 'GET with an operation name',
    method: 'GET',
    search: { query: 'query A { hello }', operationName: 'A' },
    headers: token,
  },
  { title: 'GET without a query', method: 'GET', headers: token },
  { title: 'GET with a mutation', method: 'GET', search: { query: 'mutation { greet(name: "Bo") }' }, headers: token },
  { title: 'GET without proof', method: 'GET', search: { query: '{ hello }' } },
  { title: 'GET with a proof', method: 'GET', search: { query: '{ hello }' }, headers: { 'x-graphql-yoga-csrf': '1' } },
  {
    title: 'GET with the other proof',
    method: 'GET',
    search: { query: '{ hello }' },
    headers: { 'apollo-require-preflight': '1' },
  },
  {
    title: 'GET by a browser',
    method: 'GET',
    search: { query: '{ hello }' },
    headers: { accept: 'text/html,*/*;q=0.8' },
  },
  { title: 'PUT', method: 'PUT', body: { query: '{ hello }' } },
  { title: 'DELETE', method: 'DELETE' },
  { title: 'OPTIONS', method: 'OPTIONS' },
  { title: 'plain text', body: { query: '{ hello }' }, headers: { 'content-type': 'text/plain' } },
  {
    title: 'plain text with a token',
    body: { query: '{ hello }' },
    headers: { 'content-type': 'text/plain', ...token },
  },
  { title: 'a form', body: 'query={hello}', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
  { title: 'a form in parts', body: '--x--', headers: { 'content-type': 'multipart/form-data; boundary=x', ...token } },
  { title: 'bare GraphQL', body: '{ hello }', headers: { 'content-type': 'application/graphql' } },
  {
    title: 'JSON with a charset',
    body: { query: '{ hello }' },
    headers: { 'content-type': 'application/json; charset=utf-8' },
  },
  {
    title: 'JSON in Latin',
    body: { query: '{ hello }' },
    headers: { 'content-type': 'application/json; charset=latin1' },
  },
  { title: 'a compressed body', body: { query: '{ hello }' }, headers: { 'content-encoding': 'gzip' } },
  ...[
    '*/*',
    'application/*',
    'application/json',
    'application/json;charset=latin1, application/graphql-response+json',
    'application/graphql-response+json, application/json;q=0.9',
    'application/json, application/graphql-response+json',
    'application/json, multipart/mixed',
    'text/event-stream, application/json',
    'text/event-stream',
    'multipart/mixed',
    'text/html',
    'image/png',
    ',',
  ].flatMap((accept) => [
    { title: `accepting ${accept}`, body: { query: '{ hello }' }, headers: { accept } },
    { title: `accepting ${accept}, with a fault`, body: { query: '{ helo }' }, headers: { accept } },
    {
      title: `subscribing, accepting ${accept}`,
      body: { query: 'subscription { count(to: 2) }' },
      headers: { accept },
    },
  ]),
  {
    title: 'a subscription that is refused',
    body: { query: 'subscription { count(to: "x") }' },
    headers: { accept: 'text/event-stream' },
  },
  {
    title: 'a subscription without its variable',
    body: { query: 'subscription ($t: Int!) { count(to: $t) }' },
    headers: { accept: 'text/event-stream, application/json' },
  },
  { title: 'a token', body: { query: '{ who }' }, headers: token },
  { title: 'a bad token', body: { query: '{ who }' }, headers: { authorization: 'Bearer bad' } },
  {
    title: 'a token that cannot be checked',
    body: { query: '{ who }' },
    headers: { authorization: 'Bearer later', ...response },
  },
];
