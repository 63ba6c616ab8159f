/** The generated codecs by the full names of their messages. */
import type { Reader, Writer } from 'protobufjs/minimal.js';
import * as generated from '../generated/proto.js';
import { invalid } from '../kernel/errors.js';

/** A message as handlers see it: its fields by their JavaScript names. */
export type Message = Readonly<Record<string, unknown>>;

/** Between bytes and messages of one type. */
export interface Codec {
  /** @throws AppError `invalid` for bytes that are no such message, or that nest too deeply */
  decode(bytes: Uint8Array): Message;
  encode(message: object): Buffer;
}

interface MessageClass {
  decode(reader: Reader | Uint8Array): Message;
  encode(message: object): Writer;
}

/** The codec of a message: `codecOf('mgmt.v1alpha1.GetUserRequest')`. */
export function codecOf(name: string): Codec {
  const found: unknown = name
    .split('.')
    .reduce<unknown>((space, part) => (space as Record<string, unknown> | undefined)?.[part], generated);
  if (typeof found !== 'function') throw new Error(`There is no message ${name}.`);
  const type = found as unknown as MessageClass;
  return {
    decode(bytes) {
      try {
        return type.decode(bytes);
      } catch {
        throw invalid([], 'The request is no message of its type.', 'MALFORMED_MESSAGE');
      }
    },
    encode(message) {
      const bytes = type.encode(message).finish();
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },
  };
}
