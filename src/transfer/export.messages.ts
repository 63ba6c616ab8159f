/** From rows to a line: proto JSON, in which what is absent, empty, false or zero does not stand. */
import type { ExportRow, ExportUser } from './export.store.js';
import { accessTokenTypes, factorStates, genders, grantStates, sessionStates, states } from './messages.js';
import { grantFields, membershipFields, sessionFields, tellAgain } from './repeated.js';

type Json = string | boolean | readonly Json[] | { readonly [key: string]: Json | undefined };

/** A line of the file: the user by itself where nothing is tied to it. */
export function lineOf({ user: row, lists }: ExportUser, instanceDomain: string): Json {
  const told = (message: ExportRow, fields: readonly string[], now: Readonly<Record<string, string | null>>) =>
    tellAgain(message.told ?? null, fields, row, { userId: text(row['id']), ...now });
  const domain = (slug: string | null) => (slug === null ? null : `${slug}.${instanceDomain}`);

  const user = userOf(row, lists.loginNames);
  const around = lean({
    identities: lists.identities.map(({ issuer, subject }) => ({ issuer: text(issuer), subject: text(subject) })),
    memberships: lists.memberships.map((one) => {
      const { resourceOwner, ...repeated } = told(one, membershipFields, {
        displayName: one['kind'] === 'iam' ? instanceDomain : textOrNull(one['name']),
      });
      return {
        ...lean({ ...repeated, details: details(one, resourceOwner), roles: rolesOf(one) }),
        [text(one['kind'])]: one['kind'] === 'iam' ? true : text(one['about']),
      };
    }),
    grants: lists.grants.map((one) =>
      lean({
        id: text(one['id']),
        details: details(one),
        roleKeys: texts(one['role_keys']),
        state: named('USER_GRANT_STATE', grantStates, one['state']),
        projectId: text(one['project']),
        projectGrantId: text(one['project_grant']),
        ...told(one, grantFields, {
          orgId: text(one['org']),
          orgName: text(one['org_name']),
          orgDomain: domain(text(one['org_name'])),
          projectName: text(one['project_name']),
          grantedOrgId: textOrNull(one['granted']),
          grantedOrgName: textOrNull(one['granted_name']),
          grantedOrgDomain: domain(textOrNull(one['granted_name'])),
        }),
      }),
    ),
    authFactors: lists.authFactors.map((one) => ({
      state: named('AUTH_FACTOR_STATE', factorStates, one['state']),
      ...factorOf(one),
    })),
    passwordlessTokens: lists.passwordlessTokens.map((one) =>
      lean({
        id: text(one['id']),
        state: named('AUTH_FACTOR_STATE', factorStates, one['state']),
        name: text(one['name']),
      }),
    ),
    personalAccessTokens: lists.personalAccessTokens.map((one) =>
      lean({
        id: text(one['id']),
        details: details(one),
        expirationDate: instant(one['expiration']),
        scopes: texts(one['scopes']),
      }),
    ),
    refreshTokens: lists.refreshTokens.map((one) =>
      lean({
        id: text(one['id']),
        details: details(one),
        clientId: text(one['client_id']),
        authTime: instant(one['auth_time']),
        idleExpiration: instant(one['idle_expiration']),
        expiration: instant(one['expiration']),
        scopes: texts(one['scopes']),
        audience: texts(one['audience']),
      }),
    ),
    sessions: lists.sessions.map((one) =>
      lean({
        sessionId: text(one['id']),
        agentId: text(one['agent_id']),
        authState: named('SESSION_STATE', sessionStates, one['state']),
        ...told(one, sessionFields, {}),
        details: details(one),
      }),
    ),
  });
  return Object.keys(around).length === 0 ? user : { user, ...around };
}

function userOf(row: ExportRow, loginNames: readonly ExportRow[]): Json {
  const preferred = row['preferred_login_name'];
  return lean({
    id: text(row['id']),
    details: details(row),
    state: named('USER_STATE', allStates, row['state']),
    userName: text(row['user_name']),
    loginNames: loginNames.map((one) => text(one['login_name'])),
    preferredLoginName: preferred === null ? text(row['user_name']) : text(preferred),
    ...(row['type'] === 2 ? { machine: machineOf(row) } : { human: humanOf(row) }),
  });
}
/** A user who was removed has no line to come from, but a number in the database. */
const allStates = { ...states, DELETED: 3 } as const;

function humanOf(row: ExportRow): Json {
  return {
    profile: lean({
      firstName: text(row['first_name']),
      lastName: text(row['last_name']),
      nickName: text(row['nick_name']),
      displayName: text(row['display_name']),
      preferredLanguage: text(row['preferred_language']),
      gender: named('GENDER', genders, row['gender']),
      avatarUrl: text(row['avatar_url']),
    }),
    email: lean({ email: text(row['email']), isEmailVerified: row['email_verified'] === true }),
    ...(row['phone'] === null
      ? {}
      : { phone: lean({ phone: text(row['phone']), isPhoneVerified: row['phone_verified'] === true }) }),
    ...(row['password_changed'] === null ? {} : { passwordChanged: instant(row['password_changed']) }),
  };
}

function machineOf(row: ExportRow): Json {
  return lean({
    name: text(row['machine_name'] ?? row['user_name']),
    description: text(row['description']),
    hasSecret: row['has_secret'] === true,
    accessTokenType: named('ACCESS_TOKEN_TYPE', accessTokenTypes, row['access_token_type']),
  });
}

function details(row: ExportRow, owner: string = text(row['owner'])): Json {
  return lean({
    sequence: row['sequence'] === '0' ? '' : text(row['sequence']),
    creationDate: instant(row['created']),
    changeDate: instant(row['updated']),
    resourceOwner: owner,
  });
}

/** Where nobody gave role names, the one that the role in the account has. */
function rolesOf(row: ExportRow): readonly string[] {
  const roles = texts(row['roles']);
  return row.told || roles.length > 0 ? roles : [accountRoles[Number(row['role'])] ?? ''].filter(Boolean);
}
const accountRoles: Readonly<Record<number, string>> = {
  1: 'ADMIN',
  2: 'JOB_DEVELOPER',
  3: 'JOB_VIEWER',
  4: 'JOB_EXECUTOR',
};

function factorOf(row: ExportRow): { readonly [key: string]: Json } {
  if (row['kind'] === 2) return { u2f: lean({ id: text(row['id']), name: text(row['name']) }) };
  return { [({ 1: 'otp', 3: 'otpSms', 4: 'otpEmail' } as const)[Number(row['kind']) as 1 | 3 | 4]]: {} };
}

/** Without what proto JSON leaves out. */
function lean(fields: { readonly [key: string]: Json | undefined }): { readonly [key: string]: Json } {
  const kept = Object.entries(fields).filter((entry): entry is [string, Json] => {
    const [, value] = entry;
    return value !== undefined && value !== '' && value !== false && !(Array.isArray(value) && value.length === 0);
  });
  return Object.fromEntries(kept);
}

/** The name of an enum's number; empty for zero, which does not stand, and for none. */
function named(prefix: string, numbers: Readonly<Record<string, number>>, value: unknown): string {
  const [name] = Object.entries(numbers).find(([, number]) => number === value && number !== 0) ?? [];
  return name === undefined ? '' : `${prefix}_${name}`;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? (value as string[]) : [];
}

/** A time as proto JSON writes it: in UTC, with no, three, six or nine decimals. */
function instant(value: unknown): string {
  const [, seconds = '', decimals = ''] = /^(.{19})\.?(\d*)Z?$/.exec(text(value)) ?? [];
  const nine = decimals.padEnd(9, '0').replace(/(000)+$/, '');
  return `${seconds}${nine === '' ? '' : `.${nine}`}Z`;
}
