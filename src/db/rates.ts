/** Limits on how often something may be tried, counted in the database so that they hold across processes. */
import { Prisma } from '../generated/prisma/client.js';
import { AppError } from '../kernel/errors.js';
import type { Clock } from '../kernel/ports.js';
import type { Rates } from '../kernel/rates.js';
import type { Tx } from '../kernel/transaction.js';
import { within, type Db } from './client.js';

const keptMs = 24 * 60 * 60_000;

/** Counts tries in fixed windows; counts nothing when rate limits are off. */
export function createRates(db: Db, clock: Clock, on: boolean): Rates {
  const run = <Row>(statement: Prisma.Sql, tx: Tx | undefined): Promise<Row[]> =>
    tx ? within(tx).$queryRaw<Row[]>(statement) : db.query<Row>(statement);

  return {
    async take(key, { most, perMs }, tx) {
      if (!on) return;
      const now = clock.now().getTime();
      const startedAt = new Date(now - (now % perMs));
      const [row] = await run<{ count: number }>(
        Prisma.sql`
          INSERT INTO rate_windows (key, started_at, count) VALUES (${key}, ${startedAt}::timestamptz, 1)
          ON CONFLICT (key, started_at) DO UPDATE SET count = rate_windows.count + 1
          RETURNING count`,
        tx,
      );
      const count = row?.count ?? 1;
      if (count === 1) {
        const old = new Date(now - keptMs);
        await run(Prisma.sql`DELETE FROM rate_windows WHERE started_at < ${old}::timestamptz`, tx);
      }
      if (count > most) {
        throw new AppError('rate', 'RATE_LIMITED', 'Too many tries. Wait a little.', {
          facts: { limit: 'rate', allowed: most, retryAfter: Math.ceil((startedAt.getTime() + perMs - now) / 1000) },
        });
      }
    },
  };
}
