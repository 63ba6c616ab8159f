/** The life of an invite: made, accepted once, and every way in which it ends. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutate, type Asker, type Mutated } from '../support/mutate.js';
import { createWorld, type Person, type Team, type World } from '../support/world.js';

let world: World;
let acme: Team;
let ann: Person;
let count = 0;
beforeAll(async () => {
  world = await createWorld();
  acme = await world.team('acme').admin('Ann').admin('Alf').viewer('Vic').made();
  ann = await world.person('Ann');
});
afterAll(() => world.stop());

interface Made {
  readonly token: string;
  readonly inviteUrl: string;
  readonly invite: { readonly id: string };
}
const fields = 'token inviteUrl invite { id email role accepted senderUserId createdAt updatedAt expiresAt }';

/** Somebody nobody has met, so that no story leans on another. */
const somebody = () => world.person(`Guest${++count}`);

async function invite(email: string, role?: string, by: Asker = ann): Promise<Made> {
  const { payload, code } = await mutate<Made>(
    by,
    'inviteUserToTeamAccount',
    { accountId: acme.id, email, role },
    fields,
  );
  if (!payload || code !== null) throw new Error(`The invite was refused: ${code}`);
  return payload;
}
const accept = (person: Asker, token: string) =>
  mutate<{ account: { id: string; viewerRole: string } }>(
    person,
    'acceptTeamAccountInvite',
    { token },
    'account { id viewerRole }',
  );
const roleOf = async (person: Person) =>
  (
    await person.ask<{ account: { viewerRole: string } | null }>(
      'query ($id: ID!) { account(id: $id) { viewerRole } }',
      {
        id: acme.id,
      },
    )
  ).data?.account?.viewerRole ?? null;
const remove = (person: Person) => mutate(ann, 'removeTeamAccountMember', { accountId: acme.id, userId: person.id });

const unusable = { code: 'BAD_USER_INPUT', path: ['token'], asData: true };

describe('An invite', () => {
  it('lasts a day, shows its token once, and is stored as a hash', async () => {
    const gil = await somebody();
    const made = await invite(gil.email, 'JOB_DEVELOPER');
    expect(made).toMatchObject({
      token: expect.stringMatching(/^[\w-]{43}$/) as unknown,
      inviteUrl: `http://localhost:3000/invite?token=${made.token}`,
      invite: { email: gil.email, role: 'JOB_DEVELOPER', accepted: false, senderUserId: ann.id },
    });
    const { createdAt, expiresAt } = made.invite as unknown as Record<string, string>;
    expect(Date.parse(expiresAt ?? '') - Date.parse(createdAt ?? '')).toBe(24 * 60 * 60_000);

    const everything = await world.dump(acme);
    expect(everything).not.toContain(made.token);
    expect(everything).not.toContain(Buffer.from(made.token).toString('hex'));
    const listed = await ann.ask(
      'query ($id: ID!, $i: ID!) { account(id: $id) { invites { nodes { id } } } node(id: $i) { id __typename } }',
      { id: acme.id, i: made.invite.id },
    );
    expect(JSON.stringify(listed.data)).toContain(made.invite.id);
    expect(JSON.stringify(listed.data)).not.toContain(made.token);
    const field = await ann.ask('query ($i: ID!) { node(id: $i) { ... on AccountInvite { token } } }', {
      i: made.invite.id,
    });
    expect(field.errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
  });

  it.each([[undefined], [null]])('of no role (%s) makes a viewer', async (role) => {
    const guest = await somebody();
    const { token } = await invite(guest.email, role as string | undefined);
    expect((await accept(guest, token)).payload).toEqual({
      account: { id: acme.id, viewerRole: 'JOB_VIEWER' },
      errors: [],
    });
  });

  it.each(['ADMIN', 'JOB_DEVELOPER', 'JOB_EXECUTOR', 'JOB_VIEWER'])('for %s gives that role', async (role) => {
    const guest = await somebody();
    const { token } = await invite(guest.email, role);
    expect((await accept(guest, token)).payload?.account.viewerRole).toBe(role);
  });

  it('accepted again by the member changes nothing, after a demotion neither', async () => {
    const guest = await somebody();
    const { token } = await invite(guest.email, 'ADMIN');
    await accept(guest, token);
    await mutate(ann, 'setUserRole', { accountId: acme.id, userId: guest.id, role: 'JOB_VIEWER' });
    const before = await world.dump(acme);
    for (let i = 0; i < 3; i++) {
      expect((await accept(guest, token)).payload).toEqual({
        account: { id: acme.id, viewerRole: 'JOB_VIEWER' },
        errors: [],
      });
    }
    expect(await world.dump(acme)).toBe(before);
  });

  it('leaves the role of a member alone, a fresh one too', async () => {
    const guest = await somebody();
    await accept(guest, (await invite(guest.email, 'JOB_VIEWER')).token);
    await accept(guest, (await invite(guest.email, 'ADMIN')).token);
    expect(await roleOf(guest)).toBe('JOB_VIEWER');
  });

  it('makes one membership when twenty accept it at once', async () => {
    const guest = await somebody();
    const { token, invite: made } = await invite(guest.email);
    const answers = await Promise.all(Array.from({ length: 20 }, () => accept(guest, token)));
    expect(answers.map(({ code }) => code)).toEqual(Array.from({ length: 20 }, () => null));
    const { query } = world.testApp.database;
    expect(await query('SELECT role FROM account_members WHERE user_id = $1', [guest.id])).toEqual([{ role: 3 }]);
    const audit = "SELECT 1 FROM audit_entries WHERE action = 'invite.accept' AND target_id = $1";
    expect(await query(audit, [made.id])).toHaveLength(1);
  });
});

describe('An invite that cannot be used', () => {
  const endings: Record<string, (guest: Person) => Promise<Mutated<unknown>>> = {
    unknown: (guest) => accept(guest, 'A'.repeat(43)),
    'not even a token': (guest) => accept(guest, '%'),
    'of another address': async (guest) => accept(guest, (await invite('other@people.test')).token),
    superseded: async (guest) => {
      const { token } = await invite(guest.email);
      await invite(guest.email.toUpperCase(), 'JOB_VIEWER', await world.person('Alf'));
      return accept(guest, token);
    },
    removed: async (guest) => {
      const { token, invite: made } = await invite(guest.email);
      const { payload } = await mutate(
        ann,
        'removeTeamAccountInvite',
        { id: made.id.toUpperCase() },
        'removedInviteId',
      );
      expect(payload).toEqual({ removedInviteId: made.id, errors: [] });
      return accept(guest, token);
    },
    'used, after removal from the team': async (guest) => {
      const { token } = await invite(guest.email);
      await accept(guest, token);
      await remove(guest);
      return accept(guest, token);
    },
    'used by another with the same address': async (guest) => {
      const twin = await world.person(`${guest.name}Twin`, { email: guest.email });
      const { token } = await invite(guest.email);
      await accept(twin, token);
      return accept(guest, token);
    },
  };

  it('is answered alike, whatever the reason', async () => {
    const seen = new Set<string>();
    for (const [reason, story] of Object.entries(endings)) {
      const guest = await somebody();
      const refused = await story(guest);
      expect(refused, reason).toMatchObject(unusable);
      expect(await roleOf(guest), reason).toBeNull();
      seen.add(JSON.stringify(refused.answer));
    }
    expect(seen.size).toBe(1);
  });

  it('because it expired says so to whom it is for, and to nobody else', async () => {
    const early = await invite((await somebody()).email);
    const guest = await somebody();
    const { token } = await invite(guest.email);
    world.testApp.clock.advance(24 * 60 * 60_000);
    const [again, stranger] = [await world.newcomer(guest.name), await world.newcomer('Vic')];
    expect(await accept(again, token)).toMatchObject({ code: 'FAILED_PRECONDITION', path: ['token'], asData: true });
    expect(await accept(stranger, token)).toMatchObject(unusable);
    expect(await accept(again, early.token)).toMatchObject(unusable);
    const fresh = await world.newcomer('Ann');
    const { data } = await fresh.ask('query ($id: ID!) { account(id: $id) { invites { totalCount nodes { id } } } }', {
      id: acme.id,
    });
    expect(data).toEqual({ account: { invites: { totalCount: 0, nodes: [] } } });
  });
});
