/** The services by name: what both faces call. */
import type { Access } from './domains/access/access.js';
import type { Accounts } from './domains/account/account.js';
import type { Billing } from './domains/billing/billing.js';
import type { Grants } from './domains/grant/grant.js';
import type { Invites } from './domains/invite/invite.js';
import type { Memberships } from './domains/membership/membership.js';
import type { Credentials } from './domains/session/session.js';
import type { System } from './domains/system/system.js';
import type { UserLife, Users } from './domains/user/user.js';
import type { UserSearch } from './domains/user/user.search.js';
import type { FilterLimits } from './kernel/filter.js';
import type { ListSizes, PageSizes } from './kernel/page.js';

/** Every domain's service interface. */
export interface Services {
  readonly system: System;
  readonly access: Access;
  readonly users: Users;
  readonly userLife: UserLife;
  readonly userSearch: UserSearch;
  readonly credentials: Credentials;
  readonly billing: Billing;
  readonly memberships: Memberships;
  readonly accounts: Accounts;
  readonly invites: Invites;
  readonly grants: Grants;
  /** How large a page of any list is and may be. */
  readonly pages: PageSizes;
  /** How large a part of any list is and may be, where lists are paged by offset. */
  readonly lists: ListSizes;
  /** How large a filter of any list may be. */
  readonly filters: FilterLimits;
}
