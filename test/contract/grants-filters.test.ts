/** Filters and cursors of grants under attack: bombs, faults with their paths, texts full of wildcards, forgeries. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type Answer, type Person, type Team, type World } from '../support/world.js';

let world: World;
let acme: Team;
let ann: Person;
let vic: Person;
const nobody = '99999999-9999-4999-8999-999999999999';

beforeAll(async () => {
  world = await createWorld();
  acme = await world.team('acme').admin('Ann').viewer('Vic').made();
  [ann, vic] = [await world.person('Ann'), await world.person('Vic')];
});
afterAll(() => world.stop());

describe('a filter that is wrong or too large is refused with its path, before any SQL', () => {
  const nest = (times: number, key: string, inner: object): object => {
    let node = inner;
    for (let i = 0; i < times; i++) node = key === 'not' ? { not: node } : { [key]: [node] };
    return node;
  };
  const leaf = { userType: 'HUMAN' };
  const text = { userName: { equals: 'x' } };

  it.each([
    ['21 operators', [nest(21, 'not', leaf)], 'LIMIT_EXCEEDED'],
    ['201 nodes', [{ or: Array.from({ length: 200 }, () => leaf) }], 'LIMIT_EXCEEDED'],
    ['51 texts', [{ or: Array.from({ length: 51 }, () => text) }], 'LIMIT_EXCEEDED'],
    ['201 characters', [{ userName: { equals: 'x'.repeat(201) } }], 'LIMIT_EXCEEDED'],
    ['an id of 201 characters', [{ userId: 'x'.repeat(201) }], 'LIMIT_EXCEEDED'],
    ['an empty and', [{ and: [] }], 'BAD_USER_INPUT'],
    ['an empty or under a not', [{ not: { or: [] } }], 'BAD_USER_INPUT'],
    ['an empty node', [{}], 'BAD_USER_INPUT'],
    ['two keys', [{ ...leaf, ...text }], 'BAD_USER_INPUT'],
    ['two ways to compare', [{ userName: { equals: 'x', contains: 'x' } }], 'BAD_USER_INPUT'],
    ['no way to compare', [{ userName: {} }], 'BAD_USER_INPUT'],
    ['null for a text', [{ userName: { equals: null } }], 'BAD_USER_INPUT'],
    ['null for a node', [{ not: null }], 'BAD_USER_INPUT'],
    ['null in a list', [{ or: [leaf, null] }], 'BAD_USER_INPUT'],
    ['a byte of zero', [{ roleKey: { equals: 'a\0' } }], 'BAD_USER_INPUT'],
    ['a condition on users only', [{ nickName: { equals: 'x' } }], 'BAD_USER_INPUT'],
  ])('%s', async (_what, filter, code) => {
    const { statements } = world.testApp;
    const asked = [
      () => ann.ask('query($f: [UserGrantFilter!]) { userGrants(filter: $f) { totalCount } }', { f: filter }),
      () =>
        ann.ask('query($f: [UserGrantFilter!]) { viewer { user { grants(filter: $f) { totalCount } } } }', {
          f: filter,
        }),
      () => ann.ask(`{ userGrants(filter: ${literal(filter)}) { totalCount } }`),
    ];
    for (const [i, ask] of asked.entries()) {
      statements.length = 0;
      const answer: Answer<unknown> = await ask();
      // What a literal cannot be, the validation of the document tells before anything runs.
      const literally = i === 2 && code === 'BAD_USER_INPUT' ? [code, 'GRAPHQL_VALIDATION_FAILED'] : [code];
      expect(literally).toContain(answer.errors[0]?.extensions['code']);
      if (i !== 1) expect(statements.filter((sql) => sql.includes('user_grants'))).toEqual([]);
    }
  });

  it('200 nodes, 50 texts, 20 operators and 100 ids are not too large', async () => {
    for (const filter of [
      [nest(20, 'not', leaf)],
      [{ or: Array.from({ length: 199 }, () => leaf) }],
      [{ or: Array.from({ length: 50 }, () => text) }],
      [{ or: Array.from({ length: 100 }, () => ({ userId: nobody })) }],
    ]) {
      const { errors } = await ann.ask('query($f: [UserGrantFilter!]) { userGrants(filter: $f) { totalCount } }', {
        f: filter,
      });
      expect(errors).toEqual([]);
    }
  });

  /** A value as a literal of GraphQL. */
  function literal(value: unknown): string {
    if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
    if (typeof value === 'object' && value !== null) {
      return `{ ${Object.entries(value)
        .map(([key, inner]) => `${key}: ${literal(inner)}`)
        .join(', ')} }`;
    }
    return value === 'HUMAN' ? value : JSON.stringify(value);
  }
});

describe('a text is a text', () => {
  it.each(["'; DROP TABLE user_grants; --", '%', '_', '\\', '{a,b}', '"', '$1', 'ünïcødé 🜚'])('%j', async (word) => {
    const { grants } = world.testApp.app.services;
    const project = await grants.createProject(ann.call, { accountId: acme.id, name: word });
    const draft = { userId: vic.id, projectId: project, projectGrantId: null, roleKeys: [word, 'x'] };
    const { id } = await grants.create(ann.call, draft);
    for (const key of ['roleKey', 'projectName']) {
      for (const method of ['equals', 'contains', 'startsWithIgnoreCase', 'endsWith']) {
        const { data, errors } = await ann.ask(
          'query($f: [UserGrantFilter!]) { userGrants(filter: $f) { nodes { id roleKeys projectName } } }',
          { f: [{ projectId: project }, { [key]: { [method]: word } }] },
        );
        expect(errors).toEqual([]);
        expect(data).toEqual({ userGrants: { nodes: [{ id, roleKeys: [word, 'x'], projectName: word }] } });
      }
    }
  });
});

describe('a forged cursor is refused', () => {
  const forge = (keys: unknown): string => Buffer.from(JSON.stringify(keys)).toString('base64url');
  it.each([
    'x',
    forge([]),
    forge(['CREATION_DATE', 'x', '0', nobody]),
    forge(['CREATION_DATE', null, '0', nobody]),
    forge(['CREATION_DATE', '2024-01-01 00:00:00+00', '0', "' OR TRUE --"]),
    forge(['STATE', '2024-01-01 00:00:00+00', '0', nobody]),
    forge([nobody, '1', nobody]),
  ])('%s', async (after) => {
    const { errors } = await ann.ask('query($after: String) { userGrants(after: $after) { nodes { id } } }', { after });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('in memberships too', async () => {
    for (const after of ['x', forge([nobody, 'x', nobody]), forge(['CREATION_DATE', 'x', '0', nobody])]) {
      const { errors } = await ann.ask('query($after: String) { memberships(after: $after) { nodes { userId } } }', {
        after,
      });
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    }
  });
});
