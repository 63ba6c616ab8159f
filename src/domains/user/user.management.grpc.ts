/** Finding users and changing their state, over the management service. */
import { detailsOfChanged, detailsOfGone } from '../../grpc/details.objects.js';
import { listed } from '../../grpc/lists.js';
import type { Rpc, RpcContext, SomeRpcs } from '../../grpc/rpc.js';
import { readFilter } from '../../kernel/filter.js';
import { searchQueryGrammar, toUser, toUsers, unknownUser } from './user.messages.grpc.js';
import { organizationOf, ownedUser } from './user.organization.grpc.js';
import { userSortFields } from './user.search.js';
import type { StateChange } from './user.js';

interface Changed {
  readonly details: ReturnType<typeof detailsOfChanged>;
}

/** Changes the state of a user. */
const changing = (change: StateChange): Rpc<{ readonly id: string }, Changed> => ({
  async handle(context: RpcContext, request) {
    const { id } = await ownedUser(context, request.id, 'id');
    return { details: detailsOfChanged(await context.services.userLife.changeState(context.call, { id, change })) };
  },
});

/** Users of an account: found, counted, and in which state they are. */
export const userManagementRpcs = {
  GetUserByID: {
    handle: async (context, { id }) => ({ user: await toUser(context, await ownedUser(context, id, 'id')) }),
  },
  GetUserByLoginNameGlobal: {
    async handle(context, { loginName }) {
      const user = await context.services.userSearch.byLoginName(context.call, loginName);
      if (!user) throw unknownUser('loginName');
      return { user: await toUser(context, user) };
    },
  },
  ListUsers: {
    async handle(context, { query, queries, sortingColumn }) {
      const { call, services } = context;
      const filter = readFilter(searchQueryGrammar, queries, ['queries'], services.filters);
      const field = userSortFields[sortingColumn] ?? 'ID';
      const accountId = await organizationOf(context);
      const { details, rows } = await listed(context, query, (page, descending) =>
        services.userSearch.search(call, { filter, accountId, memberOf: null, order: [{ field, descending }] }, page),
      );
      return { details, sortingColumn: userSortFields.indexOf(field), result: await toUsers(context, rows) };
    },
  },
  IsUserUnique: {
    handle: async ({ call, services }, request) => ({ isUnique: await services.users.isUnique(call, request) }),
  },
  DeactivateUser: changing('deactivate'),
  ReactivateUser: changing('reactivate'),
  LockUser: changing('lock'),
  UnlockUser: changing('unlock'),
  RemoveUser: {
    async handle(context, request) {
      const user = await ownedUser(context, request.id, 'id');
      await context.services.userLife.remove(context.call, { id: user.id });
      return { details: detailsOfGone(user, context.now()) };
    },
  },
} satisfies SomeRpcs<'zitadel.management.v1.ManagementService'>;
