/** What a domain's RPC handlers are: typed by the proto files, from request message to response message. */
import type * as messages from '../generated/proto.js';
import type { protoServices } from '../generated/proto-model.js';
import type { Call, Principal } from '../kernel/call.js';
import type { Services } from '../services.js';

/** What a handler gets besides its request. */
export interface RpcContext {
  readonly call: Call;
  readonly services: Services;
  /** What the metadata says under this key; null when nothing or several things. */
  header(key: string): string | null;
  now(): Date;
}

/** Answers one RPC. Refuses by throwing an AppError, whose path names fields of the request. */
export interface Rpc<Request, Response> {
  /** Who may call it; everybody else is told why not before the request is looked at. Users only, unless said. */
  readonly admits?: readonly Principal['kind'][];
  /** Where the handler's input has another name than the field of the request: `{ url: 'config.url' }`. */
  readonly fields?: Readonly<Record<string, string>>;
  /** What the record calls it when the door refuses it, as `noun.verb`; the RPC's name in camel case, unless said. */
  readonly action?: string;
  handle(context: RpcContext, request: Request): Promise<Response> | Response;
}

type Model = typeof protoServices;

/** The name of a service: `mgmt.v1alpha1.UserAccountService`. */
export type ServiceName = keyof Model;

/** The class of a message by its full name, one namespace after the other. */
type ClassOf<Name, Space> = Name extends `${infer Head}.${infer Rest}`
  ? Head extends keyof Space
    ? ClassOf<Rest, Space[Head]>
    : never
  : Name extends keyof Space
    ? Space[Name]
    : never;
type MessageOf<Name> = ClassOf<Name, typeof messages> extends abstract new (...args: never[]) => infer M ? M : never;
type PropertiesOf<Name> =
  ClassOf<Name, typeof messages> extends { encode(message: infer P, ...rest: never[]): unknown } ? P : never;

/** The handlers of a service, by the names of its RPCs. */
export type Rpcs<Service extends ServiceName> = {
  readonly [Method in keyof Model[Service]]: Model[Service][Method] extends {
    readonly request: infer Request;
    readonly response: infer Response;
  }
    ? Rpc<MessageOf<Request>, PropertiesOf<Response>>
    : never;
};

/** Those handlers of a service that one domain has. */
export type SomeRpcs<Service extends ServiceName> = Partial<Rpcs<Service>>;
