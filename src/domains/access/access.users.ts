/** Who may change which users, from the roles in the database as they are at that moment. */
import DataLoader from 'dataloader';
import type { Db } from '../../db/client.js';
import { callingUser, type Call } from '../../kernel/call.js';
import { AppError, forbidden } from '../../kernel/errors.js';
import type { UserId } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/transaction.js';
import type { Audit } from '../audit/audit.js';
import { accountRoles, type Access, type UserChange, type UserScope, type Writable } from './access.js';
import { may } from './access.rules.js';
import * as store from './access.store.js';

/** What access to users needs. */
export interface UserAccessParts {
  readonly db: Db;
  readonly audit: Audit;
  readonly rbac: boolean;
}

/** The part of access that is about users. */
export type UserAccess = Pick<Access, 'changeUser' | 'writable' | 'ownOrWritable'>;

/** Access to users on this database. `visible` is that of {@link Access}. */
export function createUserAccess({ db, audit, rbac }: UserAccessParts, visible: Access['visible']): UserAccess {
  const writingRoles = accountRoles.names.filter((role) => may(rbac ? role : 'any', 'ACCOUNT', 'UPDATE'));
  const roles = writingRoles.map((role) => accountRoles.toNumber(role));
  const loaders = new WeakMap<Call, DataLoader<UserId, boolean>>();

  const writable: UserAccess['writable'] = ({ principal }) => {
    if (principal.kind !== 'user') return { writes: 'nothing' } as Writable;
    return (
      principal.operator ? { writes: 'all' } : { writes: 'accounts', userId: principal.userId, roles }
    ) as Writable;
  };

  /** Takes the locks of a change, accounts before the user, and proves the right under them. */
  async function prove(tx: Tx, call: Call, change: UserChange, refusals: Refusals): Promise<UserScope> {
    const { userId } = callingUser(call);
    const { userId: targetId, own = false, everywhere = false } = change;
    const ownerId = await store.ownerOf(tx, visible(call), targetId);
    if (!ownerId) throw refusals.unknown;
    const locked = await store.lockAccountsOf(tx, ownerId, everywhere ? targetId : null);
    const owner = await store.lockUser(tx, targetId, everywhere);
    if (!owner) throw refusals.unknown;
    const accounts = everywhere ? await store.accountsOf(tx, targetId) : [];
    if (owner !== ownerId || !accounts.every((id) => locked.has(id))) throw overtaken();

    const self = userId === targetId;
    const writes = (await store.writableOf({ tx }, writable(call), [targetId])).has(targetId);
    if (!writes && !(own && self)) throw refusals.denied;
    return { targetId, ownerId, self, userId } as UserScope;
  }

  return {
    writable,

    async changeUser(call, change, work) {
      callingUser(call);
      const unknown = noSuchThing(change.path);
      const denied = change.secret === true ? noSuchThing(change.path) : forbidden();
      try {
        return await db.transact(async (tx) => work(tx, await prove(tx, call, change, { unknown, denied })));
      } catch (error) {
        // After the rollback, or the record of the refusal would be rolled back with it.
        if (error === denied || (error instanceof AppError && error.kind === 'forbidden')) {
          const target = { type: 'user', id: change.userId };
          await audit.denied(call, { action: change.action, accountId: null, target });
        }
        throw error;
      }
    },

    ownOrWritable(call, userId) {
      const caller = callingUser(call);
      if (caller.userId === userId || caller.operator) return Promise.resolve(true);
      let loader = loaders.get(call);
      if (!loader) {
        loader = new DataLoader(
          async (ids: readonly UserId[]) => {
            const found = await store.writableOf({ db }, writable(call), [...new Set(ids)]);
            return ids.map((id) => found.has(id));
          },
          { cache: false },
        );
        loaders.set(call, loader);
      }
      return loader.load(userId);
    },
  };
}

interface Refusals {
  readonly unknown: AppError;
  readonly denied: AppError;
}

const noSuchThing = (path: readonly string[]) =>
  new AppError('not_found', 'NOT_FOUND', 'There is no such thing, or you may not see it.', { path });

const overtaken = () =>
  new AppError('conflict', 'CONCURRENT_CHANGE', 'Somebody else changed the same thing. Try again.');
