/** Branded ids, so that one kind of id cannot stand where another is meant. */

declare const brand: unique symbol;
type Id<Name extends string> = string & { readonly [brand]: Name };

/** A user: the person or machine behind a token, the member of an account, the entry of the directory. A UUID. */
export type UserId = Id<'User'>;
/** An account: personal, team or enterprise. A UUID. */
export type AccountId = Id<'Account'>;
/** An invite into a team or enterprise account. A UUID. */
export type InviteId = Id<'Invite'>;
/** A project of an account: what grants are about. A UUID. */
export type ProjectId = Id<'Project'>;
/** A project that another account may use. A UUID. */
export type ProjectGrantId = Id<'ProjectGrant'>;
/** What a user may do in a project. A UUID. */
export type UserGrantId = Id<'UserGrant'>;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Reads UUID text in any letter case and returns it in lower case, the only form that is stored and compared.
 * Returns null for anything else.
 */
export function parseUuid<T extends string = string>(text: string): T | null {
  return uuid.test(text) ? (text.toLowerCase() as T) : null;
}

/** Everybody, when authentication is off. */
export const anonymousUserId = '00000000-0000-0000-0000-000000000000' as UserId;
