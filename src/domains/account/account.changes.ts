/** Following what changes in an account: whoever follows is asked for its permission again, at each change and besides. */
import type { AccountEvents } from '../../db/events.js';
import { callingUser } from '../../kernel/call.js';
import { forbidden } from '../../kernel/errors.js';
import { parseUuid, type AccountId } from '../../kernel/ids.js';
import type { Access } from '../access/access.js';
import type { AccountChanges } from './account.js';

/** What following changes needs. */
export interface AccountChangesParts {
  readonly access: Access;
  readonly events: AccountEvents;
  /** After so many milliseconds without a change the permission is looked at all the same. */
  readonly recheckMs: number;
}

/** The changes of accounts, as the database tells them. */
export function createAccountChanges({ access, events, recheckMs }: AccountChangesParts): AccountChanges {
  return {
    async follow(call, id, topic) {
      callingUser(call);
      const accountId = parseUuid<AccountId>(id);
      if (accountId === null || !(await access.permits(call, 'READ', accountId))) throw forbidden();

      const following = await events.follow(accountId);
      const recheck = setInterval(() => following.wake(), recheckMs);
      recheck.unref();
      let isDue = false;

      const changes: AsyncGenerator<AccountId, void, void> = {
        async next() {
          for (;;) {
            const told = await following.next();
            if (told === null) return changes.return();
            isDue ||= told.has(topic);
            // While the database cannot be asked nobody is told anything; the next look is never far.
            const permitted = await access.permits(call, 'READ', accountId).catch(() => null);
            if (permitted === false) return changes.return();
            if (permitted === null || !isDue) continue;
            isDue = false;
            return { done: false, value: accountId };
          }
        },
        async return() {
          clearInterval(recheck);
          following.end();
          return { done: true, value: undefined };
        },
        async throw(error) {
          await changes.return();
          throw error;
        },
        [Symbol.asyncIterator]: () => changes,
      };
      return changes;
    },
  };
}
