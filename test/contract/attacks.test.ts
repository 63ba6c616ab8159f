/** Strangers, and members of other accounts, reach for what is not theirs: by every field, with every foreign id. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guardedSchema } from '../../src/graphql/schema.js';
import { mutate } from '../support/mutate.js';
import { rootOperations } from '../support/root-fields.js';
import { createWorld, type Person, type Team, type World } from '../support/world.js';

const { schema } = guardedSchema();
const unknown = '6f1d2c5e-0000-4000-8000-000000000000';

let world: World;
let victim: Team;
let foreign: Readonly<Record<string, string>>;
let attackers: Readonly<Record<string, Person>>;
let personal: string;

beforeAll(async () => {
  world = await createWorld();
  victim = await world.team('victim').admin('Ann').developer('Dev').viewer('Vic').made();
  const ann = await world.person('Ann');
  const invite = await mutate<{ invite: { id: string } }>(
    ann,
    'inviteUserToTeamAccount',
    { accountId: victim.id, email: 'open@people.test' },
    'invite { id }',
  );
  const own = await mutate<{ account: { id: string } }>(ann, 'setPersonalAccount', {}, 'account { id }');
  personal = own.payload?.account.id ?? '';
  foreign = { account: victim.id, personal, user: ann.id, invite: invite.payload?.invite.id ?? '' };

  await world.team('other').admin('Adam').viewer('Val').made();
  const stan = await world.person('Stan');
  await mutate(stan, 'setPersonalAccount', {});
  attackers = {
    stranger: stan,
    'viewer of another': await world.person('Val'),
    'admin of another': await world.person('Adam'),
  };
});
afterAll(() => world.stop());

const attacker = (name: string): Person => {
  const person = attackers[name];
  if (!person) throw new Error(`There is no ${name}.`);
  return person;
};
/** Everything of the victims, and how many users and accounts there are. */
async function everything(): Promise<string> {
  const { query } = world.testApp.database;
  const counted = await query('SELECT (SELECT count(*) FROM users) u, (SELECT count(*) FROM account_members) m');
  return JSON.stringify([await world.dump(victim), await world.dump({ id: personal as Team['id'] }), counted]);
}
const operations = [
  ...rootOperations(schema, 'query', { id: unknown }),
  ...rootOperations(schema, 'mutation', { id: unknown }),
].filter(({ variables }) => JSON.stringify(variables).includes(unknown));
const kinds = ['account', 'personal', 'user', 'invite'] as const;

describe.each(['stranger', 'viewer of another', 'admin of another'])('The %s', (name) => {
  it.each(operations)('gets from $name the same for foreign ids as for unknown ones', async ({ query, variables }) => {
    const person = attacker(name);
    const before = await everything();
    const asked = async (id: string) => {
      const said = JSON.parse(JSON.stringify(variables).replaceAll(unknown, id)) as object;
      return JSON.stringify(await person.ask(query, said)).replaceAll(id, unknown);
    };
    const expected = await asked(unknown);
    for (const kind of kinds) expect(await asked(foreign[kind] ?? ''), kind).toBe(expected);
    expect(await everything()).toBe(before);
  });

  it('finds nothing by aliases, lists and fragments either', async () => {
    const { data, errors } = await attacker(name).ask(
      `query ($account: ID!, $personal: ID!, $user: ID!, $invite: ID!) {
        a: account(id: $account) { ...all } b: account(id: $personal) { ...all } c: account(id: $user) { id }
        d: node(id: $account) { ... on UserAccount { ...all } } e: node(id: $invite) { ... on AccountInvite { email account { ...all } } }
        f: node(id: $user) { id } g: nodes(ids: [$account, $personal, $user, $invite]) { id __typename }
        h: user(id: $user) { accounts { nodes { ...all } } }
        viewer { x: isInAccount(accountId: $account) y: isInAccount(accountId: $personal) } }
      fragment all on UserAccount { id name type members { totalCount nodes { email } } invites { nodes { email } } }`,
      foreign,
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      a: null,
      b: null,
      c: null,
      d: null,
      e: null,
      f: null,
      g: [null, null, null, null],
      h: null,
      viewer: { x: false, y: false },
    });
  });

  it('gets no further with ids of two accounts mixed', async () => {
    const person = attacker(name);
    const { data } = await person.ask<{ viewer: { accounts: { nodes: { id: string; viewerRole: string }[] } } }>(
      '{ viewer { accounts { nodes { id viewerRole } } } }',
    );
    const before = await everything();
    const ann = foreign['user'] ?? '';
    for (const { id: accountId, viewerRole } of data?.viewer.accounts.nodes ?? []) {
      for (const userId of [ann, unknown]) {
        const { code, path } = await mutate(person, 'setUserRole', { accountId, userId, role: 'ADMIN' });
        if (viewerRole === 'ADMIN') expect({ code, path }).toEqual({ code: 'BAD_USER_INPUT', path: ['userId'] });
        else expect(code).toBe('FORBIDDEN');
        await mutate(person, 'removeTeamAccountMember', { accountId, userId });
      }
      // The id of an account has the form of an invite's, and is none.
      expect(await mutate(person, 'removeTeamAccountInvite', { id: accountId })).toMatchObject({ code: 'FORBIDDEN' });
    }
    expect(await everything()).toBe(before);
  });
});

describe('A member who may only read', () => {
  it.each(['Dev', 'Vic'])('changes nothing by any mutation: %s', async (name) => {
    const person = await world.person(name);
    const before = await world.dump(victim);
    const samples = { id: victim.id, userId: foreign['user'] ?? '', role: 'ADMIN' };
    for (const { name: mutation, query, variables } of rootOperations(schema, 'mutation', samples)) {
      if (['setUser', 'setPersonalAccount', 'createTeamAccount'].includes(mutation)) continue;
      await person.ask(query, variables);
    }
    const removal = await mutate(person, 'removeTeamAccountInvite', { id: foreign['invite'] });
    expect(removal).toMatchObject({ code: 'FORBIDDEN', payload: null });
    expect(await world.dump(victim)).toBe(before);
  });
});

describe('Somebody who was a member', () => {
  it('finds nothing from the next request on', async () => {
    const was = await world.team('was').admin('Ann').admin('Eve').made();
    const [ann, eve] = [await world.person('Ann'), await world.person('Eve')];
    const query = 'query ($id: ID!, $u: ID!) { account(id: $id) { id } node(id: $id) { id } user(id: $u) { id } }';
    const ids = { id: was.id, u: ann.id };
    expect((await eve.ask(query, ids)).data).toMatchObject({ account: { id: was.id }, user: { id: ann.id } });
    await mutate(ann, 'removeTeamAccountMember', { accountId: was.id, userId: eve.id });
    expect((await eve.ask(query, ids)).data).toEqual({ account: null, node: null, user: null });
    const back = { accountId: was.id, email: eve.email };
    expect(await mutate(eve, 'inviteUserToTeamAccount', back)).toMatchObject({ code: 'FORBIDDEN', payload: null });
  });
});
