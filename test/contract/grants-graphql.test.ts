/** What only GraphQL does with grants and projects: it makes projects, gives grants as nodes, and reads ids strictly. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutate } from '../support/mutate.js';
import { createWorld, type Person, type Team, type World } from '../support/world.js';

let world: World;
let acme: Team;
let ann: Person;
let vic: Person;
let gus: Person;
beforeAll(async () => {
  world = await createWorld();
  acme = await world.team('acme').admin('Ann').viewer('Vic').made();
  await world.team('globex').admin('Gus').made();
  [ann, vic, gus] = [await world.person('Ann'), await world.person('Vic'), await world.person('Gus')];
});
afterAll(() => world.stop());

const nobody = '99999999-9999-4999-8999-999999999999';
const project = (who: Person, name: string, accountId: string = acme.id) =>
  mutate<{ projectId: string }>(who, 'createProject', { accountId, name }, 'projectId');
interface Granted {
  readonly userGrant: { readonly id: string } | null;
}

describe('a project', () => {
  it('is made by who may update the account, and needs a name', async () => {
    expect((await project(ann, 'Apollo')).payload).toEqual({ projectId: expect.any(String) as string, errors: [] });
    expect(await project(ann, ' ')).toMatchObject({ code: 'BAD_USER_INPUT', path: ['name'], asData: true });
    for (const who of [vic, gus]) {
      expect(await project(who, 'Mine')).toMatchObject({ code: 'FORBIDDEN', payload: null });
    }
    expect(await project(gus, 'Mine', nobody)).toMatchObject({ code: 'FORBIDDEN', payload: null });
  });
});

describe('a grant', () => {
  it('is a node with its user, and the answer to its changes', async () => {
    const projectId = (await project(ann, 'Node')).payload?.projectId;
    const input = { userId: vic.id, projectId, roleKeys: ['reader'] };
    const made = await mutate<Granted>(ann, 'createUserGrant', input, 'userGrant { id state roleKeys }');
    const id = made.payload?.userGrant?.id ?? '';
    expect(made.payload).toEqual({ userGrant: { id, state: 'ACTIVE', roleKeys: ['reader'] }, errors: [] });
    const { data } = await ann.ask(
      'query ($id: ID!) { node(id: $id) { __typename id ... on UserGrant { user { id userName } } } }',
      { id: id.toUpperCase() },
    );
    expect(data).toEqual({
      node: { __typename: 'UserGrant', id, user: { id: vic.id, userName: 'vic@people.test' } },
    });
    const off = await mutate(ann, 'deactivateUserGrant', { id }, 'userGrant { id state }');
    expect(off.payload).toEqual({ userGrant: { id, state: 'INACTIVE' }, errors: [] });
    expect((await mutate(ann, 'removeUserGrant', { id }, 'removedUserGrantId')).payload).toEqual({
      removedUserGrantId: id,
      errors: [],
    });
  });

  it.each([
    [{ userId: 'vic' }, ['userId']],
    [{ projectId: 'apollo' }, ['projectId']],
    [{ roleKeys: ['  '] }, ['roleKeys', '0']],
  ])('is refused for %j, where an id is no id, with its path', async (wrong, path) => {
    const input = { userId: vic.id, projectId: nobody, roleKeys: ['reader'], ...wrong };
    expect(await mutate(ann, 'createUserGrant', input)).toMatchObject({ code: 'BAD_USER_INPUT', path, asData: true });
  });
});
