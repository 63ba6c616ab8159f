/** What grants, sessions and memberships repeat of others: kept as it came, told again as it is now. */
import type { Cell } from '../db/bulk.js';

/** The fields that a message came with: `true` for what its user has too, else the text. Stored as JSON. */
export type Told = Readonly<Record<string, string | true>>;

type UserRow = Readonly<Record<string, Cell>>;

/** The fields that repeat something of the user, and the column it is in. */
const ofUser = {
  userName: (user: UserRow) => user['user_name'],
  firstName: (user: UserRow) => user['first_name'],
  lastName: (user: UserRow) => user['last_name'],
  email: (user: UserRow) => user['email'],
  displayName: (user: UserRow) => user['display_name'],
  avatarUrl: (user: UserRow) => user['avatar_url'],
  loginName: preferred,
  preferredLoginName: preferred,
  userType: (user: UserRow) => (user['type'] === 2 ? 'TYPE_MACHINE' : 'TYPE_HUMAN'),
} satisfies Readonly<Record<string, (user: UserRow) => Cell | undefined>>;

function preferred(user: UserRow): Cell | undefined {
  return user['preferred_login_name'] || user['user_name'];
}

/** What a message came with, of the fields named; nothing of those that are absent. */
export function toldBy(message: Readonly<Record<string, unknown>>, fields: readonly string[], user: UserRow): Told {
  const told: Record<string, string | true> = {};
  for (const field of fields) {
    const value = message[field];
    if (typeof value !== 'string' || value === '') continue;
    told[field] = field in ofUser && ofUser[field as keyof typeof ofUser](user) === value ? true : value;
  }
  return told;
}

/**
 * The fields of a message as they are to be told: those it came with, or all of `now` when it was made here.
 * @param now what is true now of everything but the user
 */
export function tellAgain(
  told: Told | null,
  fields: readonly string[],
  user: UserRow,
  now: Readonly<Record<string, string | null>>,
): Record<string, string> {
  const entries = fields.flatMap((field): [string, string][] => {
    const current = field in ofUser ? ofUser[field as keyof typeof ofUser](user) : now[field];
    const value = told === null ? current : told[field] === true ? current : told[field];
    return typeof value === 'string' && value !== '' ? [[field, value]] : [];
  });
  return Object.fromEntries(entries);
}

export const grantFields = [
  ...['userId', 'userName', 'firstName', 'lastName', 'email', 'displayName', 'avatarUrl', 'preferredLoginName'],
  ...['userType', 'orgId', 'orgName', 'orgDomain', 'projectName', 'grantedOrgId', 'grantedOrgName', 'grantedOrgDomain'],
];
export const sessionFields = ['userId', 'userName', 'loginName', 'displayName', 'avatarUrl'];
export const membershipFields = ['userId', 'displayName', 'resourceOwner'];
