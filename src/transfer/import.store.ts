/** What an import asks of the database: what is taken already, what has to be made first, and how far it has come. */
import type { Bulk } from '../db/bulk.js';
import type { IdTable } from './tables.js';

/** Whether there are no more users than this. */
export async function hasFew(bulk: Bulk, most: number): Promise<boolean> {
  return (await bulk.query('SELECT FROM users LIMIT $1', [most + 1])).length <= most;
}

/** Names folded by the database. */
export async function foldNames(bulk: Bulk, names: readonly string[]): Promise<string[]> {
  const rows = await bulk.query<{ folded: string }>(
    `SELECT lower(n.name) AS folded FROM unnest($1::text[]) WITH ORDINALITY AS n (name, place) ORDER BY n.place`,
    [names],
  );
  return rows.map(({ folded }) => folded);
}

/** Which of these folded names are somebody's login name. */
export async function takenNames(bulk: Bulk, folded: readonly string[]): Promise<Set<string>> {
  const rows = await bulk.query<{ name: string }>(
    `SELECT n.name FROM unnest($1::text[]) AS n (name)
     WHERE EXISTS (SELECT 1 FROM user_login_names l WHERE lower(l.login_name) = n.name)`,
    [folded],
  );
  return new Set(rows.map(({ name }) => name));
}

/** Which of these ids a table has. */
export async function takenIds(bulk: Bulk, table: IdTable, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await bulk.query<{ id: string }>(`SELECT id FROM ${table} WHERE id = ANY($1::uuid[])`, [ids]);
  return new Set(rows.map(({ id }) => id));
}

/** Which of these identities, each an issuer, a new line and a subject, are tied to somebody. */
export async function takenIdentities(bulk: Bulk, identities: readonly string[]): Promise<Set<string>> {
  if (identities.length === 0) return new Set();
  const rows = await bulk.query<{ identity: string }>(
    `SELECT asked.identity FROM unnest($1::text[]) AS asked (identity)
     JOIN user_identities ui
       ON ui.issuer = split_part(asked.identity, E'\\n', 1) AND ui.subject = split_part(asked.identity, E'\\n', 2)`,
    [identities],
  );
  return new Set(rows.map(({ identity }) => identity));
}

/** How an account is that nobody can simply be imported into: not there, or only somebody's. */
export type Unusual = 'missing' | 'personal' | 'allotted';

/** Of these accounts those that are not there yet or must not be used: somebody has the id allotted. */
export async function findUnusual(bulk: Bulk, ids: readonly string[]): Promise<Map<string, Unusual>> {
  const rows = await bulk.query<{ id: string; how: Unusual }>(
    `SELECT asked.id, CASE WHEN a.type = 1 THEN 'personal'
       WHEN EXISTS (SELECT 1 FROM users u WHERE u.resource_owner = asked.id) THEN 'allotted' ELSE 'missing' END AS how
     FROM unnest($1::uuid[]) AS asked (id) LEFT JOIN accounts a USING (id) WHERE a.id IS NULL OR a.type = 1`,
    [ids],
  );
  return new Map(rows.map(({ id, how }) => [id, how]));
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
