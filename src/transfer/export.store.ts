/** The rows that an export reads, as text wherever a number or a time would lose something. */
import type { Bulk } from '../db/bulk.js';
import type { Told } from './repeated.js';

/** A row by its columns. Times are text with nine decimals and no zone. */
export type ExportRow = Readonly<Record<string, string | number | boolean | null | string[]>> & {
  readonly user_id: string;
  readonly told?: Told | null;
};

/** A time with the nanoseconds beyond its millisecond. */
const time = (column: string, ns: string) =>
  `to_char(t.${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS') || lpad(t.${ns}::text, 6, '0')`;

const changes = `t.sequence::text, ${time('created_at', 'created_ns')} AS created, ${time('updated_at', 'updated_ns')} AS updated`;
const owned = `${changes}, coalesce(o.foreign_id, t.resource_owner::text) AS owner`;
const owner = 'LEFT JOIN accounts o ON o.id = t.resource_owner';
const id = 'coalesce(t.foreign_id, t.id::text) AS id';

/** What is read of a user's lists: everything is in the order of its import, what was made here comes after. */
const lists = {
  loginNames: `SELECT t.user_id, t.login_name, t.place FROM user_login_names t
    WHERE t.user_id = ANY($1::uuid[]) AND t.place IS DISTINCT FROM -1 ORDER BY t.place, t.login_name COLLATE "C"`,
  identities: `SELECT t.user_id, t.issuer, t.subject FROM user_identities t
    WHERE t.user_id = ANY($1::uuid[]) ORDER BY t.place, t.issuer, t.subject`,
  memberships: `
    SELECT t.user_id, t.place, t.created_at, t.created_ns, 'iam' AS kind, NULL AS about, NULL AS name, t.roles,
      NULL::smallint AS role, t.told, ${changes}, '00000000-0000-0000-0000-000000000000' AS owner
    FROM instance_members t WHERE t.user_id = ANY($1::uuid[])
    UNION ALL
    SELECT t.user_id, t.place, t.created_at, t.created_ns, 'orgId', coalesce(o.foreign_id, o.id::text), o.slug, t.roles,
      t.role, t.told, ${changes}, coalesce(o.foreign_id, o.id::text)
    FROM account_members t JOIN accounts o ON o.id = t.account_id WHERE t.user_id = ANY($1::uuid[])
    UNION ALL
    SELECT t.user_id, t.place, t.created_at, t.created_ns, 'projectId', coalesce(p.foreign_id, p.id::text), p.name,
      t.roles, NULL, t.told, ${owned}
    FROM project_members t JOIN projects p ON p.id = t.project_id ${owner} WHERE t.user_id = ANY($1::uuid[])
    UNION ALL
    SELECT t.user_id, t.place, t.created_at, t.created_ns, 'projectGrantId', coalesce(g.foreign_id, g.id::text), p.name,
      t.roles, NULL, t.told, ${owned}
    FROM project_grant_members t JOIN project_grants g ON g.id = t.project_grant_id
      JOIN projects p ON p.id = g.project_id ${owner} WHERE t.user_id = ANY($1::uuid[])
    ORDER BY place, created_at, created_ns, kind, about`,
  grants: `SELECT t.user_id, ${id}, t.role_keys, t.state, t.told, ${owned},
      coalesce(p.foreign_id, p.id::text) AS project, p.name AS project_name,
      coalesce(a.foreign_id, a.id::text) AS org, a.slug AS org_name,
      coalesce(g.foreign_id, g.id::text) AS project_grant,
      coalesce(ga.foreign_id, ga.id::text) AS granted, ga.slug AS granted_name
    FROM user_grants t JOIN projects p ON p.id = t.project_id JOIN accounts a ON a.id = p.account_id
      LEFT JOIN project_grants g ON g.id = t.project_grant_id LEFT JOIN accounts ga ON ga.id = g.account_id ${owner}
    WHERE t.user_id = ANY($1::uuid[]) ORDER BY t.place, t.created_at, t.created_ns, t.id`,
  authFactors: `SELECT t.user_id, ${id}, t.kind, t.state, t.name FROM auth_factors t
    WHERE t.user_id = ANY($1::uuid[]) ORDER BY t.place, t.kind, t.id`,
  passwordlessTokens: `SELECT t.user_id, ${id}, t.state, t.name FROM passwordless_tokens t
    WHERE t.user_id = ANY($1::uuid[]) ORDER BY t.place, t.name, t.id`,
  personalAccessTokens: `SELECT t.user_id, ${id}, t.scopes, ${time('expiration_date', 'expiration_ns')} AS expiration,
      ${owned}
    FROM personal_access_tokens t ${owner}
    WHERE t.user_id = ANY($1::uuid[]) ORDER BY t.place, t.created_at, t.created_ns, t.id`,
  refreshTokens: `SELECT t.user_id, ${id}, t.client_id, t.auth_time, t.idle_expiration, t.expiration, t.scopes,
      t.audience, ${owned}
    FROM refresh_tokens t ${owner}
    WHERE t.user_id = ANY($1::uuid[]) ORDER BY t.place, t.created_at, t.created_ns, t.id`,
  sessions: `SELECT t.user_id, ${id}, t.agent_id, t.state, t.told, ${owned} FROM sessions t ${owner}
    WHERE t.user_id = ANY($1::uuid[]) ORDER BY t.place, t.created_at, t.created_ns, t.id`,
} as const;
export type ExportList = keyof typeof lists;

/** A user with the rows of its lists. */
export interface ExportUser {
  readonly user: ExportRow;
  readonly lists: Readonly<Record<ExportList, readonly ExportRow[]>>;
}

/** How many users there are to export; of one account, where one is named. */
export async function countUsers(bulk: Bulk, accountId: string | null): Promise<number> {
  const [row] = await bulk.query<{ count: string }>(
    `SELECT count(*) FROM users WHERE $1::uuid IS NULL OR resource_owner = $1::uuid`,
    [accountId],
  );
  return Number(row?.count ?? 0);
}

/** The next users after the one with this id, by id, with all that is tied to them. */
export async function readUsers(
  bulk: Bulk,
  accountId: string | null,
  after: string | null,
  limit: number,
): Promise<ExportUser[]> {
  const users = await bulk.query<ExportRow>(
    `SELECT t.id AS user_id, ${id}, t.type, t.state, t.user_name, t.first_name, t.last_name, t.nick_name, t.display_name,
       t.preferred_language, t.gender, t.avatar_url, t.email, t.email_verified, t.phone, t.phone_verified,
       ${time('password_changed', 'password_changed_ns')} AS password_changed, t.machine_name, t.description,
       t.has_secret, t.access_token_type, t.preferred_login_name, ${owned}
     FROM users t ${owner}
     WHERE ($1::uuid IS NULL OR t.id > $1::uuid) AND ($2::uuid IS NULL OR t.resource_owner = $2::uuid)
     ORDER BY t.id LIMIT $3`,
    [after, accountId, limit],
  );
  const ids = users.map((user) => user.user_id);
  const byUser = new Map<ExportList, Map<string, ExportRow[]>>();
  for (const [list, sql] of Object.entries(lists) as [ExportList, string][]) {
    const rows = ids.length === 0 ? [] : await bulk.query<ExportRow>(sql, [ids]);
    const groups = new Map<string, ExportRow[]>();
    for (const row of rows) groups.set(row.user_id, [...(groups.get(row.user_id) ?? []), row]);
    byUser.set(list, groups);
  }
  const of = (list: ExportList, userId: string) => byUser.get(list)?.get(userId) ?? [];
  return users.map((user) => ({
    user,
    lists: Object.fromEntries(
      (Object.keys(lists) as ExportList[]).map((list) => [list, of(list, user.user_id)]),
    ) as Record<ExportList, ExportRow[]>,
  }));
}
