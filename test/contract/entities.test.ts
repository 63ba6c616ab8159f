/** Entities by their representations: what a gateway gets is what the caller may see, in order, at a constant price. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutate } from '../support/mutate.js';
import { createWorld, type Answer, type Person, type Team, type World } from '../support/world.js';

const worker = 'worker-key-of-the-test-0123456789';
const unknown = '6f1d2c5e-0000-4000-8000-000000000000';
const typeNames = ['UserAccount', 'User', 'UserGrant', 'AccountInvite'] as const;

let world: World;
let acme: Team;
let ann: Person;
let ids: Record<(typeof typeNames)[number], string>;
const people: Record<string, string | null> = { nobody: null, 'the billing worker': `Bearer ${worker}` };

beforeAll(async () => {
  world = await createWorld({ settings: { WORKER_KEYS: worker } });
  acme = await world.team('acme').admin('Ann').viewer('Vic').made();
  await world.team('other').admin('Adam').viewer('Val').made();
  ann = await world.person('Ann');
  const guest = { accountId: acme.id, email: 'guest@people.test' };
  const invited = await mutate<{ invite: { id: string } }>(ann, 'inviteUserToTeamAccount', guest, 'invite { id }');
  const { grants } = world.testApp.app.services;
  const projectId = await grants.createProject(ann.call, { accountId: acme.id, name: 'Apollo' });
  const grant = { userId: ann.id, projectId, projectGrantId: null, roleKeys: ['reader'] };
  ids = {
    UserAccount: acme.id,
    User: ann.id,
    UserGrant: (await grants.create(ann.call, grant)).id,
    AccountInvite: invited.payload?.invite.id ?? '',
  };
  for (const name of ['Ann', 'Vic', 'Adam', 'Val', 'Stan']) people[name] = (await world.person(name)).authorization;
  people['Ned'] = (await world.newcomer('Ned')).authorization;
});
afterAll(() => world.stop());

type Found = Answer<{ _entities: ({ __typename: string; id?: string } | null)[] }>;
const query =
  'query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename ... on Node { id } } }';
const find = (name: string, representations: unknown): Promise<Found> =>
  world.ask(people[name] ?? null, query, { representations });
const all = () => typeNames.map((__typename) => ({ __typename, id: ids[__typename] }));

describe('An entity', () => {
  it('of every type is found by whoever may see it', async () => {
    expect(await find('Ann', all())).toEqual({ status: 200, data: { _entities: all() }, errors: [] });
  });

  it.each(['Adam', 'Val', 'Stan', 'Ned'])('is for %s as if it were unknown', async (name) => {
    const hidden = await find(name, all());
    expect(hidden).toEqual({ status: 200, data: { _entities: [null, null, null, null] }, errors: [] });
    expect(
      await find(
        name,
        typeNames.map((__typename) => ({ __typename, id: unknown })),
      ),
    ).toEqual(hidden);
  });

  it('is seen by a viewer of the team as far as `node` shows it', async () => {
    const byNode = await Promise.all(
      all().map(({ id }) =>
        world.ask(people['Vic'] ?? null, 'query ($id: ID!) { node(id: $id) { __typename id } }', { id }),
      ),
    );
    const { data } = await find('Vic', all());
    expect(data?._entities).toEqual(byNode.map((answer) => (answer.data as { node?: unknown } | null)?.node));
    expect(data?._entities[0]).toEqual({ __typename: 'UserAccount', id: acme.id });
  });

  it('is nothing for nobody', async () => {
    const { data, errors } = await find('nobody', all());
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it('is for the billing worker an account, with its fields, and nothing else', async () => {
    const { data, errors } = await find('the billing worker', all());
    expect(data?._entities).toEqual([{ __typename: 'UserAccount', id: acme.id }, null, null, null]);
    expect(errors.map(({ path, extensions }) => [path?.[1], extensions['code']])).toEqual(
      [1, 2, 3].map((at) => [at, 'FORBIDDEN']),
    );
    const members = `{ _entities(representations: [{ __typename: "UserAccount", id: "${acme.id}" }]) {
      ... on UserAccount { name hasStripeCustomerId members { totalCount } } } }`;
    const denied = await world.ask(people['the billing worker'] ?? null, members);
    expect(denied.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });
});

describe('Representations', () => {
  it('are answered in their order, with null for what is not there', async () => {
    const vic = acme.people['Vic']?.id ?? '';
    const asked = [
      { __typename: 'User', id: vic },
      { __typename: 'UserAccount', id: acme.id },
      { __typename: 'User', id: unknown },
      { __typename: 'User', id: ann.id },
      { __typename: 'User', id: vic },
    ];
    const { data } = await find('Ann', asked);
    expect(data?._entities.map((found) => found?.id ?? null)).toEqual([vic, acme.id, null, ann.id, vic]);
  });

  it.each<readonly [string, unknown]>([
    ['of another type than the id', { __typename: 'User', id: 'UserAccount' }],
    ['of no entity', { __typename: 'AccountUser', id: 'User' }],
    ['of a type that every object has', { __typename: 'constructor', id: 'User' }],
    ['without a type', { id: 'User' }],
    ['without an id', { __typename: 'User' }],
    ['with a number as its id', { __typename: 'User', id: 7 }],
    ['with a list as its id', { __typename: 'User', id: ['User'] }],
    ['with an odd id', { __typename: 'User', id: '\u0000%_' }],
    ['with an odd id of a grant', { __typename: 'UserGrant', id: '\u0000' }],
    ['that is text', 'User'],
    ['that is a list', []],
  ])('%s are null', async (_what, odd) => {
    const said = JSON.parse(JSON.stringify(odd), (key, value: unknown) =>
      key === 'id' && value === 'User' ? ids.User : key === 'id' && value === 'UserAccount' ? ids.UserAccount : value,
    ) as unknown;
    const { data, errors } = await find('Ann', [said, { __typename: 'User', id: ann.id }]);
    expect(errors).toEqual([]);
    expect(data?._entities).toEqual([null, { __typename: 'User', id: ann.id }]);
  });

  it('are believed their type and id alone', async () => {
    const forged = { __typename: 'UserAccount', id: acme.id, name: 'stolen', viewerRole: 'ADMIN', userId: ann.id };
    const asked = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on UserAccount { name viewerRole } } }';
    expect((await world.ask(people['Vic'] ?? null, asked, { r: [forged] })).data).toEqual({
      _entities: [{ name: 'acme', viewerRole: 'JOB_VIEWER' }],
    });
    expect((await world.ask(people['Adam'] ?? null, asked, { r: [forged] })).data).toEqual({ _entities: [null] });
  });

  it('may be literals, also with variables in them', async () => {
    const { data, errors } = await ann.ask(
      `query ($id: ID!) { _entities(representations: [
        { __typename: "User", id: $id, name: { first: "x" } }, { __typename: "UserAccount", id: "${acme.id}" },
        { __typename: "User" }]) { __typename } }`,
      { id: ann.id },
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({ _entities: [{ __typename: 'User' }, { __typename: 'UserAccount' }, null] });
  });
});

describe('Many representations', () => {
  const selection = `__typename ... on User { userName } ... on UserAccount { name viewerRole }
    ... on UserGrant { state } ... on AccountInvite { email account { id name } }`;
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => ({
      __typename: typeNames[i % 4] ?? 'User',
      id: i < 4 ? ids[typeNames[i % 4] ?? 'User'] : randomUUID(),
    }));

  async function statementsFor(representations: unknown): Promise<number> {
    const { statements } = world.testApp;
    const asked = `query ($r: [_Any!]!) { _entities(representations: $r) { ${selection} } }`;
    await ann.ask('{ viewer { userId } }');
    statements.length = 0;
    const { errors } = await ann.ask(asked, { r: representations });
    expect(errors).toEqual([]);
    return statements.length;
  }

  it('take as many statements as few, up to 250', async () => {
    const few = await statementsFor(all());
    const { statements } = world.testApp;
    // Two hundred and fifty that are all found: invites of one account, with the account that each leads into.
    await world.testApp.database.query(
      `INSERT INTO account_invites (id, account_id, sender_user_id, email, token_hash, role, expires_at)
       SELECT gen_random_uuid(), $1::uuid, $2::uuid, 'many-' || n || '@people.test', sha256(('m' || n)::bytea), 1,
         now() + interval '1 day' FROM generate_series(1, 248) n`,
      [acme.id, ann.id],
    );
    const rows = await world.testApp.database.query<{ id: string }>('SELECT id FROM account_invites LIMIT 247');
    const found = [...all().slice(0, 3), ...rows.map(({ id }) => ({ __typename: 'AccountInvite', id }))];
    expect(found).toHaveLength(250);
    expect(await statementsFor(found)).toBe(few);
    expect(await statementsFor(many(250))).toBe(few);
    expect(few).toBeLessThanOrEqual(8);
    expect(statements.length).toBeGreaterThan(0);
  });

  it.each([251, 1_000, 10_000])('beyond 250 are refused without asking the database: %i', async (count) => {
    const { statements } = world.testApp;
    await ann.ask('{ viewer { userId } }');
    statements.length = 0;
    const started = performance.now();
    const { data, errors } = await find('Ann', many(count));
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'LIMIT_EXCEEDED' } }]);
    expect(statements.filter((sql) => /"?(account_invites|user_grants|accounts)"?/.test(sql))).toEqual([]);
  });

  it('cost as much as there are, so that pages inside them count for each', async () => {
    const asked = `query ($r: [_Any!]!) { _entities(representations: $r) {
      ... on UserAccount { members(first: 50) { nodes { id } } } } }`;
    const account = { __typename: 'UserAccount', id: acme.id };
    expect((await ann.ask(asked, { r: Array(2).fill(account) })).errors).toEqual([]);
    expect((await ann.ask(asked, { r: Array(250).fill(account) })).errors).toMatchObject([
      { extensions: { code: 'LIMIT_EXCEEDED', limit: 'cost' } },
    ]);
  });
});

describe('The subgraph’s text', () => {
  const sdl = '{ _service { sdl } }';
  const textOf = async (settings: Record<string, string>, who: (world: World) => Promise<string | null>) => {
    const own = await createWorld({ settings });
    try {
      const { data, errors } = await own.ask<{ _service: { sdl: string } }>(await who(own), sdl);
      return data?._service.sdl ?? String(errors[0]?.extensions['code']);
    } finally {
      await own.stop();
    }
  };

  it('is open to everybody in development, with @oneOf unless the setting says otherwise', async () => {
    const { data } = await world.ask<{ _service: { sdl: string } }>(null, sdl);
    expect(data?._service.sdl).toContain('@key(fields: "id")');
    expect(data?._service.sdl).toContain('input UserFilter @oneOf {');
    expect(data?._service.sdl).not.toMatch(/_entities|_service|_Any|_Entity/);
    expect(await textOf({ FEDERATION_ONE_OF: 'off' }, async () => null)).not.toContain('@oneOf');
  });

  it.each([
    ['operators', null, 'UNAUTHENTICATED'],
    ['operators', false, 'FORBIDDEN'],
    ['operators', true, 'extend schema'],
    ['off', true, 'FORBIDDEN'],
  ])('follows INTROSPECTION=%s for who is an operator: %s', async (introspection, operator, expected) => {
    const who = async (own: World) =>
      operator === null ? null : (await own.person('Olga', { operator })).authorization;
    expect(await textOf({ INTROSPECTION: introspection }, who)).toContain(expected);
  });
});
