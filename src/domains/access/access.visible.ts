/** A `Visible` as SQL, so that what a caller may not see is never read. */
import { Prisma } from '../../generated/prisma/client.js';
import type { Visible, Writable } from './access.js';

/** The accounts that may be seen: a condition on an account id. */
export function seesAccount(visible: Visible, accountId: Prisma.Sql): Prisma.Sql {
  if (visible.sees === 'all') return Prisma.sql`TRUE`;
  if (visible.sees === 'nothing') return Prisma.sql`FALSE`;
  return Prisma.sql`EXISTS (SELECT 1 FROM account_members seen
    WHERE seen.account_id = ${accountId} AND seen.user_id = ${visible.userId}::uuid)`;
}

/** The same for Prisma, on its model of accounts. */
export function whereAccountSeen(visible: Visible): Prisma.AccountWhereInput {
  if (visible.sees === 'all') return {};
  if (visible.sees === 'nothing') return { id: { in: [] } };
  return { members: { some: { userId: visible.userId } } };
}

/**
 * The users that may be seen: a condition on the row `user` of the table users. That is the caller, whoever is a member
 * of an account the caller may read, and whoever such an account owns.
 */
export function seesUser(visible: Visible, user: Prisma.Sql): Prisma.Sql {
  if (visible.sees === 'all') return Prisma.sql`TRUE`;
  if (visible.sees === 'nothing') return Prisma.sql`FALSE`;
  const mine = Prisma.sql`SELECT mine.account_id FROM account_members mine WHERE mine.user_id = ${visible.userId}::uuid`;
  return Prisma.sql`(${user}.id = ${visible.userId}::uuid
    OR ${user}.resource_owner IN (${mine})
    OR EXISTS (SELECT 1 FROM account_members theirs
      WHERE theirs.user_id = ${user}.id AND theirs.account_id IN (${mine})))`;
}

/** The same as {@link seesUser} for many callers at once: `viewer` is the column that says which. */
export function viewerSeesUser(viewer: Prisma.Sql, user: Prisma.Sql): Prisma.Sql {
  const mine = (accountId: Prisma.Sql) =>
    Prisma.sql`account_members mine WHERE mine.account_id = ${accountId} AND mine.user_id = ${viewer}`;
  return Prisma.sql`(${user}.id = ${viewer}
    OR EXISTS (SELECT 1 FROM ${mine(Prisma.sql`${user}.resource_owner`)})
    OR EXISTS (SELECT 1 FROM account_members theirs
      WHERE theirs.user_id = ${user}.id AND EXISTS (SELECT 1 FROM ${mine(Prisma.sql`theirs.account_id`)})))`;
}

/**
 * The ids of the users that {@link seesUser} lets through, some of them several times; null where that is everybody. A
 * statement to begin a search from: to be led by it costs as much as there are users to see, not as there are users.
 */
export function seenUserIds(visible: Visible): Prisma.Sql | null {
  if (visible.sees === 'all') return null;
  if (visible.sees === 'nothing') return Prisma.sql`SELECT NULL::uuid AS id WHERE FALSE`;
  const mine = Prisma.sql`account_members mine`;
  return Prisma.sql`SELECT ${visible.userId}::uuid AS id
    UNION ALL SELECT theirs.user_id FROM ${mine} JOIN account_members theirs ON theirs.account_id = mine.account_id
      WHERE mine.user_id = ${visible.userId}::uuid
    UNION ALL SELECT owned.id FROM ${mine} JOIN users owned ON owned.resource_owner = mine.account_id
      WHERE mine.user_id = ${visible.userId}::uuid`;
}

/** The users that may be written: a condition on the row `user` of the table users. */
export function writesUser(writable: Writable, user: Prisma.Sql): Prisma.Sql {
  if (writable.writes === 'all') return Prisma.sql`TRUE`;
  if (writable.writes === 'nothing') return Prisma.sql`FALSE`;
  return Prisma.sql`EXISTS (SELECT 1 FROM account_members writer
    WHERE writer.account_id = ${user}.resource_owner AND writer.user_id = ${writable.userId}::uuid
      AND writer.role = ANY(${writable.roles}::int[]))`;
}
