/** What a text contains is found whatever it is made of: the index knows every sign. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
});
