/** The tables that a file of users is spread over, and the columns of each that a transfer knows. */
import type { Cell } from '../db/bulk.js';

const details = ['sequence', 'created_at', 'created_ns', 'updated_at', 'updated_ns'] as const;
const owned = [...details, 'resource_owner'] as const;

/** Tables in the order in which rows must be added. */
export const tables = {
  users: [
    ...['id', 'type', 'state', 'user_name', 'first_name', 'last_name', 'nick_name', 'display_name'],
    ...['preferred_language', 'gender', 'avatar_url', 'email', 'email_verified', 'phone', 'phone_verified'],
    ...['password_changed', 'password_changed_ns', 'machine_name', 'description', 'has_secret', 'access_token_type'],
    ...['foreign_id', 'preferred_login_name', 'other_login_names'],
    ...owned,
  ],
  user_login_names: ['user_id', 'login_name', 'place'],
  user_identities: ['issuer', 'subject', 'user_id', 'place'],
  account_members: ['account_id', 'user_id', 'role', 'roles', 'place', 'told', ...details],
  instance_members: ['user_id', 'roles', 'place', 'told', ...details],
  project_members: ['project_id', 'user_id', 'roles', 'place', 'told', ...owned],
  project_grant_members: ['project_grant_id', 'user_id', 'roles', 'place', 'told', ...owned],
  user_grants: [
    ...['id', 'user_id', 'project_id', 'project_grant_id', 'role_keys', 'state', 'foreign_id', 'place', 'told'],
    ...owned,
  ],
  auth_factors: ['id', 'user_id', 'kind', 'state', 'name', 'foreign_id', 'place'],
  passwordless_tokens: ['id', 'user_id', 'state', 'name', 'foreign_id', 'place'],
  personal_access_tokens: [
    ...['id', 'user_id', 'expiration_date', 'expiration_ns', 'scopes', 'foreign_id', 'place'],
    ...owned,
  ],
  refresh_tokens: [
    ...['id', 'user_id', 'client_id', 'auth_time', 'idle_expiration', 'expiration', 'scopes', 'audience', 'foreign_id'],
    ...['place', ...owned],
  ],
  sessions: [...['id', 'user_id', 'issuer', 'sid', 'agent_id', 'state', 'foreign_id', 'place', 'told'], ...owned],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type Table = keyof typeof tables;
/** The names of {@link tables}, in their order. */
export const tableNames = Object.keys(tables) as Table[];

/** A row by its columns; those that are left out are NULL. */
export type Row = Readonly<Record<string, Cell>>;
/** Rows to add, by table. */
export type Rows = Readonly<Record<Table, readonly Row[]>>;

/** The tables whose rows have an id that must be new. */
export const idTables = [
  ...(['users', 'user_grants', 'sessions', 'refresh_tokens', 'personal_access_tokens'] as const),
  ...(['auth_factors', 'passwordless_tokens'] as const),
];
export type IdTable = (typeof idTables)[number];
