/** For whom an invite is: how addresses are read and compared, and whose word about them counts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutate, type Asker } from '../support/mutate.js';
import { createWorld, type Team, type Traits, type World } from '../support/world.js';

let world: World;
let acme: Team;
let count = 0;
beforeAll(async () => {
  world = await createWorld();
  acme = await world.team('acme').admin('Ann').made();
});
afterAll(() => world.stop());

const inviteTo = async (email: string) =>
  mutate<{ token: string; invite: { email: string } }>(
    await world.person('Ann'),
    'inviteUserToTeamAccount',
    { accountId: acme.id, email },
    'token invite { email }',
  );
const accept = (asker: Asker, token: string) => mutate(asker, 'acceptTeamAccountInvite', { token });
const guest = (traits: Traits) => world.person(`Guest${++count}`, traits);

/** Whether somebody with this address in the token can accept an invite to that address. */
async function fits(invited: string, inToken: string): Promise<boolean> {
  const { payload } = await inviteTo(invited);
  const { code, path } = await accept(await guest({ email: inToken }), payload?.token ?? '');
  if (code !== null) expect({ code, path }).toEqual({ code: 'BAD_USER_INPUT', path: ['token'] });
  return code === null;
}

describe('An address', () => {
  it.each([
    ['plain@people.test', 'plain@people.test'],
    ['  \tBlanks@People.TEST \n', 'blanks@people.test'],
    ['UPPER@people.test', 'Upper@PEOPLE.test'],
    ['straße@bücher.test', 'STRAßE@BüCHER.test'],
    ['o+tag@people.test', 'O+TAG@people.test'],
    ["o'hara@people.test", "o'hara@people.test"],
  ])('%j is that of somebody signed in as %j', async (invited, inToken) => {
    expect(await fits(invited, inToken)).toBe(true);
  });

  it.each([
    ['a%@people.test', 'abc@people.test'],
    ['%@people.test', 'anybody@people.test'],
    ['a_c@people.test', 'abc@people.test'],
    ['abc@people.test', 'a%@people.test'],
    ['abc@people.test', 'a_c@people.test'],
    ['istanbul@people.test', 'İstanbul@people.test'],
    ['istanbul@people.test', 'ıstanbul@people.test'],
    ['İ@people.test', 'i\u0307@people.test'],
    ['strasse@people.test', 'straße@people.test'],
    ['straẞe@people.test', 'straße@people.test'],
    ['kelvin@people.test', '\u212Aelvin@people.test'],
    ['é@people.test', 'e\u0301@people.test'],
    ['É@people.test', 'é@people.test'],
    ['o@people.test', 'o+tag@people.test'],
    ['a.b@people.test', 'ab@people.test'],
  ])('%j is not that of somebody signed in as %j', async (invited, inToken) => {
    expect(await fits(invited, inToken)).toBe(false);
  });

  it('is shown as it is compared', async () => {
    expect((await inviteTo('  Mixed.Case@PEOPLE.test ')).payload?.invite.email).toBe('mixed.case@people.test');
  });

  it('with a percent sign or an underscore replaces no invite to another', async () => {
    const { payload } = await inviteTo('wild@people.test');
    for (const address of ['%@people.test', 'w_ld@people.test', 'w%@people.test']) await inviteTo(address);
    expect((await accept(await guest({ email: 'wild@people.test' }), payload?.token ?? '')).code).toBeNull();
  });

  it.each([
    '',
    ' ',
    'nobody',
    '@people.test',
    'a@',
    'a@b',
    'a@b.',
    'a@.test',
    'a@b..test',
    'a b@people.test',
    'a@b@people.test',
    'a@people.test, b@people.test',
    'a\u0000b@people.test',
    'a\r\nBcc: x@people.test',
    `${'a'.repeat(65)}@people.test`,
    `a@${'b'.repeat(260)}.test`,
  ])('%j is none', async (email) => {
    expect(await inviteTo(email)).toMatchObject({ code: 'BAD_USER_INPUT', path: ['email'], asData: true });
  });
});

describe('An address that nobody verified', () => {
  const refused = { code: 'FAILED_PRECONDITION', path: ['token'], asData: true };

  it('opens no invite, and neither does a token without one', async () => {
    const { payload } = await inviteTo('una@people.test');
    const una = await guest({ email: 'una@people.test', emailVerified: false });
    expect(await accept(una, payload?.token ?? '')).toMatchObject(refused);
    expect(await accept(await guest({ email: null }), payload?.token ?? '')).toMatchObject(refused);
    expect((await una.ask('{ viewer { accounts { totalCount } } }')).data).toEqual({
      viewer: { accounts: { totalCount: 0 } },
    });
  });

  it('tells nothing about the token', async () => {
    const { payload } = await inviteTo('ute@people.test');
    const ute = await guest({ email: 'ute@people.test', emailVerified: false });
    expect((await accept(ute, payload?.token ?? '')).answer).toEqual((await accept(ute, 'A'.repeat(43))).answer);
  });

  it('is judged by the token at hand, whatever was stored before', async () => {
    const { payload } = await inviteTo('vera@people.test');
    const vera = await world.person('Vera', { email: 'vera@people.test', emailVerified: true });
    const doubted = await world.newcomer('Vera', { email: 'vera@people.test', emailVerified: false });
    const moved = await world.newcomer('Vera', { email: 'moved@people.test' });
    expect(await accept(doubted, payload?.token ?? '')).toMatchObject(refused);
    expect(await accept(moved, payload?.token ?? '')).toMatchObject({ code: 'BAD_USER_INPUT', path: ['token'] });
    await world.testApp.database.query('UPDATE users SET email_verified = false WHERE id = $1', [vera.id]);
    expect((await accept(vera, payload?.token ?? '')).code).toBeNull();
  });

  it('counts where OIDC_TRUST_EMAIL is on', async () => {
    const { database, dataDir } = world.testApp;
    const trusting = await createWorld({ database, dataDir, settings: { OIDC_TRUST_EMAIL: 'on' } });
    try {
      const { payload } = await inviteTo('tess@people.test');
      const tess = await trusting.person('Tess', { email: 'Tess@people.test', emailVerified: false });
      expect((await accept(tess, payload?.token ?? '')).code).toBeNull();
    } finally {
      await trusting.stop();
    }
  });
});
