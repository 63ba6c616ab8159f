import { describe, expect, it } from 'vitest';
import { formatTimestamp, parseTimestamp } from '../../src/kernel/timestamp.js';

const two = (number: number): string => String(number).padStart(2, '0');

describe('reading an instant', () => {
  it.each([1900, 2000, 2023, 2024])('takes the days that the calendar of %i has, and no others', (year) => {
    for (let month = 0; month <= 13; month++) {
      for (let day = 0; day <= 32; day++) {
        const text = `${year}-${two(month)}-${two(day)}T08:00:00Z`;
        const date = new Date(Date.UTC(year, month - 1, day));
        const exists = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
        expect([text, parseTimestamp(text)]).toEqual([text, exists ? text : null]);
        // The same instant, told by somebody an hour further east.
        const east = text.replace('T08:00:00Z', 'T09:00:00+01:00');
        expect([east, parseTimestamp(east)]).toEqual([east, exists ? text : null]);
      }
    }
  });

  it.each([
    ['2026-01-31T08:00:00Z', '2026-01-31T08:00:00Z'],
    ['2026-01-31T08:00:10.000Z', '2026-01-31T08:00:10Z'],
    ['2026-01-31T08:00:00.090Z', '2026-01-31T08:00:00.09Z'],
    ['2026-01-31T08:00:00.000000001Z', '2026-01-31T08:00:00.000000001Z'],
    ['2026-01-31T08:00:00.123456000Z', '2026-01-31T08:00:00.123456Z'],
    ['2026-01-31t08:00:00.500z', '2026-01-31T08:00:00.5Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
    ['9999-12-31T23:59:59.999999999Z', '9999-12-31T23:59:59.999999999Z'],
    ['0000-12-31T08:00:00Z', null],
    ['2026-01-31T24:00:00Z', null],
    ['2026-01-31T08:60:00Z', null],
    ['2026-01-31T08:00:60Z', null],
    ['2026-01-31T08:00:00.Z', null],
    ['2026-01-31T08:00:00.0000000001Z', null],
    ['2026-01-31T08:00:00', null],
  ])('%s is %s', (text, utc) => {
    expect(parseTimestamp(text)).toBe(utc);
  });

  it('reads what was written as it was written', () => {
    for (const ms of [0, 1, 10, 100, 120, 123, 999]) {
      for (const ns of [0, 1, 10, 500_000, 999_999]) {
        const written = formatTimestamp(new Date(Date.UTC(2024, 1, 29, 23, 59, 50, ms)), ns);
        expect(parseTimestamp(written)).toBe(written);
        expect(parseTimestamp(written.replace('Z', '+00:00'))).toBe(written);
      }
    }
  });
});
