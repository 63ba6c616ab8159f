/** The scalars of the schema, between GraphQL's literals and our values. */
import { GraphQLError, Kind, type ValueNode } from 'graphql';
import { formatTimestamp, isWritten, parseTimestamp } from '../kernel/timestamp.js';
import { builder } from './builder.js';

const wrong = (message: string) => new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });

function dateTime(value: unknown): string {
  const parsed = typeof value === 'string' ? parseTimestamp(value) : null;
  if (parsed === null) throw wrong('DateTime is RFC 3339 text, such as 2026-01-31T08:00:00Z.');
  return parsed;
}

builder.scalarType('DateTime', {
  description: 'An instant as RFC 3339 text in UTC, with up to nine decimals of a second, from year 0001 to 9999.',
  serialize: (value) => {
    if (value instanceof Date) return formatTimestamp(value);
    return isWritten(value) ? value : dateTime(value);
  },
  parseValue: dateTime,
});

const largestUInt64 = 2n ** 64n - 1n;

function uint64(value: unknown): bigint {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  const number = typeof text === 'string' && /^\d{1,20}$/.test(text) ? BigInt(text) : null;
  if (number === null || number > largestUInt64) {
    throw wrong('UInt64 is a whole number from 0 to 18446744073709551615, as text or as an integer.');
  }
  return number;
}

builder.scalarType('UInt64', {
  description: 'A whole number from 0 to 18446744073709551615. Answered as text; taken as text or as an integer.',
  serialize: (value) => value.toString(),
  parseValue: uint64,
  parseLiteral: (node: ValueNode) =>
    // The text of an integer literal, so that nothing beyond 2^53 is rounded.
    uint64(node.kind === Kind.INT || node.kind === Kind.STRING ? node.value : null),
});

function base64(value: unknown): Uint8Array {
  if (typeof value !== 'string' || !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value)) {
    throw wrong('Base64 is text in the standard alphabet, with padding.');
  }
  return Buffer.from(value, 'base64');
}

builder.scalarType('Base64', {
  description: 'Bytes as text in the standard base64 alphabet, with padding.',
  serialize: (value) => Buffer.from(value).toString('base64'),
  parseValue: base64,
});
