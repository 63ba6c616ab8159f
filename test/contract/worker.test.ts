/** The billing worker: what its key opens, and that it opens nothing else, for every field that there is. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guardedSchema } from '../../src/graphql/schema.js';
import { accountFields, rootOperations, type RootOperation } from '../support/root-fields.js';
import { createWorld, type Team, type World } from '../support/world.js';

const key = 'worker-key-0123456789';
const { schema } = guardedSchema();
let world: World;
let acme: Team;
beforeAll(async () => {
  world = await createWorld({ settings: { WORKER_KEYS: `other-key-0123456789,${key}` } });
  acme = await world.team('acme').admin('Ann').made();
});
afterAll(() => world.stop());

const ask = (operation: Pick<RootOperation, 'query'>, variables: object) =>
  world.ask<Record<string, unknown>>(`Bearer ${key}`, operation.query, variables);
const samples = { id: '6f1d2c5e-0000-4000-8000-000000000000' };
const root = [...rootOperations(schema, 'query', samples), ...rootOperations(schema, 'mutation', samples)];
const open = new Set([
  'account',
  'billingAccounts',
  'systemInformation',
  'recordBillingMeterEvent',
  // An account by its id once more, and what anybody may read in development.
  '_entities',
  '_service',
]);
const openOfAccount = new Set(['id', 'name', 'type', 'hasStripeCustomerId', 'status', 'validity']);

describe('The billing worker', () => {
  it('finds its root fields', () => {
    expect(
      root
        .filter(({ name }) => open.has(name))
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...open].sort());
  });

  it.each(root.filter(({ name }) => open.has(name)))('may ask $name', async (operation) => {
    const { errors } = await ask(operation, operation.variables);
    expect(errors.filter(({ extensions }) => extensions['code'] === 'FORBIDDEN')).toEqual([]);
  });

  it.each(root.filter(({ name }) => !open.has(name)))('may not ask $name', async (operation) => {
    const { errors, data } = await ask(operation, operation.variables);
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(Object.values(data ?? {})).toEqual(data === null ? [] : [null]);
  });

  it.each(accountFields(schema, samples))('is held to its fields of an account: $name', async (operation) => {
    const { errors } = await ask(operation, { ...operation.variables, accountId: acme.id });
    if (openOfAccount.has(operation.name)) expect(errors).toEqual([]);
    else expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  it('finds no unknown account, and only billed ones in its list', async () => {
    expect((await world.ask(`Bearer ${key}`, `{ account(id: "${samples.id}") { id } }`)).data).toEqual({
      account: null,
    });
    await world.testApp.database.query("UPDATE accounts SET stripe_customer_id = 'cus_1' WHERE id = $1", [acme.id]);
    await world.team('unbilled').admin('Ann').made();
    const list = '(accountIds: $ids) { totalCount nodes { id hasStripeCustomerId } }';
    for (const ids of [null, [], [acme.id.toUpperCase(), samples.id]]) {
      const { data } = await ask({ query: `query ($ids: [ID!]) { billingAccounts${list} }` }, { ids });
      expect(data).toEqual({ billingAccounts: { totalCount: 1, nodes: [{ id: acme.id, hasStripeCustomerId: true }] } });
    }
  });

  it.each([key.slice(0, -1), `${key}x`, key.toUpperCase(), ` ${key}`])('is not whoever says %j', async (said) => {
    const { errors } = await world.ask(`Bearer ${said}`, '{ billingAccounts { totalCount } }');
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it('is the only one besides operators who sees what is billed', async () => {
    const [ann, olga] = [await world.person('Ann'), await world.person('Olga', { operator: true })];
    const query = '{ billingAccounts { totalCount } }';
    expect((await ann.ask(query)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect((await olga.ask(query)).data).toEqual({ billingAccounts: { totalCount: 1 } });
  });
});
