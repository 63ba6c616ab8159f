/** The rows of sessions, and whom tokens lead to. Read at every request, before anybody's permission is known. */
import type { Db } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { UserId } from '../../kernel/ids.js';

/** The user that a credential leads to. */
export interface Bearer {
  readonly userId: UserId;
  readonly state: number;
  readonly operator: boolean;
}

const bearer = Prisma.sql`
  u.id AS "userId", u.state, EXISTS (SELECT 1 FROM instance_members i WHERE i.user_id = u.id
    AND 'IAM_OWNER' = ANY(i.roles)) AS operator`;

/** A subject at an issuer, and the session of it that asks. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  readonly sessionId: string | null;
}

/**
 * The users behind identities, in their order, with the state of the session that asks; null for a session that was never
 * seen, and for an identity without a user.
 */
export async function findByIdentities(db: Db, identities: readonly Identity[]) {
  const column = (name: keyof Identity) => Prisma.sql`(SELECT ${identities.map((one) => one[name])}::text[])`;
  const rows = await db.query<(Bearer & { readonly session: number | null }) | { readonly userId: null }>(Prisma.sql`
    SELECT ${bearer}, s.state AS session
    FROM unnest(${column('issuer')}, ${column('subject')}, ${column('sessionId')})
      WITH ORDINALITY AS asked (issuer, subject, sid, place)
    LEFT JOIN user_identities ui ON ui.issuer = asked.issuer AND ui.subject = asked.subject
    LEFT JOIN users u ON u.id = ui.user_id
    LEFT JOIN sessions s ON s.user_id = u.id AND s.issuer = ui.issuer AND s.sid = asked.sid
    ORDER BY asked.place`);
  return rows.map((row) => (row.userId === null ? null : row));
}

/** The user behind a personal access token, and when that token ends. */
export async function findByTokenHash(db: Db, tokenHash: Uint8Array) {
  const [row] = await db.query<Bearer & { readonly expirationDate: Date }>(Prisma.sql`
    SELECT ${bearer}, t.expiration_date AS "expirationDate"
    FROM personal_access_tokens t JOIN users u ON u.id = t.user_id
    WHERE t.token_hash = ${tokenHash}`);
  return row ?? null;
}

/** A session to record. */
export interface NewSession {
  readonly id: string;
  readonly userId: UserId;
  readonly issuer: string;
  readonly sid: string;
  readonly agentId: string;
  readonly state: number;
  readonly at: Date;
  /** When its only token ends; null where it has many. */
  readonly endsAt: Date | null;
}

/**
 * Records a session, and forgets those of the user whose only token ended more than a day ago: a token for each hour
 * would be a row for each. A terminated one is kept, whatever its issuer does with its id. Nothing is recorded when it
 * is there already, or its user is gone.
 */
export async function insertSession(db: Db, session: NewSession): Promise<void> {
  await db.query(Prisma.sql`
    WITH forgotten AS (
      DELETE FROM sessions WHERE id = ANY(ARRAY(
        SELECT id FROM sessions
        WHERE user_id = ${session.userId}::uuid AND state = ${session.state}::int
          AND ends_at < ${session.at}::timestamptz - interval '1 day'
        FOR UPDATE SKIP LOCKED)))
    INSERT INTO sessions (id, user_id, issuer, sid, agent_id, state, created_at, updated_at, resource_owner, ends_at)
    SELECT ${session.id}::uuid, u.id, ${session.issuer}, ${session.sid}, ${session.agentId}, ${session.state}::int,
      ${session.at}::timestamptz, ${session.at}::timestamptz, u.resource_owner, ${session.endsAt}::timestamptz
    FROM users u WHERE u.id = ${session.userId}::uuid
    -- Waits for whoever is removing the user just now, and then finds nobody.
    FOR KEY SHARE OF u
    ON CONFLICT DO NOTHING`);
}
