/** How people and machines come to be in an account. */
import { AppError, forbidden } from '../../kernel/errors.js';
import { storedId } from '../../kernel/foreign-ids.js';
import { parseUuid, type AccountId, type UserId } from '../../kernel/ids.js';
import type { Call } from '../../kernel/call.js';
import type { Clock, Random } from '../../kernel/ports.js';
import { defaultRole, type Access, type AccountRole } from '../access/access.js';
import { mayGive } from '../access/access.rules.js';
import type { Audit } from '../audit/audit.js';
import { accessTokenTypes, userStates, userTypes, type User } from '../user/user.js';
import { profileColumns } from '../user/user.life.rules.js';
import { findUser, insertUser, isTaken, type NewUser } from '../user/user.store.js';
import type { Memberships } from './membership.js';
import { demandTeam } from './membership.rules.js';
import { insertMember } from './membership.store.js';

/** The part of memberships that creates users. */
export type Creation = Pick<Memberships, 'createHuman' | 'createMachine'>;

/** What creating users needs. */
export interface CreationParts {
  readonly access: Access;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly random: Random;
}

/** Who is to be created, and as what. */
interface Wanted {
  readonly accountId: AccountId;
  readonly userName: string;
  readonly role: AccountRole | null;
  /** Absent: an id is made. */
  readonly userId?: string | null | undefined;
}

const idTaken = () => new AppError('conflict', 'USER_ID_TAKEN', 'Somebody has this id already.', { path: ['userId'] });

/** Creating users on this database. */
export function createCreation({ access, audit, clock, random }: CreationParts): Creation {
  const create = (
    call: Call,
    { accountId, userName, role, userId }: Wanted,
    draft: Omit<NewUser, 'id' | 'resourceOwner' | 'createdAt'>,
  ): Promise<User> =>
    access.change(call, { accountId, permission: 'UPDATE', action: 'user.create' }, async (tx, scope) => {
      demandTeam(scope);
      const given = role ?? defaultRole;
      if (!mayGive(scope.role ?? 'any', given)) throw forbidden();
      const id = userId == null ? (random.uuid() as UserId) : storedId<UserId>(userId);
      const foreignId = userId == null || parseUuid(userId) !== null ? null : userId;
      const user = { ...draft, id, foreignId, resourceOwner: accountId, createdAt: clock.now() };
      if ((await insertUser(tx, user, [userName])) === null) {
        if (await isTaken(tx, id)) throw idTaken();
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
