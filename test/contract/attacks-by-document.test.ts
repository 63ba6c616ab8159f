/** Tricks with documents, cursors and tokens: many guesses in one, what is not for everybody's eyes, and what is forged. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';
import { mutate } from '../support/mutate.js';
import { createWorld, type Person, type Team, type World } from '../support/world.js';

let world: World;
let acme: Team;
let ann: Person;
let eve: Person;
beforeAll(async () => {
  world = await createWorld({ settings: { INTROSPECTION: 'operators' } });
  acme = await world.team('acme').admin('Ann').viewer('Vic').made();
  [ann, eve] = [await world.person('Ann'), await world.person('Eve')];
});
afterAll(() => world.stop());

const invite = async (email: string) => {
  const fields = 'token invite { id }';
  const input = { accountId: acme.id, email };
  const { payload } = await mutate<{ token: string }>(ann, 'inviteUserToTeamAccount', input, fields);
  return payload?.token ?? '';
};
const accept = (token: string) => `acceptTeamAccountInvite(input: { token: "${token}" }) { errors { code } }`;

describe('Sensitive mutations', () => {
  it.each([
    ['aliases', (t: string) => `mutation { a: ${accept('x')} b: ${accept(t)} }`],
    ['a fragment', (t: string) => `mutation { ...m b: ${accept(t)} } fragment m on Mutation { ${accept('x')} }`],
    ['inline fragments', (t: string) => `mutation { ... { a: ${accept('x')} } ... on Mutation { b: ${accept(t)} } }`],
    [
      'fragments in fragments',
      (t: string) => `mutation { ...m ...n }
      fragment m on Mutation { a: ${accept('x')} } fragment n on Mutation { ...o } fragment o on Mutation { b: ${accept(t)} }`,
    ],
    [
      'different ones',
      (t: string) => `mutation { a: ${accept(t)}
      setUserRole(input: { accountId: "${acme.id}", userId: "${eve.id}" }) { errors { code } } }`,
    ],
  ])('come one at a time, whatever they hide in: %s', async (_trick, document) => {
    const { data, errors } = await eve.ask(document(await invite(eve.email)));
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'LIMIT_EXCEEDED', limit: 'sensitiveMutations', allowed: 1 } }]);
    expect((await eve.ask('{ viewer { accounts { totalCount } } }')).data).toEqual({
      viewer: { accounts: { totalCount: 0 } },
    });
  });

  it('hidden in a second operation do not run, and without a name nothing does', async () => {
    const document = `query Look { viewer { userId } } mutation Take { ${accept(await invite(eve.email))} }`;
    const post = async (operationName?: string) => {
      const response = await fetch(`${world.testApp.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: eve.authorization },
        body: JSON.stringify({ query: document, operationName }),
      });
      return (await response.json()) as { data?: unknown; errors?: { extensions: { code: string } }[] };
    };
    expect(await post('Look')).toEqual({ data: { viewer: { userId: eve.id } } });
    expect((await post()).errors).toMatchObject([{ extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } }]);
    expect((await post('Other')).errors).toMatchObject([{ extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } }]);
    expect((await eve.ask('{ viewer { accounts { totalCount } } }')).data).toEqual({
      viewer: { accounts: { totalCount: 0 } },
    });
  });
});

describe('A guessed token', () => {
  it('is answered like any other that cannot be used', async () => {
    const token = await invite(eve.email);
    const [stored] = await world.testApp.database.query<{ hash: string; id: string }>(
      "SELECT encode(token_hash, 'hex') AS hash, id FROM account_invites ORDER BY created_at DESC LIMIT 1",
    );
    const guesses = [
      token.slice(0, -1),
      `${token}A`,
      ` ${token}`,
      `${token}=`,
      token.toLowerCase(),
      stored?.hash ?? '',
      `\\x${stored?.hash}`,
      stored?.id ?? '',
      '%',
      '_'.repeat(43),
      "' OR ''='",
      'A'.repeat(200),
      '\u0000',
      '💥',
    ];
    const answers = new Set<string>();
    for (const guess of guesses) {
      answers.add(JSON.stringify((await mutate(eve, 'acceptTeamAccountInvite', { token: guess })).answer));
    }
    expect([...answers].map((answer) => JSON.parse(answer) as unknown)).toMatchObject([
      { data: { acceptTeamAccountInvite: { errors: [{ code: 'BAD_USER_INPUT', path: ['token'] }] } }, errors: [] },
    ]);
    expect((await eve.ask('{ viewer { accounts { totalCount } } }')).data).toEqual({
      viewer: { accounts: { totalCount: 0 } },
    });
  });
});

describe('A cursor', () => {
  const lists = { members: 'members', invites: 'invites' } as const;
  const page = (list: string, after: string, side = 'after') =>
    ann.ask(`query ($id: ID!, $c: String!) { account(id: $id) { ${list}(${side}: $c) { nodes { id } } } }`, {
      id: acme.id,
      c: after,
    });
  const forged = (...keys: unknown[]) => Buffer.from(JSON.stringify(keys)).toString('base64url');
  const uuid = '6f1d2c5e-0000-4000-8000-000000000000';

  it.each([
    ['text', 'x'],
    ['nothing', ''],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['no list', Buffer.from('{"length":2}').toString('base64url')],
    ['too few keys', forged('ann')],
    ['too many keys', forged('ann', uuid, uuid)],
    ['numbers', forged(1, 2)],
    ['nested', forged(['ann'], [uuid])],
    ['nulls', forged(null, null)],
    ['no UUID', forged('ann', 'ann')],
    ['SQL', forged('ann', `${uuid}' OR TRUE --`)],
    ['a zero byte', forged('a\u0000', uuid)],
    ['a time that is none', forged('yesterday', uuid)],
    ['a day that is none', forged('2026-02-31 00:00:00+00', uuid)],
    ['a month that is none', forged('2026-99-01 00:00:00+00', uuid)],
    ['a zone that is none', forged('2026-01-01 00:00:00+99', uuid)],
    ['very long', forged('a'.repeat(5_000), uuid)],
  ])('that is forged is refused or leads to a page of the same list: %s', async (_what, cursor) => {
    for (const list of Object.values(lists)) {
      for (const side of ['after', 'before']) {
        const { errors, data } = await page(list, cursor, side);
        if (errors.length === 0) expect(data).toMatchObject({ account: { [list]: {} } });
        else
          expect(errors, `${list} ${side}`).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', path: [side] } }]);
      }
    }
  });

  it('of another list is refused', async () => {
    const { data } = await ann.ask<{ viewer: { accounts: { pageInfo: { endCursor: string } } } }>(
      '{ viewer { accounts { pageInfo { endCursor } } } }',
    );
    const cursor = data?.viewer.accounts.pageInfo.endCursor ?? '';
    expect(cursor).not.toBe('');
    for (const list of Object.values(lists)) {
      expect((await page(list, cursor)).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    }
  });
});

describe('The schema', () => {
  const tricks = [
    '{ __schema { types { name } } }',
    '{ x: __type(name: "User") { name } }',
    '{ ...q } fragment q on Query { __schema { queryType { name } } }',
    '{ ... { ... on Query { __type(name: "User") { fields { name } } } } viewer { userId } }',
  ];

  it.each(tricks)('is for operators only where it says so, as it does in production: %s', async (query) => {
    const olga = await world.person('Olga', { operator: true });
    expect((await olga.ask(query)).errors).toEqual([]);
    for (const authorization of [null, ann.authorization]) {
      const { data, errors } = await world.ask(authorization, query);
      expect(data).toBeNull();
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', reason: 'INTROSPECTION_OFF' } }]);
    }
    expect((await ann.ask('{ __typename viewer { __typename } }')).errors).toEqual([]);
    expect(readConfig({ NODE_ENV: 'production', AUTH: 'off' }).introspection).toBe('operators');
  });
});
