/** What a deed over two faces is: how each face is spoken to, and what came of it in words that both share. */
import { kinds } from '../../src/kernel/errors.js';
import type { GrpcAnswer, GrpcClient } from './grpc.js';
import { mutate } from './mutate.js';
import type { Answer, Person } from './world.js';

/** What came of a deed: something, or a refusal with its gRPC status and the last step of the place at fault. */
export interface Outcome<Value> {
  readonly value: Value | null;
  readonly status: number;
  readonly field: string | null;
  /** What the refusal says to a reader. */
  readonly told: string | null;
}

/** Whoever acts, and in which account: the management service wants to be told, GraphQL finds out. */
export type Actor = Pick<Person, 'ask'> & { readonly authorization: string | null; readonly at?: string };

/** A deed, as each face does it. */
export interface Deed<Args extends readonly unknown[], Value> {
  graphql(mouth: GraphqlMouth, ...args: Args): Promise<Outcome<Value>>;
  grpc(mouth: GrpcMouth, ...args: Args): Promise<Outcome<Value>>;
}

/** Declares a deed. */
export const deed = <Args extends readonly unknown[], Value>(both: Deed<Args, Value>): Deed<Args, Value> => both;

/** What a deed needs to be done over GraphQL. */
export interface GraphqlMouth {
  readonly who: Actor;
  /** Runs a mutation; `pick` takes the value from its payload. */
  change<Payload, Value>(
    name: string,
    input: object,
    fields: string,
    pick: (payload: Payload) => Value,
  ): Promise<Outcome<Value>>;
  /**
   * Runs a query; `pick` takes the value from its data.
   * @param unseen the status that nothing stands for, where what is not there is null: what gRPC refuses with
   */
  look<Data, Value>(
    document: string,
    variables: object,
    pick: (data: Data) => Value | null | undefined,
    unseen?: number,
  ): Promise<Outcome<Value>>;
}

type Served =
  'mgmt.v1alpha1.UserAccountService' | 'zitadel.management.v1.ManagementService' | 'zitadel.auth.v1.AuthService';

/** Calls an RPC; `pick` takes the value from what it answers. */
type Speak<Service extends Served> = <Message, Value>(
  method: Parameters<GrpcClient<Service>['ask']>[0],
  request: object,
  pick: (message: Message) => Value,
  /** Fields of the request that have another name over GraphQL. */
  names?: Readonly<Record<string, string>>,
) => Promise<Outcome<Value>>;

/** What a deed needs to be done over gRPC: the services. */
export interface GrpcMouth {
  readonly who: Actor;
  readonly accounts: Speak<'mgmt.v1alpha1.UserAccountService'>;
  readonly management: Speak<'zitadel.management.v1.ManagementService'>;
  readonly auth: Speak<'zitadel.auth.v1.AuthService'>;
}

/** What a caller can correct comes as data, everything else at the top. */
const isCorrectable = (code: unknown): boolean =>
  Object.values(kinds).find((kind) => kind.code === code)?.correctable ?? false;

const statusOf = (code: unknown): number => Object.values(kinds).find((kind) => kind.code === code)?.grpc ?? 2;
const fine = <Value>(value: Value): Outcome<Value> => ({ value, status: 0, field: null, told: null });
const refusedWith = (status: number, field: string | null, told: string | null): Outcome<never> => ({
  value: null,
  status,
  field,
  told,
});

/** A path as gRPC writes it, last step only: `profile.firstName` is `firstName`, `roleKeys.0` is `roleKeys[0]`. */
const lastStep = (path: readonly string[]): string | null =>
  path
    .reduce((text, step) => (/^\d+$/.test(step) ? `${text}[${step}]` : `${text}.${step}`), '')
    .split('.')
    .at(-1) || null;

const camel = (name: string): string => name.replace(/_([a-z])/g, (_whole, letter: string) => letter.toUpperCase());

const refusalIn = ([refusal]: Answer<unknown>['errors']): Outcome<never> | null =>
  refusal
    ? refusedWith(statusOf(refusal.extensions['code']), lastStep(pathIn(refusal.extensions['path'])), refusal.message)
    : null;

const pathIn = (path: unknown): readonly string[] => (Array.isArray(path) ? path.map(String) : []);

/** Speaks GraphQL for somebody. */
export function graphqlMouth(who: Actor): GraphqlMouth {
  return {
    who,
    async change<Payload, Value>(name: string, input: object, fields: string, pick: (payload: Payload) => Value) {
      const { payload, answer } = await mutate<Payload>(who, name, input, fields);
      const refusal = refusalIn(answer.errors);
      const [error] = payload?.errors ?? [];
      const isMisplaced =
        (error && !isCorrectable(error.code)) ||
        (answer.errors[0] && isCorrectable(answer.errors[0].extensions['code']));
      if (isMisplaced) throw new Error(`${name}: a refusal came in the wrong place: ${JSON.stringify(answer)}`);
      if (refusal) return refusal;
      if (error) return refusedWith(statusOf(error.code), lastStep(error.path), error.message);
      if (payload === null) throw new Error(`${name} answered nothing.`);
      return fine(pick(payload));
    },
    async look<Data, Value>(
      document: string,
      variables: object,
      pick: (data: Data) => Value | null | undefined,
      unseen: number = kinds.not_found.grpc,
    ) {
      const { data, errors } = await who.ask<Data>(document, variables);
      const refusal = refusalIn(errors);
      if (refusal) return refusal;
      const value = data === null ? null : pick(data);
      return value == null ? refusedWith(unseen, null, null) : fine(value);
    },
  };
}

/** Clients of the three services. */
export interface GrpcClients {
  readonly accounts: GrpcClient<'mgmt.v1alpha1.UserAccountService'>;
  readonly management: GrpcClient<'zitadel.management.v1.ManagementService'>;
  readonly auth: GrpcClient<'zitadel.auth.v1.AuthService'>;
}

/** Speaks gRPC for somebody. */
export function grpcMouth(clients: GrpcClients, who: Actor): GrpcMouth {
  const options = {
    authorization: who.authorization,
    metadata: who.at === undefined ? {} : { 'x-zitadel-orgid': who.at },
  };
  const speak =
    <Service extends Served>({ ask }: GrpcClient<Service>): Speak<Service> =>
    async <Message, Value>(
      method: Parameters<GrpcClient<Service>['ask']>[0],
      request: object,
      pick: (message: Message) => Value,
      names: Readonly<Record<string, string>> = {},
    ) => {
      const { message, code, fields, details }: GrpcAnswer<Message> = await ask<Message>(method, request, options);
      if (message) return fine(pick(message));
      const field = fields[0] === undefined ? null : camel(fields[0].split('.').at(-1) ?? '');
      return refusedWith(code, field === null ? null : (names[field] ?? field), details);
    };
  const { accounts, management, auth } = clients;
  return { who, accounts: speak(accounts), management: speak(management), auth: speak(auth) };
}
