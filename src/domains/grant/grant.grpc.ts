/** Grants, over the management service. */
import { detailsOfChanged, detailsOfGone, detailsOfNew } from '../../grpc/details.objects.js';
import { listed } from '../../grpc/lists.js';
import type { Rpc, RpcContext, SomeRpcs } from '../../grpc/rpc.js';
import { AppError, invalid } from '../../kernel/errors.js';
import { readFilter } from '../../kernel/filter.js';
import { storedId } from '../../kernel/foreign-ids.js';
import type { UserGrantId } from '../../kernel/ids.js';
import { read } from '../../kernel/input.js';
import { organizationOf } from '../user/user.organization.grpc.js';
import { createGrantInput, updateGrantInput, type Grant } from './grant.js';
import { grantQueryGrammar, toUserGrant } from './grant.messages.grpc.js';

/** Services name a grant by its id, requests by its `grant_id`. */
const fields = { id: 'grant_id' };

interface Named {
  readonly userId: string;
  readonly grantId: string;
}

/**
 * A grant of this user on a project of the account of the request.
 * @throws AppError `not_found`
 */
async function namedGrant(context: RpcContext, request: Named): Promise<Grant & { id: UserGrantId }> {
  const { call, services } = context;
  const [accountId, [grant]] = await Promise.all([
    organizationOf(context),
    services.grants.byIds(call, [request.grantId]),
  ]);
  if (grant?.orgId === accountId && grant.userId === storedId(request.userId)) {
    return { ...grant, id: grant.id as UserGrantId };
  }
  throw new AppError('not_found', 'NOT_FOUND', 'There is no such grant.', { path: ['grantId'] });
}

interface Changed {
  readonly details: ReturnType<typeof detailsOfChanged>;
}

const moving = (change: 'deactivate' | 'reactivate'): Rpc<Named, Changed> => ({
  fields,
  async handle(context, request) {
    const grant = await namedGrant(context, request);
    return { details: detailsOfChanged(await context.services.grants[change](context.call, grant)) };
  },
});

/** What users of the account, and others whom the caller sees, may do in its projects. */
export const grantRpcs = {
  GetUserGrantByID: {
    handle: async (context, request) => ({ userGrant: toUserGrant(await namedGrant(context, request)) }),
  },
  ListUserGrants: {
    async handle(context, { query, queries }) {
      const { call, services } = context;
      const filter = readFilter(grantQueryGrammar, queries, ['queries'], services.filters);
      const accountId = await organizationOf(context);
      const { details, rows } = await listed(context, query, (page, descending) =>
        services.grants.list(call, { filter, accountId, orderBy: [{ field: 'CREATION_DATE', descending }] }, page),
      );
      return { details, result: rows.map(toUserGrant) };
    },
  },
  AddUserGrant: {
    async handle({ call, services }, request) {
      const { userId, projectId, projectGrantId, roleKeys } = request;
      const input = read(createGrantInput, {
        userId: storedId(userId),
        projectId: storedId(projectId),
        projectGrantId: projectGrantId === '' ? null : storedId(projectGrantId),
        roleKeys,
      });
      const grant = await services.grants.create(call, input);
      return { userGrantId: grant.id, details: detailsOfNew(grant) };
    },
  },
  UpdateUserGrant: {
    fields,
    async handle(context, request) {
      const { id } = await namedGrant(context, request);
      const input = read(updateGrantInput, { id, roleKeys: request.roleKeys });
      return { details: detailsOfChanged(await context.services.grants.update(context.call, input)) };
    },
  },
  DeactivateUserGrant: moving('deactivate'),
  ReactivateUserGrant: moving('reactivate'),
  RemoveUserGrant: {
    fields,
    async handle(context, request) {
      const grant = await namedGrant(context, request);
      await context.services.grants.remove(context.call, grant);
      return { details: detailsOfGone(grant, context.now()) };
    },
  },
  BulkRemoveUserGrant: {
    fields: { ids: 'grant_id' },
    async handle(context, { grantId: ids }) {
      const most = context.services.filters.list;
      if (ids.length === 0) throw invalid(['grantId'], 'Name at least one grant.');
      if (ids.length > most) {
        throw new AppError('limit', 'LIST_TOO_LONG', `Remove at most ${most} grants at a time.`, {
          path: ['grantId'],
          facts: { limit: 'list length', allowed: most, actual: ids.length },
        });
      }
      await context.services.grants.removeAll(context.call, { accountId: await organizationOf(context), ids });
      return {};
    },
  },
} satisfies SomeRpcs<'zitadel.management.v1.ManagementService'>;
