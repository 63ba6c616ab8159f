/** The rows of users as they are changed. */
import { within } from '../../db/client.js';
import { listMark } from '../../kernel/text-list.js';
import type { Tx } from '../../kernel/transaction.js';
import type { UserScope } from '../access/access.js';
import type { User } from './user.js';
import { insertLoginName } from './user.store.js';

/** The user of the scope, as it is under the lock. */
export function findChanged(tx: Tx, scope: UserScope): Promise<User> {
  return within(tx).user.findUniqueOrThrow({ where: { id: scope.targetId } });
}

/** Writes columns of the user and counts the change. */
export function updateUser(tx: Tx, scope: UserScope, columns: Partial<User>, now: Date): Promise<User> {
  return within(tx).user.update({
    where: { id: scope.targetId },
    data: { ...columns, sequence: { increment: 1 }, updatedAt: now, updatedNs: 0 },
  });
}

/**
 * Puts a user name in the place of another as a login name; it may be one of the user's others. False when it leads to
 * somebody else, whatever its letter case.
 */
export async function replaceLoginName(tx: Tx, scope: UserScope, before: string, after: string): Promise<boolean> {
  await within(tx).$executeRaw`
    DELETE FROM user_login_names
    WHERE user_id = ${scope.targetId}::uuid AND lower(login_name) IN (lower(${before}), lower(${after}))`;
  if (!(await insertLoginName(tx, scope.targetId, after))) return false;
  await within(tx).$executeRaw`
    UPDATE users SET other_login_names = (
      SELECT ${listMark} || string_agg(l.login_name, ${listMark} ORDER BY l.place, l.login_name COLLATE "C") || ${listMark}
      FROM user_login_names l WHERE l.user_id = users.id AND l.login_name <> ${after})
    WHERE id = ${scope.targetId}::uuid AND other_login_names IS NOT NULL`;
  return true;
}

/** Whose an identity is; null when it is nobody's. */
export async function identityOwner(tx: Tx, issuer: string, subject: string): Promise<string | null> {
  const row = await within(tx).userIdentity.findUnique({
    where: { issuer_subject: { issuer, subject } },
    select: { userId: true },
  });
  return row?.userId ?? null;
}

/** Removes the user; what refers to it goes with it. */
export async function deleteUser(tx: Tx, scope: UserScope): Promise<void> {
  await within(tx).user.delete({ where: { id: scope.targetId }, select: { id: true } });
}
