/** How well indexes lead to the users of a search, as far as its words tell before anybody is asked. */

/** Each is better than the one before. */
export const sharpness = {
  /** No index finds anybody, or one finds too many: a state, a type, a part that is not there. */
  blind: 0,
  /** What a text does not equal, begin or end with: nearly everybody, or few, whom an index finds. */
  negative: 1,
  /** One or two signs, which are inside of very many, or of nobody. */
  blunt: 2,
  /** More signs, whose users an index of trigrams finds all at once. */
  keen: 3,
  /** What an index finds one by one, so that it can stop. */
  sharp: 4,
} as const;
export type Sharpness = (typeof sharpness)[keyof typeof sharpness];

/** The sharpness of all of these. */
export const sharpest = (parts: readonly { readonly sharpness: Sharpness }[]): Sharpness =>
  Math.max(...parts.map((part) => part.sharpness)) as Sharpness;
/** The sharpness of any of these. */
export const bluntest = (parts: readonly { readonly sharpness: Sharpness }[]): Sharpness =>
  Math.min(...parts.map((part) => part.sharpness)) as Sharpness;
