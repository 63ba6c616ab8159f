/** What only gRPC tells of accounts: reasons and fields by their names on the wire, numbers nobody knows, the worker. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grpcClient, type GrpcClient } from '../support/grpc.js';
import { createWorld, type World } from '../support/world.js';

const unknownId = '6b0f0a55-9f0e-4b0f-8f1e-0d5f4a7d3c11';
const [ok, invalid, conflict, denied, precondition, unauthenticated] = [0, 3, 6, 7, 9, 16];

let world: World;
let client: GrpcClient<'mgmt.v1alpha1.UserAccountService'>;

beforeAll(async () => {
  world = await createWorld({ settings: { WORKER_KEYS: 'worker-key-of-the-tests' } });
  client = grpcClient(world.testApp.grpc ?? '');
});
afterAll(async () => {
  client.close();
  await world.stop();
});

describe('signing in', () => {
  it('refuses strangers before it looks at what they ask', async () => {
    const answer = await client.ask('GetTeamAccountMembers', { accountId: 'nonsense' });
    expect(answer).toMatchObject({ code: unauthenticated, reason: 'UNAUTHENTICATED', fields: [] });
    const forged = await client.ask('GetUser', {}, { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' });
    expect(forged).toMatchObject({ code: unauthenticated, reason: 'TOKEN_INVALID' });
  });
});

describe('a team', () => {
  it('is refused with the reason, for programs', async () => {
    const ann = await world.person('Ann');
    const { authorization } = ann;
    const founded = await client.ask<{ accountId: string }>('CreateTeamAccount', { name: 'acme' }, { authorization });
    const accountId = founded.message?.accountId ?? '';
    expect(await client.ask('CreateTeamAccount', { name: 'acme' }, { authorization })).toMatchObject({
      code: conflict,
      reason: 'NAME_TAKEN',
      fields: ['name'],
    });
    const demotion = { accountId, userId: ann.id, role: 0 };
    expect(await client.ask('SetUserRole', demotion, { authorization })).toMatchObject({
      code: precondition,
      reason: 'LAST_ADMIN',
      fields: ['user_id'],
    });
    const removal = { accountId, userId: ann.id };
    expect(await client.ask('RemoveTeamAccountMember', removal, { authorization })).toMatchObject({
      code: precondition,
      reason: 'LAST_ADMIN',
    });
  });

  it('answers questions for permissions, and no to what cannot be', async () => {
    const team = await world.team('asked').admin('Ada').viewer('Vic').made();
    const { authorization } = await world.person('Vic');
    const resources = [
      { type: 1, id: team.id, action: 2 },
      { type: 1, id: team.id, action: 3 },
      { type: 3, id: '*', action: 2 },
      { type: 0, id: 'x', action: 2 },
      { type: 2, id: 'x', action: 99 },
    ];
    const answer = await client.ask<{ assertions: boolean[] }>(
      'HasPermissions',
      { accountId: team.id, resources },
      { authorization },
    );
    expect(answer.message?.assertions).toEqual([true, false, true, false, false]);
    const nothing = await client.ask('HasPermission', { accountId: team.id }, { authorization });
    expect(nothing.message).toMatchObject({ hasPermission: false });
    const many = {
      accountId: team.id,
      resources: Array.from({ length: 101 }, () => ({ type: 3, id: '*', action: 2 })),
    };
    expect(await client.ask('HasPermissions', many, { authorization })).toMatchObject({
      code: invalid,
      reason: 'TOO_MANY_RESOURCES',
    });
  });

  it('has its settings cleared when no config comes', async () => {
    const team = await world.team('settled').admin('Sam').made();
    const { authorization } = await world.person('Sam');
    const accountId = team.id;
    const done = { accountId, config: { hasCompletedOnboarding: true } };
    const set = await client.ask<{ config: object }>('SetAccountOnboardingConfig', done, { authorization });
    expect(set.message?.config).toMatchObject({ hasCompletedOnboarding: true });
    const reset = await client.ask<{ config: object }>('SetAccountOnboardingConfig', { accountId }, { authorization });
    expect(reset.message?.config).toMatchObject({ hasCompletedOnboarding: false });

    const config = { url: 'temporal:7233', namespace: 'own', syncJobQueueName: 'queue' };
    const partial = { accountId, config: { ...config, namespace: '' } };
    expect(await client.ask('SetAccountTemporalConfig', partial, { authorization })).toMatchObject({
      code: invalid,
      fields: ['config.namespace'],
    });
    await client.ask('SetAccountTemporalConfig', { accountId, config }, { authorization });
    const cleared = await client.ask('SetAccountTemporalConfig', { accountId }, { authorization });
    expect(cleared.message).toMatchObject({ config: { url: 'localhost:7233', namespace: 'default' } });
  });
});

describe('input', () => {
  it('is refused with the field that is at fault', async () => {
    const team = await world.team('strict').admin('Sue').made();
    const { authorization } = await world.person('Sue');
    const faults = [
      ['CreateTeamAccount', { name: 'No Good' }, ['name']],
      ['GetTeamAccountMembers', { accountId: '' }, ['account_id']],
      ['InviteUserToTeamAccount', { accountId: team.id, email: '' }, ['email']],
      ['InviteUserToTeamAccount', { accountId: team.id, email: 'nobody' }, ['email']],
      ['InviteUserToTeamAccount', { accountId: team.id, email: 'a@b.test', role: 77 }, ['role']],
      ['SetUserRole', { accountId: team.id, userId: unknownId, role: 77 }, ['role']],
      ['SetUserRole', { accountId: team.id, userId: unknownId, role: 1 }, ['user_id']],
      ['AcceptTeamAccountInvite', { token: 'unknown' }, ['token']],
      ['HasPermissions', { accountId: team.id, resources: [{ type: 1, id: '', action: 1 }] }, ['resources[0].id']],
      ['GetBillingAccounts', { accountIds: ['x'] }, ['account_ids[0]']],
    ] as const;
    for (const [method, request, fields] of faults) {
      const answer = await client.ask(method, request, { authorization });
      expect({ method, code: answer.code, fields: answer.fields }).toEqual({ method, code: invalid, fields });
    }
  });
});

describe('billing', () => {
  it('lets the worker do its work, and nothing else', async () => {
    const team = await world.team('worked').admin('Wilma').made();
    const worker = { authorization: 'Bearer worker-key-of-the-tests' };
    expect((await client.ask('GetBillingAccounts', {}, worker)).code).toBe(ok);
    expect((await client.ask('IsAccountStatusValid', { accountId: team.id }, worker)).code).toBe(ok);
    expect((await client.ask('GetAccountStatus', { accountId: team.id }, worker)).code).toBe(ok);
    expect((await client.ask('GetTeamAccountMembers', { accountId: team.id }, worker)).code).toBe(denied);
    expect((await client.ask('GetUser', {}, worker)).code).toBe(denied);
  });
});
