/** How people and machines come to be in an account. */
import { AppError, forbidden } from '../../kernel/errors.js';
import type { AccountId, UserId } from '../../kernel/ids.js';
import type { Call } from '../../kernel/call.js';
import type { AccountRole } from '../access/access.js';
import { defaultRole } from '../access/access.js';
import { mayGive } from '../access/access.rules.js';
import { accessTokenTypes, userStates, userTypes, type User } from '../user/user.js';
import { profileColumns } from '../user/user.life.rules.js';
import { findUser, insertUser, type NewUser } from '../user/user.store.js';
import type { Memberships } from './membership.js';
import { demandTeam } from './membership.rules.js';
import type { MembershipParts } from './membership.service.js';
import { insertMember } from './membership.store.js';

/** The part of memberships that creates users. */
export type Creation = Pick<Memberships, 'createHuman' | 'createMachine'>;

/** Creating users on this database. */
export function createCreation({ access, audit, clock, random }: MembershipParts): Creation {
  const create = (
    call: Call,
    { accountId, userName, role }: { accountId: AccountId; userName: string; role: AccountRole | null },
    draft: Omit<NewUser, 'id' | 'resourceOwner' | 'createdAt'>,
  ): Promise<User> =>
    access.change(call, { accountId, permission: 'UPDATE', action: 'user.create' }, async (tx, scope) => {
      demandTeam(scope);
      const given = role ?? defaultRole;
      if (!mayGive(scope.role ?? 'any', given)) throw forbidden();
      const id = random.uuid() as UserId;
      const user = { ...draft, id, resourceOwner: accountId, createdAt: clock.now() };
      if ((await insertUser(tx, user, [userName])) === null) {
        throw new AppError('conflict', 'USER_NAME_TAKEN', 'Somebody has this name already.', { path: ['userName'] });
      }
      await insertMember(tx, scope, id, given);
      await audit.record(tx, call, {
        action: 'user.create',
        accountId,
        target: { type: 'user', id },
        detail: { type: draft.type, role: given },
      });
      return findUser(tx, id);
    });

  return {
    createHuman: (call, { profile, email, phone, ...input }) =>
      create(call, input, {
        type: userTypes.toNumber('HUMAN'),
        state: userStates.toNumber(email.isEmailVerified ? 'ACTIVE' : 'INITIAL'),
        ...profileColumns(profile),
        email: email.email,
        emailVerified: email.isEmailVerified,
        phone: phone?.phone ?? null,
        phoneVerified: phone?.isPhoneVerified ?? false,
      }),

    createMachine: (call, { name, description, accessTokenType, ...input }) =>
      create(call, input, {
        type: userTypes.toNumber('MACHINE'),
        state: userStates.toNumber('ACTIVE'),
        machineName: name,
        description: description ?? null,
        accessTokenType: accessTokenTypes.toNumber(accessTokenType ?? 'BEARER'),
      }),
  };
}
