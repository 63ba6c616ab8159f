/** How values travel in protobuf messages: instants, 64-bit integers, enums. */
import Long from 'long';
import { invalid } from '../kernel/errors.js';
import { parseTimestamp } from '../kernel/timestamp.js';
import type { WireEnum } from '../kernel/wire-enum.js';

/** `google.protobuf.Timestamp`, as messages hold it. */
export interface WireTimestamp {
  readonly seconds: Long;
  readonly nanos: number;
}

/** Seconds of 0001-01-01T00:00:00Z and of 9999-12-31T23:59:59Z: what a Timestamp may hold. */
const firstSecond = -62_135_596_800n;
const lastSecond = 253_402_300_799n;

/** Writes an instant: a Date with the nanoseconds beyond its millisecond, or RFC 3339 text. */
export function toTimestamp(instant: Date | string, ns = 0): WireTimestamp {
  if (typeof instant !== 'string') {
    const millis = instant.getTime();
    const seconds = Math.floor(millis / 1_000);
    return { seconds: Long.fromNumber(seconds), nanos: (millis - seconds * 1_000) * 1_000_000 + ns };
  }
  const text = parseTimestamp(instant);
  const fraction = /\.(\d+)Z$/.exec(text ?? '')?.[1] ?? '';
  const ms = Date.parse(text ?? '');
  if (Number.isNaN(ms)) throw new Error(`${String(instant)} is no instant.`);
  return { seconds: Long.fromNumber(Math.floor(ms / 1_000)), nanos: Number(fraction.padEnd(9, '0')) };
}

/**
 * Reads an instant as RFC 3339 text in UTC, nanoseconds included; null when absent.
 * @throws AppError `invalid` at `path` outside the years 1 to 9999
 */
export function fromTimestamp(
  value: { seconds?: Long | null; nanos?: number | null } | null | undefined,
  path: readonly string[],
): string | null {
  if (value == null) return null;
  const seconds = fromLong(value.seconds);
  const nanos = value.nanos ?? 0;
  if (seconds < firstSecond || seconds > lastSecond || nanos < 0 || nanos > 999_999_999) {
    throw invalid(path, 'This is no time between the years 1 and 9999.');
  }
  const text = new Date(Number(seconds) * 1_000).toISOString().slice(0, 19);
  const decimals = String(nanos).padStart(9, '0').replace(/0+$/, '');
  return `${text}${decimals === '' ? '' : `.${decimals}`}Z`;
}

/** A signed 64-bit integer, exactly; absent is zero. */
export const fromLong = (value: Long | null | undefined): bigint => (value ? BigInt(value.toString()) : 0n);

/** An unsigned 64-bit integer for a message, exactly. */
export const toUnsigned = (value: bigint): Long => Long.fromString(value.toString(), true);

/** The number of an enum's name; null is zero: unspecified. */
export function toEnum<Name extends string>(type: WireEnum<Name>, name: Name | null): number {
  return name === null ? 0 : type.toNumber(name);
}

/**
 * The name of an enum's number in a request; null for zero and for absent.
 * @throws AppError `invalid` at `path` for a number that nobody defined
 */
export function fromEnum<Name extends string>(
  type: WireEnum<Name>,
  number: number | null | undefined,
  path: readonly string[],
): Name | null {
  const name = type.fromNumber(number ?? 0);
  if (name === null && number != null && number !== 0) {
    throw invalid(path, `${number} is not defined: one of ${type.names.map((n) => type.toNumber(n)).join(', ')}.`);
  }
  return name;
}
