/** The details of a refusal, as `grpc-status-details-bin` carries them: google.rpc.Status and what it may hold. */
import { Writer } from 'protobufjs/minimal.js';
import { zitadel } from '../generated/proto.js';
import type { AppError } from '../kernel/errors.js';

/** Who gives the reasons of `google.rpc.ErrorInfo`. */
const domain = 'gatehouse';

/** A message by its full name, encoded. */
interface Detail {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** Writes a message of strings and messages, each by its field number; empty strings are left out. */
function encode(fields: readonly (readonly [number, string | Uint8Array])[]): Uint8Array {
  const writer = Writer.create();
  for (const [number, value] of fields) {
    if (value.length === 0) continue;
    writer.uint32((number << 3) | 2);
    if (typeof value === 'string') writer.string(value);
    else writer.bytes(value);
  }
  return writer.finish();
}

function errorInfo({ reason, facts }: AppError): Detail {
  const entries = Object.entries(facts).map(
    ([key, value]) =>
      [
        3,
        encode([
          [1, key],
          [2, String(value)],
        ]),
      ] as const,
  );
  return { type: 'google.rpc.ErrorInfo', bytes: encode([[1, reason], [2, domain], ...entries]) };
}

function badRequest(field: string, { message, reason }: AppError): Detail {
  const violation = encode([
    [1, field],
    [2, message],
    [3, reason],
  ]);
  return { type: 'google.rpc.BadRequest', bytes: encode([[1, violation]]) };
}

function retryInfo(seconds: number): Detail {
  const duration = Writer.create().uint32(8).int64(Math.ceil(seconds)).finish();
  return { type: 'google.rpc.RetryInfo', bytes: encode([[1, duration]]) };
}

/** What every refusal carries. */
export interface Told {
  readonly code: number;
  readonly message: string;
  readonly requestId: string;
  /** Null for what is nobody's business: then only the request's id goes out. */
  readonly error: AppError | null;
  /** The field of the request that is at fault: `profile.first_name`; empty when it is about none. */
  readonly field: string;
  /** Whether the service's clients look for `zitadel.v1.ErrorDetail`. */
  readonly zitadel: boolean;
}

/** Encodes a google.rpc.Status: why (ErrorInfo), where (BadRequest), when again (RetryInfo), which (RequestInfo). */
export function encodeDetails({ code, message, requestId, error, field, zitadel: forZitadel }: Told): Buffer {
  const retryAfter = Number(error?.facts['retryAfter'] ?? 0);
  const details: readonly (Detail | null)[] = [
    forZitadel ? errorDetail(error?.reason ?? 'INTERNAL', message) : null,
    error ? errorInfo(error) : null,
    error && field !== '' ? badRequest(field, error) : null,
    retryAfter > 0 ? retryInfo(retryAfter) : null,
    { type: 'google.rpc.RequestInfo', bytes: encode([[1, requestId]]) },
  ];
  const writer = Writer.create().uint32(8).int32(code).uint32(18).string(message);
  for (const detail of details) {
    if (detail)
      writer.uint32(26).bytes(
        encode([
          [1, `type.googleapis.com/${detail.type}`],
          [2, detail.bytes],
        ]),
      );
  }
  return Buffer.from(writer.finish());
}

function errorDetail(id: string, message: string): Detail {
  return { type: 'zitadel.v1.ErrorDetail', bytes: zitadel.v1.ErrorDetail.encode({ id, message }).finish() };
}
