/** The record of changes that the door turned away over gRPC. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { added } from '../support/audit.js';
import { grpcClient, type GrpcClient } from '../support/grpc.js';
import { createWorld, type Team, type World } from '../support/world.js';

const [denied, unauthenticated] = [7, 16];
const worker = { authorization: 'Bearer worker-key-of-the-tests' };

let world: World;
let team: Team;
let client: GrpcClient<'mgmt.v1alpha1.UserAccountService'>;
let management: GrpcClient<'zitadel.management.v1.ManagementService'>;
beforeAll(async () => {
  world = await createWorld({ settings: { WORKER_KEYS: 'worker-key-of-the-tests' } });
  team = await world.team('acme').admin('Ann').made();
  client = grpcClient(world.testApp.grpc ?? '');
  management = grpcClient(world.testApp.grpc ?? '', 'zitadel.management.v1.ManagementService');
});
afterAll(async () => {
  client.close();
  management.close();
  await world.stop();
});

describe('A change by a principal out of its place', () => {
  it('is recorded with the account it was meant for, under the name it has over GraphQL', async () => {
    const accountId = team.id.toUpperCase();
    const userId = team.people['Ann']?.id;
    const tries = [
      ['member.role', 'SetUserRole', { accountId, userId, role: 1 }],
      ['member.remove', 'RemoveTeamAccountMember', { accountId, userId }],
      ['invite.create', 'InviteUserToTeamAccount', { accountId, email: 'eve@people.test' }],
      ['account.onboarding', 'SetAccountOnboardingConfig', { accountId }],
      ['account.temporal', 'SetAccountTemporalConfig', { accountId }],
    ] as const;
    for (const [action, method, request] of tries) {
      const rows = await added(world, async () => {
        expect((await client.ask(method, request, worker)).code).toBe(denied);
      });
      expect(rows, method).toMatchObject([
        { action, outcome: 'denied', actor: null, actor_kind: 'worker', account_id: team.id, target_type: 'account' },
      ]);
      expect(rows).toHaveLength(1);
    }
  });

  it('is recorded where it names no account, and where its bytes are no message', async () => {
    const refused = (action: string) => [{ action, outcome: 'denied', account_id: null, target_type: 'instance' }];
    const tries = [
      ['setUser', () => client.ask('SetUser', {}, worker)],
      ['member.role', () => client.ask('SetUserRole', { accountId: 'nonsense' }, worker)],
      ['member.role', () => client.ask('SetUserRole', Buffer.from([0xff]), worker)],
      ['user.create', () => management.ask('AddHumanUser', {}, worker)],
      ['lockUser', () => management.ask('LockUser', {}, worker)],
    ] as const;
    for (const [action, ask] of tries) {
      const rows = await added(world, async () => expect((await ask()).code).toBe(denied));
      expect(rows).toMatchObject(refused(action));
    }
  });

  it('is not recorded when it would only read, or when there is nobody to name', async () => {
    const rows = await added(world, async () => {
      expect((await client.ask('GetTeamAccountMembers', { accountId: team.id }, worker)).code).toBe(denied);
      expect((await client.ask('SetUserRole', { accountId: team.id })).code).toBe(unauthenticated);
    });
    expect(rows).toEqual([]);
  });
});
