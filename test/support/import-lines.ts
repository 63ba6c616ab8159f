/** Users as another directory exports them: numeric ids, every message filled, the same for the same number. */

/** A line of a file of users, as proto JSON. */
export type ExportedLine = Readonly<Record<string, unknown>>;

const organisations = ['Acme AG', 'Globex Corporation', 'Initech'];
const firstNames = ['Gigi', 'Max', 'Zoë', 'Straße', 'İpek', '100%ann', 'back\\slash', 'Tab"quote'];
const states = ['ACTIVE', 'INACTIVE', 'LOCKED', 'SUSPEND', 'INITIAL'];

/** The id of the organisation that owns the user. */
export const organisationOf = (i: number): string => `27010000000000000${i % organisations.length}`;
/** The id of a user. */
export const userIdOf = (i: number): string => `2801${String(i).padStart(14, '0')}`;

const pick = <T>(from: readonly T[], i: number): T => from[i % from.length] as T;
const two = (i: number) => String(i).padStart(2, '0');

function details(i: number, resourceOwner = organisationOf(i)) {
  const day = `20${two(10 + (i % 15))}-${two(1 + (i % 12))}-${two(1 + (i % 28))}T${two(i % 24)}:${two(i % 60)}`;
  return {
    sequence: String(9_007_199_254_740_993n + BigInt(i)),
    creationDate: `${day}:07.123456789Z`,
    changeDate: i % 3 === 0 ? `${day}:59Z` : `${day}:59.000001Z`,
    resourceOwner,
  };
}

/** A user and nothing around it. */
export function bareUser(i: number) {
  const userName = `${pick(firstNames, i)}.${i}`;
  const loginName = `user${i}@${pick(organisations, i).split(' ')[0]?.toLowerCase() ?? ''}.example.test`;
  const common = {
    id: userIdOf(i),
    details: details(i),
    state: `USER_STATE_${pick(states, i)}`,
    userName,
    loginNames: i % 2 === 0 ? [loginName] : [userName, loginName],
    preferredLoginName: i % 2 === 0 ? loginName : userName,
  };
  if (i % 5 === 4) {
    const more = { description: 'Builds\nand ships', hasSecret: true, accessTokenType: 'ACCESS_TOKEN_TYPE_JWT' };
    return { ...common, machine: { name: `robot ${i}`, ...(i % 2 === 0 ? more : {}) } };
  }
  return {
    ...common,
    human: {
      profile: {
        firstName: pick(firstNames, i),
        lastName: `Muster ${i}`,
        displayName: `${pick(firstNames, i)} Muster`,
        preferredLanguage: pick(['en', 'de-CH', 'und'], i),
        ...(i % 4 === 0 ? { nickName: `nick${i}`, gender: 'GENDER_DIVERSE' } : {}),
        ...(i % 7 === 0 ? { avatarUrl: `https://img.example.test/${i}.png` } : {}),
      },
      email: { email: `Person${i}@Example.test`, ...(i % 2 === 0 ? { isEmailVerified: true } : {}) },
      ...(i % 3 === 0 ? { phone: { phone: `+41 79 ${i}`, isPhoneVerified: true } } : {}),
      ...(i % 3 === 1 ? { phone: {} } : {}),
      ...(i % 2 === 0 ? { passwordChanged: '0001-01-01T00:00:00.500Z' } : {}),
    },
  };
}

/** The line of a user: every third is bare, the others have all that can be tied to a user. */
export function exportedLine(i: number): ExportedLine {
  const user = bareUser(i);
  if (i % 3 === 2) return user;
  const org = { orgId: organisationOf(i), orgName: pick(organisations, i), orgDomain: 'imported.example.test' };
  const project = { projectId: `29${organisationOf(i)}`, projectName: `Portal of ${pick(organisations, i)}` };
  const granted = {
    projectGrantId: `pg-${i % 3}`,
    grantedOrgId: organisationOf(i + 1),
    grantedOrgName: pick(organisations, i + 1),
  };
  const id = (kind: string) => `${kind}-${i}`;
  return {
    user,
    identities: [{ issuer: 'https://id.example.test', subject: user.id }],
    memberships: [
      { userId: user.id, details: details(i), displayName: org.orgName, roles: ['ORG_OWNER', 'X'], orgId: org.orgId },
      { details: details(i + 1), roles: ['PROJECT_OWNER'], projectId: project.projectId },
      {
        details: details(i, organisationOf(i + 1)),
        roles: ['PROJECT_GRANT_OWNER'],
        projectGrantId: granted.projectGrantId,
      },
      ...(i % 9 === 0 ? [{ details: details(i, 'the-instance'), roles: ['IAM_OWNER_VIEWER'], iam: true }] : []),
    ],
    grants: [
      {
        id: id('grant'),
        details: details(i),
        roleKeys: ['reader', 'wr"i{t},er'],
        state: 'USER_GRANT_STATE_ACTIVE',
        userId: user.id,
        userName: user.userName,
        ...project,
        ...org,
        preferredLoginName: user.preferredLoginName,
        userType: 'machine' in user ? 'TYPE_MACHINE' : 'TYPE_HUMAN',
      },
      {
        id: id('granted'),
        details: details(i),
        roleKeys: ['b', 'a'],
        state: 'USER_GRANT_STATE_INACTIVE',
        ...project,
        ...org,
        ...granted,
      },
    ],
    authFactors: [
      { state: 'AUTH_FACTOR_STATE_READY', u2f: { id: id('u2f'), name: 'Key' } },
      { state: 'AUTH_FACTOR_STATE_NOT_READY', otp: {} },
    ],
    passwordlessTokens: [{ id: id('key'), state: 'AUTH_FACTOR_STATE_READY', name: 'Phone' }],
    personalAccessTokens: [
      { id: id('b'), details: details(i), expirationDate: '9999-12-31T23:59:59.999999999Z', scopes: ['z', 'a'] },
      { id: id('a'), details: details(i), expirationDate: '2030-01-01T00:00:00Z' },
    ],
    refreshTokens: [
      {
        id: id('refresh'),
        details: details(i),
        clientId: 'portal@acme',
        authTime: '2024-02-29T12:00:00.120Z',
        idleExpiration: '2024-03-29T12:00:00Z',
        expiration: '2024-04-29T12:00:00.000000001Z',
        scopes: ['openid'],
        audience: ['portal@acme', '1'],
      },
    ],
    sessions: [
      {
        sessionId: id('session'),
        agentId: 'agent 1',
        authState: 'SESSION_STATE_TERMINATED',
        userId: user.id,
        userName: user.userName,
        loginName: user.preferredLoginName,
        details: details(i),
      },
    ],
  };
}
