/** The searches that are measured: each a search for a given user, who is then among the found. */
import type { User } from '../../src/domains/user/user.js';
import type { UserLeaf, UserQuery, UserText } from '../../src/domains/user/user.search.js';
import type { Filter, TextMethod } from '../../src/kernel/filter.js';

/** A search to measure. */
export interface Case {
  readonly name: string;
  readonly query: (user: User) => Partial<UserQuery>;
  /** Counts too: all that match, or up to so many. */
  readonly count?: number | 'all';
  /** Begins behind the user: what its cursor holds. */
  readonly after?: (user: User) => readonly string[];
}

type Tree = Filter<UserLeaf>;

const text = (field: UserText, method: TextMethod, value: string | null): Tree => ({
  is: { text: field, match: { method, text: value ?? '' } },
});
const filter = (make: (user: User) => Tree) => (user: User) => ({ filter: make(user) });
const middle = (value: string | null): string => (value ?? '').slice(3, 12);
const start = (value: string | null): string => (value ?? '').slice(0, 10);
const end = (value: string | null): string => (value ?? '').slice(-22);
const swapped = (value: string): string => value.toUpperCase();
const nots = (count: number, inner: Tree): Tree =>
  Array.from({ length: count }).reduce<Tree>((tree) => ({ not: tree }), inner);
const loginName = (user: User): Tree => text('loginName', 'CONTAINS_IGNORE_CASE', middle(user.userName));
const email = (user: User): Tree => text('email', 'STARTS_WITH_IGNORE_CASE', start(user.email));
const locked: Tree = { is: { state: 'LOCKED' } };
const active: Tree = { is: { state: 'ACTIVE' } };

export const cases: readonly Case[] = [
  { name: 'no filter', query: () => ({}) },
  { name: 'email equals', query: filter((u) => text('email', 'EQUALS', u.email)) },
  { name: 'email equalsIgnoreCase', query: filter((u) => text('email', 'EQUALS_IGNORE_CASE', swapped(u.email ?? ''))) },
  { name: 'email startsWith', query: filter((u) => text('email', 'STARTS_WITH', start(u.email))) },
  { name: 'email startsWithIgnoreCase', query: filter((u) => email(u)) },
  { name: 'email contains', query: filter((u) => text('email', 'CONTAINS', middle(u.email))) },
  { name: 'email containsIgnoreCase', query: filter((u) => text('email', 'CONTAINS_IGNORE_CASE', middle(u.email))) },
  { name: 'email endsWith', query: filter((u) => text('email', 'ENDS_WITH', end(u.email))) },
  { name: 'email endsWithIgnoreCase', query: filter((u) => text('email', 'ENDS_WITH_IGNORE_CASE', end(u.email))) },
  { name: 'last name endsWith', query: filter((u) => text('lastName', 'ENDS_WITH', u.lastName)) },
  { name: 'display name contains', query: filter((u) => text('displayName', 'CONTAINS', u.displayName)) },
  { name: 'login name equalsIgnoreCase', query: filter((u) => text('loginName', 'EQUALS_IGNORE_CASE', u.userName)) },
  { name: 'login name containsIgnoreCase', query: filter(loginName) },
  { name: 'login name startsWith', query: filter((u) => text('loginName', 'STARTS_WITH', start(u.userName))) },
  { name: 'login name endsWith', query: filter((u) => text('loginName', 'ENDS_WITH', u.userName.slice(-9))) },
  { name: '250 ids', query: (u) => ({ filter: { is: { ids: Array.from({ length: 250 }, () => u.id) } } }) },
  {
    name: '250 e-mails',
    query: filter((u) => ({
      is: { emails: Array.from({ length: 250 }, (_, i) => `${i}${u.email}`).concat(u.email ?? '') },
    })),
  },
  { name: 'state LOCKED', query: () => ({ filter: locked }) },
  { name: 'state ACTIVE', query: () => ({ filter: active }) },
  { name: 'type MACHINE', query: () => ({ filter: { is: { type: 'MACHINE' } } }) },
  { name: 'AND with state', query: filter((u) => ({ and: [active, text('email', 'CONTAINS', middle(u.email))] })) },
  {
    name: 'OR of two columns',
    query: filter((u) => ({
      or: [text('email', 'CONTAINS', middle(u.email)), text('displayName', 'EQUALS', u.displayName)],
    })),
  },
  { name: 'OR of login name and e-mail', query: filter((u) => ({ or: [loginName(u), email(u)] })) },
  {
    name: 'OR of 20 over all columns',
    query: filter((u) => ({
      or: Array.from({ length: 5 }, (_, i) => [
        text('userName', 'STARTS_WITH', `${start(u.userName)}${i}`),
        text('lastName', 'EQUALS', `${u.lastName}${i}`),
        text('loginName', 'ENDS_WITH', `${i}${u.userName}`),
        text('email', 'CONTAINS', `${middle(u.email)}${i}`),
      ]).flat(),
    })),
  },
  {
    name: 'common: OR of three columns, case minded',
    query: () => ({
      filter: {
        or: [
          text('email', 'CONTAINS', '.TEST'),
          text('userName', 'CONTAINS', 'AR'),
          text('displayName', 'CONTAINS', 'SON'),
        ],
      },
    }),
  },
  { name: 'NOT contains', query: filter((u) => ({ not: text('email', 'CONTAINS', middle(u.email)) })) },
  { name: 'NOT login name', query: filter((u) => ({ not: loginName(u) })) },
  { name: 'NOT ends with, nobody', query: () => ({ filter: { not: text('email', 'ENDS_WITH_IGNORE_CASE', 'Test') } }) },
  {
    name: 'NOT ends with, case minded, nobody',
    query: () => ({ filter: { not: text('email', 'ENDS_WITH', 'test') } }),
  },
  {
    name: 'NOT starts with: machines, by type',
    query: () => ({
      filter: { not: text('displayName', 'STARTS_WITH', '') },
      order: [{ field: 'TYPE', descending: false }],
    }),
  },
  { name: '20 nots around contains', query: filter((u) => nots(20, text('email', 'CONTAINS', middle(u.email)))) },
  {
    name: 'a deep tree',
    query: filter((u) => ({
      not: { or: [{ not: { or: [loginName(u), { and: [locked, email(u)] }] } }, { and: [locked, { not: email(u) }] }] },
    })),
  },
  {
    name: 'common: display name contains son',
    query: () => ({ filter: text('displayName', 'CONTAINS_IGNORE_CASE', 'son') }),
  },
  { name: 'common: first name Sarah', query: () => ({ filter: text('firstName', 'EQUALS_IGNORE_CASE', 'sarah') }) },
  {
    name: 'common: display name startsWith ya',
    query: () => ({ filter: text('displayName', 'STARTS_WITH_IGNORE_CASE', 'ya') }),
  },
  {
    name: 'common: user name startsWith we',
    query: () => ({ filter: text('userName', 'STARTS_WITH_IGNORE_CASE', 'we') }),
  },
  {
    name: 'common: login name startsWith m',
    query: () => ({ filter: text('loginName', 'STARTS_WITH_IGNORE_CASE', 'm') }),
  },
  {
    name: 'common: login name startsWith mar',
    query: () => ({ filter: text('loginName', 'STARTS_WITH_IGNORE_CASE', 'mar') }),
  },
  {
    name: 'common: login name endsWith a domain',
    query: () => ({ filter: text('loginName', 'ENDS_WITH_IGNORE_CASE', '@acme.test') }),
  },
  {
    name: 'common: e-mail contains a domain',
    query: () => ({ filter: text('email', 'CONTAINS_IGNORE_CASE', 'acme') }),
  },
  {
    name: 'common: e-mail startsWith s',
    query: () => ({ filter: text('email', 'STARTS_WITH_IGNORE_CASE', 's') }),
  },
  {
    name: 'common: e-mail at one domain and login name startsWith y',
    query: () => ({
      filter: {
        and: [text('email', 'ENDS_WITH_IGNORE_CASE', '@acme.test'), text('loginName', 'STARTS_WITH_IGNORE_CASE', 'y')],
      },
    }),
  },
  {
    name: 'common: machines by display name',
    query: () => ({
      filter: { not: { is: { type: 'HUMAN' } } },
      order: [{ field: 'DISPLAY_NAME', descending: false }],
    }),
  },
  {
    name: 'common: last name startsWith s by state',
    query: () => ({
      filter: text('lastName', 'STARTS_WITH_IGNORE_CASE', 's'),
      order: [{ field: 'STATE', descending: false }],
    }),
  },
  {
    name: 'common: e-mail at one domain',
    query: () => ({ filter: text('email', 'ENDS_WITH_IGNORE_CASE', '@peak.test') }),
  },
  { name: 'two letters, no match', query: () => ({ filter: text('firstName', 'CONTAINS', 'zq') }) },
  { name: 'two letters, many', query: () => ({ filter: text('firstName', 'CONTAINS', 'an') }) },
  { name: 'one sign, no match', query: () => ({ filter: text('userName', 'CONTAINS', '%') }) },
  { name: 'nothing can match', query: () => ({ filter: { and: [locked, active] } }) },
  { name: 'page at any depth', query: () => ({}), after: (u) => ['USER_NAME', u.userName.toLowerCase(), u.id] },
  {
    name: 'page at any depth by e-mail downwards',
    query: () => ({ order: [{ field: 'EMAIL', descending: true }] }),
    after: (u) => ['-EMAIL', (u.email ?? '').toLowerCase(), u.id],
  },
  {
    name: 'sorted by state, then e-mail',
    query: () => ({
      order: [
        { field: 'STATE', descending: false },
        { field: 'EMAIL', descending: false },
      ],
    }),
  },
  {
    name: 'sorted by type downwards, newest first',
    query: () => ({
      order: [
        { field: 'TYPE', descending: true },
        { field: 'CREATION_DATE', descending: true },
      ],
    }),
  },
  { name: 'sorted by e-mail downwards', query: () => ({ order: [{ field: 'EMAIL', descending: true }] }) },
  {
    name: 'sorted by last, then first name',
    query: () => ({
      order: [
        { field: 'LAST_NAME', descending: false },
        { field: 'FIRST_NAME', descending: true },
      ],
    }),
  },
  {
    name: 'sorted by state, then user name',
    query: () => ({
      order: [
        { field: 'STATE', descending: false },
        { field: 'USER_NAME', descending: false },
      ],
    }),
  },
  { name: 'newest first', query: () => ({ order: [{ field: 'CREATION_DATE', descending: true }] }) },
  { name: 'count up to 1,000: everybody', query: () => ({}), count: 1_000 },
  {
    name: 'count up to 1,000: contains',
    query: filter((u) => text('email', 'CONTAINS', middle(u.email))),
    count: 1_000,
  },
  {
    name: 'count up to 1,000: common',
    query: () => ({ filter: text('displayName', 'CONTAINS_IGNORE_CASE', 'son') }),
    count: 1_000,
  },
  {
    name: 'exact count: common',
    query: () => ({ filter: text('displayName', 'CONTAINS_IGNORE_CASE', 'son') }),
    count: 'all',
  },
  { name: 'exact count: everybody', query: () => ({}), count: 'all' },
];
