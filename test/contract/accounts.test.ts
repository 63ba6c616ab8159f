/** How people come by a user and accounts of their own, and what they set there. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutate } from '../support/mutate.js';
import { createWorld, type World } from '../support/world.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.stop());

interface Named {
  readonly account: { readonly id: string; readonly name: string; readonly type: string; readonly viewerRole: string };
}
const account = 'account { id name type viewerRole }';

describe('A user', () => {
  it('is made once, however often and however much at once SetUser runs', async () => {
    const newcomer = await world.newcomer('Ada');
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        mutate<{ viewer: { userId: string } }>(newcomer, 'setUser', {}, 'viewer { userId }'),
      ),
    );
    expect(new Set(answers.map(({ payload }) => payload?.viewer.userId)).size).toBe(1);
    expect(answers.every(({ code }) => code === null)).toBe(true);
    const { data } = await newcomer.ask<{ viewer: { userId: string } }>('{ viewer { userId } }');
    expect(data?.viewer.userId).toBe(answers[0]?.payload?.viewer.userId);
  });

  it('carries the name and the address of the token', async () => {
    const ann = await world.person('Ann');
    const { data } = await ann.ask(
      '{ viewer { user { id type state kind { ... on Human { profile { displayName } email { email isEmailVerified } } } } } }',
    );
    expect(data).toEqual({
      viewer: {
        user: {
          id: ann.id,
          type: 'HUMAN',
          state: 'ACTIVE',
          kind: { profile: { displayName: 'Ann' }, email: { email: 'ann@people.test', isEmailVerified: true } },
        },
      },
    });
  });
});

describe('A personal account', () => {
  it('has the id that SetUser allotted, its owner as admin, and is made once', async () => {
    const bea = await world.person('Bea');
    const before = await bea.ask<{ viewer: { personalAccount: null; user: { details: { resourceOwner: string } } } }>(
      '{ viewer { personalAccount { id } user { details { resourceOwner } } } }',
    );
    expect(before.data?.viewer.personalAccount).toBeNull();
    const made = await Promise.all(
      Array.from({ length: 10 }, () => mutate<Named>(bea, 'setPersonalAccount', {}, account)),
    );
    const allotted = before.data?.viewer.user.details.resourceOwner ?? '';
    for (const { payload } of made) {
      expect(payload).toEqual({
        account: { id: allotted, name: 'personal', type: 'PERSONAL', viewerRole: 'ADMIN' },
        errors: [],
      });
    }
    const rows = await world.testApp.database.query(
      'SELECT role FROM account_members m JOIN users u ON u.id = m.user_id WHERE u.id = $1',
      [bea.id],
    );
    expect(rows).toEqual([{ role: 1 }]);
  });
});

describe('A team', () => {
  it.each([
    ['ab', 'too short'],
    ['a'.repeat(101), 'too long'],
    ['Acme', 'with a capital'],
    ['a_b', 'with an underscore'],
    ['café', 'with an accent'],
    ['abc\n', 'with a line end'],
    [' abc', 'with a blank'],
    ['', 'empty'],
  ])('is not called %j: %s', async (name) => {
    const cy = await world.person('Cy');
    expect(await mutate(cy, 'createTeamAccount', { name })).toMatchObject({
      code: 'BAD_USER_INPUT',
      path: ['name'],
      asData: true,
    });
  });

  it.each(['abc', '---', '0-9', 'a'.repeat(100)])('may be called %s, and its founder is its admin', async (name) => {
    const cy = await world.person('Cy');
    const { payload } = await mutate<Named>(cy, 'createTeamAccount', { name }, `${account} checkoutSessionUrl`);
    expect(payload).toMatchObject({
      account: { name, type: 'TEAM', viewerRole: 'ADMIN' },
      checkoutSessionUrl: null,
      errors: [],
    });
  });

  it('shares its name with no other account of its founder, but with those of others', async () => {
    const dan = await world.person('Dan');
    const eli = await world.person('Eli');
    expect((await mutate(dan, 'createTeamAccount', { name: 'north' })).code).toBeNull();
    expect((await mutate(eli, 'createTeamAccount', { name: 'north' })).code).toBeNull();
    expect(await mutate(dan, 'createTeamAccount', { name: 'north' })).toMatchObject({
      code: 'CONFLICT',
      path: ['name'],
      asData: true,
    });
  });

  it('comes into being once when fifty of its name are founded at once', async () => {
    const fay = await world.person('Fay');
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => mutate(fay, 'createTeamAccount', { name: 'fifty' })),
    );
    const codes = answers.map(({ code }) => code ?? 'done');
    expect(codes.filter((code) => code === 'done')).toHaveLength(1);
    expect(codes.filter((code) => code === 'CONFLICT')).toHaveLength(49);
    expect((await fay.ask('{ viewer { accounts { totalCount } } }')).data).toEqual({
      viewer: { accounts: { totalCount: 1 } },
    });
  });
});
