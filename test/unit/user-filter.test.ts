/** What of a filter is asked of indexes: nothing that none of them would answer. */
import { describe, expect, it } from 'vitest';
import type { Visible } from '../../src/domains/access/access.js';
import { userFilterSql } from '../../src/domains/user/user.filter.store.js';
import { questionOf } from '../../src/domains/user/user.question.store.js';
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

describe('what a text does not end with', () => {
  const ends: Filter<UserLeaf> = { is: { text: 'email', match: { method: 'ENDS_WITH', text: '.test' } } };
  const asksEnds = (filter: Filter<UserLeaf>): boolean => userFilterSql(filter).indexed.sql.includes('reverse(');

  it('is asked of its index where no other leads to few', () => {
    expect(asksEnds({ not: ends })).toBe(true);
    expect(asksEnds({ and: [{ not: ends }, { is: { state: 'ACTIVE' } }] })).toBe(true);
    expect(asksEnds({ or: [{ not: ends }, part] })).toBe(true);
    expect(asksEnds({ and: [{ not: ends }, part] })).toBe(false);
    expect(
      asksEnds({ and: [{ not: ends }, { is: { text: 'email', match: { method: 'CONTAINS', text: 'x' } } }] }),
    ).toBe(false);
  });

  it('is asked of rows where the text has capital letters, or what differs in them has no index', () => {
    expect(asksEnds({ not: { is: { text: 'email', match: { method: 'ENDS_WITH', text: '.Test' } } } })).toBe(false);
    expect(asksEnds({ not: { is: { text: 'lastName', match: { method: 'ENDS_WITH', text: 'son' } } } })).toBe(false);
    const ignoring = { method: 'ENDS_WITH_IGNORE_CASE', text: 'Son' } as const;
    expect(asksEnds({ not: { is: { text: 'lastName', match: ignoring } } })).toBe(true);
  });

  it('is asked of rows, and the index is asked who remains', () => {
    const visible = { sees: 'all' } as Visible;
    const asked = { filter: { not: ends }, accountId: null, memberOf: null, order: [] };
    const { indexed, remaining, rows } = questionOf(visible, asked);
    expect(indexed.sql).toBe(rows.sql);
    expect(remaining?.sql).toContain('reverse(');
  });
});

it('what is not in a state is one condition: the planner would hold each of five against every index, time and again', () => {
  const { rows, indexed } = userFilterSql({ not: { is: { state: 'ACTIVE' } } });
  for (const { sql } of [rows, indexed]) expect(sql.match(/u\.state/g)).toHaveLength(1);
});

it('what rows are asked beside indexes stands behind coalesce, and where they know all there is none', () => {
  const sqlOf = (method: 'CONTAINS' | 'STARTS_WITH_IGNORE_CASE' | 'STARTS_WITH') =>
    userFilterSql({ is: { text: 'userName', match: { method, text: 'ann' } } }).indexed.sql;
  expect(sqlOf('CONTAINS')).toContain('coalesce(strpos');
  expect(sqlOf('STARTS_WITH')).toContain('coalesce(');
  expect(sqlOf('STARTS_WITH_IGNORE_CASE')).not.toContain('coalesce(');
});
