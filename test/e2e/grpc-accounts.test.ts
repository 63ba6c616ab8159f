/** Stories of people and their teams, told to a running process over gRPC. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grpcClient, type GrpcClient } from '../support/grpc.js';
import { createWorld, type World } from '../support/world.js';

const unknownId = '6b0f0a55-9f0e-4b0f-8f1e-0d5f4a7d3c11';
const [ok, invalid, notFound, conflict, denied, precondition, unimplemented, unauthenticated] = [
  0, 3, 5, 6, 7, 9, 12, 16,
];
const admin = 1;
const viewer = 3;

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

interface AccountMessage {
  readonly id: string;
  readonly name: string;
  readonly type: number;
}

describe('signing in', () => {
  it('finds no user before SetUser, and the same one ever after', async () => {
    const { authorization } = await world.newcomer('Nora');
    expect((await client.ask('GetUser', {}, { authorization })).code).toBe(notFound);
    const set = await client.ask<{ userId: string }>('SetUser', {}, { authorization });
    expect(set.code).toBe(ok);
    const got = await client.ask<{ userId: string }>('GetUser', {}, { authorization });
    expect(got.message?.userId).toBe(set.message?.userId);
  });

  it('refuses strangers before it looks at what they ask', async () => {
    const answer = await client.ask('GetTeamAccountMembers', { accountId: 'nonsense' });
    expect(answer).toMatchObject({ code: unauthenticated, reason: 'UNAUTHENTICATED', fields: [] });
    const forged = await client.ask('GetUser', {}, { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' });
    expect(forged).toMatchObject({ code: unauthenticated, reason: 'TOKEN_INVALID' });
  });

  it('tells anybody in development what runs here, year 1 included', async () => {
    const answer = await client.ask<{
      version: string;
      license: { expiresAt: { seconds: { toString(): string } } };
    }>('GetSystemInformation');
    expect(answer.message?.version).toMatch(/^v\d/);
    expect(answer.message?.license.expiresAt.seconds.toString()).toBe('-62135596800');
  });
});

describe('a personal account', () => {
  it('is made once, and has no members or invites over gRPC', async () => {
    const { authorization } = await world.person('Petra');
    const first = await client.ask<{ accountId: string }>('SetPersonalAccount', {}, { authorization });
    const again = await client.ask<{ accountId: string }>('SetPersonalAccount', {}, { authorization });
    expect(again.message?.accountId).toBe(first.message?.accountId);
    const accountId = first.message?.accountId;
    expect((await client.ask('GetTeamAccountMembers', { accountId }, { authorization })).code).toBe(denied);
    expect((await client.ask('GetTeamAccountInvites', { accountId }, { authorization })).code).toBe(denied);
  });

  it('becomes a team under its id, with a new personal account beside it', async () => {
    const { authorization } = await world.person('Conrad');
    expect((await client.ask('ConvertPersonalToTeamAccount', { name: 'conrads' }, { authorization })).code).toBe(
      notFound,
    );
    const personal = await client.ask<{ accountId: string }>('SetPersonalAccount', {}, { authorization });
    const accountId = personal.message?.accountId ?? '';
    const converted = await client.ask<{ accountId: string; newPersonalAccountId: string }>(
      'ConvertPersonalToTeamAccount',
      { name: 'conrads', accountId: accountId.toUpperCase() },
      { authorization },
    );
    expect(converted.message?.accountId).toBe(accountId);
    const list = await client.ask<{ accounts: AccountMessage[] }>('GetUserAccounts', {}, { authorization });
    expect(list.message?.accounts.map(({ name, type }) => [name, type])).toEqual([
      ['personal', 1],
      ['conrads', 2],
    ]);
    const empty = await client.ask('ConvertPersonalToTeamAccount', { name: 'more', accountId: '' }, { authorization });
    expect(empty).toMatchObject({ code: invalid, fields: ['account_id'] });
  });
});

describe('a team', () => {
  it('is founded, grows by invites and keeps its last admin', async () => {
    const ann = { authorization: (await world.person('Ann')).authorization };
    const bob = await world.person('Bob');
    const as = { authorization: bob.authorization };
    const founded = await client.ask<{ accountId: string }>('CreateTeamAccount', { name: 'acme' }, ann);
    const accountId = founded.message?.accountId ?? '';
    expect(Object.hasOwn(founded.message ?? {}, 'checkoutSessionUrl')).toBe(false);
    expect(await client.ask('CreateTeamAccount', { name: 'acme' }, ann)).toMatchObject({
      code: conflict,
      reason: 'NAME_TAKEN',
      fields: ['name'],
    });

    const invited = await client.ask<{ invite: { id: string; token: string; role: number; email: string } }>(
      'InviteUserToTeamAccount',
      { accountId, email: ' BOB@people.test', role: 0 },
      ann,
    );
    expect(invited.message?.invite).toMatchObject({ email: 'bob@people.test', role: viewer });
    const token = invited.message?.invite.token ?? '';
    expect(token.length).toBeGreaterThan(40);
    const listed = await client.ask<{ invites: { token: string }[] }>('GetTeamAccountInvites', { accountId }, ann);
    expect(listed.message?.invites.map((invite) => invite.token)).toEqual(['']);

    expect((await client.ask('IsUserInAccount', { accountId }, as)).message).toMatchObject({ ok: false });
    const accepted = await client.ask<{ account: AccountMessage }>('AcceptTeamAccountInvite', { token }, as);
    expect(accepted.message?.account).toMatchObject({ id: accountId, name: 'acme', type: 2 });
    expect((await client.ask('IsUserInAccount', { accountId }, as)).message).toMatchObject({ ok: true });

    const members = await client.ask<{ users: { name: string; role: number }[] }>(
      'GetTeamAccountMembers',
      { accountId },
      as,
    );
    expect(members.message?.users.map(({ name, role }) => [name, role])).toEqual([
      ['Ann', admin],
      ['Bob', viewer],
    ]);

    const { id: annId } = await world.person('Ann');
    expect(await client.ask('SetUserRole', { accountId, userId: annId, role: 0 }, ann)).toMatchObject({
      code: precondition,
      reason: 'LAST_ADMIN',
    });
    expect((await client.ask('SetUserRole', { accountId, userId: bob.id, role: admin }, as)).code).toBe(denied);
    expect((await client.ask('SetUserRole', { accountId, userId: bob.id, role: admin }, ann)).code).toBe(ok);
    expect((await client.ask('RemoveTeamAccountMember', { accountId, userId: annId }, as)).code).toBe(ok);
    expect((await client.ask('GetTeamAccountMembers', { accountId }, ann)).code).toBe(denied);
    expect((await client.ask('RemoveTeamAccountMember', { accountId, userId: annId }, as)).code).toBe(ok);
  });

  it('looks alike to outsiders whether it exists or not', async () => {
    const team = await world.team('walled').admin('Wanda').made();
    const { authorization } = await world.person('Otto');
    const methods = [
      'GetTeamAccountMembers',
      'GetTeamAccountInvites',
      'GetAccountOnboardingConfig',
      'GetAccountTemporalConfig',
      'GetAccountStatus',
      'IsAccountStatusValid',
      'HasPermission',
      'HasPermissions',
      'SetAccountOnboardingConfig',
      'SetAccountTemporalConfig',
    ] as const;
    for (const method of methods) {
      const foreign = await client.ask(method, { accountId: team.id }, { authorization });
      const unknown = await client.ask(method, { accountId: unknownId }, { authorization });
      expect({ method, code: foreign.code }).toEqual({ method, code: denied });
      expect([unknown.code, unknown.details, unknown.reason]).toEqual([foreign.code, foreign.details, foreign.reason]);
    }
    const removed = await client.ask('RemoveTeamAccountInvite', { id: unknownId }, { authorization });
    expect(removed.code).toBe(denied);
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

  it('keeps its settings, and clears them when none come', async () => {
    const team = await world.team('settled').admin('Sam').made();
    const { authorization } = await world.person('Sam');
    const accountId = team.id;
    const onboarding = await client.ask(
      'SetAccountOnboardingConfig',
      { accountId, config: { hasCompletedOnboarding: true } },
      { authorization },
    );
    expect(onboarding.message).toMatchObject({ config: { hasCompletedOnboarding: true } });
    const reset = await client.ask<{ config: object }>('SetAccountOnboardingConfig', { accountId }, { authorization });
    expect(reset.message?.config).toMatchObject({ hasCompletedOnboarding: false });

    const config = { url: 'temporal:7233', namespace: 'own', syncJobQueueName: 'queue' };
    expect(
      (await client.ask('SetAccountTemporalConfig', { accountId, config }, { authorization })).message,
    ).toMatchObject({ config });
    const partial = await client.ask(
      'SetAccountTemporalConfig',
      { accountId, config: { ...config, namespace: '' } },
      { authorization },
    );
    expect(partial).toMatchObject({ code: invalid, fields: ['config.namespace'] });
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
  it('is not in force outside cloud mode', async () => {
    const team = await world.team('free').admin('Fred').made();
    const { authorization } = await world.person('Fred');
    const valid = await client.ask<object>('IsAccountStatusValid', { accountId: team.id }, { authorization });
    expect(valid.message).toMatchObject({ isValid: true, accountStatus: 0 });
    expect(Object.hasOwn(valid.message ?? {}, 'reason')).toBe(false);
    for (const method of ['GetAccountBillingCheckoutSession', 'GetAccountBillingPortalSession'] as const) {
      expect((await client.ask(method, { accountId: team.id }, { authorization })).code).toBe(unimplemented);
    }
    expect((await client.ask('GetBillingAccounts', {}, { authorization })).code).toBe(denied);
  });

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
