/** Corners where one thing meets another: who belongs to a team, who is everybody, who is two things at once. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccountId } from '../../src/kernel/ids.js';
import { anonymousUserId } from '../../src/kernel/ids.js';
import { mutate } from '../support/mutate.js';
import { createWorld, type World } from '../support/world.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.stop());

describe('A person who was made in a team', () => {
  it('gets no personal account, and no sight of the team after leaving it', async () => {
    const team = await world.team('acme').admin('Ann').made();
    const ann = team.people['Ann']!;
    const { services, development } = world.testApp.app;
    const user = await services.memberships.createHuman(ann.call, {
      accountId: team.id,
      userName: 'paul',
      profile: {
        firstName: 'Paul',
        lastName: 'Doe',
        nickName: null,
        displayName: null,
        preferredLanguage: null,
        gender: null,
        avatarUrl: null,
      },
      email: { email: 'paul@people.test', isEmailVerified: true },
      phone: null,
      role: null,
    });
    const olga = await world.person('Olga', { operator: true });
    await services.userLife.link(olga.call, {
      id: user.id as never,
      issuer: development?.issuer ?? '',
      subject: 'paul',
    });
    const paul = await world.newcomer('Paul');
    await services.memberships.remove(ann.call, { accountId: team.id, userId: user.id as never });

    const answer = await paul.ask<{ setPersonalAccount: object }>(
      'mutation { setPersonalAccount { account { id name temporalConfig { url } } errors { code } } }',
    );
    expect(answer.data).toEqual({ setPersonalAccount: { account: null, errors: [{ code: 'FAILED_PRECONDITION' }] } });
  });
});

describe('An operator who is a member with a small role', () => {
  it('may do no less than one from outside', async () => {
    const team = await world.team('umbrella').admin('Uma').viewer('Otto').made();
    const otto = team.people['Otto']!;
    await world.testApp.database.query("INSERT INTO instance_members (user_id, roles) VALUES ($1, '{IAM_OWNER}')", [
      otto.id,
    ]);
    const invited = await mutate(
      otto,
      'inviteUserToTeamAccount',
      { accountId: team.id, email: 'x@people.test', role: 'ADMIN' },
      'invite { role }',
    );
    expect(invited.payload).toMatchObject({ invite: { role: 'ADMIN' }, errors: [] });
  });
});

describe('A document with several mutations', () => {
  it('shows after each what is so by then', async () => {
    const nora = await world.person('Nora');
    const look = 'setUser { viewer { user { kind { ... on Human { profile { firstName } } } } } }';
    const change = `updateHumanProfile(input: { id: "${nora.id}", profile: { firstName: "Eleonora", lastName: "B", displayName: "Eleonora B" } }) { errors { code } }`;
    const { data } = await nora.ask<Record<string, { viewer: { user: { kind: { profile: { firstName: string } } } } }>>(
      `mutation { before: ${look} change: ${change} after: ${look} }`,
    );
    expect(data?.['before']?.viewer.user.kind.profile.firstName).toBe('');
    expect(data?.['after']?.viewer.user.kind.profile.firstName).toBe('Eleonora');
  });
});

describe('The character NUL', () => {
  it.each([
    [
      'a setting',
      (id: AccountId) =>
        `mutation { setAccountTemporalConfig(input: { accountId: "${id}", url: "a\\u0000b", namespace: "n", syncJobQueueName: "q" }) { errors { code } } }`,
    ],
    ['a login name', () => '{ userByLoginName(loginName: "a\\u0000b") { id } }'],
  ])('in %s is bad input and no fault of ours', async (_what, query) => {
    const zoe = await world.person('Zoe');
    const account = await world.testApp.app.services.accounts.setPersonal(zoe.call);
    const text = JSON.stringify(await zoe.ask(query(account.id as AccountId)));
    expect(text).toContain('BAD_USER_INPUT');
    expect(text).not.toContain('INTERNAL');
  });
});

describe('Where authentication is off', () => {
  it('nobody removes or deactivates the user that everybody is', async () => {
    const open = await createWorld({ settings: { AUTH: 'off' } });
    try {
      await open.ask(null, 'mutation { setPersonalAccount { account { id } } }');
      for (const name of ['removeUser', 'deactivateUser', 'lockUser']) {
        const answer = await open.ask(
          null,
          `mutation { ${name}(input: { id: "${anonymousUserId}" }) { errors { code } } }`,
        );
        expect(answer.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
      }
      const after = await open.ask(null, 'mutation { setPersonalAccount { account { type } errors { code } } }');
      expect(after.data).toEqual({ setPersonalAccount: { account: { type: 'PERSONAL' }, errors: [] } });
    } finally {
      await open.stop();
    }
  });
});
