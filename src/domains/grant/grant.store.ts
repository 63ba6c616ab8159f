/** The rows of projects and grants, and who may see a grant. */
import { uuids, within, type Db } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { AccountId, ProjectGrantId, ProjectId, UserGrantId, UserId } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/transaction.js';
import type { Scope, Visible } from '../access/access.js';
import { seesAccount, seesUser } from '../access/access.visible.js';
import { grantStates, type Grant, type GrantState } from './grant.js';

/** A grant `g` with its user `u`, its project `p` of account `a`, and what it was granted through: `pg` of account `ga`. */
export const grantTables = Prisma.raw(`
  user_grants g
  JOIN users u ON u.id = g.user_id
  JOIN projects p ON p.id = g.project_id
  JOIN accounts a ON a.id = p.account_id
  LEFT JOIN project_grants pg ON pg.id = g.project_grant_id
  LEFT JOIN accounts ga ON ga.id = pg.account_id`);

/** The primary domain of the account `account`. */
export function domainOf(account: Prisma.Sql, instanceDomain: string): Prisma.Sql {
  return Prisma.sql`(${account}.slug || ${`.${instanceDomain}`}::text)`;
}

/** Every column of {@link grantTables}, under the names of the contract. */
export function grantColumns(instanceDomain: string): Prisma.Sql {
  return Prisma.sql`
    g.id, g.role_keys AS "roleKeys", g.state, g.foreign_id AS "foreignId", g.sequence,
    g.created_at AS "createdAt", g.updated_at AS "updatedAt", g.created_ns AS "createdNs",
    g.updated_ns AS "updatedNs", g.resource_owner AS "resourceOwner",
    u.id AS "userId", u.type AS "userType", u.user_name AS "userName",
    coalesce(nullif(u.preferred_login_name, ''), u.user_name) AS "preferredLoginName", u.first_name AS "firstName",
    u.last_name AS "lastName", u.display_name AS "displayName", u.email, u.avatar_url AS "avatarUrl",
    p.id AS "projectId", p.name AS "projectName",
    a.id AS "orgId", a.slug AS "orgName", ${domainOf(Prisma.sql`a`, instanceDomain)} AS "orgDomain",
    pg.id AS "projectGrantId", ga.id AS "grantedOrgId", ga.slug AS "grantedOrgName",
    ${domainOf(Prisma.sql`ga`, instanceDomain)} AS "grantedOrgDomain"`;
}

/**
 * The grants that may be seen: a condition on the rows `g` and `u`. That is the caller's own, and those of users the
 * caller sees on projects of accounts the caller may read.
 */
export function seesGrant(visible: Visible): Prisma.Sql {
  if (visible.sees === 'all') return Prisma.sql`TRUE`;
  if (visible.sees === 'nothing') return Prisma.sql`FALSE`;
  // An array, not a subquery: within an OR only that lets the indexes on both columns be used.
  return Prisma.sql`(g.user_id = ${visible.userId}::uuid
    OR (g.project_id = ANY(ARRAY(
        SELECT theirs.id FROM projects theirs WHERE ${seesAccount(visible, Prisma.sql`theirs.account_id`)}))
      AND ${seesUser(visible, Prisma.sql`u`)}))`;
}

/** These grants, as far as they may be seen. In no order; the rest is left out. */
export function findGrants(db: Db, visible: Visible, ids: readonly string[], instanceDomain: string): Promise<Grant[]> {
  return db.query<Grant>(Prisma.sql`
    SELECT ${grantColumns(instanceDomain)} FROM ${grantTables}
    WHERE g.id = ANY(${uuids(ids)}) AND ${seesGrant(visible)}`);
}

/** The account of a project, as far as it may be seen. */
export async function findProjectAccount(db: Db, visible: Visible, projectId: ProjectId): Promise<AccountId | null> {
  const [row] = await db.query<{ accountId: AccountId }>(Prisma.sql`
    SELECT p.account_id AS "accountId" FROM projects p
    WHERE p.id = ${projectId}::uuid AND ${seesAccount(visible, Prisma.sql`p.account_id`)}`);
  return row?.accountId ?? null;
}

/** Whether a user may be seen; one that is stays until the transaction ends. */
export async function holdUser(tx: Tx, visible: Visible, userId: UserId): Promise<boolean> {
  const rows = await within(tx).$queryRaw<unknown[]>`
    SELECT u.id FROM users u WHERE u.id = ${userId}::uuid AND ${seesUser(visible, Prisma.sql`u`)} FOR KEY SHARE OF u`;
  return rows.length === 1;
}

/** Whether a project grant is one of this project of the account. */
export async function isGrantOf(tx: Tx, scope: Scope, projectId: ProjectId, id: ProjectGrantId): Promise<boolean> {
  const found = await within(tx).projectGrant.count({
    where: { id, projectId, project: { accountId: scope.accountId } },
  });
  return found === 1;
}

/** Adds a project to the account. */
export async function insertProject(tx: Tx, scope: Scope, id: ProjectId, name: string, now: Date): Promise<void> {
  await within(tx).project.create({
    data: { id, accountId: scope.accountId, name, createdAt: now, updatedAt: now },
    select: { id: true },
  });
}

/** A grant to add. */
export interface NewGrant {
  readonly id: UserGrantId;
  readonly userId: UserId;
  readonly projectId: ProjectId;
  readonly projectGrantId: ProjectGrantId | null;
  readonly roleKeys: readonly string[];
}

/** Adds an active grant on a project of the account. False when the user has the very same already. */
export async function insertGrant(tx: Tx, scope: Scope, grant: NewGrant, now: Date): Promise<boolean> {
  const added = await within(tx).$executeRaw`
    INSERT INTO user_grants (id, user_id, project_id, project_grant_id, role_keys, state, created_at, updated_at,
      resource_owner)
    SELECT ${grant.id}::uuid, ${grant.userId}::uuid, p.id, ${grant.projectGrantId}::uuid, ${grant.roleKeys}::text[],
      ${grantStates.toNumber('ACTIVE')}, ${now}, ${now}, p.account_id
    FROM projects p WHERE p.id = ${grant.projectId}::uuid AND p.account_id = ${scope.accountId}::uuid
    ON CONFLICT DO NOTHING`;
  return added === 1;
}

/** A grant on a project of the account, locked until the transaction ends. */
export async function lockGrant(tx: Tx, scope: Scope, id: string, instanceDomain: string): Promise<Grant | null> {
  const rows = await within(tx).$queryRaw<Grant[]>`
    SELECT ${grantColumns(instanceDomain)} FROM ${grantTables}
    WHERE g.id = ${id}::uuid AND p.account_id = ${scope.accountId}::uuid
    FOR NO KEY UPDATE OF g`;
  return rows[0] ?? null;
}

/** Changes a grant on a project of the account. */
export async function updateGrant(
  tx: Tx,
  scope: Scope,
  id: string,
  change: { readonly roleKeys: readonly string[] } | { readonly state: GrantState },
  now: Date,
): Promise<void> {
  const data = 'state' in change ? { state: grantStates.toNumber(change.state) } : { roleKeys: [...change.roleKeys] };
  await within(tx).userGrant.updateMany({
    where: { id, project: { accountId: scope.accountId } },
    data: { ...data, sequence: { increment: 1 }, updatedAt: now, updatedNs: 0 },
  });
}

/** Removes a grant on a project of the account. */
export async function deleteGrant(tx: Tx, scope: Scope, id: string): Promise<void> {
  await within(tx).userGrant.deleteMany({ where: { id, project: { accountId: scope.accountId } } });
}
