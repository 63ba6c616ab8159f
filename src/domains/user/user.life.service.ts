/** The life of users on this database: what is edited, how their state changes, and their end. */
import { callingUser, type Call } from '../../kernel/call.js';
import { AppError, forbidden } from '../../kernel/errors.js';
import { anonymousUserId, type UserId } from '../../kernel/ids.js';
import type { Clock } from '../../kernel/ports.js';
import type { Tx } from '../../kernel/transaction.js';
import type { Access, UserChange, UserScope } from '../access/access.js';
import type { Audit } from '../audit/audit.js';
import { accessTokenTypes, type User, type UserLife, type UserReactions, type UserType } from './user.js';
import * as rules from './user.life.rules.js';
import * as store from './user.life.store.js';
import { insertIdentity } from './user.store.js';

/** What the life of users needs. The reactions run in the transaction of the change. */
export interface UserLifeParts {
  readonly access: Access;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly reactions: UserReactions;
}

/** The life of users on this database. */
export function createUserLife({ access, audit, clock, reactions }: UserLifeParts): UserLife {
  const record = (tx: Tx, call: Call, action: string, { targetId, ownerId }: UserScope, detail = {}) =>
    audit.record(tx, call, { action, accountId: ownerId, target: { type: 'user', id: targetId }, detail });

  /** A change of some columns, which are marked as edited. */
  const edit = (
    call: Call,
    change: Pick<UserChange, 'userId' | 'action' | 'own'>,
    type: UserType | null,
    columnsOf: (user: User, scope: UserScope, tx: Tx) => rules.Columns | Promise<rules.Columns>,
  ): Promise<User> =>
    access.changeUser(call, { ...change, path: ['id'] }, async (tx, scope) => {
      const user = await store.findChanged(tx, scope);
      if (type) rules.demandType(user, type);
      const columns = await columnsOf(user, scope, tx);
      const fields = rules.demandNews(user, columns);
      const edited = [...new Set([...user.edited, ...Object.keys(columns)])].filter((name) => !unmarked.has(name));
      await record(tx, call, change.action, scope, { fields: fields.join(' ') });
      return store.updateUser(tx, scope, { ...columns, edited }, clock.now());
    });

  return {
    rename: (call, { id, userName }) =>
      edit(call, { userId: id, action: 'user.rename' }, null, async (user, scope, tx) => {
        const columns = { userName };
        rules.demandNews(user, columns);
        if (!(await store.replaceLoginName(tx, scope, user.userName, userName))) throw nameTaken();
        return columns;
      }),

    setProfile: (call, { id, profile }) =>
      edit(call, { userId: id, action: 'user.profile', own: true }, 'HUMAN', () => rules.profileColumns(profile)),

    setEmail: (call, { id, email }) =>
      edit(call, { userId: id, action: 'user.email', own: true }, 'HUMAN', (user, { self }) =>
        rules.emailColumns(user, email, self),
      ),

    setPhone: (call, { id, phone }) =>
      edit(call, { userId: id, action: 'user.phone', own: true }, 'HUMAN', (user, { self }) =>
        rules.phoneColumns(user, phone, self),
      ),

    setMachine: (call, { id, name, description, accessTokenType }) =>
      edit(call, { userId: id, action: 'user.machine' }, 'MACHINE', () => ({
        machineName: name,
        ...(description === undefined ? {} : { description }),
        ...(accessTokenType === undefined ? {} : { accessTokenType: accessTokenTypes.toNumber(accessTokenType) }),
      })),

    link: (call, { id, issuer, subject }) =>
      access.changeUser(call, { userId: id, action: 'user.link', path: ['id'] }, async (tx, scope) => {
        // An owner's admin may change the user, but who signs in as whom is for operators to say.
        if (!callingUser(call).operator) throw forbidden();
        if (await insertIdentity(tx, issuer, subject, id)) {
          await record(tx, call, 'user.link', scope, { issuer });
          return store.updateUser(tx, scope, {}, clock.now());
        }
        if ((await store.identityOwner(tx, issuer, subject)) !== id) throw identityTaken();
        return store.findChanged(tx, scope);
      }),

    changeState: (call, { id, change }) =>
      access.changeUser(call, everywhere(id, `user.${change}`), async (tx, scope) => {
        const user = await store.findChanged(tx, scope);
        const columns = rules.stateAfter(user, change);
        if (rules.isUsable(user)) await run(reactions.unusable, tx, call, scope);
        await record(tx, call, `user.${change}`, scope, { before: user.state, after: columns.state ?? null });
        return store.updateUser(tx, scope, columns, clock.now());
      }),

    remove: (call, { id }) =>
      access.changeUser(call, everywhere(id, 'user.remove'), async (tx, scope) => {
        const user = await store.findChanged(tx, scope);
        if (rules.isUsable(user)) await run(reactions.unusable, tx, call, scope);
        await run(reactions.removed, tx, call, scope);
        await record(tx, call, 'user.remove', scope, { type: user.type });
        await store.deleteUser(tx, scope);
        return id;
      }),
  };
}

/** Columns that follow from what was edited and are no edits themselves. */
const unmarked: ReadonlySet<string> = new Set(['state', 'stateBeforeLock']);

/** @throws AppError `forbidden` for the anonymous user: where everybody is that one, it is nobody's to take away. */
function everywhere(userId: UserId, action: string): UserChange {
  if (userId === anonymousUserId) throw forbidden();
  return { userId, action, path: ['id'], everywhere: true };
}

async function run(all: UserReactions['unusable'], tx: Tx, call: Call, scope: UserScope): Promise<void> {
  for (const reaction of all) await reaction(tx, call, scope);
}

const nameTaken = () =>
  new AppError('conflict', 'USER_NAME_TAKEN', 'Somebody has this name already.', { path: ['userName'] });

const identityTaken = () =>
  new AppError('conflict', 'IDENTITY_TAKEN', 'This sign-in leads to another user already.', { path: ['subject'] });
