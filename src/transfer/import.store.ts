/** What an import asks of the database: what is taken already, what has to be made first, and how far it has come. */
import type { Bulk } from '../db/bulk.js';
import { idTables, tables, type IdTable, type Row, type Table } from './tables.js';

/** Whether there are no more users than this. */
export async function hasFew(bulk: Bulk, most: number): Promise<boolean> {
  return (await bulk.query('SELECT FROM users LIMIT $1', [most + 1])).length <= most;
}

/** Names folded by the database, which alone knows how. Each says whether it is somebody's login name already. */
export function foldNames(bulk: Bulk, names: readonly string[]): Promise<{ folded: string; taken: boolean }[]> {
  return bulk.query(
    `SELECT lower(n.name) AS folded,
       EXISTS (SELECT 1 FROM user_login_names l WHERE lower(l.login_name) = lower(n.name)) AS taken
     FROM unnest($1::text[]) WITH ORDINALITY AS n (name, place) ORDER BY n.place`,
    [names],
  );
}

/** Which of these ids are taken, as `table id`. */
export async function takenIds(bulk: Bulk, ids: ReadonlyMap<IdTable, readonly string[]>): Promise<Set<string>> {
  const taken = new Set<string>();
  for (const table of idTables) {
    const asked = ids.get(table) ?? [];
    if (asked.length === 0) continue;
    const rows = await bulk.query<{ id: string }>(`SELECT id FROM ${table} WHERE id = ANY($1::uuid[])`, [asked]);
    for (const { id } of rows) taken.add(`${table} ${id}`);
  }
  return taken;
}

/** Which of these identities are tied to somebody, as `issuer`, a new line and `subject`. */
export async function takenIdentities(bulk: Bulk, issuers: readonly string[], subjects: readonly string[]) {
  if (issuers.length === 0) return new Set<string>();
  const rows = await bulk.query<{ issuer: string; subject: string }>(
    `SELECT ui.issuer, ui.subject FROM unnest($1::text[], $2::text[]) AS asked (issuer, subject)
     JOIN user_identities ui USING (issuer, subject)`,
    [issuers, subjects],
  );
  return new Set(rows.map(({ issuer, subject }) => `${issuer}\n${subject}`));
}

/** Why an account can have nobody imported into it; null when it can. */
export type Closed = 'personal' | 'allotted' | null;

/** Of these accounts the ones that are there, and those that must not be made: somebody has the id allotted. */
export async function findAccounts(bulk: Bulk, ids: readonly string[]): Promise<Map<string, Closed>> {
  const rows = await bulk.query<{ id: string; closed: Closed }>(
    `SELECT a.id, CASE WHEN a.type = 1 THEN 'personal' END AS closed FROM accounts a WHERE a.id = ANY($1::uuid[])
     UNION ALL
     SELECT asked.id, 'allotted' FROM unnest($1::uuid[]) AS asked (id)
     WHERE NOT EXISTS (SELECT 1 FROM accounts a WHERE a.id = asked.id)
       AND EXISTS (SELECT 1 FROM users u WHERE u.resource_owner = asked.id)`,
    [ids],
  );
  return new Map(rows.map(({ id, closed }) => [id, closed]));
}

/** A project that is there. */
export interface KnownProject {
  readonly id: string;
  /** Whether it has a name, other than its id. */
  readonly named: boolean;
}

/** Of these projects the ones that are there. */
export async function findProjects(bulk: Bulk, ids: readonly string[]): Promise<Map<string, KnownProject>> {
  if (ids.length === 0) return new Map();
  const rows = await bulk.query<{ id: string; named: boolean }>(
    `SELECT id, name <> coalesce(foreign_id, id::text) AS named FROM projects WHERE id = ANY($1::uuid[])`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** A project grant that is there. */
export interface KnownProjectGrant {
  readonly id: string;
  readonly project: string;
  readonly account: string;
}

/** The project grants with these ids, and those of these projects to these accounts. */
export async function findProjectGrants(bulk: Bulk, grants: readonly KnownProjectGrant[]) {
  if (grants.length === 0) return [];
  return bulk.query<{ id: string; project: string; account: string }>(
    `SELECT g.id, g.project_id AS project, g.account_id AS account FROM project_grants g
     WHERE g.id = ANY($1::uuid[])
        OR (g.project_id, g.account_id) IN (SELECT * FROM unnest($2::uuid[], $3::uuid[]))`,
    [grants.map(({ id }) => id), grants.map(({ project }) => project), grants.map(({ account }) => account)],
  );
}

/** Which of these account names are in use. */
export async function takenSlugs(bulk: Bulk, slugs: readonly string[]): Promise<Set<string>> {
  const rows = await bulk.query<{ slug: string }>(`SELECT slug FROM accounts WHERE slug = ANY($1::text[])`, [slugs]);
  return new Set(rows.map(({ slug }) => slug));
}

/** Adds rows to a table that is referred to, from columns as arrays; what is there already stays. */
export async function insertMissing(
  bulk: Bulk,
  table: 'accounts' | 'projects' | 'project_grants',
  columns: Readonly<Record<string, { readonly type: string; readonly values: readonly unknown[] }>>,
): Promise<void> {
  const names = Object.keys(columns);
  const arrays = Object.values(columns).map(({ type }, i) => `$${i + 1}::${type}[]`);
  await bulk.query(
    `INSERT INTO ${table} (${names.join(', ')}) SELECT * FROM unnest(${arrays.join(', ')}) ON CONFLICT DO NOTHING`,
    Object.values(columns).map(({ values }) => values),
  );
}

/** Gives projects the names that were told of them. */
export async function nameProjects(bulk: Bulk, ids: readonly string[], names: readonly string[]): Promise<void> {
  await bulk.query(
    `UPDATE projects p SET name = told.name FROM unnest($1::uuid[], $2::text[]) AS told (id, name) WHERE p.id = told.id`,
    [ids, names],
  );
}

/** Ties project grants to the projects they are of, and drops the ones that stood in for these. */
export async function placeProjectGrants(
  bulk: Bulk,
  moves: readonly { readonly id: string; readonly project: string; readonly standIn: string }[],
): Promise<void> {
  const column = (of: 'id' | 'project' | 'standIn') => moves.map((move) => move[of]);
  await bulk.query(
    `UPDATE project_grants g SET project_id = told.project FROM unnest($1::uuid[], $2::uuid[]) AS told (id, project)
     WHERE g.id = told.id`,
    [column('id'), column('project')],
  );
  await bulk.query(
    `DELETE FROM projects p WHERE p.id = ANY($1::uuid[])
       AND NOT EXISTS (SELECT 1 FROM project_grants g WHERE g.project_id = p.id)
       AND NOT EXISTS (SELECT 1 FROM user_grants g WHERE g.project_id = p.id)
       AND NOT EXISTS (SELECT 1 FROM project_members m WHERE m.project_id = p.id)`,
    [column('standIn')],
  );
}

/** Adds rows. */
export async function insertRows(bulk: Bulk, table: Table, rows: readonly Row[]): Promise<void> {
  const columns = tables[table];
  await bulk.copy(
    table,
    columns,
    rows.map((row) => columns.map((column) => row[column] ?? null)),
  );
}
