/** Invitations on this database. */
import type { Db } from '../../db/client.js';
import { pagesOf } from '../../db/keyset.js';
import { totals } from '../../db/totals.js';
import { callingUser } from '../../kernel/call.js';
import { forbidden, unauthenticated } from '../../kernel/errors.js';
import { parseUuid, type AccountId } from '../../kernel/ids.js';
import type { Clock, Random } from '../../kernel/ports.js';
import type { Rates } from '../../kernel/rates.js';
import { accountRoles, defaultRole, type Access } from '../access/access.js';
import { mayGive } from '../access/access.rules.js';
import type { Account } from '../account/account.js';
import { findInside } from '../account/account.store.js';
import type { Audit } from '../audit/audit.js';
import { demandTeam } from '../membership/membership.rules.js';
import { findRole, insertMember } from '../membership/membership.store.js';
import type { Invite, Invites } from './invite.js';
import { decideAcceptance, hashToken, inviteLifeMs, tokenBytes, unusable, verifiedEmail } from './invite.rules.js';
import * as store from './invite.store.js';

/** What invites need. */
export interface InviteParts {
  readonly db: Db;
  readonly access: Access;
  readonly audit: Audit;
  readonly rates: Rates;
  readonly clock: Clock;
  readonly random: Random;
  readonly rbac: boolean;
  readonly trustEmail: boolean;
  /** Where invited people go: the front end's base address. */
  readonly appUrl: string;
  readonly acceptsPerMinute: number;
  readonly invitesPerHour: number;
}

/** Invitations on this database. */
export function createInvites(parts: InviteParts): Invites {
  const { db, access, audit, rates, clock, random } = parts;

  return {
    async list(call, accountIds, page) {
      const visible = access.visible(call);
      const now = clock.now();
      const total = totals((ids: readonly AccountId[], limit) => store.countInvites(db, visible, ids, limit, now));
      const rows = await store.listInvites(db, visible, accountIds, page, now);
      return pagesOf(accountIds, rows, (row: Invite) => row.accountId as AccountId, page, total);
    },

    async byIds(call, ids) {
      const wanted = ids.map((id) => parseUuid(id));
      const known = wanted.filter((id) => id !== null);
      if (known.length === 0) return ids.map(() => null);
      const found = new Map((await store.findInvites(db, access.visible(call), known)).map((row) => [row.id, row]));
      return wanted.map((id) => (id === null ? null : (found.get(id) ?? null)));
    },

    roleOf: (invite) => (parts.rbac ? accountRoles.fromNumber(invite.role) : null),

    create: (call, { accountId, email, role }) =>
      access.change(call, { accountId, permission: 'UPDATE', action: 'invite.create' }, async (tx, scope) => {
        demandTeam(scope);
        const given = role ?? defaultRole;
        if (!mayGive(scope.role ?? 'any', given)) throw forbidden();
        await rates.take(`invite.create:${accountId}`, { most: parts.invitesPerHour, perMs: 3_600_000 }, tx);

        // Operators act without a membership, whose lock would keep them from being removed meanwhile.
        if (!(await store.holdSender(tx, scope))) throw unauthenticated();
        const now = clock.now();
        const token = random.bytes(tokenBytes).toString('base64url');
        for (const id of await store.supersede(tx, scope, email, now)) {
          await audit.record(tx, call, { action: 'invite.supersede', accountId, target: { type: 'invite', id } });
        }
        const invite = await store.insertInvite(tx, scope, {
          id: random.uuid(),
          email,
          tokenHash: hashToken(token),
          role: accountRoles.toNumber(given),
          createdAt: now,
          expiresAt: new Date(now.getTime() + inviteLifeMs),
        });
        await audit.record(tx, call, {
          action: 'invite.create',
          accountId,
          target: { type: 'invite', id: invite.id },
          detail: { role: given },
        });
        return { invite, token, inviteUrl: `${parts.appUrl}/invite?token=${token}` };
      }),

    async remove(call, { id }) {
      callingUser(call);
      // An unknown invite takes the way of one in a foreign account, so that the two look alike in time as well: no
      // account has an invite's id.
      const accountId = (await store.accountOf(db, { id })) ?? (id as string as AccountId);
      return access.change(call, { accountId, permission: 'UPDATE', action: 'invite.remove' }, async (tx, scope) => {
        demandTeam(scope);
        // Gone since it was looked up, or the id of an account, which has the form of an invite's.
        if (!(await store.deleteInvite(tx, scope, id))) throw forbidden();
        await audit.record(tx, call, { action: 'invite.remove', accountId, target: { type: 'invite', id } });
        return id;
      });
    },

    async accept(call, { token }) {
      const { userId, claims } = callingUser(call);
      if (!claims) throw unauthenticated('Only people who signed in can accept an invite.');
      const rate = { most: parts.acceptsPerMinute, perMs: 60_000 };
      await rates.take(`invite.accept:user:${userId}`, rate);
      await rates.take(`invite.accept:address:${call.address}`, rate);
      const email = verifiedEmail(claims, parts.trustEmail);

      const tokenHash = hashToken(token);
      const accountId = await store.accountOf(db, { tokenHash });
      if (!accountId) throw unusable();
      return db.transact(async (tx): Promise<Account> => {
        const scope = await access.vouch(tx, call, accountId);
        const invite = await store.findByToken(tx, scope, tokenHash);
        const isMember = (await findRole(tx, scope, userId)) !== null;
        if (decideAcceptance(invite, { userId, email, isMember, now: clock.now() }) === 'join' && invite) {
          const role = accountRoles.fromNumber(invite.role) ?? defaultRole;
          const joined = await insertMember(tx, scope, userId, role);
          await store.markAccepted(tx, scope, invite.id, userId, clock.now());
          await audit.record(tx, call, {
            action: 'invite.accept',
            accountId,
            target: { type: 'invite', id: invite.id },
            detail: { joined, role: joined ? role : null },
          });
        }
        const account = await findInside(tx, accountId);
        if (!account) throw unusable();
        return account;
      });
    },
  };
}
