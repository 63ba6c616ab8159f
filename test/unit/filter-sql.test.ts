/** From filter trees to SQL: what becomes of negations, and that depth overflows nothing. */
import { describe, expect, it } from 'vitest';
import { filterSql, foldFilter } from '../../src/db/filter.js';
import { searchedColumn, textColumn, textIndexed, textInIndexed, textSql } from '../../src/db/text.js';
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
      for (const column of [email, searchedColumn(Prisma.raw('email'))]) {
        const minding = textSql(column, { method, text });
        const ignoring = textSql(column, { method: `${method}_IGNORE_CASE`, text });
        expect(new Set([...minding.values, ...ignoring.values])).toEqual(new Set([text]));
      }
    }
  });

  it('is found whatever its letter case, where that counts too', () => {
    const column = searchedColumn(Prisma.raw('email'));
    for (const method of ['EQUALS', 'STARTS_WITH', 'CONTAINS', 'ENDS_WITH'] as const) {
      const minding = textIndexed(column, { method, text: 'Ann' });
      expect(minding.needed).toEqual(textIndexed(column, { method: `${method}_IGNORE_CASE`, text: 'Ann' }).needed);
      expect(minding.left).not.toBeNull();
    }
  });

  it('that is contained is asked for once in the words of the index, and once of the row', () => {
    for (const method of ['CONTAINS', 'CONTAINS_IGNORE_CASE'] as const) {
      const { needed, left } = textIndexed(searchedColumn(Prisma.raw('email')), { method, text: 'ann' });
      expect(needed?.sql).toContain('trigrams_of');
      expect(left?.sql).not.toContain('trigrams_of');
      expect(left?.sql).toContain('strpos');
    }
  });

  it('that is empty is in everything there is', () => {
    expect(textSql(email, { method: 'CONTAINS', text: '' }).sql).toBe('email IS NOT NULL');
    expect(textSql(email, { method: 'EQUALS', text: '' }).values).toEqual(['', '']);
  });

  it('of a list is one parameter, however long the list', () => {
    const { needed, left } = textInIndexed(email, Array<string>(1_000).fill('a'));
    expect([needed?.values.length, left?.values.length]).toEqual([1, 1]);
  });
});
