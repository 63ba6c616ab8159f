/** The messages of `zitadel.user.v1` as a file of users holds them, field by field. */
import { invalid } from '../kernel/errors.js';
import {
  enumeration,
  flag,
  formed,
  list,
  message,
  name,
  oneOf,
  optional,
  required,
  text,
  timestamp,
  uint64,
  type Message,
  type Read,
} from './proto-json.js';

const longestName = 200;
const longestId = 200;
/** What a token may say of its bearer's address is this long, so what was exported here is no longer. */
const longestEmail = 254;

const id = name(longestId);
const label = optional(text(longestName), '');

export const states = { ACTIVE: 1, INACTIVE: 2, LOCKED: 4, SUSPEND: 5, INITIAL: 6 } as const;
export const genders = { UNSPECIFIED: 0, FEMALE: 1, MALE: 2, DIVERSE: 3 } as const;
export const accessTokenTypes = { BEARER: 0, JWT: 1 } as const;
export const grantStates = { ACTIVE: 1, INACTIVE: 2 } as const;
export const sessionStates = { ACTIVE: 1, TERMINATED: 2 } as const;
export const factorStates = { NOT_READY: 1, READY: 2, REMOVED: 3 } as const;
export const types = { UNSPECIFIED: 0, HUMAN: 1, MACHINE: 2 } as const;

/** Who owns something, and when it was made and changed. */
export const detailsMessage = {
  sequence: optional(uint64, '0'),
  creationDate: required(timestamp),
  changeDate: required(timestamp),
  resourceOwner: required(id),
};
export type Details = Message<typeof detailsMessage>;
const details = required(message(detailsMessage));

export const profileMessage = {
  firstName: label,
  lastName: label,
  nickName: label,
  displayName: label,
  preferredLanguage: optional(
    formed(35, /^[a-z]{1,8}([-_][a-z0-9]{1,8})*$/i, 'This is no language tag, such as en or pt-BR.'),
    '',
  ),
  gender: optional(enumeration('GENDER', genders), 0),
  // A page shows this address: it must not be one that runs something.
  avatarUrl: optional(formed(2_000, /^(https?:|(?![a-z][a-z0-9+.-]*:))/i, 'The address of a picture is https.'), ''),
};

export const emailMessage = {
  email: optional(formed(longestEmail, /^[^\s@]+@[^\s@]+$/, 'This is no e-mail address.'), ''),
  isEmailVerified: optional(flag, false),
};

export const phoneMessage = {
  phone: optional(formed(50, /^\+\d[\d\s().-]*$/, 'A phone number begins with + and the code of its country.'), ''),
  isPhoneVerified: optional(flag, false),
};

export const humanMessage = {
  profile: required(message(profileMessage)),
  email: required(message(emailMessage)),
  phone: optional(message(phoneMessage), null),
  passwordChanged: optional(timestamp, null),
};

export const machineMessage = {
  name: required(name(longestName)),
  description: optional(text(500, 'prose'), ''),
  hasSecret: optional(flag, false),
  accessTokenType: optional(enumeration('ACCESS_TOKEN_TYPE', accessTokenTypes), 0),
};

/** Searched as one text, whose trigrams must not outgrow what PostgreSQL holds of one (1 MB). */
const mostLoginNames = 100;

export const userMessage = {
  id: required(id),
  details,
  state: required(enumeration('USER_STATE', states)),
  userName: required(name(longestName)),
  loginNames: list(name(longestName), mostLoginNames),
  preferredLoginName: label,
  human: optional(message(humanMessage), null),
  machine: optional(message(machineMessage), null),
};
export type User = Message<typeof userMessage>;

export const membershipMessage = {
  userId: label,
  details,
  roles: list(name(longestName)),
  displayName: optional(text(longestName), null),
  iam: optional(flag, null),
  orgId: optional(id, null),
  projectId: optional(id, null),
  projectGrantId: optional(id, null),
};
export type Membership = Message<typeof membershipMessage>;

/** What a message repeats of its user; null where it does not. */
const repeated = optional(text(longestEmail), null);

export const grantMessage = {
  id: required(id),
  details,
  roleKeys: list(name(longestName)),
  state: required(enumeration('USER_GRANT_STATE', grantStates)),
  userId: label,
  userName: repeated,
  firstName: repeated,
  lastName: repeated,
  email: repeated,
  displayName: repeated,
  orgId: optional(id, null),
  orgName: repeated,
  orgDomain: repeated,
  projectId: required(id),
  projectName: repeated,
  projectGrantId: optional(text(longestId), ''),
  avatarUrl: optional(text(2_000), null),
  preferredLoginName: repeated,
  userType: optional(enumeration('TYPE', types), 0),
  grantedOrgId: optional(text(longestId), ''),
  grantedOrgName: repeated,
  grantedOrgDomain: repeated,
};
export type Grant = Message<typeof grantMessage>;

const nothing = message({});
const u2f = message({ id: required(id), name: label });
export const factorMessage = {
  state: required(enumeration('AUTH_FACTOR_STATE', factorStates)),
  otp: optional(nothing, null),
  u2f: optional(u2f, null),
  otpSms: optional(nothing, null),
  otpEmail: optional(nothing, null),
};
/** The kinds of factors, with the numbers they are stored under. */
export const factorKinds = { otp: 1, u2f: 2, otpSms: 3, otpEmail: 4 } as const;
export type FactorKind = keyof typeof factorKinds;
export type Factor = Message<typeof factorMessage>;

export const passkeyMessage = {
  id: required(id),
  state: required(enumeration('AUTH_FACTOR_STATE', factorStates)),
  name: label,
};

export const accessTokenMessage = {
  id: required(id),
  details,
  expirationDate: required(timestamp),
  scopes: list(name(longestName)),
};

export const refreshTokenMessage = {
  id: required(id),
  details,
  clientId: label,
  authTime: required(timestamp),
  idleExpiration: required(timestamp),
  expiration: required(timestamp),
  scopes: list(name(longestName)),
  audience: list(name(longestName)),
};

export const sessionMessage = {
  sessionId: required(id),
  agentId: label,
  authState: required(enumeration('SESSION_STATE', sessionStates)),
  userId: label,
  userName: repeated,
  loginName: repeated,
  displayName: repeated,
  details,
  avatarUrl: optional(text(2_000), null),
};
export type Session = Message<typeof sessionMessage>;

const identityMessage = { issuer: required(name(2_000)), subject: required(name(255)) };

/** Exactly one of these fields of a message must be set. */
function withOne<T extends Readonly<Record<K, unknown>>, K extends string>(read: Read<T>, keys: readonly K[]): Read<T> {
  return (value) => {
    const given = read(value);
    oneOf(given, keys);
    return given;
  };
}

/** What a membership can be about. */
export const membershipKinds = ['iam', 'orgId', 'projectId', 'projectGrantId'] as const;
const readMembership = withOne(message(membershipMessage), membershipKinds);
const membership: Read<Membership> = (value) => {
  const given = readMembership(value);
  if (given.iam === false) throw invalid(['iam'], 'This can only be true.');
  return given;
};

/** Reads a user, who is a human or a machine. */
export const readUser: Read<User> = withOne(message(userMessage), ['human', 'machine']);

/** What a line holds: a user and what is tied to it. */
export const lineMessage = {
  user: required(readUser),
  identities: list(message(identityMessage)),
  memberships: list(membership),
  grants: list(message(grantMessage)),
  authFactors: list(withOne(message(factorMessage), Object.keys(factorKinds) as FactorKind[])),
  passwordlessTokens: list(message(passkeyMessage)),
  personalAccessTokens: list(message(accessTokenMessage)),
  refreshTokens: list(message(refreshTokenMessage)),
  sessions: list(message(sessionMessage)),
};
export type Line = Message<typeof lineMessage>;
