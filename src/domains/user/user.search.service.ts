/** The search of users on this database. */
import type { Db } from '../../db/client.js';
import { pageOf } from '../../db/keyset.js';
import { emptyPage } from '../../kernel/page.js';
import type { Access } from '../access/access.js';
import type { User } from './user.js';
import type { UserSearch } from './user.search.js';
import * as store from './user.search.store.js';

/** What searching needs. */
export interface UserSearchParts {
  readonly db: Db;
  readonly access: Access;
}

/** The search of users on this database. */
export function createUserSearch({ db, access }: UserSearchParts): UserSearch {
  return {
    async search(call, query, page) {
      const visible = access.visible(call);
      if (visible.sees === 'nothing') return emptyPage;
      const rows = await store.findPage(db, visible, query, page);
      return pageOf<User>(rows, page, (limit) => store.countUsers(db, visible, query, limit ?? null));
    },

    byLoginName: (call, loginName) => store.findByLoginName(db, access.visible(call), loginName),
  };
}
