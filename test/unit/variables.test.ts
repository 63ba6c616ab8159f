/** The limits on variables: each exactly at the limit and one over, the place named, and hostile payloads. */
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';
import { checkVariables } from '../../src/graphql/limits/variables.js';

const { variables: limits } = readConfig({}).limits;
const refusal = (variables: unknown): unknown => checkVariables(variables, limits)?.extensions ?? null;
const deep = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
const ones = (count: number): readonly number[] => Array.from({ length: count }, () => 1);

describe('variables', () => {
  it.each([[null], [undefined], [{}], [{ id: 'x', filter: [{ and: [{ name: null }] }], on: true, n: 1.5 }]])(
    'are accepted: %j',
    (variables) => {
      expect(refusal(variables)).toBeNull();
    },
  );

  it.each([['text'], [1], [true], [[]], [[{}]]])('must be an object, not %j', (variables) => {
    expect(checkVariables(variables, limits)).toMatchObject({
      message: 'The variables must be an object.',
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });

  it('may nest 64 levels', () => {
    expect(refusal({ a: deep(64) })).toBeNull();
    expect(refusal({ a: deep(65) })).toMatchObject({ code: 'LIMIT_EXCEEDED', limit: 'variableDepth', allowed: 64 });
  });

  it('may hold 20,000 values, containers included', () => {
    const lists = Array.from({ length: 19 }, () => ones(1_000));
    const rest = 20_000 - 2 - 19 - 19_000 - 1;
    expect(refusal({ a: lists, b: [ones(rest)] })).toBeNull();
    expect(refusal({ a: lists, b: [ones(rest + 1)] })).toEqual({
      code: 'LIMIT_EXCEEDED',
      limit: 'variableValues',
      allowed: 20_000,
      path: 'variables.b[0]',
    });
  });

  it('may hold lists of 1,000 items', () => {
    expect(refusal({ filter: [{ ids: ones(1_000) }] })).toBeNull();
    expect(refusal({ filter: [{ ids: ones(1_001) }] })).toEqual({
      code: 'LIMIT_EXCEEDED',
      limit: 'variableList',
      allowed: 1_000,
      actual: 1_001,
      path: 'variables.filter[0].ids',
    });
  });

  it.each([
    ['one byte', 'x', 65_536],
    ['two bytes', 'é', 32_768],
    ['three bytes', '€', 21_845],
    ['four bytes', '😀', 16_384],
  ])('may hold strings of 64 KiB, counted in UTF-8: characters of %s', (_size, character, most) => {
    expect(refusal({ text: character.repeat(most) })).toBeNull();
    expect(refusal({ text: character.repeat(most + 1) })).toMatchObject({
      limit: 'variableString',
      allowed: 65_536,
      path: 'variables.text',
    });
  });

  it('are refused for a key that is too long, without repeating it whole', () => {
    const found = checkVariables({ a: { ['k'.repeat(65_537)]: 1 } }, limits);
    expect(found?.extensions).toMatchObject({ limit: 'variableString' });
    expect(found?.message.length).toBeLessThan(400);
  });

  it('are refused with the place in words', () => {
    expect(checkVariables({ filter: [{ and: ones(1_001) }] }, limits)?.message).toBe(
      'A list in the variables is too long: variables.filter[0].and.',
    );
  });

  it('are walked on after a list or object ends', () => {
    expect(refusal({ a: [[1], { b: 2 }], c: { d: [{}, ones(1_001)] } })).toMatchObject({ path: 'variables.c.d[1]' });
  });

  it('with keys that name prototypes are plain data', () => {
    const hostile: unknown = JSON.parse(
      '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}, "prototype": []}',
    );
    expect(refusal(hostile)).toBeNull();
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();

    const hidden: unknown = JSON.parse(`{"__proto__": {"constructor": [${'1,'.repeat(1_000)}1]}}`);
    expect(refusal(hidden)).toMatchObject({ limit: 'variableList', path: 'variables.__proto__.constructor' });
  });

  it.each([
    ['half a million levels', `{"a":${'['.repeat(524_000)}${']'.repeat(524_000)}}`, 'variableDepth'],
    ['half a million items', `{"a":[${'1,'.repeat(520_000)}1]}`, 'variableList'],
    ['90,000 variables', `{${Array.from({ length: 90_000 }, (_, i) => `"k${i}":1`).join(',')}}`, 'variableValues'],
    ['a filter 3,000 levels deep', `{"f":${'{"and":['.repeat(3_000)}${']}'.repeat(3_000)}}`, 'variableDepth'],
    ['a tree of lists', `{"a":[${`[${'{},'.repeat(999)}{}],`.repeat(30)}1]}`, 'variableValues'],
    ['one long text', `{"a":"${'x'.repeat(1_000_000)}"}`, 'variableString'],
  ])('of a megabyte are refused: %s', (_what, json, limit) => {
    expect(refusal(JSON.parse(json))).toMatchObject({ code: 'LIMIT_EXCEEDED', limit });
  });
});
