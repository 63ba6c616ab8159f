/** What users may do in projects, and everything they may manage: grants and memberships. */
import { z } from 'zod';
import type { Call } from '../../kernel/call.js';
import type { Filter, TextMatch } from '../../kernel/filter.js';
import type { AccountId, ProjectGrantId, ProjectId, UserGrantId, UserId } from '../../kernel/ids.js';
import { id, optional, text } from '../../kernel/input.js';
import type { Page, PageRequest } from '../../kernel/page.js';
import { wireEnum } from '../../kernel/wire-enum.js';
import type { UserType } from '../user/user.js';

/** Whether a grant is in force (`zitadel.user.v1.UserGrantState`, stored as its number). */
export type GrantState = 'ACTIVE' | 'INACTIVE';
export const grantStates = wireEnum<GrantState>({ ACTIVE: 1, INACTIVE: 2 });

/** When and how often something was changed, and which account owns it. `*Ns` are nanoseconds beyond the millisecond. */
interface Changes {
  readonly sequence: bigint;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly createdNs: number;
  readonly updatedNs: number;
  readonly resourceOwner: string;
}

/** A grant with what it shows of its user, its project and the accounts of both. Enums are protobuf numbers. */
export interface Grant extends Changes {
  readonly id: string;
  readonly roleKeys: string[];
  readonly state: number;
  /** The id it was imported under, where that was no UUID. */
  readonly foreignId: string | null;
  readonly userId: string;
  readonly userType: number;
  readonly userName: string;
  readonly preferredLoginName: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly displayName: string | null;
  readonly email: string | null;
  readonly avatarUrl: string | null;
  readonly projectId: string;
  readonly projectName: string;
  /** The account that the project belongs to, and its primary domain. */
  readonly orgId: string;
  readonly orgName: string;
  readonly orgDomain: string;
  /** The project grant behind it, and the account that the project was granted to; null without one. */
  readonly projectGrantId: string | null;
  readonly grantedOrgId: string | null;
  readonly grantedOrgName: string | null;
  readonly grantedOrgDomain: string | null;
}

/**
 * A right to manage something. Exactly one of the instance, an account, a project or a project grant: `kind` says which.
 * A right to a project grant names its project too.
 */
export interface Membership extends Changes {
  readonly userId: string;
  readonly kind: 'iam' | 'org' | 'project' | 'projectGrant';
  readonly orgId: string | null;
  readonly projectId: string | null;
  readonly projectGrantId: string | null;
  /** The roles as they were imported; null where they follow from `role`. */
  readonly roles: string[] | null;
  /** The role in an account, as the protobuf's number; null for the other kinds. */
  readonly role: number | null;
  /** The name of the account, instance or project. */
  readonly displayName: string;
}

/** The texts of a grant that are compared. Those of people are absent for machines. */
export type GrantText =
  'userName' | 'firstName' | 'lastName' | 'displayName' | 'email' | 'orgName' | 'orgDomain' | 'projectName';

/**
 * A condition on a grant (`zitadel.user.v1.UserGrantQuery`); ids are as stored. Of `roleKey` it is enough that one of the roles matches. `withGranted` true includes grants
 * that come from a project grant, so it holds for every grant; false leaves them out.
 */
export type GrantLeaf =
  | { readonly field: 'userId' | 'projectId' | 'projectGrantId'; readonly id: string }
  | { readonly field: GrantText | 'roleKey'; readonly match: TextMatch }
  | { readonly field: 'userType'; readonly type: UserType }
  | { readonly field: 'withGranted'; readonly value: boolean };

/**
 * A condition on a membership (`zitadel.user.v1.MembershipQuery`); ids are as stored. `projectId` holds for memberships of the project and of its project grants; `iam` false
 * for everything but the instance.
 */
export type MembershipLeaf =
  | { readonly field: 'orgId' | 'projectId' | 'projectGrantId'; readonly id: string }
  | { readonly field: 'iam'; readonly value: boolean };

/** What grants can be ordered by. */
export const grantOrders = [
  'USER_NAME',
  'DISPLAY_NAME',
  'EMAIL',
  'PROJECT_NAME',
  'ORG_NAME',
  'STATE',
  'CREATION_DATE',
] as const;
export type GrantOrderField = (typeof grantOrders)[number];

/** One sort key of a list of grants. Texts sort folded; what is absent sorts as the highest. The last key is the id. */
export interface GrantOrder {
  readonly field: GrantOrderField;
  readonly descending: boolean;
}

/** An order without what cannot matter, which is a field that stands there already; oldest first where none is asked for. */
export function effectiveGrantOrder(order: readonly GrantOrder[]): readonly GrantOrder[] {
  if (order.length === 0) return [{ field: 'CREATION_DATE', descending: false }];
  return order.filter(({ field }, i) => order.findIndex((one) => one.field === field) === i);
}

/** How many sort keys the cursors of a list of grants hold: the name of the order, its keys, the id. */
export const grantKeys = (order: readonly GrantOrder[]): number =>
  effectiveGrantOrder(order).reduce((sum, { field }) => sum + (field === 'CREATION_DATE' ? 2 : 1), 2);

/** How many sort keys the cursors of a list of memberships hold: user, kind, what it is about. */
export const membershipKeys = 3;

/** Which memberships are wanted. `accountId` is the account that owns what they are about; null for any. */
export interface MembershipList {
  readonly filter: Filter<MembershipLeaf> | null;
  readonly accountId: AccountId | null;
  /** With an account: what is about the whole instance as well. */
  readonly instanceToo?: boolean;
}

/** Which grants are wanted. `accountId` is the account that the project belongs to; null for any. */
export interface GrantList {
  readonly filter: Filter<GrantLeaf> | null;
  readonly accountId: AccountId | null;
  readonly orderBy: readonly GrantOrder[];
}

const roleKeys = z
  .array(text(200))
  .min(1, 'Name at least one role.')
  .max(100)
  .transform((keys) => [...new Set(keys)]);

export const createProjectInput = z.object({ accountId: id<AccountId>(), name: text(200) });
export const createGrantInput = z.object({
  userId: id<UserId>(),
  projectId: id<ProjectId>(),
  projectGrantId: optional(id<ProjectGrantId>()),
  roleKeys,
});
export const updateGrantInput = z.object({ id: id<UserGrantId>(), roleKeys });
export const grantInput = z.object({ id: id<UserGrantId>() });

/** One grant that is meant. */
export type GrantInput = z.output<typeof grantInput>;

/** Grants and memberships. */
export interface Grants {
  /** These grants, in the order asked; null for those that are unknown or that the caller may not see. */
  byIds(call: Call, ids: readonly string[]): Promise<(Grant | null)[]>;

  /**
   * A page of the grants that the caller may see: its own, and those of users it sees on projects of accounts it may
   * read (ListUserGrants).
   */
  list(call: Call, list: GrantList, page: PageRequest): Promise<Page<Grant>>;

  /** A page of the grants of each of these users, in one statement whatever their number. */
  listOf(call: Call, userIds: readonly string[], list: GrantList, page: PageRequest): Promise<Page<Grant>[]>;

  /**
   * A page of the memberships that the caller may see, by user (ListUserMemberships): those of accounts it may read, its
   * own, and those of users it sees in projects and project grants of accounts it may read.
   */
  memberships(call: Call, list: MembershipList, page: PageRequest): Promise<Page<Membership>>;

  /** A page of the memberships of each of these users, in one statement whatever their number. */
  membershipsOf(
    call: Call,
    userIds: readonly string[],
    list: MembershipList,
    page: PageRequest,
  ): Promise<Page<Membership>[]>;

  /** The roles that a membership gives. Those that follow from a role in an account are none where roles are off. */
  rolesOf(membership: Membership): readonly string[];

  /** Adds a project to an account. Needs ACCOUNT/UPDATE. */
  createProject(call: Call, input: z.output<typeof createProjectInput>): Promise<ProjectId>;

  /**
   * Gives a user roles in a project (AddUserGrant). Needs ACCOUNT/UPDATE on the project's account, and a user whom the
   * caller sees.
   * @throws AppError `not_found` with the path of the project, user or project grant that is unknown, may not be seen or
   * does not belong to the project; `conflict` when the user has such a grant already
   */
  create(call: Call, input: z.output<typeof createGrantInput>): Promise<Grant>;

  /**
   * Replaces the roles of a grant (UpdateUserGrant). Needs ACCOUNT/UPDATE on the project's account, as do the next three.
   * @throws AppError `not_found` for a grant that the caller may not see, `precondition` when the roles stay the same
   */
  update(call: Call, input: z.output<typeof updateGrantInput>): Promise<Grant>;

  /** Takes a grant out of force (DeactivateUserGrant). @throws AppError as `update`; `precondition` unless ACTIVE */
  deactivate(call: Call, input: GrantInput): Promise<Grant>;

  /** Puts a grant into force again (ReactivateUserGrant). @throws AppError as `update`; `precondition` unless INACTIVE */
  reactivate(call: Call, input: GrantInput): Promise<Grant>;

  /**
   * Removes grants on projects of an account, all or none (BulkRemoveUserGrant). Needs ACCOUNT/UPDATE.
   * @throws AppError `not_found` when one of them is no grant there
   */
  removeAll(call: Call, input: { readonly accountId: AccountId; readonly ids: readonly string[] }): Promise<void>;

  /** Removes a grant (RemoveUserGrant) and answers its id. @throws AppError `not_found` as `update` */
  remove(call: Call, input: GrantInput): Promise<UserGrantId>;
}
