/** The account that a request of the management service is about, and the users in it. */
import type { RpcContext } from '../../grpc/rpc.js';
import { callingUser } from '../../kernel/call.js';
import { storedId } from '../../kernel/foreign-ids.js';
import type { AccountId, UserId } from '../../kernel/ids.js';
import type { User } from './user.js';
import { unknownUser } from './user.messages.grpc.js';

/** Where clients name the account. */
const header = 'x-zitadel-orgid';

async function seenUser({ call, services }: RpcContext, id: string): Promise<User | null> {
  const [user = null] = await services.users.byIds(services.access.visible(call), [storedId(id)]);
  return user;
}

/** The caller's own user. */
export async function ownUser(context: RpcContext): Promise<User> {
  const user = await seenUser(context, callingUser(context.call).userId);
  if (!user) throw unknownUser('id');
  return user;
}

/** The account that the header names; without one the account that owns the caller. It need not be one of the caller's. */
export async function organizationOf(context: RpcContext): Promise<AccountId> {
  callingUser(context.call);
  const named = context.header(header) ?? '';
  return named === '' ? ((await ownUser(context)).resourceOwner as AccountId) : storedId<AccountId>(named);
}

/**
 * A user that the account of the request owns.
 * @throws AppError `not_found` for one that is unknown, that the caller may not see, or that another account owns
 */
export async function ownedUser(context: RpcContext, id: string, path = 'userId'): Promise<User & { id: UserId }> {
  const [accountId, user] = await Promise.all([organizationOf(context), seenUser(context, id)]);
  if (user?.resourceOwner !== accountId) throw unknownUser(path);
  return { ...user, id: user.id as UserId };
}
