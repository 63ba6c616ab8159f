/** Searching the directory: what may be asked of users, in which order, and who answers. */
import type { Call } from '../../kernel/call.js';
import type { Filter, TextMatch } from '../../kernel/filter.js';
import type { AccountId } from '../../kernel/ids.js';
import type { Page, PageRequest } from '../../kernel/page.js';
import type { User, UserState, UserType } from './user.js';

/** The texts of a user that can be compared. A user has any number of login names: it is enough when one matches. */
export type UserText = 'userName' | 'firstName' | 'lastName' | 'nickName' | 'displayName' | 'email' | 'loginName';

/** One condition on a user (`zitadel.user.v1.SearchQuery`). A state or type of null is one that nobody is in. */
export type UserLeaf =
  | { readonly text: UserText; readonly match: TextMatch }
  | { readonly state: UserState | null }
  | { readonly type: UserType | null }
  | { readonly ids: readonly string[] }
  | { readonly emails: readonly string[] };

/** What users can be sorted by (`zitadel.user.v1.UserFieldName`, where zero means by id). Texts sort folded. */
export const userSortFields = [
  'ID',
  'USER_NAME',
  'FIRST_NAME',
  'LAST_NAME',
  'NICK_NAME',
  'DISPLAY_NAME',
  'EMAIL',
  'STATE',
  'TYPE',
  'CREATION_DATE',
] as const;
export type UserSortField = (typeof userSortFields)[number];

/** One sort key of several. What is absent sorts as the highest. The last key is always the id. */
export interface UserOrder {
  readonly field: UserSortField;
  readonly descending: boolean;
}

/** The order when nobody asks for one: by user name, ignoring case. */
export const defaultUserOrder: readonly UserOrder[] = [{ field: 'USER_NAME', descending: false }];

/** A search. What is null restricts nothing. */
export interface UserQuery {
  readonly filter: Filter<UserLeaf> | null;
  /** Only users that this account owns. */
  readonly accountId: AccountId | null;
  /** Only members of this account. */
  readonly memberOf: AccountId | null;
  readonly order: readonly UserOrder[];
}

/** Searches the directory. Answers only users that the caller may see; nobody before SetUser. */
export interface UserSearch {
  /**
   * One page of the users that match. An account that is not the caller's has none.
   * @throws AppError `invalid` for a cursor of another order, `timeout` when it takes too long
   */
  search(call: Call, query: UserQuery, page: PageRequest): Promise<Page<User>>;

  /** The user whom a login name leads to, whatever its letter case; null when unknown or invisible. */
  byLoginName(call: Call, loginName: string): Promise<User | null>;
}

/**
 * The order that is meant: without fields that stand there already and what is behind the id; users in the same state or
 * of the same type by user name.
 */
export function effective(order: readonly UserOrder[]): readonly UserOrder[] {
  const last = order.at(-1);
  const isCoarse = last?.field === 'STATE' || last?.field === 'TYPE';
  const whole = isCoarse ? [...order, { ...last, field: 'USER_NAME' as const }] : order;
  const fields = whole.map(({ field }) => field);
  const unique = fields.indexOf('ID');
  return whole.filter(({ field }, i) => fields.indexOf(field) === i && (unique < 0 || i <= unique));
}

/** How many keys the cursors of a search hold: the name of the order, its keys (a date has two), the id. */
export function cursorKeys(order: readonly UserOrder[]): number {
  const keys = { ID: 0, CREATION_DATE: 2 } as const;
  return effective(order).reduce((sum, { field }) => sum + (field in keys ? keys[field as keyof typeof keys] : 1), 2);
}
