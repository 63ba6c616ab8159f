/** The members of accounts on this database. */
import type { Db } from '../../db/client.js';
import { pagesOf } from '../../db/keyset.js';
import { totals } from '../../db/totals.js';
import { invalid } from '../../kernel/errors.js';
import type { AccountId } from '../../kernel/ids.js';
import type { Clock, Random } from '../../kernel/ports.js';
import { accountRoles, type Access, type Scope } from '../access/access.js';
import type { Audit } from '../audit/audit.js';
import { createCreation } from './membership.creation.js';
import type { AdminLost, Member, MemberInput, Memberships } from './membership.js';
import { demandTeam, keepAnAdmin } from './membership.rules.js';
import * as store from './membership.store.js';

/** What memberships need. `adminLost` runs in the transaction of the change. */
export interface MembershipParts {
  readonly db: Db;
  readonly access: Access;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly random: Random;
  readonly rbac: boolean;
  readonly adminLost: AdminLost;
}

/** The members of accounts on this database. */
export function createMemberships(parts: MembershipParts): Memberships {
  const { db, access, audit, clock, rbac, adminLost } = parts;
  const notAMember = () => invalid(['userId'], 'This user is not a member of the account.', 'NOT_A_MEMBER');
  const entry = (action: string, { accountId, userId }: MemberInput) => ({
    action,
    accountId,
    target: { type: 'user', id: userId },
  });

  return {
    ...createCreation(parts),

    async list(call, accountIds, page) {
      const visible = access.visible(call);
      const total = totals((ids: readonly AccountId[], limit) => store.countMembers(db, visible, ids, limit));
      const rows = await store.listMembers(db, visible, accountIds, page);
      return pagesOf(accountIds, rows, (row: Member) => row.accountId, page, total);
    },

    roleOf: (member) => (rbac ? accountRoles.fromNumber(member.role) : null),

    setRole: (call, input) =>
      access.change(
        call,
        { accountId: input.accountId, permission: 'UPDATE', action: 'member.role' },
        async (tx, scope) => {
          const before = await roleIn(tx, scope, input);
          if (before === null) throw notAMember();
          if (rbac && before !== input.role) {
            keepAnAdmin(before, input.role, await store.countOtherAdmins(tx, scope, input.userId));
            await store.updateRole(tx, scope, input.userId, input.role, clock.now());
            if (before === 'ADMIN') await adminLost(tx, call, scope, input.userId);
            await audit.record(tx, call, { ...entry('member.role', input), detail: { before, after: input.role } });
          }
          const member = await store.findMember(tx, scope, input.userId);
          if (!member) throw notAMember();
          return member;
        },
      ),

    remove: (call, input) =>
      access.change(
        call,
        { accountId: input.accountId, permission: 'UPDATE', action: 'member.remove' },
        async (tx, scope) => {
          demandTeam(scope);
          const before = await roleIn(tx, scope, input);
          if (before === null) return;
          keepAnAdmin(before, null, await store.countOtherAdmins(tx, scope, input.userId));
          await store.deleteMember(tx, scope, input.userId);
          await adminLost(tx, call, scope, input.userId);
          await audit.record(tx, call, { ...entry('member.remove', input), detail: { before } });
        },
      ),
  };

  async function roleIn(tx: Parameters<AdminLost>[0], scope: Scope, { userId }: MemberInput) {
    const role = await store.findRole(tx, scope, userId);
    return role === null ? null : accountRoles.fromNumber(role);
  }
}
