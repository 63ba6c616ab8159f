/** Lists of grants and memberships on this database. */
import type { Db } from '../../db/client.js';
import { pageOf, pagesOf } from '../../db/keyset.js';
import { totals } from '../../db/totals.js';
import type { Call } from '../../kernel/call.js';
import { accountRoles, type Access } from '../access/access.js';
import type { Grant, Grants, Membership } from './grant.js';
import * as memberships from './grant.memberships.store.js';
import * as grants from './grant.search.store.js';

/** What lists need. */
export interface GrantListParts {
  readonly db: Db;
  readonly access: Access;
  readonly rbac: boolean;
  readonly instanceDomain: string;
}

/** The part of grants that lists. */
export type GrantLists = Pick<Grants, 'list' | 'listOf' | 'memberships' | 'membershipsOf' | 'rolesOf'>;

/** Lists of grants and memberships on this database. */
export function createGrantLists({ db, access, rbac, instanceDomain }: GrantListParts): GrantLists {
  const searchOf = <List extends object>(call: Call, list: List) => ({
    ...list,
    visible: access.visible(call),
    instanceDomain,
  });

  return {
    async list(call, list, page) {
      const search = searchOf(call, list);
      const rows = await grants.listGrants(db, search, page);
      return pageOf(rows, page, (limit) => grants.countGrants(db, search, limit ?? null));
    },

    async listOf(call, userIds, list, page) {
      const search = searchOf(call, list);
      const total = totals((ids: readonly string[], limit) => grants.countGrantsOf(db, search, ids, limit));
      const rows = await grants.listGrantsOf(db, search, userIds, page);
      return pagesOf(userIds, rows, (row: Grant) => row.userId, page, total);
    },

    async memberships(call, list, page) {
      const search = searchOf(call, list);
      const rows = await memberships.listMemberships(db, search, page);
      return pageOf(rows, page, (limit) => memberships.countMemberships(db, search, limit ?? null));
    },

    async membershipsOf(call, userIds, list, page) {
      const search = searchOf(call, list);
      const total = totals((ids: readonly string[], limit) => memberships.countMembershipsOf(db, search, ids, limit));
      const rows = await memberships.listMembershipsOf(db, search, userIds, page);
      return pagesOf(userIds, rows, (row: Membership) => row.userId, page, total);
    },

    rolesOf({ roles, role }) {
      if (role === null || (roles !== null && roles.length > 0)) return roles ?? [];
      const name = rbac ? accountRoles.fromNumber(role) : null;
      return name === null ? [] : [name];
    },
  };
}
