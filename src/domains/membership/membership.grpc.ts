/** Changes of members, over gRPC. */
import { z } from 'zod';
import type { SomeRpcs } from '../../grpc/rpc.js';
import { fromEnum } from '../../grpc/wire.js';
import type { AccountId, UserId } from '../../kernel/ids.js';
import { id, read } from '../../kernel/input.js';
import { accountRoles, defaultRole } from '../access/access.js';

const memberInput = z.object({ accountId: id<AccountId>(), userId: id<UserId>() });

/** What can be done to a member. */
export const membershipRpcs = {
  SetUserRole: {
    action: 'member.role',
    async handle({ call, services }, request) {
      const role = fromEnum(accountRoles, request.role, ['role']) ?? defaultRole;
      await services.memberships.setRole(call, { ...read(memberInput, request), role });
      return {};
    },
  },
  RemoveTeamAccountMember: {
    action: 'member.remove',
    async handle({ call, services }, request) {
      await services.memberships.remove(call, read(memberInput, request));
      return {};
    },
  },
} satisfies SomeRpcs<'mgmt.v1alpha1.UserAccountService'>;
