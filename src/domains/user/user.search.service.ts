/** The search of users on this database. */
import type { Db } from '../../db/client.js';
import { pageOf } from '../../db/keyset.js';
import { emptyPage } from '../../kernel/page.js';
import type { Access } from '../access/access.js';
import { countUsers } from './user.count.store.js';
import type { User } from './user.js';
import { usualPatience, type Patience } from './user.patience.store.js';
import { findByLoginName } from './user.reader.store.js';
import type { UserSearch } from './user.search.js';
import { findPage } from './user.search.store.js';

/** What searching needs. */
export interface UserSearchParts {
  readonly db: Db;
  readonly access: Access;
  /** Little of it makes a search take all its ways. */
  readonly patience?: Patience;
}

/** The search of users on this database. */
export function createUserSearch({ db, access, patience = usualPatience }: UserSearchParts): UserSearch {
  return {
    async search(call, query, page) {
      const visible = access.visible(call);
      if (visible.sees === 'nothing') return emptyPage;
      const rows = await findPage(db, visible, query, page, patience);
      return pageOf<User>(rows, page, (limit) => countUsers(db, visible, query, limit ?? null, patience));
    },

    byLoginName: (call, loginName) => findByLoginName(db, access.visible(call), loginName),
  };
}
