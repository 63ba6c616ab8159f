/** A world of users of whom hardly two are alike, and random filters and orders to search it with. */
import fc from 'fast-check';
import { userFilterGrammar } from '../../src/domains/user/user.search.graphql.js';
import type { UserOrder, UserQuery } from '../../src/domains/user/user.search.js';
import { readFilter } from '../../src/kernel/filter.js';
import type { AccountId } from '../../src/kernel/ids.js';
import { addUsers, type Entry } from './directory.js';
import type { Fold, ModelOrder, ModelUser } from './directory.model.js';
import { createWorld, type Person, type World } from './world.js';

/** Words that are hard to compare. */
export const words = [
  'ann', 'Ann', 'ANNA', 'a%n', '100%', 'a_n', '_', 'back\\slash', '\\', '\\%', 'Straße', 'STRASSE', 'ß', 'ẞ', 'İzmir',
  'izmir', 'ısı', 'ISI', 'Σίσυφος', 'ΣΊΣΥΦΟΣ', 'é', 'E\u0301', '日本', '😀 smile', ' blank ', "o'neill", '{"x"}',
]; // prettier-ignore
const pieces = [
  ...words,
  ...words.map((word) => [...word].slice(1, 3).join('')),
  '',
  '\u0001',
  'a\u0001',
  '\u0002',
  '\u0002ann',
  'a',
  'n',
  '%',
  'ss',
  'I',
  'i',
  '-1',
  '@acme',
  '@log',
  'n-',
  'TEST',
];

/** A number that follows from another, evenly spread enough. */
const mix = (seed: number, most: number): number =>
  Math.floor((Math.abs(Math.sin(seed * 12.9898) * 43758.5453) % 1) * most);
const pick = <T>(values: readonly T[], seed: number): T => values[mix(seed, values.length)] as T;
const maybe = (seed: number): string | null => (mix(seed, 3) === 0 ? null : pick(words, seed + 0.5));

/** Who asks, and which users it may see. */
export interface Caller {
  readonly person: Person;
  readonly sees: ReadonlySet<string>;
}

/** The world, and what a model needs to know of it. */
export interface RandomDirectory {
  readonly world: World;
  readonly users: readonly (ModelUser & { readonly owner: string })[];
  /** The account that owns half of them, whose admin is the second caller. */
  readonly team: AccountId;
  readonly fold: Fold;
  /** An operator, and the admins of two teams. */
  readonly callers: readonly [Caller, Caller, Caller];
  /** Random filters, as GraphQL has them. */
  readonly filters: fc.Arbitrary<object>;
}

/** Makes the world. */
export async function createRandomDirectory(): Promise<RandomDirectory> {
  const world = await createWorld();
  const olga = await world.person('Olga', { operator: true });
  const teams = [await world.team('acme').admin('Ann').made(), await world.team('globex').admin('Gus').made()];
  const { database } = world.testApp;
  const entries = Array.from({ length: 160 }, (_, i): Entry => {
    const machine = mix(i + 0.1, 5) === 0;
    const owner = teams[i % 2]?.id ?? '';
    return {
      userName: `${pick(words, i)}-${i}`,
      type: machine ? 'MACHINE' : 'HUMAN',
      state: pick(['ACTIVE', 'ACTIVE', 'INACTIVE', 'LOCKED', 'INITIAL', 'SUSPEND'] as const, i + 0.2),
      ...(machine
        ? {}
        : {
            firstName: maybe(i + 0.3),
            lastName: maybe(i + 0.4),
            nickName: maybe(i + 0.6),
            displayName: maybe(i + 0.7),
            email: mix(i + 0.8, 4) === 0 ? null : `${pick(words, i + 0.9)}@${pick(['acme', 'ACME', 'other'], i)}.test`,
          }),
      loginNames:
        mix(i + 0.05, 3) === 0
          ? Array.from({ length: 1 + mix(i + 0.06, 4) }, (_, n) => `${pick(words, i + 0.15)}@login-${i}-${n}`)
          : [],
      owner,
      member: mix(i + 0.25, 4) !== 0,
      createdAt: new Date(Date.UTC(2026, 0, 1 + mix(i + 0.35, 20))).toISOString(),
    };
  });
  await addUsers(database, entries);
  await database.query('ANALYZE users');
  const rows = await database.query<ModelUser & { owner: string; state: number; type: number }>(`
    SELECT u.id, user_name AS "userName", first_name AS "firstName", last_name AS "lastName", nick_name AS "nickName",
      display_name AS "displayName", email, state, type, created_at::text AS "createdAt", resource_owner AS owner,
      (SELECT array_agg(login_name) FROM user_login_names l WHERE l.user_id = u.id) AS "loginNames"
    FROM users u`);
  const states: Readonly<Record<number, string>> = {
    1: 'ACTIVE',
    2: 'INACTIVE',
    4: 'LOCKED',
    5: 'SUSPEND',
    6: 'INITIAL',
  };
  const users = rows.map((row) => ({
    ...row,
    state: states[row.state] ?? '',
    type: row.type === 1 ? 'HUMAN' : 'MACHINE',
  }));

  const texts = [...new Set([...pieces, ...users.flatMap((user) => [
    ...user.loginNames, user.userName, user.firstName, user.lastName, user.nickName, user.displayName, user.email,
  ])])].filter((text) => text !== null && text !== undefined); // prettier-ignore
  const folded = await database.query<{ text: string; folded: string }>(
    'SELECT text, lower(text) AS folded FROM unnest($1::text[]) AS text',
    [texts],
  );
  const byText = new Map(folded.map((row) => [row.text, row.folded]));
  const fold: Fold = (text) => {
    const known = byText.get(text);
    if (known === undefined) throw new Error(`Nobody asked the database how it folds ${text}.`);
    return known;
  };

  const ofTeam = (owner: string | undefined, self: Person) =>
    new Set([self.id, ...rows.filter((row) => row.owner === owner).map(({ id }) => id)]);
  const [ann, gus] = [await world.person('Ann'), await world.person('Gus')];
  const callers: RandomDirectory['callers'] = [
    { person: olga, sees: new Set(users.map(({ id }) => id)) },
    { person: ann, sees: ofTeam(teams[0]?.id, ann) },
    { person: gus, sees: ofTeam(teams[1]?.id, gus) },
  ];
  return { world, users, team: teams[0]?.id as AccountId, fold, callers, filters: filtersOf(users) };
}

const methods = ['equals', 'startsWith', 'contains', 'endsWith'].flatMap((method) => [method, `${method}IgnoreCase`]);
const texts = ['userName', 'firstName', 'lastName', 'nickName', 'displayName', 'email', 'loginName'];
const place = fc.nat({ max: 1_000 });

function filtersOf(users: readonly ModelUser[]): fc.Arbitrary<object> {
  const known = [...pieces, ...users.flatMap(({ userName, email }) => [userName, ...(email === null ? [] : [email])])];
  // The model can only fold what the database was asked about.
  const text = fc.constantFrom(...known);
  const one = (key: string, value: fc.Arbitrary<unknown>) => value.map((inner) => ({ [key]: inner }));
  const compared = (key: string) =>
    one(
      key,
      fc.constantFrom(...methods).chain((method) => one(method, text)),
    );
  // Several login names of one user meet in an AND.
  const joined = one(
    'and',
    fc.array(one('loginName', one('containsIgnoreCase', fc.constantFrom('@log', 'n-', 'a', 'n', 'i'))), {
      minLength: 2,
      maxLength: 3,
    }),
  );
  const leaf = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...texts).chain(compared) },
    { weight: 1, arbitrary: joined },
    { weight: 1, arbitrary: one('state', fc.constantFrom('ACTIVE', 'INACTIVE', 'DELETED', 'LOCKED', 'SUSPEND', 'INITIAL')) },
    { weight: 1, arbitrary: one('type', fc.constantFrom('HUMAN', 'MACHINE')) },
    { weight: 1, arbitrary: one('inUserIds', fc.array(place.map((i) => users[i % users.length]?.id), { minLength: 1, maxLength: 9 })) },
    { weight: 1, arbitrary: one('inUserEmails', fc.array(text, { minLength: 1, maxLength: 9 })) },
  ); // prettier-ignore
  return fc.letrec<{ node: object }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 5, depthSize: 'medium' },
      leaf,
      one('and', fc.array(tie('node'), { minLength: 1, maxLength: 3 })),
      one('or', fc.array(tie('node'), { minLength: 1, maxLength: 3 })),
      one('not', tie('node')),
    ),
  })).node;
}

/** Random orders of up to three keys. */
export const orders = fc.uniqueArray(
  fc.record({
    field: fc.constantFrom('USER_NAME', 'FIRST_NAME', 'LAST_NAME', 'NICK_NAME', 'DISPLAY_NAME', 'EMAIL', 'STATE', 'TYPE', 'CREATION_DATE'),
    direction: fc.constantFrom('ASC', 'DESC'),
  }),
  { maxLength: 3, selector: ({ field }) => field },
); // prettier-ignore

const limits = { operators: 20, nodes: 2_000, texts: 2_000, list: 1_000, text: 200 };

/** The search that GraphQL makes of a filter and an order. */
export function queryOf(filter: object | null, order: readonly ModelOrder[]): UserQuery {
  const named = order.length > 0 ? order : [{ field: 'USER_NAME', direction: 'ASC' }];
  return {
    filter: filter && readFilter(userFilterGrammar, [filter], ['filter'], limits),
    accountId: null,
    memberOf: null,
    order: named.map(({ field, direction }) => ({
      field: field as UserOrder['field'],
      descending: direction === 'DESC',
    })),
  };
}
