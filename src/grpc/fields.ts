/** Counts what a message holds before anything is made of it: a megabyte of empty messages is a million objects. */
import { protoMessages } from '../generated/proto-model.js';
import { AppError } from '../kernel/errors.js';

/** The message types of a type's fields, by field number. */
type Below = ReadonlyMap<number, string>;

const below = new Map<string, Below>();

function belowOf(name: string): Below {
  const known = below.get(name);
  if (known) return known;
  const fields = Object.values(protoMessages[name]?.fields ?? {}).filter(({ type }) => type in protoMessages);
  const made = new Map(fields.map(({ number, type }) => [number, type]));
  below.set(name, made);
  return made;
}

/** A message that is being walked through, and where it ends. */
interface Open {
  readonly below: Below;
  readonly end: number;
}

const [varint, fixed64, delimited, fixed32] = [0, 1, 2, 5];

/**
 * Holds the fields of a message, and of those in it, to a number. Bytes that are no message are left to the decoder.
 * @throws AppError `limit` when there are more
 */
export function limitFields(name: string, bytes: Uint8Array, most: number): void {
  const open: Open[] = [{ below: belowOf(name), end: bytes.length }];
  let position = 0;
  let count = 0;

  function readVarint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[position++] ?? 0;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  for (let inner = open.at(-1); inner !== undefined; inner = open.at(-1)) {
    if (position >= inner.end) {
      open.pop();
      continue;
    }
    count += 1;
    if (count > most) throw tooMany(most);
    const tag = readVarint();
    const wire = tag % 8;
    if (wire === varint) readVarint();
    else if (wire === fixed64) position += 8;
    else if (wire === fixed32) position += 4;
    else if (wire === delimited) {
      const length = readVarint();
      const type = inner.below.get(Math.floor(tag / 8));
      if (type === undefined) position += length;
      else open.push({ below: belowOf(type), end: Math.min(inner.end, position + length) });
    }
  }
}

const tooMany = (allowed: number): AppError =>
  new AppError('limit', 'TOO_MANY_FIELDS', `A request holds at most ${allowed} values.`, {
    facts: { limit: 'request values', allowed },
  });
