/** Users: people and machines. Who signs in, who is a member and who is in the directory are one row. */
import type { Call, Claims } from '../../kernel/call.js';
import type { UserId } from '../../kernel/ids.js';
import { wireEnum } from '../../kernel/wire-enum.js';
import type { Visible } from '../access/access.js';

/** Whether a user is a person or a machine (`zitadel.user.v1`, stored as its number). */
export type UserType = 'HUMAN' | 'MACHINE';
export const userTypes = wireEnum<UserType>({ HUMAN: 1, MACHINE: 2 });

/** Where a user is in its life (`zitadel.user.v1.UserState`). */
export type UserState = 'ACTIVE' | 'INACTIVE' | 'DELETED' | 'LOCKED' | 'SUSPEND' | 'INITIAL';
export const userStates = wireEnum<UserState>({
  ACTIVE: 1,
  INACTIVE: 2,
  DELETED: 3,
  LOCKED: 4,
  SUSPEND: 5,
  INITIAL: 6,
});

/** The states in which a user is let in. */
export const usableStates: readonly UserState[] = ['ACTIVE', 'INITIAL'];

/** How a person is addressed (`zitadel.user.v1.Gender`). */
export type Gender = 'FEMALE' | 'MALE' | 'DIVERSE';
export const genders = wireEnum<Gender>({ FEMALE: 1, MALE: 2, DIVERSE: 3 });

/** What kind of access token a machine gets (`zitadel.user.v1.AccessTokenType`, where zero means BEARER). */
export type AccessTokenType = 'BEARER' | 'JWT';
export const accessTokenTypes = wireEnum<AccessTokenType>({ BEARER: 0, JWT: 1 });

/** A user as stored. Enums are protobuf numbers; absent text is null. */
export interface User {
  readonly id: string;
  readonly type: number;
  readonly state: number;
  readonly userName: string;
  /** The account that owns the user. */
  readonly resourceOwner: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly nickName: string | null;
  readonly displayName: string | null;
  readonly preferredLanguage: string | null;
  readonly gender: number | null;
  readonly avatarUrl: string | null;
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly phone: string | null;
  readonly phoneVerified: boolean;
  readonly passwordChanged: Date | null;
  readonly machineName: string | null;
  readonly description: string | null;
  readonly hasSecret: boolean;
  readonly accessTokenType: number;
  readonly edited: string[];
  /** How often the user was changed, the creation included. */
  readonly sequence: bigint;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Nanoseconds beyond the millisecond of the time of the same name: 0 to 999,999. */
  readonly createdNs: number;
  readonly updatedNs: number;
  readonly passwordChangedNs: number;
  /** The state to go back to when the lock is taken off; null while there is none. */
  readonly stateBeforeLock: number | null;
  /** The id it was imported under, where that was no UUID. */
  readonly foreignId: string | null;
}

/** What signing in needs to know of a user. */
export interface SignedInUser {
  readonly userId: UserId;
  /** False when the user is deactivated, locked or removed: it is refused everywhere. */
  readonly usable: boolean;
  readonly operator: boolean;
}

/** The directory of users. */
export interface Users {
  /** The user behind an identity; null before SetUser. For signing in only: it asks nobody's permission. */
  byIdentity(issuer: string, subject: string): Promise<SignedInUser | null>;

  /**
   * Makes the caller's user from what its token says, or refreshes what nobody edited here (SetUser). Any number of
   * calls at once make one user. Named operators get their IAM membership.
   * @throws AppError `unauthenticated` for anonymous callers, `forbidden` for the worker
   */
  set(call: Call): Promise<UserId>;

  /** These users, as far as they may be seen, in the order asked; null for the rest. */
  byIds(visible: Visible, ids: readonly string[]): Promise<(User | null)[]>;

  /** The login names of each of these users, the preferred one first. */
  loginNames(ids: readonly string[]): Promise<string[][]>;

  /** Whether there is no user at all: a database that nobody has used yet. */
  isEmpty(): Promise<boolean>;

  /** Makes sure that the anonymous user of switched-off authentication exists. */
  ensureAnonymous(): Promise<void>;
}

/** The claims that become a user's profile. */
export type ProfileClaims = Pick<
  Claims,
  'email' | 'emailVerified' | 'givenName' | 'familyName' | 'nickname' | 'name' | 'locale' | 'picture'
>;
