/** What a text contains is found whatever it is made of: the index knows every sign. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';
import { openDatabase } from '../../src/db/client.js';
import { usualPatience } from '../../src/domains/user/user.patience.store.js';
import { defaultUserOrder, type UserQuery } from '../../src/domains/user/user.search.js';
import { createUserSearch } from '../../src/domains/user/user.search.service.js';
import type { TextMethod } from '../../src/kernel/filter.js';
import { addUsers, search } from '../support/directory.js';
import { createWorld, type Person, type Team, type World } from '../support/world.js';

let world: World;
let gus: Person;
let globex: Team;
beforeAll(async () => {
  world = await createWorld();
  globex = await world.team('globex').admin('Gus').made();
  gus = await world.person('Gus');
});
afterAll(() => world.stop());

describe('a text', () => {
  it('is found by whatever signs are in it, control characters, quotes and a few signs included', async () => {
    const nickName = "a\u0001b'c\\ d:e&*\u{1F600}ß";
    await addUsers(world.testApp.database, [{ userName: 'odd', nickName, owner: globex.id }]);
    const sees = async (contains: string) =>
      (await search(gus, { accountId: globex.id, filter: { nickName: { contains } } })).totalCount;
    const signs = Array.from(nickName);
    for (let from = 0; from < signs.length; from++) {
      for (let to = from + 1; to <= signs.length; to++) expect(await sees(signs.slice(from, to).join(''))).toBe(1);
    }
    for (const other of ['ab', "b'd", '\u0001c', 'e&:', '%', '_', 'aa', '\u{1F601}', `${nickName}x`]) {
      expect(await sees(other)).toBe(0);
    }
  });

  it('in small letters is not at the end of one with capitals, and an index knows whose end that is', async () => {
    const many = Array.from({ length: 30 }, (_, i) => ({ userName: `aa-${i}`, email: `a${i}@ends.test` }));
    const capital = { userName: 'zoe', email: 'Zoe@ends.TEST' };
    await addUsers(
      world.testApp.database,
      [...many, capital].map((user) => ({ ...user, owner: globex.id })),
    );
    const olga = await world.person('Olga', { operator: true });
    const db = openDatabase({ connectionString: world.testApp.database.url }, readConfig({}).db);
    const { access } = world.testApp.app.services;
    // The first of the list all end so, and then an index is asked.
    const patience = { ...usualPatience, glanced: 1 };
    const endsOtherwise = async (method: TextMethod, text: string) => {
      const filter: UserQuery['filter'] = { not: { is: { text: 'email', match: { method, text } } } };
      const asked = { filter, accountId: null, memberOf: null, order: defaultUserOrder };
      const page = { limit: 10, backward: false, after: null, before: null };
      const { edges } = await createUserSearch({ db, access, patience }).search(olga.call, asked, page);
      return edges.map(({ node }) => node.email).filter((email) => email !== null);
    };
    expect(await endsOtherwise('ENDS_WITH', '.test')).toEqual(['Zoe@ends.TEST']);
    expect(await endsOtherwise('ENDS_WITH_IGNORE_CASE', '.Test')).toEqual([]);
    await db.close();
  });

  it('is one login name: none reaches from one into the next', async () => {
    const loginNames = ['First@old.test', 'Zweite', 'x'];
    const [id] = await addUsers(world.testApp.database, [{ userName: 'several', loginNames, owner: globex.id }]);
    const olga = await world.person('Olga', { operator: true });
    const found = [
      { equals: 'Zweite' },
      { equals: 'x' },
      { equals: 'several' },
      { equalsIgnoreCase: 'FIRST@old.test' },
      { startsWith: 'Zwei' },
      { startsWith: 'F' },
      { startsWithIgnoreCase: 'zw' },
      { endsWith: 'old.test' },
      { endsWithIgnoreCase: 'ITE' },
      { contains: 't@o' },
      { containsIgnoreCase: 'WEIT' },
    ];
    const others = [
      { equals: 'zweite' },
      { equals: 'Zweit' },
      { equals: '' },
      { equalsIgnoreCase: 'FIRST' },
      { startsWith: 'weite' },
      { endsWith: 'Zwei' },
      { contains: 'testZweite' },
      { contains: 'test\u0002Zweite' },
      { contains: '\u0002' },
      { equals: 'First@old.test\u0002Zweite' },
      { startsWith: '\u0002Zweite' },
      { endsWithIgnoreCase: 'zweite\u0002' },
    ];
    const isHer = { inUserIds: [id] };
    for (const caller of [olga, gus]) {
      const sees = async (filter: unknown) => (await search(caller, { filter })).nodes.map((node) => node.id);
      const asked = [...found, ...others].map((loginName) => ({ loginName }));
      for (const [i, one] of asked.entries()) {
        const expected = i < found.length ? [id] : [];
        expect(await sees({ and: [one, isHer] }), JSON.stringify(one)).toEqual(expected);
        expect(await sees({ and: [{ not: one }, isHer] }), JSON.stringify(one)).toEqual(expected.length ? [] : [id]);
        if (i < found.length) expect(await sees(one), JSON.stringify(one)).toContain(id);
        else expect(await sees(one), JSON.stringify(one)).not.toContain(id);
      }
    }
  });
});
