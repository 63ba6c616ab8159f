/** The outer door: no field without a rule, no rule for nothing, and no price on what everybody may read. */
import { buildSchema, graphql, isObjectType, type GraphQLFieldResolver } from 'graphql';
import { allow, deny } from 'graphql-shield';
import { describe, expect, it } from 'vitest';
import { guardedSchema } from '../../src/graphql/schema.js';
import { guarded } from '../../src/graphql/shield.js';

const sdl = 'type Query { open: Thing shut: Thing forgotten: Thing } type Thing { name: String code: String }';
const rules = { Query: { open: allow, shut: deny }, Thing: { '*': allow } };
const resolverOf = (schema: ReturnType<typeof buildSchema>, type: string, field: string) => {
  const found = schema.getType(type);
  return isObjectType(found) ? found.getFields()[field]?.resolve : undefined;
};

describe('The rules', () => {
  it('cover every field of the schema', () => {
    expect(guardedSchema().uncovered).toEqual([]);
  });

  it('leave a field that nobody gave one closed, and name it', async () => {
    const { schema, uncovered } = guarded(buildSchema(sdl), rules);
    expect(uncovered).toEqual(['Query.forgotten']);
    const context = { call: { principal: { kind: 'user' } } };
    const found = await graphql({
      schema,
      source: '{ forgotten { name } }',
      rootValue: { forgotten: {} },
      contextValue: context,
    });
    expect(found.data).toEqual({ forgotten: null });
    expect(found.errors).toMatchObject([{ message: 'You may not do this.' }]);
  });

  it.each([
    ['a type that is not there', { ...rules, Ghost: { '*': allow } }, 'Ghost'],
    ['a field that is not there', { ...rules, Thing: { '*': allow, ghost: deny } }, 'Thing.ghost'],
    ['a type that is no object', { ...rules, String: { '*': allow } }, 'String'],
  ])('never name %s', (_what, wrong, name) => {
    expect(() => guarded(buildSchema(sdl), wrong)).toThrow(name);
  });
});

describe('A field that everybody may read', () => {
  it('keeps its own resolver, and one that is closed does not', () => {
    const own: GraphQLFieldResolver<unknown, unknown> = () => ({ name: 'x' });
    const plain = buildSchema(sdl);
    const fields = plain.getQueryType()?.getFields() ?? {};
    for (const field of Object.values(fields)) field.resolve = own;
    const { schema } = guarded(plain, rules);
    expect(resolverOf(schema, 'Query', 'open')).toBe(own);
    expect(resolverOf(schema, 'Query', 'shut')).not.toBe(own);
    expect(resolverOf(schema, 'Thing', 'name')).toBeUndefined();
  });

  it.each(['id', 'name', 'hasStripeCustomerId', 'type'])(
    'answers at once, without a promise: UserAccount.%s',
    (field) => {
      const resolve = resolverOf(guardedSchema().schema, 'UserAccount', field);
      const row = { id: 'a', slug: 'b', type: 1, stripeCustomerId: null };
      const info = { fieldName: field } as Parameters<GraphQLFieldResolver<unknown, unknown>>[3];
      expect(resolve?.(row, {}, {}, info)).not.toBeInstanceOf(Promise);
    },
  );
});
