/** Several texts in one, so that whatever is asked of one of them is asked of what contains them all. */
import type { TextMatch, TextMethod } from './filter.js';

/** Stands before, between and behind the texts. It is no printable sign, and in none of them. */
export const listMark = '\u0002';

/** The texts in one; null where there are none. */
export const textList = (texts: readonly string[]): string | null =>
  texts.length === 0 ? null : `${listMark}${texts.join(listMark)}${listMark}`;

/** What a list must contain for one of its texts to match; null where none can. */
export function inTextList({ method, text }: TextMatch): TextMatch | null {
  if (text.includes(listMark)) return null;
  const [before, behind, contains] = asked[method];
  return { method: contains, text: `${before}${text}${behind}` };
}

const asked: Readonly<Record<TextMethod, readonly [before: string, behind: string, contains: TextMethod]>> = {
  EQUALS: [listMark, listMark, 'CONTAINS'],
  EQUALS_IGNORE_CASE: [listMark, listMark, 'CONTAINS_IGNORE_CASE'],
  STARTS_WITH: [listMark, '', 'CONTAINS'],
  STARTS_WITH_IGNORE_CASE: [listMark, '', 'CONTAINS_IGNORE_CASE'],
  CONTAINS: ['', '', 'CONTAINS'],
  CONTAINS_IGNORE_CASE: ['', '', 'CONTAINS_IGNORE_CASE'],
  ENDS_WITH: ['', listMark, 'CONTAINS'],
  ENDS_WITH_IGNORE_CASE: ['', listMark, 'CONTAINS_IGNORE_CASE'],
};
