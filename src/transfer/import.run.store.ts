/** How far the import of a file has come: one row a file, written in the transaction of each batch. */
import type { Bulk } from '../db/bulk.js';

/** Where an import stands. */
export interface Run {
  readonly fileKey: string;
  /** Where the next batch begins, in bytes. */
  readonly offset: number;
  readonly lines: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly rejectedFile: string;
  /** How long the file of rejected lines is. */
  readonly rejectedBytes: number;
  readonly finished: boolean;
}

interface RunRow {
  file_key: string;
  offset: string;
  lines: string;
  accepted: string;
  rejected: string;
  rejected_file: string;
  rejected_bytes: string;
  finished: boolean;
}

const columns = `file_key, "offset", lines, accepted, rejected, rejected_file, rejected_bytes,
  finished_at IS NOT NULL AS finished`;

/** The import of a file; begun when there is none. */
export async function openRun(bulk: Bulk, fileKey: string, rejectedFile: string): Promise<Run> {
  await bulk.query(`INSERT INTO import_runs (file_key, rejected_file) VALUES ($1, $2) ON CONFLICT DO NOTHING`, [
    fileKey,
    rejectedFile,
  ]);
  const [row] = await bulk.query<RunRow>(`SELECT ${columns} FROM import_runs WHERE file_key = $1`, [fileKey]);
  if (!row) throw new Error('The row of this import is gone.');
  return toRun(row);
}

/** Forgets how far an import has come. */
export async function forgetRun(bulk: Bulk, fileKey: string): Promise<void> {
  await bulk.query(`DELETE FROM import_runs WHERE file_key = $1`, [fileKey]);
}

/** The offset of an import, which nobody else changes until the transaction ends; null when it was forgotten. */
export async function lockOffset(bulk: Bulk, fileKey: string): Promise<number | null> {
  const [row] = await bulk.query<{ offset: string }>(
    `SELECT "offset" FROM import_runs WHERE file_key = $1 FOR UPDATE`,
    [fileKey],
  );
  return row ? Number(row.offset) : null;
}

/** Writes how far an import has come. */
export async function saveRun(bulk: Bulk, run: Run): Promise<void> {
  await bulk.query(
    `UPDATE import_runs SET "offset" = $2, lines = $3, accepted = $4, rejected = $5, rejected_bytes = $6,
       updated_at = now()
     WHERE file_key = $1`,
    [run.fileKey, run.offset, run.lines, run.accepted, run.rejected, run.rejectedBytes],
  );
}

/** Writes that an import has come to its end, and records it. */
export async function finishRun(bulk: Bulk, run: Run): Promise<void> {
  // What is said to be done must be on the disk, and with it all that was written before.
  await bulk.query('SET LOCAL synchronous_commit = on');
  await bulk.query(`UPDATE import_runs SET finished_at = now() WHERE file_key = $1`, [run.fileKey]);
  await bulk.query(
    `INSERT INTO audit_entries (actor_kind, action, target_type, target_id, outcome, request_id, detail)
     VALUES ('import', 'users.import', 'file', $1, 'done', $2, $3)`,
    [
      run.fileKey,
      `import:${run.fileKey.slice(0, 12)}`,
      JSON.stringify({ accepted: run.accepted, rejected: run.rejected }),
    ],
  );
}

/** Sorts in what the indexes still have waiting, and tells the planner what there is now. */
export async function settle(bulk: Bulk): Promise<void> {
  await bulk.query('VACUUM (ANALYZE) users, user_login_names');
  await bulk.query(`ANALYZE accounts, account_members, projects, project_grants, project_members, project_grant_members,
    user_identities, user_grants, sessions, refresh_tokens, personal_access_tokens, auth_factors, passwordless_tokens`);
}

function toRun(row: RunRow): Run {
  return {
    fileKey: row.file_key,
    offset: Number(row.offset),
    lines: Number(row.lines),
    accepted: Number(row.accepted),
    rejected: Number(row.rejected),
    rejectedFile: row.rejected_file,
    rejectedBytes: Number(row.rejected_bytes),
    finished: row.finished,
  };
}
