/** How few users a search may be about, as far as its words tell before anybody is asked. */
import { hasTrigrams } from '../../db/filter.js';
import type { UserLeaf } from './user.search.js';

/** From here on whoever matches is looked for by the indexes first. What has fewer signs is inside of many, or of none. */
export const sharp = 3;

/** How many signs an index is given to find users by: none where it knows none, all there are for what is equal. */
export function sharpness(leaf: UserLeaf): number {
  // States and types have too many users each.
  if (!('text' in leaf)) return 'ids' in leaf || 'emails' in leaf ? Infinity : 0;
  const { method, text } = leaf.match;
  if (method.startsWith('EQUALS')) return Infinity;
  if (method.startsWith('CONTAINS') && !hasTrigrams(text)) return 0;
  return Array.from(text).length;
}
