/** What a search is about, in SQL: who may be in it, how each user is asked, and in which branches indexes lead to them. */
import { conjunction } from '../../db/filter.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { Visible } from '../access/access.js';
import { seenUserIds, seesAccount, seesUser } from '../access/access.visible.js';
import { askingIndexes, askingRows, type Branch } from './user.filter.store.js';
import { alongIndex, type Along } from './user.order.store.js';
import type { UserQuery } from './user.search.js';
import { sharp } from './user.sharpness.store.js';

/** A search in SQL. Every condition is about the row `u` of users. */
export interface Question {
  /** The ids of the smallest whole that the users are part of; null where that is everybody. */
  readonly whole: Prisma.Sql | null;
  /** Who may be seen and was asked for, and matches: for looking at users one by one. */
  readonly rows: Prisma.Sql;
  /** What is known of them while the order is followed. */
  readonly along: Along;
  /** How few of them indexes lead to, as far as the words tell. */
  readonly sharpness: number;
  /** Something is asked of each user. */
  readonly isAsked: boolean;
  /** The same users, for indexes to find. */
  readonly branches: readonly Branch[];
}

/** The search as it is asked by somebody who sees this much. */
export function questionOf(visible: Visible, { filter, accountId, memberOf, order }: UserQuery): Question {
  const owned = accountId && {
    whole: Prisma.sql`SELECT owned.id FROM users owned WHERE owned.resource_owner = ${accountId}::uuid`,
    among: [seesAccount(visible, Prisma.sql`${accountId}::uuid`), Prisma.sql`u.resource_owner = ${accountId}::uuid`],
  };
  const joined = memberOf && {
    whole: Prisma.sql`SELECT joined.user_id AS id FROM account_members joined WHERE joined.account_id = ${memberOf}::uuid`,
    among: [
      seesAccount(visible, Prisma.sql`${memberOf}::uuid`),
      Prisma.sql`EXISTS (SELECT 1 FROM account_members joined
        WHERE joined.account_id = ${memberOf}::uuid AND joined.user_id = u.id)`,
    ],
  };
  // Who sees an account sees all of its users, so there is nothing to ask of each of them.
  const seen = { whole: seenUserIds(visible), among: visible.sees === 'all' ? [] : [seesUser(visible, Prisma.sql`u`)] };
  const named = [owned, joined].filter((one) => one !== null);
  const { whole } = named[0] ?? seen;
  const among = (named.length > 0 ? named : [seen]).flatMap((one) => one.among);
  const rows = conjunction([...among, askingRows(filter)]);
  const indexed = filter && askingIndexes(filter);
  const sharpness = indexed?.sharpness ?? 0;
  const along = filter === null ? { where: Prisma.sql`TRUE`, isAll: true } : alongIndex(filter, order);
  return {
    whole,
    rows,
    along: { ...along, isAll: along.isAll && whole === null },
    sharpness,
    isAsked: filter !== null,
    branches: branchesOf(),
  };

  function branchesOf(): readonly Branch[] {
    // What is inside of very many leads through everybody; a whole is smaller than that.
    if (whole && sharpness < sharp) return [{ name: null, where: [Prisma.sql`u.id IN (${whole})`, rows] }];
    if (indexed === null) return [{ name: null, where: [rows] }];
    return indexed.branches.map(({ name, where }) => ({ name, where: [...among, ...where] }));
  }
}
