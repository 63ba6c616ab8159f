/** The stories about what callers may see, told a second time: with every look-up by id going through `_entities`. */
import { describe, expect, it } from 'vitest';
import { detoursTaken, openEntityDoor, throughEntities } from '../support/entity-door.js';

openEntityDoor();

describe('Through `_entities`', () => {
  it('goes what was asked of a field by id, and comes back as if from there', () => {
    const { query, restore } = throughEntities('query ($id: ID!) { a: account(id: $id) { name } viewer { userId } }');
    expect(query.replaceAll(/\s+/g, ' ')).toBe(
      'query ($id: ID!) { a: _entities(representations: [{__typename: "UserAccount", id: $id}]) { ... on UserAccount { name } } viewer { userId } }',
    );
    expect(restore({ data: { a: [{ name: 'x' }], viewer: null }, errors: [{ path: ['a', 0, 'name'] }] })).toEqual({
      data: { a: { name: 'x' }, viewer: null },
      errors: [{ path: ['a', 'name'] }],
    });
  });

  describe('attacks', async () => void (await import('./attacks.test.js')));
  describe('attacks on grants', async () => void (await import('./grants-attacks.test.js')));
  describe('attacks on users', async () => void (await import('./user-attacks.test.js')));
  describe('memberships', async () => void (await import('./memberships.test.js')));
  describe('members', async () => void (await import('./members.test.js')));
  describe('permissions', async () => void (await import('./permissions.test.js')));

  it('went a good part of all that', () => {
    expect(detoursTaken()).toBeGreaterThan(100);
  });
});
