/** The services by name: what both faces call. */
import type { Config } from './config.js';
import type { Access } from './domains/access/access.js';
import type { AccountChanges, Accounts } from './domains/account/account.js';
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
  readonly changes: AccountChanges;
  readonly invites: Invites;
  readonly grants: Grants;
  /** How large a page of any list is and may be. */
  readonly pages: PageSizes;
  /** How large a part of any list is and may be, where lists are paged by offset. */
  readonly lists: ListSizes;
  /** How large a filter of any list may be. */
  readonly filters: FilterLimits;
  /** What a gateway that composes this schema with others gets. */
  readonly federation: Federation;
}

/** How this schema is composed with others. */
export interface Federation {
  /** Whether its text says `@oneOf`. Exactly one is demanded either way. */
  readonly oneOf: boolean;
  /** Who may read its text: whoever may read the schema. */
  readonly readers: Config['introspection'];
  /** How many representations may be asked for at a time. */
  readonly mostEntities: number;
}
