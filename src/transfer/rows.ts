/** From a line to rows: what each message is stored as. Ids that are no UUIDs become the UUIDs derived from them. */
import { storedId } from '../kernel/foreign-ids.js';
import { parseUuid } from '../kernel/ids.js';
import { textList } from '../kernel/text-list.js';
import { aboutOf } from './line.js';
import {
  factorKinds,
  types,
  type Details,
  type FactorKind,
  type Line,
  type Membership,
  type User,
} from './messages.js';
import { oneOf } from './proto-json.js';
import { grantFields, membershipFields, sessionFields, toldBy } from './repeated.js';
import type { Row, Rows } from './tables.js';

/** The rows of a line. */
export function rowsOf(line: Line): Rows {
  const user = userRow(line.user);
  const user_id = user['id'] as string;
  return {
    users: [user],
    user_login_names: loginNameRows(line.user, user_id),
    user_identities: line.identities.map(({ issuer, subject }, place) => ({ issuer, subject, user_id, place })),
    ...membershipRows(line.memberships, user_id),
    user_grants: line.grants.map((grant, place) => {
      const row = {
        ...idOf(grant.id),
        user_id,
        project_id: storedId(grant.projectId),
        project_grant_id: grant.projectGrantId === '' ? null : storedId(grant.projectGrantId),
        role_keys: grant.roleKeys,
        state: grant.state,
        place,
        told: told({ ...grant, userType: typeNames[grant.userType] }, grantFields, user),
      };
      return withDetails(row, grant.details);
    }),
    auth_factors: line.authFactors.map((factor, place) => {
      const kind = oneOf(factor, Object.keys(factorKinds) as FactorKind[]);
      const id = factor.u2f ? idOf(factor.u2f.id) : { id: storedId(`${user_id} ${kind} ${place}`) };
      return { ...id, user_id, kind: factorKinds[kind], state: factor.state, name: factor.u2f?.name ?? '', place };
    }),
    passwordless_tokens: line.passwordlessTokens.map(({ id, state, name }, place) => ({
      ...idOf(id),
      user_id,
      state,
      name,
      place,
    })),
    personal_access_tokens: line.personalAccessTokens.map((token, place) => {
      const expiration = expirationOf(token.expirationDate);
      const row = { ...idOf(token.id), user_id, ...expiration, scopes: token.scopes, place };
      return withDetails(row, token.details);
    }),
    refresh_tokens: line.refreshTokens.map((token, place) => {
      const row = {
        ...idOf(token.id),
        user_id,
        client_id: token.clientId,
        auth_time: token.authTime,
        idle_expiration: token.idleExpiration,
        expiration: token.expiration,
        scopes: token.scopes,
        audience: token.audience,
        place,
      };
      return withDetails(row, token.details);
    }),
    sessions: line.sessions.map((session, place) => {
      const row = {
        ...idOf(session.sessionId),
        user_id,
        // The tokens of a session carry its id as `sid`; they come from where the user signs in.
        issuer: line.identities[0]?.issuer ?? '',
        sid: session.sessionId,
        agent_id: session.agentId,
        state: session.authState,
        place,
        told: told(session, sessionFields, user),
      };
      return withDetails(row, session.details);
    }),
  };
}

function told(message: object, fields: readonly string[], user: Row): string {
  return JSON.stringify(toldBy(message as Readonly<Record<string, unknown>>, fields, user));
}

const typeNames: Readonly<Record<number, string>> = { [types.HUMAN]: 'TYPE_HUMAN', [types.MACHINE]: 'TYPE_MACHINE' };

function userRow(user: User): Row {
  const { human, machine } = user;
  const { profile, email, phone } = human ?? {};
  const [passwordChanged, passwordChangedNs] = human?.passwordChanged ? instant(human.passwordChanged) : [null, 0];
  const { id, foreign_id } = idOf(user.id);
  const { sequence, created_at, created_ns, updated_at, updated_ns, resource_owner } = detailsOf(user.details);
  return {
    id,
    foreign_id,
    sequence,
    created_at,
    created_ns,
    updated_at,
    updated_ns,
    resource_owner,
    type: human ? types.HUMAN : types.MACHINE,
    state: user.state,
    user_name: user.userName,
    preferred_login_name: user.preferredLoginName === user.userName ? null : user.preferredLoginName,
    other_login_names: textList(user.loginNames.filter((name) => name !== user.userName)),
    first_name: profile?.firstName || null,
    last_name: profile?.lastName || null,
    nick_name: profile?.nickName || null,
    display_name: profile?.displayName || null,
    preferred_language: profile?.preferredLanguage || null,
    gender: profile?.gender || null,
    avatar_url: profile?.avatarUrl || null,
    email: email?.email || null,
    email_verified: email?.isEmailVerified ?? false,
    // An empty number is a message without one; none at all is no message.
    phone: phone ? phone.phone : null,
    phone_verified: phone?.isPhoneVerified ?? false,
    password_changed: passwordChanged,
    password_changed_ns: passwordChangedNs,
    machine_name: machine?.name ?? null,
    description: machine?.description || null,
    has_secret: machine?.hasSecret ?? false,
    access_token_type: machine?.accessTokenType ?? 0,
  };
}

/** The place of a user name that was not among the login names. */
export const unlisted = -1;

function loginNameRows({ userName, loginNames }: User, user_id: string): readonly Row[] {
  const rows = loginNames.map((login_name, place) => ({ user_id, login_name, place }));
  return loginNames.includes(userName) ? rows : [{ user_id, login_name: userName, place: unlisted }, ...rows];
}

function membershipRows(memberships: readonly Membership[], user_id: string) {
  const rows = {
    instance_members: [] as Row[],
    account_members: [] as Row[],
    project_members: [] as Row[],
    project_grant_members: [] as Row[],
  };
  for (const [place, membership] of memberships.entries()) {
    const { kind, id } = aboutOf(membership);
    const { roles, details } = membership;
    // Accounts own what is about them, and no account the instance: what was said of an owner is only kept.
    const isKept = kind === 'iam' || (kind === 'orgId' && details.resourceOwner !== id);
    const said = isKept ? { ...membership, resourceOwner: details.resourceOwner } : membership;
    const row = withDetails({ user_id, roles, place, told: told(said, membershipFields, {}) }, details);
    if (kind === 'iam') rows.instance_members.push(row);
    else if (kind === 'orgId')
      rows.account_members.push(Object.assign(row, { account_id: accountIdOf(id).id, role: roleOf(roles) }));
    else if (kind === 'projectId') rows.project_members.push({ ...row, project_id: storedId(id) });
    else rows.project_grant_members.push({ ...row, project_grant_id: storedId(id) });
  }
  return rows;
}

/** The role in an account that role names amount to: an owner is its admin, whoever is named otherwise may look. */
function roleOf(roles: readonly string[]): number {
  const numbers = roles.map((role) => accountRoles[role.replace(/^ACCOUNT_ROLE_/, '')] ?? lookingOn);
  return Math.min(...numbers, lookingOn) === 1 ? 1 : (numbers.find((number) => number !== lookingOn) ?? lookingOn);
}
const accountRoles: Readonly<Record<string, number>> = {
  ORG_OWNER: 1,
  ADMIN: 1,
  JOB_DEVELOPER: 2,
  JOB_VIEWER: 3,
  JOB_EXECUTOR: 4,
};
const lookingOn = 3;

/** The id something is stored under, and the one it came with where that is another. */
export function idOf(text: string): { readonly id: string; readonly foreign_id: string | null } {
  return withForeign(storedId(text), text);
}

/** {@link idOf} for an account. */
export function accountIdOf(text: string): { readonly id: string; readonly foreign_id: string | null } {
  return withForeign(ownerId(text), text);
}

function withForeign(id: string, text: string) {
  return { id, foreign_id: id === text ? null : text };
}

/** A row and the columns of its details. Spread into it, those would take longer than all the rest of the row. */
function withDetails(row: Row, details: Details): Row {
  return Object.assign(row, detailsOf(details));
}

function detailsOf({ sequence, creationDate, changeDate, resourceOwner }: Details) {
  const [created_at, created_ns] = instant(creationDate);
  const [updated_at, updated_ns] = instant(changeDate);
  return { sequence, created_at, created_ns, updated_at, updated_ns, resource_owner: ownerId(resourceOwner) };
}

function expirationOf(time: string) {
  const [expiration_date, expiration_ns] = instant(time);
  return { expiration_date, expiration_ns };
}

/** Few accounts own many things: what was derived for one is remembered for the next. */
function ownerId(text: string): string {
  const known = parseUuid(text) ?? derivedOwners.get(text);
  if (known !== undefined) return known;
  if (derivedOwners.size >= mostOwners) derivedOwners.clear();
  const id = storedId(text);
  derivedOwners.set(text, id);
  return id;
}
const derivedOwners = new Map<string, string>();
const mostOwners = 50_000;

/** A time as two columns: the millisecond, and the nanoseconds beyond it. Text of `parseTimestamp`. */
function instant(time: string): readonly [at: string, ns: number] {
  if (time.length <= '2026-01-31T08:00:00.123Z'.length) return [time, 0];
  return [`${time.slice(0, 23)}Z`, Number(time.slice(23, -1).padEnd(6, '0'))];
}
