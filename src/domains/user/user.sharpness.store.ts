/** How well indexes lead to the users of a search, as far as its words tell before anybody is asked. */
import { foldFilter, hasTrigrams } from '../../db/filter.js';
import type { Filter } from '../../kernel/filter.js';
import type { UserLeaf } from './user.search.js';

/** Each is better than the one before. */
export const sharpness = {
  /** No index finds anybody, or one finds too many: a state, a type, what a text is not. */
  blind: 0,
  /** One or two signs, which are inside of very many, or of nobody. */
  blunt: 1,
  /** More signs, whose users an index of trigrams finds all at once. */
  keen: 2,
  /** What an index finds one by one, so that it can stop. */
  sharp: 3,
} as const;
export type Sharpness = (typeof sharpness)[keyof typeof sharpness];

/** The sharpness of a filter: of the sharpest part of an AND, of the bluntest of an OR. */
export const sharpnessOf = (filter: Filter<UserLeaf>): Sharpness =>
  foldFilter<UserLeaf, Sharpness>(filter, {
    leaf: (leaf, negated) => (negated ? sharpness.blind : ofLeaf(leaf)),
    and: (parts) => Math.max(...parts) as Sharpness,
    or: (parts) => Math.min(...parts) as Sharpness,
  });

function ofLeaf(leaf: UserLeaf): Sharpness {
  if (!('text' in leaf)) return 'ids' in leaf || 'emails' in leaf ? sharpness.sharp : sharpness.blind;
  const { method, text } = leaf.match;
  if (method.startsWith('EQUALS')) return sharpness.sharp;
  const byTrigrams = method.startsWith('CONTAINS') || leaf.text === 'loginName';
  if (text === '' || (byTrigrams && !hasTrigrams(text))) return sharpness.blind;
  if (Array.from(text).length < 3) return sharpness.blunt;
  return byTrigrams ? sharpness.keen : sharpness.sharp;
}
