/** How accounts come to be: personal ones, teams, and the conversion of one into the other. */
import type { Db } from '../../db/client.js';
import { callingUser, type Call, type UserPrincipal } from '../../kernel/call.js';
import { AppError, forbidden } from '../../kernel/errors.js';
import type { AccountId } from '../../kernel/ids.js';
import type { Clock } from '../../kernel/ports.js';
import type { Tx } from '../../kernel/transaction.js';
import { accountTypes, type Access, type AccountType } from '../access/access.js';
import type { Audit } from '../audit/audit.js';
import type { Billing } from '../billing/billing.js';
import { insertMember } from '../membership/membership.store.js';
import { findOwnerAccount, lockUser, moveResourceOwner } from '../user/user.store.js';
import type { Account, Accounts, Founded } from './account.js';
import { demandFreeName, personalSlug } from './account.rules.js';
import * as store from './account.store.js';

/** The part of accounts that founds them. */
export type Founding = Pick<Accounts, 'setPersonal' | 'createTeam' | 'convertPersonal'>;

/** What founding needs. */
export interface FoundingParts {
  readonly db: Db;
  readonly access: Access;
  readonly audit: Audit;
  readonly billing: Billing;
  readonly clock: Clock;
  readonly random: { uuid(): string };
  /** False where everybody is one anonymous user: then there are no teams. */
  readonly teams: boolean;
  /** Records a new personal account may use in a billing period; null is without limit. */
  readonly maxAllowedRecords: bigint | null;
}

/** Founding on this database. */
export function createFounding(parts: FoundingParts): Founding {
  const { db, access, audit, billing, clock, random, teams } = parts;

  /** Adds an account with the caller as its admin. */
  async function found(
    tx: Tx,
    call: Call,
    { userId }: UserPrincipal,
    draft: { id: AccountId; slug: string; type: AccountType } & Partial<
      Pick<Account, 'trialStartedAt' | 'maxAllowedRecords'>
    >,
  ): Promise<Account> {
    const now = clock.now();
    const account = await store.insertAccount(tx, {
      id: draft.id,
      slug: draft.slug,
      type: accountTypes.toNumber(draft.type),
      createdAt: now,
      trialStartedAt: draft.trialStartedAt ?? now,
      maxAllowedRecords: draft.maxAllowedRecords ?? null,
    });
    const scope = await access.vouch(tx, call, draft.id);
    await insertMember(tx, scope, userId, 'ADMIN');
    await audit.record(tx, call, {
      action: 'account.create',
      accountId: draft.id,
      target: { type: 'account', id: draft.id },
      detail: { type: draft.type },
    });
    return account;
  }

  /** Asks for the checkout of a team that is founded by now: whatever goes wrong with it, the team stands. */
  async function withCheckout<T extends { readonly account: Account }>(call: Call, founded: T): Promise<T & Founded> {
    if (!billing.isInForce) return { ...founded, checkoutSessionUrl: null, refusals: [] };
    try {
      const checkoutSessionUrl = await billing.checkout(call, { accountId: founded.account.id as AccountId });
      return { ...founded, checkoutSessionUrl, refusals: [] };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { ...founded, checkoutSessionUrl: null, refusals: [error] };
    }
  }

  const demandTeams = () => {
    if (!teams) throw forbidden();
  };
  const ownedByTeam = () =>
    new AppError('precondition', 'OWNED_BY_TEAM', 'You belong to a team, which is why you have no personal account.');
  const noPersonalAccount = (path: readonly string[]) =>
    new AppError('not_found', 'NO_PERSONAL_ACCOUNT', 'There is no personal account to convert.', { path });

  return {
    setPersonal(call) {
      const caller = callingUser(call);
      return db.transact(async (tx) => {
        await lockUser(tx, caller.userId);
        const id = await findOwnerAccount(tx, caller.userId);
        const owner = await store.findInside(tx, id);
        if (!owner) {
          const { maxAllowedRecords } = parts;
          return found(tx, call, caller, { id, slug: personalSlug, type: 'PERSONAL', maxAllowedRecords });
        }
        // A user that was made in a team belongs to that team, and need not be a member of it any more.
        if (accountTypes.fromNumber(owner.type) !== 'PERSONAL') throw ownedByTeam();
        return owner;
      });
    },

    async createTeam(call, { name }) {
      const caller = callingUser(call);
      demandTeams();
      const founded = await db.transact(async (tx) => {
        await lockUser(tx, caller.userId);
        demandFreeName(name, await store.slugsOf(tx, caller.userId));
        const account = await found(tx, call, caller, { id: random.uuid() as AccountId, slug: name, type: 'TEAM' });
        return { account };
      });
      return withCheckout(call, founded);
    },

    async convertPersonal(call, { name, accountId }) {
      const caller = callingUser(call);
      demandTeams();
      const target = accountId ?? (await db.transact((tx) => findOwnerAccount(tx, caller.userId)));
      if (accountId === null && !(await access.isMember(call, target))) throw noPersonalAccount([]);

      const change = { accountId: target, permission: 'UPDATE', action: 'account.convert' } as const;
      const converted = await access.change(call, change, async (tx, scope) => {
        if (scope.accountType !== 'PERSONAL') throw noPersonalAccount(accountId === null ? [] : ['accountId']);
        await lockUser(tx, caller.userId);
        // An operator from outside may change the account, but it is the owner who gets the new personal one.
        if ((await findOwnerAccount(tx, caller.userId)) !== target) throw forbidden();
        demandFreeName(name, await store.slugsOf(tx, caller.userId));

        const before = await store.findInside(tx, target);
        if (!before) throw forbidden();
        const account = await store.updateAccount(
          tx,
          scope,
          { slug: name, type: accountTypes.toNumber('TEAM'), maxAllowedRecords: null },
          clock.now(),
        );
        const newPersonalAccount = await found(tx, call, caller, {
          id: random.uuid() as AccountId,
          slug: personalSlug,
          type: 'PERSONAL',
          trialStartedAt: before.trialStartedAt,
          maxAllowedRecords: before.maxAllowedRecords,
        });
        await moveResourceOwner(tx, caller.userId, newPersonalAccount.id, clock.now());
        await audit.record(tx, call, {
          action: 'account.convert',
          accountId: target,
          target: { type: 'account', id: target },
          detail: { newPersonalAccountId: newPersonalAccount.id },
        });
        return { account, newPersonalAccount };
      });
      return withCheckout(call, converted);
    },
  };
}
