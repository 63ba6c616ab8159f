/** What a search is about, in SQL: who may be in it, how each user is asked, and what indexes are asked. */
import { conjunction } from '../../db/filter.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { Visible } from '../access/access.js';
import { seenUserIds, seesAccount, seesUser } from '../access/access.visible.js';
import { userFilterSql } from './user.filter.store.js';
import { alongIndex, type Along } from './user.order.store.js';
import type { UserQuery } from './user.search.js';
import { sharpness, type Sharpness } from './user.sharpness.store.js';

/** A search in SQL. Every condition is about the row `u` of users. */
export interface Question {
  /** The ids of the smallest whole that the users are part of; null where that is everybody. */
  readonly whole: Prisma.Sql | null;
  /** Who may be seen and was asked for, and matches: for looking at users one by one. */
  readonly rows: Prisma.Sql;
  /** What is known of them while the order is followed. */
  readonly along: Along;
  /** How well indexes lead to them. */
  readonly sharpness: Sharpness;
  /** The same users, for indexes to find. What is negative no index is asked: most often nearly everybody meets it. */
  readonly indexed: Prisma.Sql;
  /** Where the search is negative: the ids of all who remain when those are out whom indexes know to be; else null. */
  readonly remaining: Prisma.Sql | null;
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
  const asked = filter && userFilterSql(filter);
  const everybody = [Prisma.sql`TRUE`, ...among];
  const rows = conjunction([...everybody, ...(asked ? [asked.rows] : [])]);
  const along = filter === null ? { where: Prisma.sql`TRUE`, isAll: true } : alongIndex(filter, order);
  const question = { whole, rows, along: { ...along, isAll: along.isAll && whole === null } };
  const found = asked?.sharpness ?? sharpness.blind;
  // What is inside of very many leads through everybody; a whole is smaller than that.
  if (whole && found < sharpness.keen) {
    const ofWhole = Prisma.sql`u.id IN (${whole}) AND ${rows}`;
    const isBlunt = found === sharpness.blunt;
    return { ...question, indexed: ofWhole, remaining: null, sharpness: isBlunt ? found : sharpness.blind };
  }
  const notOut = found === sharpness.negative && asked ? asked.needed : null;
  const remaining = notOut && Prisma.sql`SELECT u.id FROM users u WHERE ${notOut}`;
  const indexed = asked && !remaining ? conjunction([...among, asked.indexed]) : rows;
  return { ...question, indexed, remaining, sharpness: found };
}
