/** The few shield rules: who may knock. The inner door, `Scope` and `Visible`, decides what they get. */
import { allow, rule } from 'graphql-shield';
import { parseUuid, type AccountId, type UserId } from '../kernel/ids.js';
import type { Config } from '../config.js';
import type { Call, Principal } from '../kernel/call.js';
import type { ResourceAction } from '../domains/access/access.js';
import type { Context } from './context.js';

/** What a rule is: shield's own type. Rules answer true or false; they are never cached, combined with `not`, or thrown from. */
export type Rule = ReturnType<ReturnType<typeof rule>>;

/** A domain's rules: one for every field of its types, by name or for all by `*`. */
export type Rules = Readonly<Record<string, Readonly<Record<string, Rule | typeof allow>>>>;

const isOneOf = (...kinds: readonly Principal['kind'][]) =>
  rule({ cache: 'no_cache' })((_parent: unknown, _args: unknown, { call }: Context) =>
    kinds.includes(call.principal.kind),
  );

/** Whoever reached the parent. Costs nothing: the field is not wrapped at all. */
export const anybody = allow;

/** People and machines with a good token, before SetUser too: that they get nothing then is the services' answer. */
export const signedIn = isOneOf('user', 'newcomer');

/** Signed-in callers, and the billing worker. */
export const signedInOrWorker = isOneOf('user', 'newcomer', 'worker');

/** The billing worker and instance operators; newcomers hear from the service that they have no user yet. */
export const billingStaff = rule({ cache: 'no_cache' })((_parent: unknown, _args: unknown, { call }: Context) => {
  const { principal } = call;
  return principal.kind === 'user' ? principal.operator : principal.kind !== 'anonymous';
});

/** Signed-in callers and the worker; in development everybody, so that a first look needs no token. */
export const signedInUnlessDevelopment = rule({ cache: 'no_cache' })(
  (_parent: unknown, _args: unknown, { call, services }: Context) =>
    call.principal.kind !== 'anonymous' || services.system.isDevelopment,
);

/** Whether a caller may read the schema: `on` lets everybody, `operators` only instance operators. */
export const readsSchema = (readers: Config['introspection'], { principal }: Call): boolean =>
  readers === 'operators' ? principal.kind === 'user' && principal.operator : readers === 'on';

/** Whoever may read the schema. */
export const schemaReaders = rule({ cache: 'no_cache' })((_parent: unknown, _args: unknown, context: Context) =>
  readsSchema(context.services.federation.readers, context.call),
);

/** Callers whose role in the account that the input names lets them do this to it. */
export const mayInAccount = (permission: ResourceAction) =>
  rule({ cache: 'no_cache' })(async (_parent: unknown, args: { input?: { accountId?: unknown } }, context: Context) => {
    const { principal } = context.call;
    if (principal.kind === 'newcomer') return true;
    const accountId = args.input?.accountId;
    const known = typeof accountId === 'string' ? parseUuid<AccountId>(accountId) : null;
    if (principal.kind !== 'user' || known === null) return false;
    return context.services.access.permits(context.call, permission, known);
  });

/** The user that the field belongs to, whoever may write it, and operators: who may see its credentials. */
export const ownOrWritable = rule({ cache: 'no_cache' })(
  (user: { readonly id: string }, _args: unknown, { call, services }: Context) =>
    call.principal.kind === 'user' && services.access.ownOrWritable(call, user.id as UserId),
);
