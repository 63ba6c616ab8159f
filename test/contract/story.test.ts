/** The main story: four people found a team, invite, accept, change roles, and are refused what they may not do. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createWorld, type World } from '../support/world.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.stop());

it('Ann founds a team, invites Vic, who accepts, and only Ann may change roles', async () => {
  const ann = await world.newcomer('Ann');
  const vic = await world.newcomer('Vic');
  expect((await ann.ask('{ viewer { userId } }')).data).toEqual({ viewer: null });
  for (const person of [ann, vic]) {
    const set = await person.ask<{ setUser: { errors: unknown[] } }>(
      'mutation { setUser { viewer { userId } errors { code } } }',
    );
    expect(set.data?.setUser.errors).toEqual([]);
  }

  const founded = await ann.ask<{ createTeamAccount: { account: { id: string } } }>(
    'mutation { createTeamAccount(input: { name: "acme" }) { account { id viewerRole } errors { code } } }',
  );
  expect(founded).toMatchObject({
    status: 200,
    data: { createTeamAccount: { account: { viewerRole: 'ADMIN' }, errors: [] } },
  });
  const accountId = founded.data?.createTeamAccount.account.id ?? '';

  const invite = `mutation ($input: InviteUserToTeamAccountInput!) {
    inviteUserToTeamAccount(input: $input) { token invite { email role } errors { code path } } }`;
  const invited = await ann.ask<{ inviteUserToTeamAccount: { token: string } }>(invite, {
    input: { accountId, email: ' VIC@people.test ', role: 'JOB_VIEWER' },
  });
  expect(invited.data).toMatchObject({
    inviteUserToTeamAccount: { invite: { email: 'vic@people.test', role: 'JOB_VIEWER' }, errors: [] },
  });
  const { token } = invited.data?.inviteUserToTeamAccount ?? { token: '' };

  const accept = `mutation ($input: AcceptTeamAccountInviteInput!) {
    acceptTeamAccountInvite(input: $input) { account { name viewerRole } errors { code path } } }`;
  expect((await vic.ask(accept, { input: { token } })).data).toEqual({
    acceptTeamAccountInvite: { account: { name: 'acme', viewerRole: 'JOB_VIEWER' }, errors: [] },
  });

  const refused = await vic.ask(invite, { input: { accountId, email: 'eve@people.test' } });
  expect(refused.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
});
