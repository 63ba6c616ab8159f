/** Who sees whom: the same by a search and by an id, although many who ask for ids at once are read for together. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addUsers, search } from '../support/directory.js';
import { createWorld, type Person, type World } from '../support/world.js';

let world: World;
let people: Person[];
let named: string[];
beforeAll(async () => {
  world = await createWorld();
  const acme = await world.team('acme').admin('Ann').viewer('Vic').made();
  const globex = await world.team('globex').admin('Gus').viewer('Vic').made();
  const initech = await world.team('initech').admin('Ida').made();
  const olga = await world.person('Olga', { operator: true });
  people = [...(await Promise.all(['Ann', 'Vic', 'Gus', 'Ida'].map((name) => world.person(name)))), olga];
  const added = await addUsers(world.testApp.database, [
    { userName: 'member', owner: acme.id },
    { userName: 'owned-only', owner: globex.id, member: false },
    { userName: 'machine', type: 'MACHINE', owner: initech.id },
  ]);
  named = [...added, ...people.map(({ id }) => id)];
});
afterAll(() => world.stop());

async function seenById(person: Person): Promise<string[]> {
  const one = 'query ($id: ID!) { user(id: $id) { id } }';
  const answers = await Promise.all(named.map((id) => person.ask<{ user: { id: string } | null }>(one, { id })));
  return answers.flatMap(({ data }) => data?.user?.id ?? []).sort();
}

describe('whoever is seen', () => {
  it('is seen by an id and by a search alike, when everybody asks at once', async () => {
    const bySearch = await Promise.all(
      people.map(async (person) => (await search(person, {})).nodes.map(({ id }) => id)),
    );
    expect(await Promise.all(people.map(seenById))).toEqual(bySearch.map((found) => found.sort()));
    // They see different people, or this would compare nothing.
    expect(new Set(bySearch.map((found) => found.join())).size).toBe(people.length);
  });
});
