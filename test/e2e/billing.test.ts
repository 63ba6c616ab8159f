/** Billing over processes that die: whatever was accepted reaches the payment provider, exactly once. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { billingSettings, createBillingWorld, eventually, type BillingWorld } from '../support/billing.js';
import type { Fault } from '../support/stripe-double.js';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const children: ChildProcess[] = [];

let world: BillingWorld;
beforeAll(async () => {
  world = await createBillingWorld();
  // This process takes events in; delivering them is for the processes that die.
  await world.testApp.app.services.billing.background.stop();
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await world.stop();
});

/** Starts Gatehouse on the world's database; resolves when it listens. */
async function startProcess(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', main], {
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      GRPC_PORT: '0',
      DEMO: 'off',
      DATABASE_URL: world.testApp.database.url,
      DATA_DIR: world.testApp.dataDir,
      ...billingSettings(world.stripe.url),
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

it('kill -9 in the middle of a delivery loses no event and counts none twice', { timeout: 120_000 }, async () => {
  const { id } = await world.team('acme').admin('Ann').made();
  const record = `mutation ($input: RecordBillingMeterEventInput!) {
    recordBillingMeterEvent(input: $input) { eventId errors { code } } }`;
  for (let i = 1; i <= 40; i++) {
    const input = { accountId: id, eventName: 'records', value: String(i), eventId: `acme-${i}` };
    const { data } = await world.worker(record, { input });
    expect(data).toEqual({ recordBillingMeterEvent: { eventId: `acme-${i}`, errors: [] } });
  }

  // Taken by the provider, and the answer does not come before the process is dead.
  world.stripe.fault('POST /v1/billing/meter_events', ...Array<Fault>(8).fill({ kind: 'slow', ms: 5_000 }));
  const first = await startProcess();
  await eventually(
    () => world.stripe.meterEvents.size,
    (size) => size >= 8,
  );
  first.kill('SIGKILL');
  await once(first, 'exit');
  const states = await world.testApp.database.query<{ count: string }>(
    "SELECT count(*) FROM meter_events WHERE state = 'delivered'",
  );
  expect(states).toEqual([{ count: '0' }]);

  const second = await startProcess();
  await eventually(
    () => world.testApp.database.query("SELECT 1 FROM meter_events WHERE state <> 'delivered'"),
    (rows) => rows.length === 0,
  );
  const sum = [...world.stripe.meterEvents.values()].reduce((total, one) => total + Number(one.payload['value']), 0);
  expect(sum).toBe(820);
  expect(world.stripe.received.filter((one) => one.endpoint === 'POST /v1/billing/meter_events')).toHaveLength(48);

  second.kill('SIGTERM');
  expect(await once(second, 'exit')).toEqual([0, null]);
});
