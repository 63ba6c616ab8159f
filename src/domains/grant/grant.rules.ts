/** When a grant may change. */
import { AppError } from '../../kernel/errors.js';
import { grantStates, type Grant, type GrantState } from './grant.js';

/** The state that each change needs a grant to be in. */
const before: Readonly<Record<GrantState, GrantState>> = { INACTIVE: 'ACTIVE', ACTIVE: 'INACTIVE' };

/**
 * A grant goes into a state from the other one only.
 * @throws AppError `precondition` when it is there already
 */
export function demandStateBefore(grant: Grant, after: GrantState): void {
  if (grantStates.fromNumber(grant.state) === before[after]) return;
  throw new AppError('precondition', 'WRONG_STATE', `This grant is ${after.toLowerCase()} already.`, { path: ['id'] });
}

/**
 * New roles differ from the old ones; their order means nothing.
 * @throws AppError `precondition` when they are the same
 */
export function demandOtherRoles(grant: Grant, roleKeys: readonly string[]): void {
  const old = new Set(grant.roleKeys);
  if (old.size !== roleKeys.length || roleKeys.some((key) => !old.has(key))) return;
  throw new AppError('precondition', 'UNCHANGED', 'The grant has exactly these roles already.', { path: ['roleKeys'] });
}

/** There is no such thing, or the caller may not see it: the two look alike. */
export function unknown(path: string, what: string): AppError {
  return new AppError('not_found', 'NOT_FOUND', `There is no such ${what}.`, { path: [path] });
}
