/** Reading proto JSON strictly: the pieces that messages are made of. A fault is an AppError with its path. */
import { AppError, invalid } from '../kernel/errors.js';
import { parseTimestamp } from '../kernel/timestamp.js';

/** Reads one value. @throws AppError `invalid` with the path of the fault below the value */
export type Read<T> = (value: unknown) => T;

/** A field of a message: how it is read, and what stands for it when it is absent; without `absent` it must be there. */
export interface Field<T> {
  readonly read: Read<T>;
  readonly absent?: { readonly value: T };
}

type Fields = Readonly<Record<string, Field<unknown>>>;
/** What a message of these fields is read as. */
export type Message<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

/** A field that must be there. What proto3 cannot tell from an absent value (empty text) counts as absent. */
export const required = <T>(read: Read<T>): Field<T> => ({ read });

/** A field that may be left out. */
export const optional = <T, A>(read: Read<T>, absent: A): Field<T | A> => ({ read, absent: { value: absent } });

/** A list; one that is left out is empty. */
export function list<T>(read: Read<T>, mostItems = 1_000): Field<readonly T[]> {
  const readList = (value: unknown): readonly T[] => {
    if (!Array.isArray(value)) throw invalid([], 'This is no list.');
    if (value.length > mostItems) throw invalid([], `This list has more than ${mostItems} entries.`);
    return value.map((item, i) => at(String(i), read, item));
  };
  return { read: readList, absent: { value: [] } };
}

/** Reads a message. Fields go by their JSON name or their name in the protobuf file; others are refused. */
export function message<F extends Fields>(fields: F): Read<Message<F>> {
  const names = Object.keys(fields);
  const byKey = new Map<string, { readonly name: string; readonly read: Read<unknown> }>();
  for (const [name, { read }] of Object.entries(fields))
    byKey.set(protoName(name), { name, read }).set(name, { name, read });
  const needed = names.filter((name) => !fields[name]?.absent);
  const empty = Object.fromEntries(names.map((name) => [name, fields[name]?.absent?.value]));
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid([], 'This is no object.');
    const given = value as Readonly<Record<string, unknown>>;
    const result: Record<string, unknown> = { ...empty };
    for (const key of Object.keys(given)) {
      const field = byKey.get(key);
      if (field === undefined) throw invalid([key], 'There is no such field.');
      const { name } = field;
      if (key !== name && Object.hasOwn(given, name)) throw invalid([key], 'This field is given twice.');
      const raw = given[key];
      const read = raw === null ? '' : at(key, field.read, raw);
      if (read !== '') result[name] = read;
    }
    for (const name of needed) if (result[name] === undefined) throw invalid([name], 'This is missing.');
    return result as Message<F>;
  };
}

/** The name of a field in the protobuf file: `user_name` for `userName`. */
function protoName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function at<T>(key: string, read: Read<T>, value: unknown): T {
  try {
    return read(value);
  } catch (error) {
    if (error instanceof AppError) throw invalid([key, ...error.inputPath], error.message);
    throw error;
  }
}

/** What no text may hold: control characters, and halves of characters, which a database cannot store. */
const unprintable = /[\p{Cc}\p{Cs}]/u;
const unprintableInProse = /(?![\n\r\t])[\p{Cc}\p{Cs}]/u;

/** Text of at most this many characters, on one line; in `prose` it may have several. */
export function text(most: number, prose?: 'prose'): Read<string> {
  const refused = prose === undefined ? unprintable : unprintableInProse;
  return (value) => {
    if (typeof value !== 'string') throw invalid([], 'This is no text.');
    if (value.length > most && [...value].length > most) {
      throw invalid([], `This is longer than ${most} characters.`);
    }
    if (refused.test(value)) throw invalid([], 'This must not contain control characters.');
    return value;
  };
}

/** Text of a form; empty text is absent and has none. */
export function formed(most: number, form: RegExp, fault: string): Read<string> {
  const read = text(most);
  return (value) => {
    const given = read(value);
    if (given !== '' && !form.test(given)) throw invalid([], fault);
    return given;
  };
}

/** Text that says something. */
export function name(most: number): Read<string> {
  return formed(most, /\S/, 'This must not be blank.');
}

/** true or false. */
export const flag: Read<boolean> = (value) => {
  if (typeof value !== 'boolean') throw invalid([], 'This is neither true nor false.');
  return value;
};

/** A uint64, as decimal text without leading zeros; the database holds half of them. */
export const uint64: Read<string> = (value) => {
  const digits = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof digits !== 'string' || !/^(0|[1-9]\d{0,18})$/.test(digits) || BigInt(digits) > largestInt64) {
    throw invalid([], `This is no whole number from 0 to ${largestInt64}.`);
  }
  return digits;
};
const largestInt64 = 2n ** 63n - 1n;

/** An instant, in UTC. */
export const timestamp: Read<string> = (value) => {
  const utc = typeof value === 'string' ? parseTimestamp(value) : null;
  if (utc === null) throw invalid([], 'This is no time such as 2026-01-31T08:00:00.123456789Z.');
  return utc;
};

/** An enum, by name or number, as its number. `allowed` are the names that count, with their numbers. */
export function enumeration(prefix: string, allowed: Readonly<Record<string, number>>): Read<number> {
  const numbers = new Set(Object.values(allowed));
  const byName = new Map(Object.entries(allowed).map(([name, number]) => [`${prefix}_${name}`, number]));
  const fault = `This is none of ${[...byName.keys()].join(', ')}.`;
  return (value) => {
    const number = typeof value === 'string' ? byName.get(value) : value;
    if (typeof number !== 'number' || !numbers.has(number)) throw invalid([], fault);
    return number;
  };
}

/** Exactly one of these fields of a message is set. @returns which */
export function oneOf<K extends string>(given: Readonly<Record<K, unknown>>, keys: readonly K[]): K {
  const set = keys.filter((key) => given[key] !== null);
  const [only] = set;
  if (only === undefined) throw invalid([], `One of ${keys.join(', ')} is missing.`);
  if (set[1] !== undefined) throw invalid([set[1]], `Only one of ${keys.join(', ')} can be set.`);
  return only;
}
