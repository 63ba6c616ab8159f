/** The audit record, as stories look at it. */
import type { World } from './world.js';

/** A row of the record. */
export interface Entry {
  readonly action: string;
  readonly outcome: string;
  readonly actor: string | null;
  readonly actor_kind: string;
  readonly account_id: string | null;
  readonly target_type: string;
  readonly target_id: string;
  readonly request_id: string;
  readonly at: Date;
  readonly detail: Record<string, unknown>;
}

/** The whole record, oldest first. */
export const entries = ({ testApp }: World): Promise<Entry[]> =>
  testApp.database.query<Entry & Record<string, unknown>>('SELECT * FROM audit_entries ORDER BY id');

/** What a story added to the record. */
export async function added(world: World, story: () => Promise<unknown>): Promise<Entry[]> {
  const before = (await entries(world)).length;
  await story();
  return (await entries(world)).slice(before);
}

/** Rows as `invite.create done`. */
export const brief = (rows: readonly Entry[]): string[] => rows.map(({ action, outcome }) => `${action} ${outcome}`);
