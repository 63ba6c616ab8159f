/** A directory to search in: users straight into the tables, and searches over HTTP. */
import { randomUUID } from 'node:crypto';
import type { TestDatabase } from './database.js';
import type { Person } from './world.js';

/** A user as the tables have it. What is left out is absent. */
export interface Entry {
  readonly id?: string;
  readonly userName: string;
  readonly type?: 'HUMAN' | 'MACHINE';
  readonly state?: 'ACTIVE' | 'INACTIVE' | 'LOCKED' | 'INITIAL' | 'SUSPEND';
  readonly firstName?: string | null;
  readonly lastName?: string | null;
  readonly nickName?: string | null;
  readonly displayName?: string | null;
  readonly email?: string | null;
  /** Further login names. */
  readonly loginNames?: readonly string[];
  /** The account that owns it. */
  readonly owner: string;
  readonly createdAt?: string;
  /** A JOB_VIEWER of the account that owns it, if not said otherwise. */
  readonly member?: boolean;
}

const types = { HUMAN: 1, MACHINE: 2 } as const;
const states = { ACTIVE: 1, INACTIVE: 2, LOCKED: 4, SUSPEND: 5, INITIAL: 6 } as const;

/** Adds users in one statement; answers their ids in order. */
export async function addUsers(database: TestDatabase, entries: readonly Entry[]): Promise<string[]> {
  const rows = entries.map((entry) => ({
    id: entry.id ?? randomUUID(),
    type: types[entry.type ?? 'HUMAN'],
    state: states[entry.state ?? 'ACTIVE'],
    user_name: entry.userName,
    resource_owner: entry.owner,
    first_name: entry.firstName ?? null,
    last_name: entry.lastName ?? null,
    nick_name: entry.nickName ?? null,
    display_name: entry.displayName ?? null,
    email: entry.email ?? null,
    other_login_names: entry.loginNames?.length ? `\u0002${entry.loginNames.join('\u0002')}\u0002` : null,
    machine_name: entry.type === 'MACHINE' ? entry.userName : null,
    created_at: entry.createdAt ?? '2026-01-01T00:00:00Z',
  }));
  const names = rows.flatMap(({ id, user_name }, i) =>
    [user_name, ...(entries[i]?.loginNames ?? [])].map((login_name) => ({ user_id: id, login_name })),
  );
  const members = rows.flatMap(({ id, resource_owner }, i) =>
    entries[i]?.member === false ? [] : [{ account_id: resource_owner, user_id: id }],
  );
  await database.query(
    `WITH added AS (
       INSERT INTO users (id, type, state, user_name, resource_owner, first_name, last_name, nick_name, display_name,
         email, other_login_names, machine_name, created_at)
       SELECT id, type, state, user_name, resource_owner, first_name, last_name, nick_name, display_name, email,
         other_login_names, machine_name, created_at
       FROM jsonb_to_recordset($1::jsonb) AS row (id uuid, type int, state int, user_name text, resource_owner uuid,
         first_name text, last_name text, nick_name text, display_name text, email text, other_login_names text, machine_name text,
         created_at timestamptz))
     SELECT 1`,
    [JSON.stringify(rows)],
  );
  await database.query(
    `INSERT INTO user_login_names (user_id, login_name)
     SELECT * FROM jsonb_to_recordset($1::jsonb) AS row (user_id uuid, login_name text)`,
    [JSON.stringify(names)],
  );
  await database.query(
    `INSERT INTO account_members (account_id, user_id, role)
     SELECT account_id, user_id, 3 FROM jsonb_to_recordset($1::jsonb) AS row (account_id uuid, user_id uuid)`,
    [JSON.stringify(members)],
  );
  return rows.map(({ id }) => id);
}

/** What a search over HTTP may say. */
export interface Search {
  readonly filter?: unknown;
  readonly accountId?: string;
  readonly memberOf?: string;
  readonly orderBy?: readonly { readonly field: string; readonly direction?: string }[];
  readonly first?: number;
  readonly after?: string | null;
  readonly last?: number;
  readonly before?: string | null;
}

/** What it answers. */
export interface Found {
  readonly nodes: readonly { readonly id: string; readonly userName: string }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly totalCount: number;
  readonly totalCountUpTo: number;
}

const document = `query Search($filter: [UserFilter!], $accountId: ID, $memberOf: ID, $orderBy: [UserOrder!],
    $first: Int, $after: String, $last: Int, $before: String) {
  users(filter: $filter, accountId: $accountId, memberOf: $memberOf, orderBy: $orderBy,
    first: $first, after: $after, last: $last, before: $before) {
    nodes { id userName }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    totalCount
    totalCountUpTo(limit: 3)
  }
}`;

/** Searches as somebody, and answers everything that came back. */
export function ask(person: Pick<Person, 'ask'>, search: Search) {
  return person.ask<{ users: Found }>(document, search);
}

/** Searches as somebody. @throws Error when it is refused */
export async function search(person: Pick<Person, 'ask'>, asked: Search): Promise<Found> {
  const { data, errors } = await ask(person, asked);
  if (!data || errors.length > 0) throw new Error(JSON.stringify({ asked, errors }));
  return data.users;
}
