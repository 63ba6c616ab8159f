/** What the database tells of accounts: which statement tells which topic, and what tells nothing. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAccountEvents, type AccountEvents, type Following } from '../../src/db/events.js';
import type { AccountId } from '../../src/kernel/ids.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let events: AccountEvents;
let following: Following;
let account: AccountId;
let customer: string;
beforeAll(async () => {
  database = await createDatabase();
  events = createAccountEvents({ connectionString: database.url });
});
afterAll(async () => {
  await events.close();
  await database.drop();
});

const run = (text: string, ...values: readonly unknown[]) => database.query(text, values);
const end = "UPDATE account_invites SET expires_at = now(), email = 'end@people.test' WHERE account_id = $1";

/** The topics of whatever was told before this, without waiting for what does not come: a change of the invites ends it. */
async function told(): Promise<string[]> {
  await run(end, account);
  const heard = new Set<string>();
  while (!heard.has('invites')) for (const topic of (await following.next()) ?? ['invites']) heard.add(topic);
  heard.delete('invites');
  await run("UPDATE account_invites SET email = 'begin@people.test' WHERE account_id = $1", account);
  await following.next();
  return [...heard];
}

beforeEach(async () => {
  account = randomUUID() as AccountId;
  customer = `cus_${account}`;
  const user = randomUUID();
  await run(
    'INSERT INTO accounts (id, slug, type, stripe_customer_id) VALUES ($1, $2, 2, $3)',
    account,
    account,
    customer,
  );
  await run(
    'INSERT INTO users (id, type, state, user_name, resource_owner) VALUES ($1::uuid, 1, 1, $1::uuid::text, $2)',
    user,
    account,
  );
  await run(
    `INSERT INTO account_invites (id, account_id, sender_user_id, email, token_hash, role, expires_at)
     VALUES (gen_random_uuid(), $1, $2, 'begin@people.test', $3, 1, now())`,
    account,
    user,
    Buffer.from(account),
  );
  await run('INSERT INTO account_members (account_id, user_id, role) VALUES ($1, $2, 1)', account, user);
  await run('INSERT INTO billing_states (customer_id) VALUES ($1)', customer);
  await run(
    "INSERT INTO billing_subscriptions (id, customer_id, status, as_of) VALUES ($1, $1, 'active', now())",
    customer,
  );
  following = await events.follow(account);
  await told();
});

const meter = `INSERT INTO meter_events (event_id, account_id, event_name, value, occurred_at, state, next_attempt_at, accepted_at)
  VALUES (gen_random_uuid()::text, $1, 'records', 1, now(), 'kept', now(), now())`;

describe('The database tells', () => {
  it.each([
    ['another role', 'UPDATE account_members SET role = 2 WHERE account_id = $1', ['members']],
    ['a member who leaves', 'DELETE FROM account_members WHERE account_id = $1', ['members']],
    ['another kind of account', 'UPDATE accounts SET type = 3 WHERE id = $1', ['validity']],
    ['a trial that begins', "UPDATE accounts SET trial_started_at = '2020-01-01' WHERE id = $1", ['validity']],
    ['a customer that goes', 'UPDATE accounts SET stripe_customer_id = NULL WHERE id = $1', ['validity']],
    ['another name', "UPDATE accounts SET slug = 'other' WHERE id = $1", []],
    ['records used without a limit', meter, []],
  ])('of %s', async (_what, statement, topics) => {
    await run(statement, account);
    expect(await told()).toEqual(topics);
  });

  it.each([
    ['another status', "UPDATE billing_subscriptions SET status = 'canceled' WHERE customer_id = $1", ['validity']],
    ['a subscription that goes', 'DELETE FROM billing_subscriptions WHERE customer_id = $1', ['validity']],
    ['a look that found nothing new', 'UPDATE billing_subscriptions SET as_of = now() WHERE customer_id = $1', []],
    ['a change that was reported', 'UPDATE billing_states SET changes = 1 WHERE customer_id = $1', ['validity']],
    ['a look itself', 'UPDATE billing_states SET seen_changes = 1 WHERE customer_id = $1', []],
  ])('at the payment provider: of %s', async (_what, statement, topics) => {
    await run(statement, customer);
    expect(await told()).toEqual(topics);
  });

  it('of records used under a limit', async () => {
    await run('UPDATE accounts SET max_allowed_records = 5 WHERE id = $1', account);
    await told();
    await run(meter, account);
    expect(await told()).toEqual(['validity']);
  });

  it('nothing of what is kept quiet', async () => {
    const quietly = `DO $$ BEGIN PERFORM set_config('gatehouse.quiet', 'on', true);
      DELETE FROM account_members WHERE account_id = '${account}'; UPDATE accounts SET type = 3 WHERE id = '${account}'; END $$`;
    await run(quietly);
    expect(await told()).toEqual([]);
  });

  it('once of what happens a thousand times in one transaction', async () => {
    let heard = 0;
    const counting = await events.follow(account);
    await run(
      `INSERT INTO account_members (account_id, user_id, role) SELECT $1::uuid, u.id, 1 FROM users u
       WHERE NOT EXISTS (SELECT 1 FROM account_members m WHERE m.user_id = u.id)`,
      account,
    );
    await run(end, account);
    for (let topics = await counting.next(); topics !== null; topics = await counting.next()) {
      heard += 1;
      if (topics.has('invites')) break;
    }
    expect(heard).toBeLessThanOrEqual(2);
    counting.end();
    expect(await counting.next()).toBeNull();
  });
});
