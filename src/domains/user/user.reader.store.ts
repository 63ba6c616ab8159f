/** The reading of users by what names them: ids, for everybody who asks at the same time, and login names. */
import { uuids, type Db } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { UserId } from '../../kernel/ids.js';
import type { Visible } from '../access/access.js';
import { seesUser, viewerSeesUser } from '../access/access.visible.js';
import type { User } from './user.js';
import { idByLoginName, userColumns } from './user.store.js';

/** Reads users by their ids, as far as they may be seen. In no order; the rest is left out. */
export type UsersReader = (visible: Visible, ids: readonly string[]) => Promise<readonly User[]>;

/** Makes the reader. What several callers ask for at once is read by one statement, each pair of who asks and for whom. */
export function usersReader(db: Db): UsersReader {
  const together = db.gathered(
    async (asked: readonly { readonly viewer: UserId; readonly ids: readonly string[] }[]) => {
      const pairs = asked.flatMap(({ viewer, ids }, place) => ids.map((id) => ({ place, viewer, id })));
      const rows = await db.query<User & { readonly place: number }>(Prisma.sql`
      SELECT asked.place, ${userColumns}
      FROM unnest((SELECT ${pairs.map(({ place }) => place)}::int[]), ${uuids(pairs.map(({ viewer }) => viewer))},
        ${uuids(pairs.map(({ id }) => id))}) AS asked (place, viewer, id)
      JOIN users u ON u.id = asked.id
      WHERE ${viewerSeesUser(Prisma.sql`asked.viewer`, Prisma.sql`u`)}`);
      const found: User[][] = asked.map(() => []);
      for (const row of rows) found[row.place]?.push(row);
      return found;
    },
  );
  return async (visible, ids) =>
    visible.sees === 'accounts'
      ? together({ viewer: visible.userId, ids })
      : db.query<User>(Prisma.sql`
          SELECT ${userColumns} FROM users u
          WHERE u.id = ANY(${uuids(ids)}) AND ${seesUser(visible, Prisma.sql`u`)}`);
}

/** The user whom a login name leads to, whatever its letter case. */
export async function findByLoginName(db: Db, visible: Visible, loginName: string): Promise<User | null> {
  const [row] = await db.query<User>(Prisma.sql`
    SELECT ${userColumns} FROM users u WHERE u.id = (${idByLoginName(loginName)}) AND ${seesUser(visible, Prisma.sql`u`)}`);
  return row ?? null;
}
