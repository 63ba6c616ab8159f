/** Billing over gRPC: the same answers as over GraphQL, in the codes of gRPC. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createBillingWorld, eventually, workerKey, type BillingWorld } from '../support/billing.js';
import { grpcClient, type GrpcClient } from '../support/grpc.js';

let world: BillingWorld;
let accounts: GrpcClient<'mgmt.v1alpha1.UserAccountService'>;
const asWorker = { authorization: `Bearer ${workerKey}` };
beforeAll(async () => {
  world = await createBillingWorld();
  accounts = grpcClient(world.testApp.grpc ?? '', 'mgmt.v1alpha1.UserAccountService');
});
afterAll(async () => {
  accounts.close();
  await world.stop();
});

it('a team stands though the payment provider is down, and is told where to subscribe when it is up', async () => {
  const { authorization } = await world.person('Ann');
  world.stripe.down(true);
  const founded = await accounts.ask<{ accountId: string; checkoutSessionUrl?: string }>(
    'CreateTeamAccount',
    { name: 'acme' },
    { authorization },
  );
  world.stripe.down(false);
  expect(founded.code).toBe(0);
  const { accountId = '', ...rest } = founded.message ?? {};
  expect(Object.hasOwn(rest, 'checkoutSessionUrl')).toBe(false);
  const checkout = await accounts.ask<{ checkoutSessionUrl: string }>(
    'GetAccountBillingCheckoutSession',
    { accountId },
    { authorization },
  );
  expect(checkout.message?.checkoutSessionUrl).toMatch(`${world.stripe.url}/pay/`);
  world.stripe.down(true);
  const portal = await accounts.ask('GetAccountBillingPortalSession', { accountId }, { authorization });
  world.stripe.down(false);
  expect(portal.code).toBe(14);
});

it('the worker asks about any account, and records what it used', async () => {
  const { id } = await world.team('bravo').admin('Ben').made();
  const valid = await accounts.ask<{ isValid: boolean; reason?: string; accountStatus: number }>(
    'IsAccountStatusValid',
    { accountId: id },
    asWorker,
  );
  expect(valid.message).toMatchObject({ isValid: true, reason: '', accountStatus: 4 });

  const event = { accountId: id, eventName: 'records', value: '12', eventId: 'bravo-1' };
  const record = (more: object = {}) => accounts.ask('SetBillingMeterEvent', { ...event, ...more }, asWorker);
  expect([(await record()).code, (await record()).code, (await record({ value: '13' })).code]).toEqual([0, 0, 6]);
  expect((await record({ eventId: 'bravo-2', value: 'many' })).code).toBe(3);
  await eventually(
    () => world.stripe.meterEvents.get('bravo-1'),
    (delivered) => delivered !== undefined,
  );
  const foreign = await accounts.ask('SetBillingMeterEvent', event, await world.person('Ben'));
  expect(foreign.code).toBe(7);
});
