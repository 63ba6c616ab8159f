/** Totals of many lists, asked for one by one and counted together. */
import DataLoader from 'dataloader';
import type { CountMany } from '../kernel/page.js';

/**
 * Counts for pages: asks for several lists in one tick take one statement for each distinct limit. Nothing is counted
 * before it is asked for.
 */
export function totals<Key>(count: CountMany<Key>): (key: Key, limit?: number) => Promise<number> {
  const loader = new DataLoader(
    async (asked: readonly { readonly key: Key; readonly limit: number | null }[]) => {
      const limits = [...new Set(asked.map((one) => one.limit))];
      const counted = new Map(
        await Promise.all(
          limits.map(async (limit) => {
            const keys = asked.filter((one) => one.limit === limit).map((one) => one.key);
            return [limit, await count([...new Set(keys)], limit)] as const;
          }),
        ),
      );
      return asked.map((one) => counted.get(one.limit)?.get(one.key) ?? 0);
    },
    { cache: false },
  );
  return (key, limit) => loader.load({ key, limit: limit ?? null });
}
