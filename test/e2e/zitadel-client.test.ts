/** The published clients against a running process: people and machines of an account. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type Person, type Team, type World } from '../support/world.js';
import { codeOf, zitadelClients, type ZitadelClients } from '../support/zitadel.js';

const [invalid, notFound, conflict, denied, precondition, unimplemented, unauthenticated] = [3, 5, 6, 7, 9, 12, 16];
const unknownId = '6b0f0a55-9f0e-4b0f-8f1e-0d5f4a7d3c11';

let world: World;
let acme: Team;
let ann: Person;
let vic: Person;
let asAnn: ZitadelClients;
let asVic: ZitadelClients;

beforeAll(async () => {
  world = await createWorld();
  acme = await world.team('acme').admin('Ann').viewer('Vic').made();
  ann = await world.person('Ann');
  vic = await world.person('Vic');
  asAnn = zitadelClients(world, ann, acme.id);
  asVic = zitadelClients(world, vic, acme.id);
});
afterAll(() => world.stop());

const human = (userName: string, isEmailVerified = true) => ({
  userName,
  profile: { firstName: 'Gigi', lastName: 'Giraffe', preferredLanguage: 'de', gender: 1 },
  email: { email: `${userName}@acme.test`, isEmailVerified },
});
const addHuman = async (userName: string, isEmailVerified = true): Promise<string> =>
  (await asAnn.management.addHumanUser(human(userName, isEmailVerified))).userId;
const addMachine = async (userName: string): Promise<string> =>
  (await asAnn.management.addMachineUser({ userName, name: userName })).userId;

describe('a person of an account', () => {
  it('is created with its details, read by id and by login name in any letter case', async () => {
    const added = await asAnn.management.addHumanUser(human('Gigi'));
    expect(added.details).toMatchObject({ sequence: 1n, resourceOwner: acme.id });
    expect(added.details?.creationDate).toBeDefined();
    expect(added.details?.changeDate).toBeUndefined();

    const { user } = await asAnn.management.getUserByID({ id: added.userId });
    expect(user).toMatchObject({
      id: added.userId,
      state: 1,
      userName: 'Gigi',
      loginNames: ['Gigi'],
      preferredLoginName: 'Gigi',
      type: {
        case: 'human',
        value: {
          profile: { firstName: 'Gigi', displayName: 'Gigi Giraffe', nickName: '', preferredLanguage: 'de', gender: 1 },
          email: { email: 'Gigi@acme.test', isEmailVerified: true },
          phone: { phone: '', isPhoneVerified: false },
        },
      },
    });
    const found = await asAnn.management.getUserByLoginNameGlobal({ loginName: 'gIGI' });
    expect(found.user?.id).toBe(added.userId);
    expect(await codeOf(asAnn.management.getUserByLoginNameGlobal({ loginName: 'nobody' }))).toBe(notFound);
    expect(await codeOf(asAnn.management.addHumanUser(human('gigi')))).toBe(conflict);
  });

  it('is INITIAL until its address is proven', async () => {
    const userId = await addHuman('Ines', false);
    const stateOf = async () => (await asAnn.management.getUserByID({ id: userId })).user?.state;
    expect(await stateOf()).toBe(6);
    const changed = await asAnn.management.updateHumanEmail({ userId, email: 'i@acme.test', isEmailVerified: true });
    expect(changed.details).toMatchObject({ sequence: 2n });
    expect(changed.details?.creationDate).toBeUndefined();
    expect(await stateOf()).toBe(1);
  });

  it('has its profile, address and number replaced', async () => {
    const userId = await addHuman('Edith');
    const profile = { firstName: 'Edi', lastName: 'Th', displayName: 'Edi', preferredLanguage: 'und', gender: 99 };
    await asAnn.management.updateHumanProfile({ userId, ...profile });
    expect((await asAnn.management.getHumanProfile({ userId })).profile).toMatchObject({
      firstName: 'Edi',
      displayName: 'Edi',
      nickName: '',
      preferredLanguage: 'und',
      gender: 0,
    });
    expect(await codeOf(asAnn.management.updateHumanProfile({ userId, ...profile }))).toBe(precondition);
    expect(await codeOf(asAnn.management.updateHumanProfile({ userId, ...profile, displayName: '' }))).toBe(invalid);

    await asAnn.management.updateHumanPhone({ userId, phone: '+41 44 123 45 67', isPhoneVerified: true });
    expect((await asAnn.management.getHumanPhone({ userId })).phone).toMatchObject({
      phone: '+41441234567',
      isPhoneVerified: true,
    });
    expect(await codeOf(asAnn.management.updateHumanPhone({ userId, phone: '044 123 45 67' }))).toBe(invalid);
    await asAnn.management.removeHumanPhone({ userId });
    expect((await asAnn.management.getHumanPhone({ userId })).phone?.phone).toBe('');
    expect((await asAnn.management.getHumanEmail({ userId })).email?.email).toBe('Edith@acme.test');
  });

  it('changes its name, unless the name is taken, blank or the same', async () => {
    const userId = await addHuman('Nell');
    await addHuman('Taken');
    await asAnn.management.updateUserName({ userId, userName: ' nelly ' });
    expect((await asAnn.management.getUserByID({ id: userId })).user?.userName).toBe('nelly');
    expect(await codeOf(asAnn.management.updateUserName({ userId, userName: 'TAKEN' }))).toBe(conflict);
    expect(await codeOf(asAnn.management.updateUserName({ userId, userName: ' ' }))).toBe(invalid);
    expect(await codeOf(asAnn.management.updateUserName({ userId, userName: 'nelly' }))).toBe(precondition);
  });

  it('goes through its states and goes for good', async () => {
    const id = await addHuman('Stan');
    const { management } = asAnn;
    expect(await codeOf(management.reactivateUser({ id }))).toBe(precondition);
    await management.deactivateUser({ id });
    expect(await codeOf(management.deactivateUser({ id }))).toBe(precondition);
    await management.reactivateUser({ id });
    await management.lockUser({ id });
    expect(await codeOf(management.lockUser({ id }))).toBe(precondition);
    const unlocked = await management.unlockUser({ id });
    expect(unlocked.details).toMatchObject({ sequence: 5n, resourceOwner: acme.id });
    expect(await codeOf(asVic.management.lockUser({ id }))).toBe(denied);
    expect((await management.removeUser({ id })).details).toMatchObject({ sequence: 6n, resourceOwner: acme.id });
    expect(await codeOf(management.removeUser({ id }))).toBe(notFound);
    expect(await codeOf(management.getUserByID({ id }))).toBe(notFound);
  });

  it('is refused with a password, which only the identity provider keeps', async () => {
    const refused = asAnn.management.addHumanUser({ ...human('Pia'), initialPassword: 'secret' });
    await expect(refused).rejects.toThrow(/identity provider/);
    const imports = [
      { password: 'secret' },
      { hashedPassword: { value: '$2a$' } },
      { otpCode: 'x' },
      { requestPasswordlessRegistration: true },
      { idps: [{ configId: 'x', externalUserId: 'y' }] },
    ];
    for (const extra of imports) {
      expect(await codeOf(asAnn.management.importHumanUser({ ...human('Pia'), ...extra }))).toBe(invalid);
    }
    const { userId, passwordlessRegistration } = await asAnn.management.importHumanUser(human('Pia'));
    expect(passwordlessRegistration).toBeUndefined();
    expect((await asAnn.management.getUserByID({ id: userId })).user?.state).toBe(1);
  });
});

describe('a user name', () => {
  it('is unique together with an address, and there is always somebody', async () => {
    await addHuman('Una');
    const isUnique = async (userName: string, email: string) =>
      (await asVic.management.isUserUnique({ userName, email })).isUnique;
    expect(await isUnique('una', '')).toBe(false);
    expect(await isUnique('Una', 'Una@acme.test')).toBe(false);
    expect(await isUnique('Una', 'other@acme.test')).toBe(true);
    expect(await isUnique('', 'Una@acme.test')).toBe(false);
    expect(await isUnique('', 'una@acme.test')).toBe(true);
    expect(await isUnique('nobody', '')).toBe(true);
    expect(await isUnique('', '')).toBe(false);
  });
});

describe('a machine', () => {
  it('has no profile, address or number, and keeps the id it was given', async () => {
    const userId = await addMachine('ci-bot');
    const refusals = await Promise.all([
      codeOf(asAnn.management.getHumanProfile({ userId })),
      codeOf(asAnn.management.getHumanEmail({ userId })),
      codeOf(asAnn.management.getHumanPhone({ userId })),
      codeOf(asAnn.management.updateHumanEmail({ userId, email: 'a@b.test' })),
    ]);
    expect(new Set(refusals)).toEqual(new Set([precondition]));
    await asAnn.management.updateMachine({ userId, name: 'CI', description: 'builds', accessTokenType: 1 });
    expect((await asAnn.management.getUserByID({ id: userId })).user?.type).toMatchObject({
      case: 'machine',
      value: { name: 'CI', description: 'builds', accessTokenType: 1, hasSecret: false },
    });
    await asAnn.management.updateMachine({ userId, name: 'CI', accessTokenType: 1 });
    expect((await asAnn.management.getUserByID({ id: userId })).user?.type.value).toMatchObject({ description: '' });

    const request = { userName: 'own-id', name: 'Own', userId: '165617389845094785' };
    const { userId: id } = await asAnn.management.addMachineUser(request);
    expect((await asAnn.management.getUserByID({ id: request.userId })).user?.id).toBe(id);
    expect(await codeOf(asAnn.management.addMachineUser({ ...request, userName: 'other' }))).toBe(conflict);
    expect(await codeOf(asAnn.management.addMachineUser({ ...request, userId: '', userName: 'other' }))).toBe(invalid);
  });

  it('signs in with a token that is shown once, until it is removed', async () => {
    const userId = await addMachine('deploy-bot');
    const { management } = asAnn;
    const added = await management.addPersonalAccessToken({ userId });
    expect(added.token).toMatch(/^pat_/);
    const { token } = await management.getPersonalAccessTokenByIDs({ userId, tokenId: added.tokenId });
    expect(token).toMatchObject({ id: added.tokenId, scopes: ['openid', 'profile'] });
    expect(token?.expirationDate?.seconds).toBe(253402300799n);
    expect(JSON.stringify(token, (_key, value: unknown) => String(value))).not.toContain('pat_');

    const bot = zitadelClients(world, { authorization: `Bearer ${added.token}` });
    expect((await bot.auth.getMyUser({})).user?.id).toBe(userId);
    expect(await codeOf(bot.auth.getMyProfile({}))).toBe(precondition);
    // The account that owns the bot is the one it acts in.
    expect((await bot.management.getUserByID({ id: userId })).user?.id).toBe(userId);

    const second = await management.addPersonalAccessToken({ userId });
    const page = await management.listPersonalAccessTokens({ userId, query: { limit: 1, asc: true } });
    expect(page.details).toMatchObject({ totalResult: 2n });
    expect(page.result.map(({ id }) => id)).toEqual([added.tokenId]);
    const latest = await management.listPersonalAccessTokens({ userId });
    expect(latest.result.map(({ id }) => id)).toEqual([second.tokenId, added.tokenId]);
    expect(await codeOf(asVic.management.listPersonalAccessTokens({ userId }))).toBe(denied);
    const past = { seconds: 1n, nanos: 0 };
    expect(await codeOf(management.addPersonalAccessToken({ userId, expirationDate: past }))).toBe(invalid);
    expect(await codeOf(management.addPersonalAccessToken({ userId: await addHuman('Hugo') }))).toBe(precondition);

    await management.removePersonalAccessToken({ userId, tokenId: added.tokenId });
    expect(await codeOf(bot.auth.getMyUser({}))).toBe(unauthenticated);
    expect(await codeOf(management.removePersonalAccessToken({ userId, tokenId: added.tokenId }))).toBe(notFound);
  });
});

describe('the account of a request', () => {
  it('is the one that owns the caller when none is named, and another one is closed', async () => {
    const gus = (await world.team('globex').admin('Gus').made()).people['Gus'];
    if (!gus) throw new Error('There is no Gus.');
    const id = await addHuman('Olaf');
    const stranger = zitadelClients(world, gus, acme.id);
    expect(await codeOf(stranger.management.getUserByID({ id }))).toBe(notFound);
    expect(await codeOf(stranger.management.removeUser({ id }))).toBe(notFound);
    expect(await codeOf(stranger.management.getUserByLoginNameGlobal({ loginName: 'Olaf' }))).toBe(notFound);
    const { result, details } = await stranger.management.listUsers({});
    expect([result, details?.totalResult]).toEqual([[], 0n]);
    expect(await codeOf(stranger.management.addHumanUser(human('Intruder')))).toBe(denied);
    expect(await codeOf(stranger.management.addMachineUser({ userName: 'x', name: 'x' }))).toBe(denied);

    const unnamed = zitadelClients(world, ann);
    expect(await codeOf(unnamed.management.getUserByID({ id }))).toBe(notFound);
    expect((await unnamed.management.getUserByID({ id: ann.id })).user?.id).toBe(ann.id);
    expect(await codeOf(asAnn.management.getUserByID({ id: unknownId }))).toBe(notFound);
    expect(await codeOf(asAnn.management.getUserByID({ id: '' }))).toBe(invalid);
    expect(await codeOf(asAnn.management.getUserByID({ id: 'x'.repeat(201) }))).toBe(invalid);
  });
});

describe('what nobody serves', () => {
  it('is unimplemented', async () => {
    expect(await codeOf(asAnn.management.healthz({}))).toBe(unimplemented);
    expect(await codeOf(asAnn.management.listProjects({}))).toBe(unimplemented);
    expect(await codeOf(asAnn.auth.getMyPasswordComplexityPolicy({}))).toBe(unimplemented);
  });
});
