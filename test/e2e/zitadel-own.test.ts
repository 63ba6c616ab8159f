/** The published clients against a running process: memberships, grants, credentials and what is the caller's own. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type Person, type Team, type World } from '../support/world.js';
import { codeOf, zitadelClients, type ZitadelClients } from '../support/zitadel.js';

const [invalid, notFound, conflict, denied, precondition] = [3, 5, 6, 7, 9];
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

describe('memberships', () => {
  it('are those of the account, and one finds all of its own', async () => {
    const { management } = asAnn;
    const { result, details } = await management.listUserMemberships({ userId: vic.id });
    expect(details?.totalResult).toBe(1n);
    expect(result).toMatchObject([
      { userId: vic.id, roles: ['JOB_VIEWER'], displayName: 'acme', type: { case: 'orgId', value: acme.id } },
    ]);
    const other = { query: { case: 'orgQuery', value: { orgId: unknownId } } } as const;
    expect((await management.listUserMemberships({ userId: vic.id, queries: [other] })).result).toEqual([]);
    expect(await codeOf(management.listUserMemberships({ userId: vic.id, queries: [{}] }))).toBe(invalid);

    const mine = await asVic.auth.listMyMemberships({
      queries: [{ query: { case: 'iamQuery', value: { iam: false } } }],
    });
    expect(mine.result.map(({ type }) => type.value)).toContain(acme.id);
    const olga = await world.person('Olga', { operator: true });
    const hers = await zitadelClients(world, olga).auth.listMyMemberships({});
    expect(hers.result).toMatchObject([{ type: { case: 'iam', value: true } }]);
  });
});

describe('a grant', () => {
  it('is given, listed, changed, put out of force and back, and removed', async () => {
    const projectId = await world.testApp.app.services.grants.createProject(ann.call, {
      accountId: acme.id,
      name: 'Rocket',
    });
    const { management } = asAnn;
    const added = await management.addUserGrant({ userId: vic.id, projectId, roleKeys: ['pilot', 'crew'] });
    const named = { userId: vic.id, grantId: added.userGrantId };
    const { userGrant } = await management.getUserGrantByID(named);
    expect(userGrant).toMatchObject({
      id: added.userGrantId,
      roleKeys: ['pilot', 'crew'],
      state: 1,
      userId: vic.id,
      orgId: acme.id,
      orgName: 'acme',
      orgDomain: 'acme.localhost',
      projectId,
      projectName: 'Rocket',
      projectGrantId: '',
      userType: 1,
    });
    expect(await codeOf(management.addUserGrant({ userId: vic.id, projectId, roleKeys: ['crew'] }))).toBe(conflict);
    expect(await codeOf(management.addUserGrant({ userId: vic.id, projectId: unknownId, roleKeys: ['x'] }))).toBe(
      notFound,
    );

    const role = (roleKey: string) => ({ query: { case: 'roleKeyQuery', value: { roleKey, method: 2 } } }) as const;
    const listed = await management.listUserGrants({ queries: [role('pil')] });
    expect([listed.result.map(({ id }) => id), listed.details?.totalResult]).toEqual([[added.userGrantId], 1n]);
    expect((await management.listUserGrants({ queries: [role('pil'), role('x')] })).result).toEqual([]);
    expect(await codeOf(management.listUserGrants({ queries: [{}] }))).toBe(invalid);

    expect(await codeOf(management.updateUserGrant({ ...named, roleKeys: ['crew', 'pilot'] }))).toBe(precondition);
    expect(await codeOf(management.updateUserGrant({ ...named, userId: ann.id, roleKeys: ['x'] }))).toBe(notFound);
    await management.updateUserGrant({ ...named, roleKeys: ['crew'] });
    await management.deactivateUserGrant(named);
    expect(await codeOf(management.deactivateUserGrant(named))).toBe(precondition);
    expect((await management.listUserGrants({})).result[0]?.state).toBe(2);
    await management.reactivateUserGrant(named);
    expect(await codeOf(asVic.management.deactivateUserGrant(named))).toBe(denied);

    const own = await asVic.auth.listMyUserGrants({});
    expect(own.result).toMatchObject([
      {
        grantId: added.userGrantId,
        roles: ['crew'],
        roleKeys: ['crew'],
        projectName: 'Rocket',
        orgName: 'acme',
        state: 1,
      },
    ]);
    expect((await management.removeUserGrant(named)).details?.resourceOwner).toBe(acme.id);
    expect(await codeOf(management.removeUserGrant(named))).toBe(notFound);
  });

  it('is removed with others, or none of them is', async () => {
    const { grants } = world.testApp.app.services;
    const { management } = asAnn;
    const made: string[] = [];
    for (const name of ['One', 'Two']) {
      const projectId = await grants.createProject(ann.call, { accountId: acme.id, name });
      made.push((await management.addUserGrant({ userId: vic.id, projectId, roleKeys: ['x'] })).userGrantId);
    }
    expect(await codeOf(management.bulkRemoveUserGrant({ grantId: [] }))).toBe(invalid);
    expect(await codeOf(management.bulkRemoveUserGrant({ grantId: [...made, unknownId] }))).toBe(notFound);
    expect((await management.listUserGrants({})).details?.totalResult).toBe(2n);
    expect(await codeOf(asVic.management.bulkRemoveUserGrant({ grantId: made }))).toBe(denied);
    await management.bulkRemoveUserGrant({ grantId: made });
    expect((await management.listUserGrants({})).details?.totalResult).toBe(0n);
  });
});

describe("what is the caller's own", () => {
  it('is read and edited without a name', async () => {
    const { auth } = asVic;
    const me = await auth.getMyUser({});
    expect(me.user?.id).toBe(vic.id);
    expect(me.lastLogin?.seconds).toBeGreaterThan(1_700_000_000n);
    expect((await auth.getMyEmail({})).email).toMatchObject({ email: 'vic@people.test', isEmailVerified: true });
    expect((await auth.getMyPhone({})).phone?.phone).toBe('');
    await auth.updateMyProfile({ firstName: 'Victor', lastName: 'Vance', displayName: 'Vic', preferredLanguage: 'en' });
    const { profile, details } = await auth.getMyProfile({});
    expect(profile).toMatchObject({ firstName: 'Victor', displayName: 'Vic', preferredLanguage: 'en' });
    expect(details?.changeDate).toBeDefined();
    const sessions = await auth.listMyUserSessions({});
    expect(sessions.result[0]).toMatchObject({ userId: vic.id, authState: 1, displayName: 'Vic' });
  });

  it('are its refresh tokens, factors and passkeys, with years 1 and nanoseconds', async () => {
    const { database } = world.testApp;
    const { auth } = asVic;
    const insert = `INSERT INTO refresh_tokens (id, user_id, client_id, auth_time, idle_expiration, expiration, scopes,
      audience, resource_owner) VALUES ($1, $2, 'app', '0001-01-01T00:00:00Z', '2026-01-01T00:00:00.000000001Z',
      '9999-12-31T23:59:59.999999999Z', '{openid}', '{a,b}', $3)`;
    const ids = [1, 2, 3].map((n) => `6b0f0a55-9f0e-4b0f-8f1e-00000000000${n}`);
    for (const id of ids) await database.query(insert, [id, vic.id, acme.id]);
    const { result, details } = await auth.listMyRefreshTokens({});
    expect(details?.totalResult).toBe(3n);
    expect(result[0]).toMatchObject({
      clientId: 'app',
      authTime: { seconds: -62135596800n, nanos: 0 },
      idleExpiration: { nanos: 1 },
      expiration: { seconds: 253402300799n, nanos: 999_999_999 },
      scopes: ['openid'],
      audience: ['a', 'b'],
    });
    const [first = ''] = ids;
    expect(await codeOf(asAnn.auth.revokeMyRefreshToken({ id: first }))).toBe(notFound);
    await auth.revokeMyRefreshToken({ id: first });
    expect(await codeOf(auth.revokeMyRefreshToken({ id: first }))).toBe(notFound);
    expect(await codeOf(auth.revokeMyRefreshToken({ id: '' }))).toBe(invalid);
    await auth.revokeAllMyRefreshTokens({});
    expect((await auth.listMyRefreshTokens({})).result).toEqual([]);
  });

  it('lists the factors that are ready, and whoever may write the user removes them', async () => {
    const { database } = world.testApp;
    const userId = await addHuman('Faye');
    const factor = (n: number) => `6b0f0a55-9f0e-4b0f-8f1e-1000000000${n}`;
    const add = 'INSERT INTO auth_factors (id, user_id, kind, state, name) VALUES ($1, $2, $3, $4, $5)';
    const rows = [
      [11, 1, 2, ''],
      [12, 2, 2, 'key'],
      [13, 3, 2, ''],
      [14, 4, 1, ''],
    ] as const;
    for (const [n, kind, state, name] of rows) await database.query(add, [factor(n), userId, kind, state, name]);
    await database.query('INSERT INTO passwordless_tokens (id, user_id, state, name) VALUES ($1, $2, 2, $3)', [
      factor(20),
      userId,
      'phone',
    ]);
    const { management } = asAnn;
    const kinds = async () => (await management.listHumanAuthFactors({ userId })).result.map(({ type }) => type.case);
    expect(await kinds()).toEqual(['otp', 'u2f', 'otpSms']);
    expect(await codeOf(asVic.management.listHumanAuthFactors({ userId }))).toBe(denied);
    expect(await codeOf(asVic.management.removeHumanAuthFactorOTP({ userId }))).toBe(denied);
    await management.removeHumanAuthFactorOTP({ userId });
    expect(await codeOf(management.removeHumanAuthFactorOTP({ userId }))).toBe(notFound);
    await management.removeHumanAuthFactorU2F({ userId, tokenId: factor(12) });
    await management.removeHumanAuthFactorOTPSMS({ userId });
    await management.removeHumanAuthFactorOTPEmail({ userId });
    expect(await kinds()).toEqual([]);
    expect((await management.listHumanPasswordless({ userId })).result).toMatchObject([{ name: 'phone', state: 2 }]);
    await management.removeHumanPasswordless({ userId, tokenId: factor(20) });
    expect((await management.listHumanPasswordless({ userId })).result).toEqual([]);
    expect((await asVic.auth.listMyAuthFactors({})).result).toEqual([]);
    expect((await asVic.auth.listMyPasswordless({})).result).toEqual([]);
  });
});
