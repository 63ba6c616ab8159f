/** Who may do what, as one table. */
import { parseUuid, type AccountId } from '../../kernel/ids.js';
import type { AccountRole, ResourceAction, ResourcePermission, ResourceType } from './access.js';

const everything: readonly ResourceAction[] = ['CREATE', 'READ', 'UPDATE', 'DELETE'];
const reading: readonly ResourceAction[] = ['READ'];

/** What each role may do to an account, its connections and its jobs. */
export const permissions: Readonly<Record<AccountRole, Readonly<Record<ResourceType, readonly ResourceAction[]>>>> = {
  ADMIN: { ACCOUNT: everything, CONNECTION: everything, JOB: everything },
  JOB_DEVELOPER: { ACCOUNT: reading, CONNECTION: everything, JOB: everything },
  JOB_EXECUTOR: { ACCOUNT: reading, CONNECTION: reading, JOB: reading },
  JOB_VIEWER: { ACCOUNT: reading, CONNECTION: reading, JOB: reading },
};

/** What somebody holds in an account: a role, or `'any'` where every role's checks pass (roles off, operators). */
export type Holding = AccountRole | 'any';

/** Whether a holder may do `action` to resources of this type in the account. */
export function may(holding: Holding, type: ResourceType, action: ResourceAction): boolean {
  return permissions[holding === 'any' ? 'ADMIN' : holding][type].includes(action);
}

/**
 * Whether a member has the permission in the account. An account's permission is about that account alone; those of
 * connections and jobs are per kind, so any id, `*` included, answers alike.
 */
export function hasPermission(holding: Holding, accountId: AccountId, resource: ResourcePermission): boolean {
  const { type, action, id } = resource;
  if (type === null || action === null) return false;
  if (type === 'ACCOUNT' && parseUuid(id) !== accountId) return false;
  return may(holding, type, action);
}

/** Whether somebody who holds this may give `role` to another: nobody gives more rights than they hold. */
export function mayGive(holding: Holding, role: AccountRole): boolean {
  const types = Object.keys(permissions[role]) as ResourceType[];
  return types.every((type) => permissions[role][type].every((action) => may(holding, type, action)));
}
