/** Memberships: one list over the four places where they are kept. */
import { uuids, type Db } from '../../db/client.js';
import { filterSql } from '../../db/filter.js';
import { keysetParts, type Keyed, type Order } from '../../db/keyset.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { PageRequest } from '../../kernel/page.js';
import type { Visible } from '../access/access.js';
import { seesAccount, seesUser } from '../access/access.visible.js';
import type { Membership, MembershipLeaf, MembershipList } from './grant.js';

const changes = Prisma.raw(`m.sequence, m.created_at AS "createdAt", m.updated_at AS "updatedAt",
  m.created_ns AS "createdNs", m.updated_ns AS "updatedNs"`);

/**
 * The caller's own, and those of users the caller sees in `things` of accounts that the caller may read. An array, not a
 * subquery: within an OR only that lets the indexes on both columns be used.
 */
function sees(visible: Visible, thing: Prisma.Sql, things: Prisma.Sql): Prisma.Sql {
  if (visible.sees === 'all') return Prisma.sql`TRUE`;
  if (visible.sees === 'nothing') return Prisma.sql`FALSE`;
  return Prisma.sql`(m.user_id = ${visible.userId}::uuid OR (
    ${thing} = ANY(ARRAY(SELECT theirs.id FROM ${things} theirs
      WHERE ${seesAccount(visible, Prisma.sql`theirs.account_id`)}))
    AND EXISTS (SELECT 1 FROM users u WHERE u.id = m.user_id AND ${seesUser(visible, Prisma.sql`u`)})))`;
}

/** Nobody but operators sees who else is one: no account owns the instance. */
function seesOperator(visible: Visible): Prisma.Sql {
  if (visible.sees !== 'accounts') return seesAccount(visible, Prisma.sql`NULL::uuid`);
  return Prisma.sql`m.user_id = ${visible.userId}::uuid`;
}

/** Whoever is in an account may read it, so that the caller's own are among those of the accounts it may read. */
function seesMember(visible: Visible): Prisma.Sql {
  if (visible.sees !== 'accounts') return seesAccount(visible, Prisma.sql`m.account_id`);
  return Prisma.sql`m.account_id = ANY(ARRAY(
    SELECT mine.account_id FROM account_members mine WHERE mine.user_id = ${visible.userId}::uuid))`;
}

/**
 * The four sources, each as far as it may be seen, in rows of one shape. `place` tells the sources apart, `about` is what
 * the right is about, `account` the account that owns that.
 */
function sources({ visible, instanceDomain }: MembershipSearch): readonly Prisma.Sql[] {
  return [
    Prisma.sql`
      SELECT 1 AS place, m.user_id AS about, NULL::uuid AS account, m.user_id AS "userId", 'iam' AS kind,
        NULL::uuid AS "orgId", NULL::uuid AS "projectId", NULL::uuid AS "projectGrantId",
        m.roles, NULL::smallint AS role, ${instanceDomain}::text AS "displayName", ${changes},
        ${instance}::uuid AS "resourceOwner"
      FROM instance_members m WHERE ${seesOperator(visible)}`,
    Prisma.sql`
      SELECT 2 AS place, m.account_id AS about, m.account_id AS account, m.user_id AS "userId", 'org' AS kind,
        m.account_id AS "orgId", NULL::uuid AS "projectId", NULL::uuid AS "projectGrantId",
        m.roles, m.role, a.slug AS "displayName", ${changes}, m.account_id AS "resourceOwner"
      FROM account_members m JOIN accounts a ON a.id = m.account_id
      WHERE ${seesMember(visible)}`,
    Prisma.sql`
      SELECT 3 AS place, m.project_id AS about, p.account_id AS account, m.user_id AS "userId", 'project' AS kind,
        NULL::uuid AS "orgId", m.project_id AS "projectId", NULL::uuid AS "projectGrantId",
        m.roles, NULL::smallint AS role, p.name AS "displayName", ${changes}, m.resource_owner AS "resourceOwner"
      FROM project_members m JOIN projects p ON p.id = m.project_id
      WHERE ${sees(visible, Prisma.sql`m.project_id`, Prisma.sql`projects`)}`,
    Prisma.sql`
      SELECT 4 AS place, m.project_grant_id AS about, pg.account_id AS account, m.user_id AS "userId",
        'projectGrant' AS kind, NULL::uuid AS "orgId", pg.project_id AS "projectId",
        m.project_grant_id AS "projectGrantId", m.roles, NULL::smallint AS role, p.name AS "displayName", ${changes},
        m.resource_owner AS "resourceOwner"
      FROM project_grant_members m
      JOIN project_grants pg ON pg.id = m.project_grant_id
      JOIN projects p ON p.id = pg.project_id
      WHERE ${sees(visible, Prisma.sql`m.project_grant_id`, Prisma.sql`project_grants`)}`,
  ];
}

/** Stands for the instance where an account is to be named. */
const instance = '00000000-0000-0000-0000-000000000000';

const order: Order = {
  keys: [
    { sql: Prisma.sql`m."userId"`, type: 'uuid' },
    { sql: Prisma.sql`m.place`, type: 'int' },
    { sql: Prisma.sql`m.about`, type: 'uuid' },
  ],
};

function leafSql(leaf: MembershipLeaf): Prisma.Sql {
  if (leaf.field === 'iam') return leaf.value ? Prisma.sql`m.kind = 'iam'` : Prisma.sql`m.kind <> 'iam'`;
  return Prisma.sql`${columns[leaf.field]} = ${leaf.id}::uuid`;
}

const columns: Readonly<Record<Exclude<MembershipLeaf['field'], 'iam'>, Prisma.Sql>> = {
  orgId: Prisma.sql`m."orgId"`,
  projectId: Prisma.sql`m."projectId"`,
  projectGrantId: Prisma.sql`m."projectGrantId"`,
};

/** Which memberships are wanted, by whom. */
export interface MembershipSearch extends MembershipList {
  readonly visible: Visible;
  readonly instanceDomain: string;
}

/** What is wanted: a condition on the row `m` of one shape, whichever source it comes from. */
function matches({ visible, filter, accountId, instanceToo = false }: MembershipSearch): Prisma.Sql {
  const inAccount =
    accountId === null
      ? Prisma.sql`TRUE`
      : Prisma.sql`m.account = ${accountId}::uuid AND ${seesAccount(visible, Prisma.sql`${accountId}::uuid`)}`;
  const wanted = instanceToo ? Prisma.sql`(${inAccount} OR m.kind = 'iam')` : inAccount;
  return Prisma.sql`${wanted} AND ${filter === null ? Prisma.sql`TRUE` : filterSql(filter, leafSql)}`;
}

/** One page of the union. Each source is cut to a page of its own first, so that none is read to its end. */
function pageSql(search: MembershipSearch, page: PageRequest, also: Prisma.Sql): Prisma.Sql {
  const { cursor, where, orderBy, limit, reach } = keysetParts(order, page);
  const pages = sources(search).map(
    (source) => Prisma.sql`(
      SELECT m.*, ${cursor} AS cursor FROM (${source}) m
      WHERE ${also} AND ${matches(search)} AND ${where} ORDER BY ${orderBy} LIMIT ${reach})`,
  );
  return Prisma.sql`
    SELECT m.* FROM (${Prisma.join(pages, ' UNION ALL ')}) m ORDER BY ${orderBy} LIMIT ${limit}`;
}

/** How many rows of the union there are, counted no further than `limit` when there is one. */
function countSql(search: MembershipSearch, limit: number | null, also: Prisma.Sql): Prisma.Sql {
  const rows = Prisma.join(sources(search), ' UNION ALL ');
  return Prisma.sql`
    SELECT count(*) FROM (
      SELECT 1 FROM (${rows}) m WHERE ${also} AND ${matches(search)} LIMIT ${limit}::bigint) counted`;
}

const everybody = Prisma.sql`TRUE`;
const asked = Prisma.sql`m."userId" = asked.id`;

/** One page of the memberships of everybody. */
export function listMemberships(db: Db, search: MembershipSearch, page: PageRequest): Promise<Keyed<Membership>[]> {
  return db.query<Keyed<Membership>>(pageSql(search, page, everybody), 'each time');
}

/** One page of the memberships of each user, all in one statement. */
export function listMembershipsOf(
  db: Db,
  search: MembershipSearch,
  userIds: readonly string[],
  page: PageRequest,
): Promise<Keyed<Membership>[]> {
  return db.query<Keyed<Membership>>(
    Prisma.sql`
    SELECT membership.* FROM unnest(${uuids(userIds)}) WITH ORDINALITY AS asked (id, position)
    CROSS JOIN LATERAL (${pageSql(search, page, asked)}) membership
    ORDER BY asked.position`,
    'each time',
  );
}

/** How many memberships there are. */
export async function countMemberships(db: Db, search: MembershipSearch, limit: number | null): Promise<number> {
  const [row] = await db.query<{ count: bigint }>(countSql(search, limit, everybody), 'each time');
  return Number(row?.count ?? 0n);
}

/** How many memberships each user has. */
export async function countMembershipsOf(
  db: Db,
  search: MembershipSearch,
  userIds: readonly string[],
  limit: number | null,
): Promise<Map<string, number>> {
  const rows = await db.query<{ id: string; total: bigint }>(
    Prisma.sql`
    SELECT asked.id, (${countSql(search, limit, asked)}) AS total
    FROM unnest(${uuids(userIds)}) AS asked (id)`,
    'each time',
  );
  return new Map(rows.map((row) => [row.id, Number(row.total)]));
}
