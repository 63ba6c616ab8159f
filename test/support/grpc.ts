/** A plain gRPC client for tests: asks any RPC by its name, and reads the details of refusals. */
import { Client, credentials, Metadata, type ServiceError, type StatusObject } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import * as generated from '../../src/generated/proto.js';
import { protoServices } from '../../src/generated/proto-model.js';

/** google.rpc, as its documentation gives it: independent of what the server encodes with. */
const rpc = protobuf.parse(
  `
  syntax = "proto3"; package google.rpc;
  message Any { string type_url = 1; bytes value = 2; }
  message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
  message FieldViolation { string field = 1; string description = 2; string reason = 3; }
  message BadRequest { repeated FieldViolation field_violations = 1; }
  message ErrorInfo { string reason = 1; string domain = 2; map<string, string> metadata = 3; }
  message RequestInfo { string request_id = 1; }
  message Duration { int64 seconds = 1; int32 nanos = 2; }
  message RetryInfo { Duration retry_delay = 1; }
  message ErrorDetail { string id = 1; string message = 2; }
`,
  { keepCase: true },
).root;

/** What came back for a call. */
export interface GrpcAnswer<Response> {
  /** 0: fine. */
  readonly code: number;
  readonly details: string;
  /** Null when the call was refused. */
  readonly message: Response | null;
  /** Why, for programs. */
  readonly reason: string;
  /** The fields of the request that are at fault. */
  readonly fields: readonly string[];
  readonly requestId: string;
  /** The details by the last word of their type: `BadRequest`. */
  readonly all: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** How to call. */
export interface GrpcOptions {
  readonly authorization?: string | null;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly deadlineMs?: number;
  /** Cancels the call. */
  readonly signal?: AbortSignal;
}

type Model = typeof protoServices;
interface MessageClass {
  encode(message: object): protobuf.Writer;
  decode(bytes: Uint8Array): object;
}

/** A client of the server at an address. */
export interface GrpcClient<Service extends keyof Model> {
  ask<Response = Record<string, never>>(
    method: keyof Model[Service] & string,
    request?: object | Buffer,
    options?: GrpcOptions,
  ): Promise<GrpcAnswer<Response>>;
  /** Asks with bytes, wherever. */
  raw(path: string, bytes: Buffer, options?: GrpcOptions): Promise<GrpcAnswer<Buffer>>;
  close(): void;
}

/** Opens a client. Close it at the end. */
export function grpcClient<Service extends keyof Model = 'mgmt.v1alpha1.UserAccountService'>(
  address: string,
  service = 'mgmt.v1alpha1.UserAccountService' as Service,
  channel = credentials.createInsecure(),
): GrpcClient<Service> {
  const client = new Client(address, channel);
  const methods = protoServices[service] as Readonly<
    Record<string, { path: string; request: string; response: string }>
  >;

  const raw: GrpcClient<Service>['raw'] = (path, bytes, options = {}) =>
    new Promise((resolve) => {
      const metadata = new Metadata();
      if (options.authorization != null) metadata.set('authorization', options.authorization);
      for (const [key, value] of Object.entries(options.metadata ?? {})) metadata.set(key, value);
      const deadline = options.deadlineMs === undefined ? {} : { deadline: Date.now() + options.deadlineMs };
      const same = (value: Buffer): Buffer => value;
      const call = client.makeUnaryRequest(path, same, same, bytes, metadata, deadline, (error, answer) =>
        resolve(error ? refusal(error) : { ...fine, message: answer ?? null }),
      );
      options.signal?.addEventListener('abort', () => call.cancel());
    });

  return {
    raw,
    async ask<Response>(method: string, request: object | Buffer = {}, options: GrpcOptions = {}) {
      const model = methods[method];
      if (!model) throw new Error(`there is no RPC ${method}`);
      const bytes = Buffer.isBuffer(request)
        ? request
        : Buffer.from(messageClass(model.request).encode(request).finish());
      const answer = await raw(model.path, bytes, options);
      const message =
        answer.message === null ? null : (messageClass(model.response).decode(answer.message) as Response);
      return { ...answer, message };
    },
    close: () => client.close(),
  };
}

const fine: GrpcAnswer<never> = { code: 0, details: '', message: null, reason: '', fields: [], requestId: '', all: {} };

/** Reads a refusal. */
export function refusal(error: ServiceError | StatusObject): GrpcAnswer<never> {
  const [bytes] = error.metadata.get('grpc-status-details-bin');
  const status = bytes ? decode('Status', bytes as Buffer) : { details: [] };
  const all = Object.fromEntries(
    (status['details'] as { type_url: string; value: Uint8Array }[]).map(({ type_url: url, value }) => {
      const type = url.split('.').at(-1) ?? '';
      return [type, decode(type, value)];
    }),
  );
  const violations = (all['BadRequest']?.['field_violations'] ?? []) as { field: string }[];
  return {
    code: error.code,
    details: error.details,
    message: null,
    reason: textOf(all['ErrorInfo']?.['reason']),
    fields: violations.map(({ field }) => field),
    requestId: textOf(all['RequestInfo']?.['request_id']),
    all,
  };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function decode(type: string, bytes: Uint8Array): Record<string, unknown> {
  const message = rpc.lookupType(`google.rpc.${type}`);
  return message.toObject(message.decode(bytes), { longs: String, defaults: true, arrays: true });
}

function messageClass(name: string): MessageClass {
  const found = name
    .split('.')
    .reduce<unknown>((space, part) => (space as Record<string, unknown> | undefined)?.[part], generated);
  return found as MessageClass;
}
