/** Reading input: the pieces that the domains' input types are made of, and the one way a fault in them is told. */
import { z } from 'zod';
import { AppError, invalid } from './errors.js';
import { parseUuid } from './ids.js';

/** An id, in any letter case; stored and compared in lower case. */
export const id = <T extends string>() =>
  z.string().transform((text, context): T => {
    const uuid = parseUuid<T>(text);
    if (uuid === null) {
      context.addIssue({ code: 'custom', message: 'This is no id: ids are UUIDs.' });
      return z.NEVER;
    }
    return uuid;
  });

/** Text that says something: trimmed, not empty, of bounded length, without control characters. */
export const text = (most: number) =>
  z
    .string()
    .transform((value) => value.trim())
    .pipe(
      z
        .string()
        .min(1, 'This must not be empty.')
        .max(most, `This is longer than ${most} characters.`)
        .regex(/^\P{Cc}*$/u, 'This must not contain control characters.'),
    );

/** The name of an account: 3 to 100 lower-case letters, digits and hyphens. */
export const slug = z
  .string()
  .regex(/^[a-z0-9-]{3,100}$/, 'A name has 3 to 100 characters: lower-case letters, digits and hyphens.');

const emailPattern = /^[^\s@\p{Cc}]{1,64}@[^\s@.\p{Cc}]+(\.[^\s@.\p{Cc}]+)+$/u;

/** An e-mail address, trimmed and ASCII-lower-cased: the form in which addresses are compared. */
export const emailAddress = z
  .string()
  .transform(normalEmail)
  .pipe(z.string().max(254, 'This is longer than 254 characters.').regex(emailPattern, 'This is no e-mail address.'));

/** Trims an address and folds its ASCII letters, and those only. */
export function normalEmail(address: string): string {
  return address.trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** An e-mail address as somebody writes it: trimmed, its letter case kept. */
export const writtenEmailAddress = z
  .string()
  .transform((value) => value.trim())
  .pipe(z.string().max(200, 'This is longer than 200 characters.').regex(emailPattern, 'This is no e-mail address.'));

/** A phone number in its international form. Spaces, dots, hyphens and brackets between its digits are dropped. */
export const phoneNumber = z
  .string()
  .max(50, 'This is longer than 50 characters.')
  .transform((value) => value.replace(/[\s().-]/g, ''))
  .pipe(z.string().regex(/^\+[1-9]\d{3,14}$/, 'A phone number begins with + and the code of its country.'));

/** Text that may be left out: absent, null and blank all read as null. */
export const optionalText = (most: number) =>
  z.preprocess((value) => (typeof value === 'string' && value.trim() === '' ? null : value), optional(text(most)));

/** A value that may be left out: absent and null both read as null. */
export const optional = <T extends z.ZodType>(type: T) => type.nullish().transform((value) => value ?? null);

/**
 * Reads input.
 * @throws AppError `invalid` with the path of the first fault, `limit` for a list that is too long
 */
export function read<T extends z.ZodType>(type: T, value: unknown): z.output<T> {
  const result = type.safeParse(value);
  if (result.success) return result.data;
  const fault = result.error.issues[0];
  if (!fault) throw invalid([], 'This input cannot be read.');
  const path = fault.path.map(String);
  if (fault.code === 'too_big' && fault.origin === 'array') {
    throw new AppError('limit', 'LIST_TOO_LONG', `This list has more than ${fault.maximum} entries.`, {
      path,
      facts: { limit: 'list length', allowed: Number(fault.maximum) },
    });
  }
  throw invalid(path, fault.message);
}
