/** What of a line nobody else may have: held against the database and against the lines before it. */
import type { Bulk } from '../db/bulk.js';
import * as store from './import.store.js';
import type { ParsedLine } from './line.js';
import { idTables, type IdTable, type Rows } from './tables.js';

type Kind = 'login name' | 'identity' | IdTable;

/** Something of a line that nobody else may have. */
export interface Key {
  readonly kind: Kind;
  readonly value: string;
  readonly path: string;
}

/** Why a line is not imported. */
export interface Refusal {
  readonly path: string;
  readonly reason: string;
}

const ids = 'This id is taken already.';
const reasons: Readonly<Record<Kind, string>> = {
  ...(Object.fromEntries(idTables.map((table) => [table, ids])) as Record<IdTable, string>),
  'login name': 'Somebody has this name already, whatever its letter case.',
  identity: 'This sign-in is tied to somebody already.',
};
const kinds = Object.keys(reasons) as Kind[];

const idPath: Readonly<Record<IdTable, (i: number, at: string) => string>> = {
  users: (_i, at) => `${at}id`,
  user_grants: (i) => `grants.${i}.id`,
  sessions: (i) => `sessions.${i}.sessionId`,
  refresh_tokens: (i) => `refreshTokens.${i}.id`,
  personal_access_tokens: (i) => `personalAccessTokens.${i}.id`,
  auth_factors: (i) => `authFactors.${i}.u2f.id`,
  passwordless_tokens: (i) => `passwordlessTokens.${i}.id`,
};

/** The keys of a line, in the order in which they are told. */
export function keysOf({ line, at }: ParsedLine, rows: Rows): readonly Key[] {
  const keys: Key[] = rows.user_login_names.map(({ login_name, place }) => {
    const isUserName = login_name === line.user.userName;
    const path = isUserName ? `${at}userName` : `${at}loginNames.${String(place)}`;
    return { kind: 'login name', value: login_name as string, path };
  });
  for (const table of idTables) {
    rows[table].forEach(({ id }, i) => {
      keys.push({ kind: table, value: id as string, path: idPath[table](i, at) });
    });
  }
  line.identities.forEach(({ issuer, subject }, i) => {
    keys.push({ kind: 'identity', value: `${issuer}\n${subject}`, path: `identities.${i}` });
  });
  return keys;
}

/** What is known of keys before lines claim them. */
interface Known {
  readonly taken: ReadonlyMap<Kind, Set<string>>;
  /** A login name in the letter case in which names are held against each other. */
  readonly fold: (name: string) => string;
}

/** Nothing: lines are held against each other, and the unique indexes refuse the rest. */
export const knowNothing = (): Known => ({
  taken: new Map(kinds.map((kind) => [kind, new Set()])),
  fold: (name) => name,
});

/** What the database knows of these keys. */
export async function askForKeys(bulk: Bulk, keys: readonly Key[]): Promise<Known> {
  const values = new Map(kinds.map((kind) => [kind, [] as string[]]));
  for (const { kind, value } of keys) values.get(kind)?.push(value);
  const names = values.get('login name') ?? [];
  const folded = await foldNames(bulk, names);
  const fold = (name: string): string => folded.get(name) ?? name;

  const taken = new Map<Kind, Set<string>>([
    ['login name', await store.takenNames(bulk, names.map(fold))],
    ['identity', await store.takenIdentities(bulk, values.get('identity') ?? [])],
  ]);
  for (const table of idTables) taken.set(table, await store.takenIds(bulk, table, values.get(table) ?? []));
  return { taken, fold };
}

/** Takes all keys of a line, or none of them: then it says why. */
export function claim(keys: readonly Key[], { taken, fold }: Known): Refusal | null {
  const asHeld = ({ kind, value }: Key): string => (kind === 'login name' ? fold(value) : value);
  for (const [i, key] of keys.entries()) {
    const others = taken.get(key.kind);
    if (others?.has(asHeld(key)) === false) {
      others.add(asHeld(key));
      continue;
    }
    for (const own of keys.slice(0, i)) taken.get(own.kind)?.delete(asHeld(own));
    const isOthers = others?.has(asHeld(key));
    return { path: key.path, reason: isOthers ? reasons[key.kind] : 'The line has this twice.' };
  }
  return null;
}

/** Everything else is the same in lower case, in every language. */
const folds = /[A-Z\u0080-\uffff]/;

/** Names whose letter case may matter, folded by the database, which alone knows how. */
async function foldNames(bulk: Bulk, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const some = names.filter((name) => folds.test(name));
  const folded = some.length === 0 ? [] : await store.foldNames(bulk, some);
  return new Map(some.map((name, i) => [name, folded[i] ?? name]));
}
