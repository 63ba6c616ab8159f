/** The list of one's accounts: its order, and its pages from either end. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { facesOf, faceNames, type Faces } from '../support/faces.js';
import { mutate } from '../support/mutate.js';
import { pageArguments, pageVariables, walk, walked, type WalkedPage } from '../support/paging.js';
import { createWorld, type Person, type World } from '../support/world.js';

let world: World;
let faces: Faces;
let zoe: Person;
beforeAll(async () => {
  world = await createWorld();
  faces = facesOf(world);
  zoe = await world.person('Zoe');
  for (const name of ['zebra', 'alpha', 'mid-1', 'mid', 'mid0']) await mutate(zoe, 'createTeamAccount', { name });
  for (const founder of ['Gus', 'Hal', 'Ida', 'Jon']) await world.team('same').admin(founder).viewer('Zoe').made();
  await mutate(zoe, 'setPersonalAccount', {});
});
afterAll(async () => {
  faces.close();
  await world.stop();
});

interface List {
  readonly viewer: {
    readonly accounts: Omit<WalkedPage, 'nodes'> & { readonly nodes: readonly { id: string; name: string }[] };
  };
}
const page = (data: List) => data.viewer.accounts;
const document = `query (${pageVariables}) { viewer { accounts(${pageArguments}) ${walked} } }`;

async function whole() {
  const { data } = await zoe.ask<List>('{ viewer { accounts(first: 100) { nodes { id name } } } }');
  return data?.viewer.accounts.nodes ?? [];
}

describe('The list of accounts', () => {
  it.each(faceNames)(
    'over %s has the personal account first, then names in the order of their characters, then ids',
    async (name) => {
      const rows = (await faces[name].accounts(zoe)).value ?? [];
      expect(rows.map(({ name }) => name)).toEqual([
        'personal',
        'alpha',
        'mid',
        'mid-1',
        'mid0',
        'same',
        'same',
        'same',
        'same',
        'zebra',
      ]);
      const ids = rows.filter(({ name }) => name === 'same').map(({ id }) => id);
      expect(ids).toEqual([...ids].sort());
    },
  );

  it.each([1, 2, 3, 4, 7, 10, 11])('is whole and in order in pages of %i from either end', async (size) => {
    const ids = (await whole()).map(({ id }) => id);
    expect(await walk(zoe, document, page, { size, from: 'start' })).toEqual(ids);
    expect(await walk(zoe, document, page, { size, from: 'end' })).toEqual(ids);
  });

  it('tells how long it is, exactly or up to a limit', async () => {
    const { data } = await zoe.ask(
      '{ viewer { accounts(first: 2) { totalCount few: totalCountUpTo(limit: 3) all: totalCountUpTo(limit: 1000) } } }',
    );
    expect(data).toEqual({ viewer: { accounts: { totalCount: 10, few: 3, all: 10 } } });
  });

  it('counts only when it is asked to', async () => {
    const { statements } = world.testApp;
    const before = statements.length;
    await whole();
    expect(statements.slice(before).filter((sql) => /count\(/i.test(sql))).toEqual([]);
  });

  it('gives an empty page for none, with no cursors', async () => {
    const { data } = await zoe.ask(`{ viewer { accounts(first: 0) ${walked} } }`);
    expect(data).toMatchObject({
      viewer: { accounts: { nodes: [], pageInfo: { startCursor: null, endCursor: null, hasNextPage: true } } },
    });
  });

  it.each([
    ['first: -1', 'BAD_USER_INPUT', ['first']],
    ['last: -1', 'BAD_USER_INPUT', ['last']],
    ['first: 1, last: 1', 'BAD_USER_INPUT', ['last']],
    ['first: 101', 'LIMIT_EXCEEDED', ['first']],
    ['last: 101', 'LIMIT_EXCEEDED', ['last']],
  ])('refuses %s', async (args, code, path) => {
    const { errors } = await zoe.ask(`{ viewer { accounts(${args}) { nodes { id } } } }`);
    expect(errors).toMatchObject([{ path: ['viewer', 'accounts'], extensions: { code, path } }]);
  });
});
