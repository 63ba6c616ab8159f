/** Instants as text: RFC 3339 in UTC, from year 0001 to 9999, with up to nine decimals of a second. */

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** What is in UTC already, on a day that there is whatever the year: 29 February is for a calendar to tell. */
const plain =
  /^(?!0000)\d{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/;

/** Reads RFC 3339 text and returns it in UTC, as `2026-01-31T08:00:00.5Z`. Null for anything else. */
export function parseTimestamp(text: string): string | null {
  if (plain.test(text)) return withoutTrailingZeros(text);
  const match = rfc3339.exec(text);
  if (!match) return null;
  const [, year, month, day, hour, minute, second, fraction = '', sign, offsetHour = '0', offsetMinute = '0'] = match;
  if (Number(offsetHour) > 23 || Number(offsetMinute) > 59) return null;

  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const instant = new Date(local);
  // Date rolls 31 April over to 1 May and takes 24:00; what does not come back as it went in was no date.
  if (Number.isNaN(instant.getTime()) || instant.toISOString() !== local) return null;
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * (sign === '-' ? -1 : 1);
  const utc = new Date(instant.getTime() - offset * 60_000);
  if (utc.getUTCFullYear() < 1 || utc.getUTCFullYear() > 9999) return null;
  return withFraction(utc, fraction);
}

/** Writes an instant as text. `ns` are the nanoseconds beyond its millisecond: 0 to 999,999. */
export function formatTimestamp(instant: Date, ns = 0): string {
  const text = instant.toISOString();
  if (ns !== 0) return withFraction(instant, text.slice(20, 23) + String(ns).padStart(6, '0'));
  return withoutTrailingZeros(text);
}

function withoutTrailingZeros(text: string): string {
  const last = text.length - 1;
  if (last === seconds) return text;
  let end = last;
  while (text.charCodeAt(end - 1) === zero) end--;
  return end === last ? text : `${text.slice(0, end === seconds + 1 ? seconds : end)}Z`;
}

const zero = '0'.charCodeAt(0);
/** How long text is up to its whole seconds. */
const seconds = '2026-01-31T08:00:00'.length;

const written = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,8}[1-9])?Z$/;

/** Whether text looks as {@link formatTimestamp} writes it. Whether there is such a day is not looked at. */
export const isWritten = (text: string): boolean => written.test(text);

/** Splits text of {@link parseTimestamp} into an instant and the nanoseconds beyond its millisecond. */
export function splitTimestamp(text: string): { readonly instant: Date; readonly ns: number } {
  const fraction = /\.(\d+)Z$/.exec(text)?.[1] ?? '';
  return {
    instant: new Date(text.replace(/\.\d+Z$/, `.${fraction.slice(0, 3)}Z`.replace('.Z', 'Z'))),
    ns: Number(fraction.padEnd(9, '0').slice(3)),
  };
}

function withFraction(utc: Date, fraction: string): string {
  const decimals = fraction.replace(/0+$/, '');
  return `${utc.toISOString().slice(0, 19)}${decimals === '' ? '' : `.${decimals}`}Z`;
}
