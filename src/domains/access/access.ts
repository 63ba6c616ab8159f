/** Roles, permissions, and the two keys that stores demand: a `Scope` to change an account, a `Visible` to read. */
import type { Call } from '../../kernel/call.js';
import type { AccountId, UserId } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/transaction.js';
import { wireEnum } from '../../kernel/wire-enum.js';

/** What somebody is in an account (`mgmt.v1alpha1.AccountRole`). */
export type AccountRole = 'ADMIN' | 'JOB_DEVELOPER' | 'JOB_VIEWER' | 'JOB_EXECUTOR';
export const accountRoles = wireEnum<AccountRole>({ ADMIN: 1, JOB_DEVELOPER: 2, JOB_VIEWER: 3, JOB_EXECUTOR: 4 });
/** Stands wherever a role is set and none is named. */
export const defaultRole: AccountRole = 'JOB_VIEWER';

/** What kind of account it is (`mgmt.v1alpha1.UserAccountType`). */
export type AccountType = 'PERSONAL' | 'TEAM' | 'ENTERPRISE';
export const accountTypes = wireEnum<AccountType>({ PERSONAL: 1, TEAM: 2, ENTERPRISE: 3 });

/** What a permission is about (`mgmt.v1alpha1.ResourcePermission.Type`). */
export type ResourceType = 'ACCOUNT' | 'CONNECTION' | 'JOB';
export const resourceTypes = wireEnum<ResourceType>({ ACCOUNT: 1, CONNECTION: 2, JOB: 3 });

/** What a permission lets one do (`mgmt.v1alpha1.ResourcePermission.Action`). */
export type ResourceAction = 'CREATE' | 'READ' | 'UPDATE' | 'DELETE';
export const resourceActions = wireEnum<ResourceAction>({ CREATE: 1, READ: 2, UPDATE: 3, DELETE: 4 });

/** A permission to ask for. `id` names the resource; null type or action is one nobody has. */
export interface ResourcePermission {
  readonly type: ResourceType | null;
  readonly id: string;
  readonly action: ResourceAction | null;
}

declare const key: unique symbol;

/**
 * The right to change one account, proven under a lock on its row that lasts until the transaction ends. Only
 * {@link Access.change} and {@link Access.vouch} make one.
 */
export interface Scope {
  readonly accountId: AccountId;
  readonly accountType: AccountType | null;
  /** The role by which the caller acts; null for operators and where roles are off: they act as an admin does. */
  readonly role: AccountRole | null;
  /** Who acts. */
  readonly userId: UserId;
  readonly [key]: 'scope';
}

/**
 * What a caller may see. `all`: operators and the billing worker; `accounts`: what `userId` is a member of; `nothing`:
 * everybody else. Only {@link Access.visible} makes one; `access.visible.ts` turns it into SQL.
 */
export type Visible = (
  { readonly sees: 'all' } | { readonly sees: 'accounts'; readonly userId: UserId } | { readonly sees: 'nothing' }
) & { readonly [key]: 'visible' };

/**
 * The right to change one user, proven under a lock on its row that lasts until the transaction ends. Only
 * {@link Access.changeUser} makes one.
 */
export interface UserScope {
  readonly targetId: UserId;
  /** The account that owns the user. */
  readonly ownerId: AccountId;
  /** The caller is the user: what only others may say of somebody, it may not. */
  readonly self: boolean;
  /** Who acts. */
  readonly userId: UserId;
  readonly [key]: 'user';
}

/**
 * Whom a caller may write. `all`: operators; `accounts`: who is owned by an account in which `userId` holds one of
 * `roles`; `nothing`: everybody else. Only {@link Access.writable} makes one; `access.visible.ts` turns it into SQL.
 */
export type Writable = (
  | { readonly writes: 'all' }
  | { readonly writes: 'accounts'; readonly userId: UserId; readonly roles: readonly number[] }
  | { readonly writes: 'nothing' }
) & { readonly [key]: 'writable' };

/** What {@link Access.changeUser} is to check and to lock, and how a refusal is recorded. */
export interface UserChange {
  readonly userId: UserId;
  /** The action as the audit record names it. */
  readonly action: string;
  /** Where in the input the id stands that led to the user. */
  readonly path: readonly string[];
  /** True for what everybody may do to itself. */
  readonly own?: boolean;
  /** True where the id is that of a credential: for who may not write the user there is no such thing. */
  readonly secret?: boolean;
  /** True for what bears on the accounts the user is in: all of them are locked, and the user joins no other meanwhile. */
  readonly everywhere?: boolean;
}

/** What {@link Access.change} is to check, and how a refusal is recorded. */
export interface Change {
  readonly accountId: AccountId;
  readonly permission: ResourceAction;
  /** The action as the audit record names it. */
  readonly action: string;
}

/** Decides who may do what. */
export interface Access {
  /** What the caller may see. Never throws. */
  visible(call: Call): Visible;

  /**
   * Runs a change of one account in a transaction: locks the account's row, checks the caller's permission under that
   * lock, then works. Two changes of one account therefore never overlap.
   * @throws AppError `forbidden` when the permission is missing, or the account is unknown: the two look alike; the
   * refusal is recorded. As {@link callingUser} for callers without a user.
   */
  change<T>(call: Call, change: Change, work: (tx: Tx, scope: Scope) => Promise<T>): Promise<T>;

  /**
   * The scope of a change whose right comes from elsewhere than a role: the founder of a new account, the bearer of an
   * invite. Locks the account's row. The caller of this method vouches that the right was checked.
   * @throws AppError `forbidden` when the account is unknown
   */
  vouch(tx: Tx, call: Call, accountId: AccountId): Promise<Scope>;

  /**
   * Runs a change of one user in a transaction: locks the account that owns it, then its row, checks under these locks
   * that the caller may write it, then works. Needs ACCOUNT/UPDATE on that account, or an operator.
   * @throws AppError `not_found` with the change's path for a user that is unknown or may not be seen, `forbidden` for
   * one that may not be written; the refusal is recorded. `conflict` when the user changed accounts at that moment. As
   * {@link callingUser} for callers without a user.
   */
  changeUser<T>(call: Call, change: UserChange, work: (tx: Tx, scope: UserScope) => Promise<T>): Promise<T>;

  /** Whom the caller may write. Never throws. */
  writable(call: Call): Writable;

  /** Whether the user is the caller, or one that the caller may write. Batched within a call, never remembered. */
  ownOrWritable(call: Call, userId: UserId): Promise<boolean>;

  /** Records that the outer door refused a change before any service was asked for it. */
  refused(call: Call, change: { readonly action: string; readonly accountId: AccountId | null }): Promise<void>;

  /** Whether the caller may do this to the account. Batched within a call, never remembered. */
  permits(call: Call, permission: ResourceAction, accountId: AccountId): Promise<boolean>;

  /** Whether the caller is a member of the account. Batched within a call, never remembered. */
  isMember(call: Call, accountId: AccountId): Promise<boolean>;

  /** The caller's role in an account; null when it is not a member, or where roles are off. Batched within a call. */
  roleOf(call: Call, accountId: AccountId): Promise<AccountRole | null>;

  /**
   * Which of these permissions the caller has in the account, in the order asked (HasPermissions).
   * @throws AppError `forbidden` when the caller is no member, `limit` for more than 100 resources
   */
  hasPermissions(call: Call, accountId: AccountId, resources: readonly ResourcePermission[]): Promise<boolean[]>;
}
