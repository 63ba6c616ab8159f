/** What a search is about, in SQL: who may be in it, how each user is asked, and how far the indexes lead to them. */
import { conjunction, foldFilter, hasTrigrams } from '../../db/filter.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { Filter } from '../../kernel/filter.js';
import type { Visible } from '../access/access.js';
import { seenUserIds, seesAccount, seesUser } from '../access/access.visible.js';
import { alongIndex, askingIndexes, askingRows } from './user.filter.store.js';
import type { UserLeaf, UserQuery } from './user.search.js';

/** A search in SQL. Every condition is about the row `u` of users. */
export interface Question {
  /** The ids of the smallest whole that the users are part of; null where that is everybody. */
  readonly whole: Prisma.Sql | null;
  /** Who may be seen and was asked for, but for the filter. */
  readonly among: Prisma.Sql;
  /** The filter, for looking at users one by one. */
  readonly rows: Prisma.Sql;
  /** Nothing is asked: every user belongs into the list. */
  readonly isOpen: boolean;
  /** What of the filter is known while the order is followed. */
  readonly along: Prisma.Sql;
  /** How far indexes lead with the filter. */
  readonly lead: Lead;
  /** The filter, for indexes to answer; null where they lead nowhere. */
  readonly indexes: Prisma.Sql | null;
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
  const seen = { whole: seenUserIds(visible), among: [seesUser(visible, Prisma.sql`u`)] };
  const named = [owned, joined].filter((one) => one !== null);
  const { whole } = named[0] ?? seen;
  const lead = filter === null ? 'none' : leadOf(filter);
  return {
    whole,
    among: conjunction((named.length > 0 ? named : [seen]).flatMap(({ among }) => among)),
    rows: askingRows(filter),
    along: alongIndex(filter, order),
    isOpen: whole === null && filter === null,
    lead,
    indexes: filter === null || lead === 'none' ? null : askingIndexes(filter),
  };
}

/** All that matches, by whatever leads to it. */
export function everything({ whole, among, rows, lead, indexes }: Question): Prisma.Sql {
  // What is inside of very many leads through everybody; a whole is smaller than that.
  if (indexes && !(whole && lead === 'some')) return conjunction([among, indexes]);
  return whole ? conjunction([Prisma.sql`u.id IN (${whole})`, among, rows]) : rows;
}

/** Where the indexes lead: to few users at once, to users who may be many, or nowhere: then only looking at all would tell. */
type Lead = 'few' | 'some' | 'none';

/** How far the indexes lead with a filter. */
function leadOf(filter: Filter<UserLeaf>): Lead {
  const rank = foldFilter<UserLeaf, number>(filter, {
    leaf: (leaf, negated) => (negated ? 0 : leads.indexOf(leafLead(leaf))),
    and: (parts) => Math.max(...parts),
    or: (parts) => Math.min(...parts),
  });
  return leads[rank] ?? 'none';
}

const leads: readonly Lead[] = ['none', 'some', 'few'];

/** States and types have too many users each; a text of one or two signs is inside of very many, or of none. */
function leafLead(leaf: UserLeaf): Lead {
  if (!('text' in leaf)) return 'ids' in leaf || 'emails' in leaf ? 'few' : 'none';
  const { method, text } = leaf.match;
  if (method === 'EQUALS' || method === 'EQUALS_IGNORE_CASE') return 'few';
  if (!method.startsWith('CONTAINS')) return text === '' ? 'none' : 'few';
  if (!hasTrigrams(text)) return 'none';
  return Array.from(text).length < 3 ? 'some' : 'few';
}
