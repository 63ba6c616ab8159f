/** Accounts on this database. */
import { pageOf, pagesOf } from '../../db/keyset.js';
import { totals } from '../../db/totals.js';
import { callingUser, type Call } from '../../kernel/call.js';
import { AppError, forbidden } from '../../kernel/errors.js';
import { storedId } from '../../kernel/foreign-ids.js';
import { emptyPage } from '../../kernel/page.js';
import type { Account, Accounts, TemporalConfig } from './account.js';
import { createFounding, type FoundingParts } from './account.founding.js';
import { effectiveTemporal } from './account.rules.js';
import * as store from './account.store.js';

/** What accounts need. */
export interface AccountParts extends FoundingParts {
  readonly cloud: boolean;
  readonly temporal: TemporalConfig;
}

/** Accounts on this database. */
export function createAccounts(parts: AccountParts): Accounts {
  const { db, access, audit, clock, cloud, temporal } = parts;

  const change = (call: Call, action: string, accountId: Parameters<Accounts['includes']>[1], data: Partial<Account>) =>
    access.change(call, { accountId, permission: 'UPDATE', action }, async (tx, scope) => {
      const account = await store.updateAccount(tx, scope, data, clock.now());
      await audit.record(tx, call, { action, accountId, target: { type: 'account', id: accountId } });
      return account;
    });

  return {
    ...createFounding(parts),

    async listOf(call, userIds, page) {
      const visible = access.visible(call);
      const total = totals((ids: readonly string[], limit) => store.countAccountsOf(db, visible, ids, limit));
      const rows = await store.listAccountsOf(db, visible, userIds, page);
      return pagesOf(userIds, rows, (row) => row.memberId, page, total);
    },

    async byIds(call, ids) {
      const wanted = ids.map((id) => storedId(id));
      const found = await store.findAccounts(db, access.visible(call), [...new Set(wanted)]);
      const byId = new Map(found.map((account) => [account.id, account]));
      return wanted.map((id) => byId.get(id) ?? null);
    },

    async personalOf(call, userIds) {
      const found = await store.findPersonal(db, access.visible(call), userIds);
      const byOwner = new Map(found.map((account) => [account.ownerId, account]));
      return userIds.map((id) => byOwner.get(id) ?? null);
    },

    async includes(call, accountId) {
      callingUser(call);
      return access.isMember(call, accountId);
    },

    setOnboarding: (call, { accountId, hasCompletedOnboarding }) =>
      change(call, 'account.onboarding', accountId, { onboardingCompleted: hasCompletedOnboarding }),

    setTemporal(call, { accountId, url, namespace, syncJobQueueName }) {
      callingUser(call);
      if (cloud) {
        throw new AppError('disabled', 'NOT_IN_CLOUD', 'Where jobs run cannot be set in cloud mode.');
      }
      return change(call, 'account.temporal', accountId, {
        temporalUrl: url,
        temporalNamespace: namespace,
        temporalQueue: syncJobQueueName,
      });
    },

    temporalOf: (account) => (cloud ? null : effectiveTemporal(account, temporal)),

    async billed(call, ids, page) {
      if (call.principal.kind === 'newcomer') return emptyPage;
      const visible = access.visible(call);
      if (visible.sees !== 'all') {
        callingUser(call);
        throw forbidden();
      }
      const rows = await store.listBilled(db, visible, ids, page);
      return pageOf(rows, page, (limit) => store.countBilled(db, visible, ids, limit ?? null));
    },
  };
}
