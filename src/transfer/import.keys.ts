/** Which lines of a batch may be imported: each is held against the database and against the lines before it. */
import type { Bulk } from '../db/bulk.js';
import * as store from './import.store.js';
import type { ParsedLine } from './line.js';
import { idTables, type IdTable, type Rows } from './tables.js';

/** A line that was read, with its rows. */
export interface Candidate extends ParsedLine {
  /** Counted from 1. */
  readonly number: number;
  readonly text: string;
  readonly rows: Rows;
}

/** Why a line is not imported. */
export interface Refusal {
  readonly path: string;
  readonly reason: string;
}

/** Something of a line that nobody else may have. */
interface Key {
  readonly key: string;
  readonly path: string;
  readonly reason: string;
}

/** Decides on lines one after the other. @returns the refusal of each, null for those that may be imported */
export async function createKeyCheck(bulk: Bulk, candidates: readonly Candidate[]) {
  const names = candidates.map(({ rows }) => rows.user_login_names.map((row) => row['login_name'] as string));
  const folded = await store.foldNames(bulk, names.flat());
  const identities = candidates.flatMap(({ line }) => line.identities);
  const taken = new Set([
    ...(await store.takenIds(bulk, idsOf(candidates))),
    ...[
      ...(await store.takenIdentities(
        bulk,
        identities.map(({ issuer }) => issuer),
        identities.map(({ subject }) => subject),
      )),
    ].map((key) => `identity ${key}`),
    ...folded.filter((name) => name.taken).map((name) => `name ${name.folded}`),
  ]);

  let next = 0;
  const keys = candidates.map((candidate, i): readonly Key[] => {
    const mine = folded.slice(next, (next += names[i]?.length ?? 0)).map((name) => name.folded);
    return [...nameKeys(candidate, mine), ...idKeys(candidate), ...identityKeys(candidate)];
  });

  return {
    /** Why a line cannot have what it asks for; null when it can. */
    refusal(candidate: number): Refusal | null {
      const own = new Set<string>();
      for (const { key, path, reason } of keys[candidate] ?? []) {
        if (taken.has(key)) return { path, reason };
        if (own.has(key)) return { path, reason: 'The line has this twice.' };
        own.add(key);
      }
      return null;
    },
    /** From now on what this line has is taken. */
    take(candidate: number): void {
      for (const { key } of keys[candidate] ?? []) taken.add(key);
    },
  };
}

function idsOf(candidates: readonly Candidate[]): Map<IdTable, string[]> {
  return new Map(
    idTables.map((table) => [table, candidates.flatMap(({ rows }) => rows[table].map((row) => row['id'] as string))]),
  );
}

function nameKeys({ rows, at }: Candidate, folded: readonly string[]): Key[] {
  return rows.user_login_names.map((row, i) => {
    const place = row['place'] as number;
    const isUserName = row['login_name'] === rows.users[0]?.['user_name'];
    return {
      key: `name ${folded[i] ?? ''}`,
      path: isUserName ? `${at}userName` : `${at}loginNames.${place}`,
      reason: 'Somebody has this name already, whatever its letter case.',
    };
  });
}

const idPath: Readonly<Record<IdTable, (i: number, at: string) => string>> = {
  users: (_i, at) => `${at}id`,
  user_grants: (i) => `grants.${i}.id`,
  sessions: (i) => `sessions.${i}.sessionId`,
  refresh_tokens: (i) => `refreshTokens.${i}.id`,
  personal_access_tokens: (i) => `personalAccessTokens.${i}.id`,
  auth_factors: (i) => `authFactors.${i}.u2f.id`,
  passwordless_tokens: (i) => `passwordlessTokens.${i}.id`,
};

function idKeys({ rows, at }: Candidate): Key[] {
  return idTables.flatMap((table) =>
    rows[table].map((row, i) => ({
      key: `${table} ${row['id'] as string}`,
      path: idPath[table](i, at),
      reason: 'This id is taken already.',
    })),
  );
}

function identityKeys({ line }: Candidate): Key[] {
  return line.identities.map(({ issuer, subject }, i) => ({
    key: `identity ${issuer}\n${subject}`,
    path: `identities.${i}`,
    reason: 'This sign-in is tied to somebody already.',
  }));
}
