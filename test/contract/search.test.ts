/** Searching the directory over HTTP: what matches, who is seen, in which order, and what is refused. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addUsers, ask, search, type Search } from '../support/directory.js';
import { createWorld, type Person, type Team, type World } from '../support/world.js';

let world: World;
let olga: Person;
let ann: Person;
let gus: Person;
let acme: Team;
let globex: Team;
let ids: readonly string[];

beforeAll(async () => {
  world = await createWorld();
  olga = await world.person('Olga', { operator: true });
  acme = await world.team('acme').admin('Ann').made();
  globex = await world.team('globex').admin('Gus').made();
  ann = await world.person('Ann');
  gus = await world.person('Gus');
  const owner = acme.id;
  ids = await addUsers(world.testApp.database, [
    { userName: 'gigi', firstName: 'Gigi', email: 'gigi@acme.test', owner, createdAt: '2026-01-03T00:00:00Z' },
    {
      userName: 'max_muster',
      firstName: 'Max',
      nickName: 'Maxi',
      email: 'MAX@acme.test',
      state: 'LOCKED',
      loginNames: ['Max@old.test'],
      owner,
      createdAt: '2026-01-01T00:00:00Z',
    },
    { userName: '100%ann', firstName: 'Ann', email: 'ann@other.test', state: 'INITIAL', owner },
    { userName: 'ci-bot', type: 'MACHINE', owner },
    { userName: 'back\\slash', type: 'MACHINE', state: 'INACTIVE', owner, member: false },
  ]);
});
afterAll(() => world.stop());

/** The names u1 to u5 of those who were found in the account. */
async function found(person: Person, asked: Search): Promise<string> {
  const { nodes, totalCount } = await search(person, { accountId: acme.id, ...asked });
  expect(totalCount).toBe(nodes.length);
  return nodes
    .map(({ id }) => `u${ids.indexOf(id) + 1}`)
    .sort()
    .join(' ');
}

const nots = (count: number, inner: object): object =>
  Array.from({ length: count }).reduce<object>((filter) => ({ not: filter }), inner);
const acmeMail = { email: { contains: 'acme' } };
const active = { state: 'ACTIVE' };

describe('the filter', () => {
  it.each<readonly [string, object, string]>([
    ['an e-mail with acme in it', acmeMail, 'u1 u2'],
    ['an e-mail in the wrong case', { email: { equals: 'max@acme.test' } }, ''],
    ['an e-mail in any case', { email: { equalsIgnoreCase: 'max@acme.test' } }, 'u2'],
    ['a list of e-mails in the wrong case', { inUserEmails: ['max@acme.test'] }, ''],
    ['a list of e-mails', { inUserEmails: ['MAX@acme.test', 'x', 'ann@other.test'] }, 'u2 u3'],
    ['no e-mail with acme in it', { not: acmeMail }, 'u3 u4 u5'],
    ['no nickname Maxi', { not: { nickName: { equals: 'Maxi' } } }, 'u1 u3 u4 u5'],
    ['not no e-mail with acme in it', nots(2, acmeMail), 'u1 u2'],
    ['neither a machine nor acme', { not: { or: [{ type: 'MACHINE' }, acmeMail] } }, 'u3'],
    ['an underscore', { userName: { contains: '_' } }, 'u2'],
    ['a percent sign', { userName: { contains: '%' } }, 'u3'],
    ['a backslash', { userName: { contains: '\\' } }, 'u5'],
    ['a percent sign that is no wildcard', { userName: { equalsIgnoreCase: 'max%muster' } }, ''],
    ['the beginning of everything', { userName: { startsWith: '' } }, 'u1 u2 u3 u4 u5'],
    ['the inside of every first name', { firstName: { contains: '' } }, 'u1 u2 u3'],
    ['not the inside of every first name', { not: { firstName: { contains: '' } } }, 'u4 u5'],
    ['not active', { not: active }, 'u2 u3 u5'],
    ['twenty times not', nots(20, active), 'u1 u4'],
    ['a login name that is no user name', { loginName: { startsWith: 'Max@' } }, 'u2'],
    ['no such login name', { not: { loginName: { containsIgnoreCase: 'MAX' } } }, 'u1 u3 u4 u5'],
    [
      'a login name or an e-mail',
      { or: [{ loginName: { endsWith: 'old.test' } }, { email: { endsWith: 'other.test' } }] },
      'u2 u3',
    ],
    [
      'a login name and a state, or a machine',
      { or: [{ and: [{ loginName: { contains: 'g' } }, active] }, { and: [{ type: 'MACHINE' }, { not: active }] }] },
      'u1 u5',
    ],
  ])('%s', async (_what, filter, expected) => {
    expect(await found(ann, { filter: [filter] })).toBe(expected);
    expect(await found(olga, { filter: [filter] })).toBe(expected);
    expect(await found(gus, { filter: [filter] })).toBe('');
  });

  it('a list of ids, in any letter case and with strangers among them', async () => {
    const inUserIds = [ids[0]?.toUpperCase(), ids[4], '00000000-0000-4000-8000-000000000000', '129384756'];
    expect(await found(ann, { filter: [{ inUserIds }] })).toBe('u1 u5');
  });

  it('left out, null or empty restricts nothing, and a list is AND', async () => {
    for (const asked of [{}, { filter: null }, { filter: [] }]) {
      expect(await found(ann, asked)).toBe('u1 u2 u3 u4 u5');
    }
    expect(await found(ann, { filter: [acmeMail, active] })).toBe('u1');
    expect(await found(ann, { filter: acmeMail })).toBe('u1 u2');
  });
});

describe('who is seen', () => {
  it('everybody who belongs to an account of mine, and I', async () => {
    const names = (await search(ann, {})).nodes.map(({ userName }) => userName);
    expect(names).toEqual(['100%ann', 'ann@people.test', 'back\\slash', 'ci-bot', 'gigi', 'max_muster']);
    expect((await search(gus, {})).nodes.map(({ userName }) => userName)).toEqual(['gus@people.test']);
    expect((await search(olga, {})).totalCount).toBe(8);
  });

  it('of an account that is not mine: nobody, as owned or as members', async () => {
    for (const asked of [{ accountId: acme.id }, { memberOf: acme.id }, { accountId: acme.id, memberOf: globex.id }]) {
      expect(await search(gus, asked)).toMatchObject({ nodes: [], totalCount: 0, pageInfo: { hasNextPage: false } });
    }
    expect((await search(ann, { accountId: 'no account' })).nodes).toEqual([]);
  });

  it('members and owned users are two things', async () => {
    expect((await search(ann, { memberOf: acme.id })).nodes.map(({ userName }) => userName)).toEqual([
      '100%ann',
      'ann@people.test',
      'ci-bot',
      'gigi',
      'max_muster',
    ]);
    expect((await search(ann, { memberOf: acme.id, accountId: acme.id })).totalCount).toBe(4);
  });

  it('nobody before setUser, and only with a token', async () => {
    const newcomer = await world.newcomer('Nora');
    expect(await search(newcomer, {})).toMatchObject({ nodes: [], totalCount: 0 });
    const anonymous = await world.ask(null, '{ users { totalCount } }');
    expect(anonymous.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it('a login name leads to its user, ignoring case, where it may be seen', async () => {
    const query = 'query ($name: String!) { userByLoginName(loginName: $name) { id } }';
    const by = async (person: Person, name: string) => (await person.ask(query, { name })).data;
    expect(await by(ann, 'mAX@OLD.test')).toEqual({ userByLoginName: { id: ids[1] } });
    expect(await by(olga, 'MAX_muster')).toEqual({ userByLoginName: { id: ids[1] } });
    expect(await by(gus, 'max@old.test')).toEqual({ userByLoginName: null });
    expect(await by(ann, 'nobody')).toEqual({ userByLoginName: null });
  });
});

describe('the order', () => {
  const inOrder = async (orderBy: Search['orderBy']) =>
    (await search(ann, { accountId: acme.id, ...(orderBy ? { orderBy } : {}) })).nodes
      .map(({ id }) => ids.indexOf(id) + 1)
      .join('');

  it('is by user name when nothing is said', async () => {
    expect(await inOrder(undefined)).toBe('35412');
    expect(await inOrder([])).toBe('35412');
  });

  it('puts what is absent last upwards and first downwards', async () => {
    const upwards = await inOrder([{ field: 'NICK_NAME' }, { field: 'USER_NAME' }]);
    expect(upwards).toBe('23541');
    expect(
      await inOrder([
        { field: 'NICK_NAME', direction: 'DESC' },
        { field: 'USER_NAME', direction: 'ASC' },
      ]),
    ).toBe('35412');
  });

  it('mixes fields and directions', async () => {
    expect(await inOrder([{ field: 'TYPE', direction: 'DESC' }, { field: 'FIRST_NAME' }, { field: 'USER_NAME' }])).toBe(
      '54312',
    );
    expect(await inOrder([{ field: 'CREATION_DATE', direction: 'DESC' }, { field: 'USER_NAME' }])).toBe('13542');
    expect(await inOrder([{ field: 'STATE' }, { field: 'USER_NAME', direction: 'DESC' }])).toBe('14523');
  });
});

describe('pages', () => {
  it('lead forwards and backwards through everybody, with the right ends', async () => {
    const first = await search(ann, { first: 4 });
    expect(first).toMatchObject({
      totalCount: 6,
      totalCountUpTo: 3,
      pageInfo: { hasNextPage: true, hasPreviousPage: false },
    });
    const second = await search(ann, { first: 4, after: first.pageInfo.endCursor });
    expect(second.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    const back = await search(ann, { last: 4, before: second.pageInfo.startCursor });
    expect(back.nodes).toEqual(first.nodes);
    const beyond = await search(ann, { first: 4, after: second.pageInfo.endCursor });
    expect(beyond).toMatchObject({ nodes: [], totalCount: 6 });
    expect((await search(ann, { last: 2 })).nodes).toEqual(second.nodes);
  });

  it('refuse a cursor of another order', async () => {
    const { pageInfo } = await search(ann, { first: 1 });
    const orders = [[{ field: 'EMAIL' }], [{ field: 'USER_NAME', direction: 'DESC' }], [{ field: 'CREATION_DATE' }]];
    for (const orderBy of orders) {
      const refused = await ask(ann, { after: pageInfo.endCursor, orderBy });
      expect(refused.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', path: ['after'] } }]);
    }
    expect((await ask(ann, { first: 101 })).errors).toMatchObject([{ extensions: { code: 'LIMIT_EXCEEDED' } }]);
  });
});

describe('what is no filter', () => {
  const document = 'query ($filter: [UserFilter!]) { users(filter: $filter) { totalCount } }';
  const asVariable = async (filter: unknown) => (await ann.ask(document, { filter })).errors;
  const asLiteral = async (filter: string) => (await ann.ask(`{ users(filter: [${filter}]) { totalCount } }`)).errors;
  const literal = (value: unknown): string =>
    JSON.stringify(value)
      .replace(/"(\w+)":/g, '$1:')
      .replace(/"(ACTIVE|MACHINE)"/g, '$1');

  it.each<readonly [string, object, string]>([
    ['an empty node', {}, '0'],
    ['two keys', { state: 'ACTIVE', type: 'MACHINE' }, '0'],
    ['two keys below', { and: [{ state: 'ACTIVE' }, { not: { state: 'ACTIVE', type: 'MACHINE' } }] }, '0 and 1 not'],
    ['two methods', { or: [{ email: { equals: 'a', contains: 'b' } }] }, '0 or 0 email'],
    ['no method', { email: {} }, '0 email'],
    ['a method of null', { email: { equals: null } }, '0 email equals'],
    ['a leaf of null', { not: { email: null } }, '0 not email'],
    ['not without operand', { or: [{ state: 'ACTIVE' }, { not: null }] }, '0 or 1 not'],
    ['an empty and', { and: [] }, '0 and'],
    ['an empty or', { not: { or: [] } }, '0 not or'],
    ['an empty list of ids', { inUserIds: [] }, '0 inUserIds'],
    ['an empty list of e-mails', { and: [{ inUserEmails: [] }] }, '0 and 0 inUserEmails'],
  ])('%s is told with its path, in a variable and in a literal', async (_what, filter, path) => {
    const refused = [{ extensions: { code: 'BAD_USER_INPUT', path: ['filter', ...path.split(' ')] } }];
    expect(await asVariable([filter])).toMatchObject(refused);
    expect(await asLiteral(literal(filter))).toMatchObject(refused);
  });

  it('a null among the conditions', async () => {
    for (const errors of [await asVariable([{ and: [active, null] }]), await asVariable([null])]) {
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    }
    expect(await asLiteral('{ and: [{ state: ACTIVE }, null] }')).toHaveLength(1);
  });

  it('more than the limits allow, in a variable and in a literal', async () => {
    const over = (limit: string, allowed: number) => [
      { extensions: { code: 'LIMIT_EXCEEDED', limit, allowed, actual: allowed + 1 } },
    ];
    const twentyOne = nots(21, active);
    expect(await asVariable([twentyOne])).toMatchObject(over('filter depth', 20));
    expect(await asLiteral(literal(twentyOne))).toMatchObject(over('filter depth', 20));
    const many = Array<object>(201).fill(active);
    expect(await asVariable(many)).toMatchObject(over('filter nodes', 200));
    expect(await asLiteral(`{ or: [${many.slice(1).map(literal).join(' ')}] }`)).toMatchObject(
      over('filter nodes', 200),
    );
    const texts = Array<object>(51).fill({ email: { contains: 'a' } });
    expect(await asVariable([{ or: texts }])).toMatchObject(over('filter texts', 50));
    expect(await asLiteral(literal({ email: { contains: 'ß'.repeat(201) } }))).toMatchObject(over('text length', 200));
    expect(await asVariable([{ email: { contains: '😀'.repeat(201) } }])).toMatchObject(over('text length', 200));
    expect(await asVariable([{ email: { contains: '😀'.repeat(200) } }])).toEqual([]);
    expect(await asLiteral(`{ inUserIds: [${'"a" '.repeat(1_001)}] }`)).toMatchObject(over('list length', 1_000));
  });

  it.each<readonly [string, () => string]>([
    ['100,000 deep', () => `${'{"not":'.repeat(100_000)}{"state":"ACTIVE"}${'}'.repeat(100_000)}`],
    ['40,000 wide', () => `{"or":[${Array<string>(40_000).fill('{"state":"ACTIVE"}').join()}]}`],
    [
      'two keys, 20,000 times',
      () => `{"or":[${Array<string>(20_000).fill('{"type":"HUMAN","state":"ACTIVE"}').join()}]}`,
    ],
    ['a list of 100,000 ids', () => `{"inUserIds":[${Array<string>(100_000).fill('"a"').join()}]}`],
    ['a text of half a million', () => `{"email":{"contains":"${'a'.repeat(500_000)}"}}`],
  ])('a bomb is refused before any SQL: %s', async (_what, bomb) => {
    const { statements } = world.testApp;
    const body = `{"query":${JSON.stringify(document)},"variables":{"filter":[${bomb()}]}}`;
    await ann.ask('{ viewer { userId } }');
    statements.length = 0;
    const response = await fetch(`${world.testApp.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: ann.authorization },
      body,
    });
    const { errors } = (await response.json()) as { errors: unknown[] };
    expect(errors).toMatchObject([{ extensions: { code: 'LIMIT_EXCEEDED' } }]);
    expect(statements.filter((sql) => sql.includes('cursor'))).toEqual([]);
  });
});
