/** From filter trees to SQL: what becomes of negations, and that depth overflows nothing. */
import { describe, expect, it } from 'vitest';
import { filterSql, foldFilter, searchedColumn, textColumn, textInSql, textSql } from '../../src/db/filter.js';
import { Prisma } from '../../src/generated/prisma/client.js';
import type { Filter } from '../../src/kernel/filter.js';

const is = (name: string): Filter<string> => ({ is: name });
const sql = (filter: Filter<string>): string => filterSql(filter, (name) => Prisma.raw(name)).sql;

describe('a filter in SQL', () => {
  it.each<readonly [string, Filter<string>, string]>([
    ['a leaf', is('a'), 'a'],
    ['a negated leaf holds where its value is absent', { not: is('a') }, '(a) IS NOT TRUE'],
    ['two negations leave the leaf bare for its index', { not: { not: is('a') } }, 'a'],
    ['operands stay in their order', { or: [is('a'), { and: [is('b'), is('c')] }, is('d')] }, '(a OR (b AND c) OR d)'],
    [
      'a negation turns the operators around',
      { not: { or: [is('a'), { and: [{ not: is('b') }, is('c')] }] } },
      '((a) IS NOT TRUE AND (b OR (c) IS NOT TRUE))',
    ],
    ['a single operand needs no operator', { and: [{ or: [is('a')] }] }, 'a'],
  ])('%s', (_what, filter, expected) => {
    expect(sql(filter)).toBe(expected);
  });

  it('folds a filter of any depth', () => {
    let filter = is('a');
    for (let i = 0; i < 100_000; i++) filter = { not: filter };
    expect(sql(filter)).toBe('a');
    const leaves = foldFilter<string, number>(
      { and: [filter, { or: [is('b'), is('c')] }] },
      {
        leaf: () => 1,
        and: (counts) => counts.reduce((sum, count) => sum + count, 0),
        or: (counts) => counts.reduce((sum, count) => sum + count, 0),
      },
    );
    expect(leaves).toBe(3);
  });
});

describe('a text in SQL', () => {
  const email = textColumn(Prisma.raw('email'));

  it('is a parameter, and folded by the database alone', () => {
    for (const method of ['EQUALS', 'STARTS_WITH', 'CONTAINS', 'ENDS_WITH'] as const) {
      const text = `O'İ%_\\${method}`;
      const minding = textSql(email, { method, text });
      const ignoring = textSql(email, { method: `${method}_IGNORE_CASE`, text });
      expect(new Set([...minding.values, ...ignoring.values])).toEqual(new Set([text]));
      expect(minding.sql).toContain(ignoring.sql);
    }
  });

  it('that is contained asks what costs little first: inside of an OR it is asked in this order', () => {
    for (const method of ['CONTAINS', 'CONTAINS_IGNORE_CASE'] as const) {
      const { sql: asked } = textSql(searchedColumn(Prisma.raw('email')), { method, text: 'ann' });
      expect(asked.indexOf('trigrams_of')).toBeGreaterThan(asked.lastIndexOf('strpos'));
    }
  });

  it('that is empty is in everything there is', () => {
    expect(textSql(email, { method: 'CONTAINS', text: '' }).sql).toBe('email IS NOT NULL');
    expect(textSql(email, { method: 'EQUALS', text: '' }).values).toEqual(['', '']);
  });

  it('of a list is one parameter, however long the list', () => {
    expect(textInSql(email, Array<string>(1_000).fill('a')).values).toHaveLength(2);
  });
});
