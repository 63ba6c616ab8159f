/** What users may manage, over the management service, and what is the caller's own, over the auth service. */
import { listed, upsideDown } from '../../grpc/lists.js';
import { onlyPage } from '../../grpc/pages.js';
import type { RpcContext, SomeRpcs } from '../../grpc/rpc.js';
import { callingUser } from '../../kernel/call.js';
import { readFilter } from '../../kernel/filter.js';
import { storedId } from '../../kernel/foreign-ids.js';
import { organizationOf } from '../user/user.organization.grpc.js';
import type { Membership, MembershipList } from './grant.js';
import { membershipQueryGrammar, toMembership, toMyGrant } from './grant.messages.grpc.js';

type Query = Parameters<typeof listed>[1];

/** A part of the memberships of one user. */
async function membershipsOf(context: RpcContext, userId: string, query: Query, list: MembershipList) {
  const { call, services } = context;
  const { details, rows } = await listed<Membership>(context, query, (page, descending) => {
    const read = (part: typeof page) => onlyPage(services.grants.membershipsOf(call, [userId], list, part));
    return descending ? upsideDown(page, read) : read(page);
  });
  return { details, result: rows.map((row) => toMembership(row, services.grants.rolesOf(row))) };
}

/** What a user may manage in the account of the request, and in the instance. */
export const membershipManagementRpcs = {
  ListUserMemberships: {
    async handle(context, { userId, query, queries }) {
      const filter = readFilter(membershipQueryGrammar, queries, ['queries'], context.services.filters);
      const accountId = await organizationOf(context);
      return membershipsOf(context, storedId(userId), query, { filter, accountId, instanceToo: true });
    },
  },
} satisfies SomeRpcs<'zitadel.management.v1.ManagementService'>;

/** What the caller may do and manage, anywhere. */
export const grantAuthRpcs = {
  ListMyUserGrants: {
    async handle(context, { query }) {
      const { call, services } = context;
      const { userId } = callingUser(call);
      const { details, rows } = await listed(context, query, (page, descending) => {
        const list = { filter: null, accountId: null, orderBy: [{ field: 'CREATION_DATE', descending }] } as const;
        return onlyPage(services.grants.listOf(call, [userId], list, page));
      });
      return { details, result: rows.map(toMyGrant) };
    },
  },
  ListMyMemberships: {
    handle(context, { query, queries }) {
      const filter = readFilter(membershipQueryGrammar, queries, ['queries'], context.services.filters);
      return membershipsOf(context, callingUser(context.call).userId, query, { filter, accountId: null });
    },
  },
} satisfies SomeRpcs<'zitadel.auth.v1.AuthService'>;
