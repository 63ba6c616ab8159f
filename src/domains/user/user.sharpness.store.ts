/** How few users a search may be about, as far as its words tell before anybody is asked. */
import { foldFilter, hasTrigrams } from '../../db/filter.js';
import type { Filter } from '../../kernel/filter.js';
import type { UserLeaf } from './user.search.js';

/** From here on whoever matches is looked for by the indexes first. What has fewer signs is inside of many, or of none. */
export const sharp = 3;

/** How many signs an index is given to find users by: of the sharpest in an AND, of the bluntest in an OR. */
export const sharpness = (filter: Filter<UserLeaf>): number =>
  foldFilter<UserLeaf, number>(filter, {
    leaf: (leaf, negated) => (negated ? 0 : sharpnessOf(leaf)),
    and: (parts) => Math.max(...parts),
    or: (parts) => Math.min(...parts),
  });

/** None where it knows none, all there are for what is equal. */
function sharpnessOf(leaf: UserLeaf): number {
  // States and types have too many users each.
  if (!('text' in leaf)) return 'ids' in leaf || 'emails' in leaf ? Infinity : 0;
  const { method, text } = leaf.match;
  if (method.startsWith('EQUALS')) return Infinity;
  if (method.startsWith('CONTAINS') && !hasTrigrams(text)) return 0;
  return Array.from(text).length;
}
