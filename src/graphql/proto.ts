/** Ties elements of the GraphQL schema to the protobuf elements they carry, and takes their words from there. */
import { protoDocs } from '../generated/proto-docs.js';
import { protoEnums, protoServices } from '../generated/proto-model.js';

/**
 * The protobuf packages, in the order in which a relative name is looked up: `UserAccount.name` is found in the first,
 * `User.id` in the second. A full name (`zitadel.auth.v1.UserGrant.state`) is always understood.
 */
export const protoPackages = [
  'mgmt.v1alpha1',
  'zitadel.user.v1',
  'zitadel.v1',
  'zitadel.management.v1',
  'zitadel.auth.v1',
] as const;

/** What to spread into the options of a GraphQL type, field, argument, input field or enum value. */
export interface Carried {
  readonly description: string;
  /** The full names of the protobuf elements and of the RPCs that the GraphQL element carries. */
  readonly extensions: { readonly proto: readonly string[]; readonly rpc: readonly string[] };
}

/**
 * Says which messages, fields, enums or enum values a GraphQL element carries. The description is the documentation of
 * the first.
 * @throws Error at once when there is no such element
 */
export function proto(...names: readonly [string, ...string[]]): Carried {
  return carries({ proto: names });
}

/**
 * Says which RPC a GraphQL field does the work of. The description is the RPC's documentation, or `text`, and ends with
 * the RPC's name: `Retrieves the current user. (UserAccountService.GetUser)`.
 * @throws Error at once when there is no such RPC
 */
export function rpc(name: string, text?: string): Carried {
  return carries({ rpc: [name], text });
}

/**
 * The general form of {@link proto} and {@link rpc}, for an element that carries both or needs words of its own. Without
 * `text` the words are those of the first RPC, else of the first protobuf element.
 * @throws Error at once when there is no such element or RPC, or when there are no words
 */
export function carries(what: {
  readonly proto?: readonly string[];
  readonly rpc?: readonly string[];
  readonly text?: string | undefined;
}): Carried {
  const elements = (what.proto ?? []).map(resolve);
  const methods = (what.rpc ?? []).map(resolveRpc);
  const source = methods[0] ?? elements[0];
  const text = what.text ?? (source === undefined ? undefined : protoDocs[source]);
  if (text === undefined) throw new Error('Say what the element carries, or describe it.');
  const served = methods.map((method) => method.split('.').slice(-2).join('.')).join(', ');
  return {
    description: served === '' ? text : `${text} (${served})`,
    extensions: { proto: elements, rpc: methods },
  };
}

/**
 * The options of a GraphQL enum that carries a protobuf enum: `protoEnum('AccountRole', accountRole.names)`.
 * @param names the GraphQL values: those of the protobuf enum without what they all begin with (`ACCOUNT_ROLE_`)
 * @throws Error at once when there is no such enum or value
 */
export function protoEnum<Name extends string>(
  enumName: string,
  names: readonly Name[],
): Carried & { readonly values: Readonly<Record<Name, Carried>> } {
  const fullName = resolve(enumName);
  const prefix = commonPrefix(Object.keys(protoEnums[fullName] ?? {}));
  const values = names.map((name) => [name, proto(`${fullName}.${prefix}${name}`)] as const);
  return { ...proto(fullName), values: Object.fromEntries(values) as Record<Name, Carried> };
}

function resolve(name: string): string {
  const candidates = [name, ...protoPackages.map((namespace) => `${namespace}.${name}`)];
  const found = candidates.find((candidate) => Object.hasOwn(protoDocs, candidate));
  if (found === undefined) throw new Error(`There is no protobuf element ${name}.`);
  return found;
}

function resolveRpc(name: string): string {
  const found = [...protoMethods.keys()].find((method) => method.endsWith(`.${name}`));
  if (found === undefined) throw new Error(`There is no RPC ${name}.`);
  return found;
}

/** What an RPC takes and gives, by the full names of its messages. */
export interface ProtoMethod {
  readonly request: string;
  readonly response: string;
}

/** Every RPC, by its full name: `mgmt.v1alpha1.UserAccountService.GetUser`. */
export const protoMethods: ReadonlyMap<string, ProtoMethod> = new Map(
  Object.entries(protoServices).flatMap(([service, methods]) =>
    Object.entries<ProtoMethod>(methods).map(([method, types]) => [`${service}.${method}`, types]),
  ),
);

/** What all values of an enum begin with, up to an underscore: `ACCOUNT_ROLE_`. */
function commonPrefix(values: readonly string[]): string {
  const [first = '', ...others] = values;
  let length = first.length;
  for (const other of others) while (!other.startsWith(first.slice(0, length))) length--;
  return first.slice(0, first.lastIndexOf('_', length - 1) + 1);
}
