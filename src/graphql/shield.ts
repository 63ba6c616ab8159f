/** The outer door: one rule for every field, closed where there is none, and free where everybody may pass. */
import {
  defaultFieldResolver,
  isIntrospectionType,
  isObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql';
import { applyMiddleware, type IMiddlewareFunction, type IMiddlewareTypeMap } from 'graphql-middleware';
import { allow, deny, shield } from 'graphql-shield';
import type { ZodType } from 'zod';
import { forbidden, unauthenticated } from '../kernel/errors.js';
import type { AccountId } from '../kernel/ids.js';
import { read } from '../kernel/input.js';
import type { Context } from './context.js';
import { forgetLoaded } from './loaders.js';
import { auditedAction, inputReader, refused } from './mutation.js';
import type { Rules } from './rules.js';

/** A schema behind its rules, and the fields that nobody gave one. Those are closed; a test demands that there are none. */
export interface Guarded {
  readonly schema: GraphQLSchema;
  readonly uncovered: readonly string[];
}

/**
 * Puts rules before the fields of a schema. Shield wraps each field it is given in an async function, so it is given
 * only those whose rule is not `allow`: the others stay as quick as they were.
 * @throws Error when a rule names a type or field that is not there
 */
export function guarded(schema: GraphQLSchema, rules: Rules): Guarded {
  const full: Record<string, Record<string, Rules[string][string]>> = {};
  const uncovered: string[] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || isIntrospectionType(type)) continue;
    const ofType: Record<string, Rules[string][string]> = (full[type.name] = {});
    for (const field of Object.keys(type.getFields())) {
      const found = rules[type.name]?.[field] ?? rules[type.name]?.['*'];
      if (!found) uncovered.push(`${type.name}.${field}`);
      ofType[field] = found ?? deny;
    }
  }
  demandKnown(schema, rules);

  const shielded = shield<object, Context>(full, {
    allowExternalErrors: true,
    fallbackRule: deny,
    fallbackError: (_error, _parent, args, context, info) => turnedAway(args, context as unknown as Context, info),
  });
  const all = (shielded as unknown as { generate(schema: GraphQLSchema): IMiddlewareTypeMap }).generate(schema);

  const used: Record<string, Record<string, IMiddlewareFunction>> = {};
  for (const [type, fields] of Object.entries(full)) {
    for (const [field, found] of Object.entries(fields)) {
      if (found === allow) continue;
      const wrapped = (all[type] as Record<string, IMiddlewareFunction>)[field];
      if (wrapped) (used[type] ??= {})[field] = wrapped;
    }
  }
  for (const [name, field] of Object.entries(schema.getMutationType()?.getFields() ?? {})) {
    const reads = field.extensions[inputReader] as ZodType | undefined;
    const guard = used['Mutation']?.[name];
    // A mutation without a reader would get its input unread, and one without a guard would have no door to stand at.
    if (!reads || !guard || !used['Mutation']) throw new Error(`The mutation ${name} needs a reader and a rule.`);
    used['Mutation'][name] = withDoor(reads, guard);
  }
  return { schema: applyMiddleware(schema, used), uncovered };
}

interface MutationArgs {
  readonly input?: { readonly accountId?: AccountId };
}

/** What whoever fails a rule is told. A mutation that was tried leaves a record. */
async function turnedAway({ input }: MutationArgs, context: Context, info: GraphQLResolveInfo): Promise<Error> {
  const { call, services } = context;
  if (call.principal.kind === 'anonymous') return unauthenticated();
  if (info.parentType === info.schema.getMutationType()) {
    const action = String(info.parentType.getFields()[info.fieldName]?.extensions[auditedAction]);
    await services.access.refused(call, { action, accountId: input?.accountId ?? null });
  }
  return forbidden();
}

/** A mutation's order: who is it, is the input sound, may they. What the caller can correct comes back as data. */
function withDoor(reads: ZodType, guard: IMiddlewareFunction): IMiddlewareFunction {
  const guardFunction = typeof guard === 'function' ? guard : guard.resolve;
  return async (resolve, parent, args: { input?: unknown }, context: Context, info) => {
    if (context.call.principal.kind === 'anonymous') throw unauthenticated();
    try {
      const input = read(reads, args.input ?? {});
      const answered: unknown = await guardFunction?.(
        resolve ?? defaultFieldResolver,
        parent,
        { input },
        context,
        info,
      );
      // What an earlier mutation of the document showed may be so no longer.
      forgetLoaded(context);
      // Shield returns what a resolver threw.
      if (answered instanceof Error) throw answered;
      return answered;
    } catch (error) {
      return refused(error);
    }
  };
}

function demandKnown(schema: GraphQLSchema, rules: Rules): void {
  for (const [typeName, fields] of Object.entries(rules)) {
    const type = schema.getType(typeName);
    if (!isObjectType(type)) throw new Error(`There is a rule for ${typeName}, and no such object type.`);
    for (const field of Object.keys(fields)) {
      if (field !== '*' && !type.getFields()[field])
        throw new Error(`There is a rule for ${typeName}.${field}, and no such field.`);
    }
  }
}
