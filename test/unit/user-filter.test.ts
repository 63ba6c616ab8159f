/** What of a filter is asked of indexes: nothing that none of them would answer. */
import { expect, it } from 'vitest';
import { userFilterSql } from '../../src/domains/user/user.filter.store.js';
import type { UserLeaf } from '../../src/domains/user/user.search.js';
import type { Filter } from '../../src/kernel/filter.js';

const part: Filter<UserLeaf> = { is: { text: 'email', match: { method: 'CONTAINS_IGNORE_CASE', text: 'acme' } } };
const other: Filter<UserLeaf> = { is: { text: 'nickName', match: { method: 'EQUALS', text: 'Gigi' } } };
const asksTrigrams = (filter: Filter<UserLeaf>): boolean => userFilterSql(filter).indexed.sql.includes('trigrams_with');

it.each<[string, Filter<UserLeaf>, boolean]>([
  ['a part', part, true],
  ['a part that is not there', { not: part }, false],
  ['a part, and something else that is not', { and: [part, { not: other }] }, true],
  ['a part or something else', { or: [part, other] }, true],
  ['a part or a state that somebody is not in', { or: [part, { not: { is: { state: 'ACTIVE' } } }] }, true],
  ['a part, or something else that is not', { or: [part, { not: other }] }, false],
  ['either, and a part', { and: [{ or: [other, { not: other }] }, part] }, true],
  ['either, deep inside', { not: { and: [{ not: part }, { not: { or: [part, { not: other }] } }] } }, false],
  ['a login name', { is: { text: 'loginName', match: { method: 'STARTS_WITH', text: 'gigi' } } }, true],
  ['a whole login name', { is: { text: 'loginName', match: { method: 'EQUALS', text: 'gigi' } } }, false],
])('%s', (_what, filter, expected) => {
  expect(asksTrigrams(filter)).toBe(expected);
});
