/** Decides who may do what, from the roles in the database as they are at that moment. */
import DataLoader from 'dataloader';
import type { Db } from '../../db/client.js';
import { callingUser, type Call, type UserPrincipal } from '../../kernel/call.js';
import { AppError, forbidden } from '../../kernel/errors.js';
import type { AccountId } from '../../kernel/ids.js';
import type { Audit } from '../audit/audit.js';
import { accountRoles, accountTypes, type Access, type Scope, type Visible } from './access.js';
import { hasPermission, may, type Holding } from './access.rules.js';
import { lockAccount, lockAsMember, standings, type Standing } from './access.store.js';
import { createUserAccess } from './access.users.js';

/** What access needs: the database, the record of refusals, and the two settings that bear on it. */
export interface AccessParts {
  readonly db: Db;
  readonly audit: Audit;
  /** Off: every member passes every check, and roles read as null. */
  readonly rbac: boolean;
  readonly mostResources: number;
}

/** Access on this database. */
export function createAccess(parts: AccessParts): Access {
  const { db, audit, rbac, mostResources } = parts;
  const standingLoaders = new WeakMap<Call, DataLoader<AccountId, Standing | null>>();

  /** Where the caller stands in an account. Batched within a call, and never remembered: a change may lie between. */
  function standingOf(call: Call, accountId: AccountId): Promise<Standing | null> {
    let loader = standingLoaders.get(call);
    if (!loader) {
      const { userId } = callingUser(call);
      loader = new DataLoader(
        async (ids: readonly AccountId[]) => {
          const found = new Map((await standings(db, userId, [...new Set(ids)])).map((row) => [row.accountId, row]));
          return ids.map((id) => found.get(id) ?? null);
        },
        { cache: false },
      );
      standingLoaders.set(call, loader);
    }
    return loader.load(accountId);
  }

  function holdingOf(standing: Standing | null, operator: boolean): Holding | null {
    if (!standing) return null;
    if (operator) return 'any';
    if (standing.role === null) return null;
    return rbac ? accountRoles.fromNumber(standing.role) : 'any';
  }

  const roleIn = (standing: Standing | null) =>
    standing?.role != null && rbac ? accountRoles.fromNumber(standing.role) : null;

  const scopeOf = (standing: Standing, { userId, operator }: UserPrincipal) =>
    ({
      accountId: standing.accountId,
      accountType: accountTypes.fromNumber(standing.type),
      role: operator ? null : roleIn(standing),
      userId,
    }) as Scope;

  const visible: Access['visible'] = ({ principal }) => {
    if (principal.kind === 'worker' || (principal.kind === 'user' && principal.operator)) {
      return { sees: 'all' } as Visible;
    }
    if (principal.kind === 'user') return { sees: 'accounts', userId: principal.userId } as Visible;
    return { sees: 'nothing' } as Visible;
  };

  return {
    visible,
    ...createUserAccess(parts, visible),

    async change(call, { accountId, permission, action }, work) {
      const caller = callingUser(call);
      const { userId, operator } = caller;
      try {
        return await db.transact(async (tx) => {
          const member = await lockAsMember(tx, userId, accountId);
          const standing = member ?? (operator ? await lockAccount(tx, accountId) : null);
          const holding = holdingOf(standing, operator);
          if (!standing || !holding || !may(holding, 'ACCOUNT', permission)) throw forbidden();
          return work(tx, scopeOf(standing, caller));
        });
      } catch (error) {
        // After the rollback, or the record of the refusal would be rolled back with it.
        if (error instanceof AppError && error.kind === 'forbidden') {
          await audit.denied(call, { action, accountId, target: { type: 'account', id: accountId } });
        }
        throw error;
      }
    },

    async vouch(tx, call, accountId) {
      const caller = callingUser(call);
      const standing = (await lockAsMember(tx, caller.userId, accountId)) ?? (await lockAccount(tx, accountId));
      if (!standing) throw forbidden();
      return scopeOf(standing, caller);
    },

    refused: (call, { action, accountId }) => {
      const target = accountId === null ? { type: 'instance', id: '' } : { type: 'account', id: accountId };
      return audit.denied(call, { action, accountId, target });
    },

    async permits(call, permission, accountId) {
      const { operator } = callingUser(call);
      const holding = holdingOf(await standingOf(call, accountId), operator);
      return holding !== null && may(holding, 'ACCOUNT', permission);
    },

    async isMember(call, accountId) {
      return (await standingOf(call, accountId))?.role != null;
    },

    async roleOf(call, accountId) {
      return roleIn(await standingOf(call, accountId));
    },

    async hasPermissions(call, accountId, resources) {
      const { operator } = callingUser(call);
      if (resources.length > mostResources) {
        throw new AppError('limit', 'TOO_MANY_RESOURCES', `Ask for at most ${mostResources} permissions at a time.`, {
          path: ['resources'],
          facts: { limit: 'permissions', allowed: mostResources, actual: resources.length },
        });
      }
      const holding = holdingOf(await standingOf(call, accountId), operator);
      if (!holding) throw forbidden();
      return resources.map((resource) => hasPermission(holding, accountId, resource));
    },
  };
}
