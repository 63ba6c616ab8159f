/** Users: people and machines. Who signs in, who is a member and who is in the directory are one row. */
import { z } from 'zod';
import type { Call, Claims } from '../../kernel/call.js';
import type { UserId } from '../../kernel/ids.js';
import { optional, optionalText, phoneNumber, text, writtenEmailAddress } from '../../kernel/input.js';
import type { Tx } from '../../kernel/transaction.js';
import { wireEnum } from '../../kernel/wire-enum.js';
import type { UserScope, Visible } from '../access/access.js';

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
  /** The login name to show, as it was imported; null for the user name, empty where none was given. */
  readonly preferredName: string | null;
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

  /** These users by id, or by the id they were imported under, as far as they may be seen; null for the rest. */
  byIds(visible: Visible, ids: readonly string[]): Promise<(User | null)[]>;

  /**
   * Whether no user has both this user name, whatever its letter case, and exactly this e-mail address (IsUserUnique).
   * What is empty is not asked about. Tells every user of every other, but nothing besides yes or no.
   */
  isUnique(call: Call, asked: { readonly userName: string; readonly email: string }): Promise<boolean>;

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

/** The longest name a user may have. */
const longestName = 200;

/** How a person is named and addressed. Absent text is null; without a display name it is the full name. */
export const profileInput = z.object({
  firstName: text(longestName),
  lastName: text(longestName),
  nickName: optionalText(longestName),
  displayName: optionalText(longestName),
  preferredLanguage: optionalText(35).refine(
    (tag) => tag === null || /^[a-z]{1,8}([-_][a-z0-9]{1,8})*$/i.test(tag),
    'This is no language tag, such as en or pt-BR.',
  ),
  gender: optional(z.enum(genders.names as [Gender, ...Gender[]])),
  avatarUrl: optionalText(2_000).refine(
    // A page shows this address: it must not be one that runs something.
    (url) => url === null || !/^[a-z][a-z0-9+.-]*:/i.test(url) || /^https?:/i.test(url),
    'The address of a picture begins with https.',
  ),
});
export type ProfileInput = z.output<typeof profileInput>;

const flag = z.boolean().nullish().transform(Boolean);

/** A person's e-mail address, in the letter case that it was written in. */
export const emailInput = z.object({ email: writtenEmailAddress, isEmailVerified: flag });
export type EmailInput = z.output<typeof emailInput>;

/** A person's phone number, in its international form without blanks. */
export const phoneInput = z.object({ phone: phoneNumber, isPhoneVerified: flag });
export type PhoneInput = z.output<typeof phoneInput>;

/** The name of a user, unique in the instance whatever its letter case. */
export const userName = text(longestName);

/** What a machine is called and how it signs in. What is absent stays as it is. */
export const machineInput = z.object({
  name: text(longestName),
  description: optionalText(500).optional(),
  accessTokenType: z
    .enum(accessTokenTypes.names as [AccessTokenType, ...AccessTokenType[]])
    .nullish()
    .transform((type) => type ?? undefined),
});
export type MachineInput = z.output<typeof machineInput>;

/** How the state of a user may be changed. */
export type StateChange = 'deactivate' | 'reactivate' | 'lock' | 'unlock';

/** A user to change. */
export interface UserInput {
  readonly id: UserId;
}

/**
 * Changes users. Needs ACCOUNT/UPDATE on the account that owns the user, or an operator; profile, e-mail and phone
 * everybody may change of itself. Each change counts one in the user's details, and what is edited here is left alone
 * by later sign-ins. Besides what is said at each:
 * @throws AppError `not_found` for a user that is unknown or invisible, `forbidden` for one that is not the caller's to
 * change, `precondition` for a change that changes nothing (NOT_CHANGED) or is not for this type of user (NOT_HUMAN,
 * NOT_MACHINE)
 */
export interface UserLife {
  /** @throws AppError `conflict` for a name that is somebody's login name, whatever the letter case */
  rename(call: Call, input: UserInput & { readonly userName: string }): Promise<User>;
  /** Replaces the profile of a person whole. */
  setProfile(call: Call, input: UserInput & { readonly profile: ProfileInput }): Promise<User>;
  /**
   * Changes the address of a person. Once it is verified, an INITIAL person is ACTIVE.
   * @throws AppError `forbidden` for who calls an address of its own verified
   */
  setEmail(call: Call, input: UserInput & { readonly email: EmailInput }): Promise<User>;
  /** Changes the phone number of a person; null removes it. @throws AppError `forbidden` as for {@link setEmail} */
  setPhone(call: Call, input: UserInput & { readonly phone: PhoneInput | null }): Promise<User>;
  setMachine(call: Call, input: UserInput & MachineInput): Promise<User>;
  /**
   * Ties a sign-in to a user. For operators only. One that is tied to this user already is left alone.
   * @throws AppError `conflict` for one that is tied to another
   */
  link(call: Call, input: UserInput & { readonly issuer: string; readonly subject: string }): Promise<User>;
  /**
   * Changes the state of a user.
   * @throws AppError `precondition` WRONG_STATE, or what a {@link UserReaction} refuses
   */
  changeState(call: Call, input: UserInput & { readonly change: StateChange }): Promise<User>;
  /** Removes a user with all that is tied to it; its names are free again. @throws AppError what a reaction refuses */
  remove(call: Call, input: UserInput): Promise<UserId>;
}

/**
 * What higher domains do, or refuse, when something happens to a user, in the transaction that makes the change. Every
 * account that the user is in is locked by then.
 */
export type UserReaction = (tx: Tx, call: Call, scope: UserScope) => Promise<void>;

/** What higher domains registered. */
export interface UserReactions {
  /** Before a user who could act no longer can: locked, deactivated or about to be removed. */
  readonly unusable: readonly UserReaction[];
  /** Before the row of a user goes. */
  readonly removed: readonly UserReaction[];
}
