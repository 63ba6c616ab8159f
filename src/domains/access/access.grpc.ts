/** Permissions, over gRPC. */
import type { mgmt } from '../../generated/proto.js';
import type { SomeRpcs } from '../../grpc/rpc.js';
import type { AccountId } from '../../kernel/ids.js';
import { id, read } from '../../kernel/input.js';
import { z } from 'zod';
import { resourceActions, resourceTypes, type ResourcePermission } from './access.js';

const accountInput = z.object({ accountId: id<AccountId>() });

/** A type or action that is unspecified, or that nobody knows, is a permission that nobody has. */
const asked = (resource: mgmt.v1alpha1.ResourcePermission.$Properties): ResourcePermission => ({
  type: resourceTypes.fromNumber(resource.type ?? 0),
  id: resource.id ?? '',
  action: resourceActions.fromNumber(resource.action ?? 0),
});

/** Whether the caller may. Somebody who is no member is refused, whatever is asked. */
export const accessRpcs = {
  HasPermission: {
    async handle({ call, services }, request) {
      const { accountId } = read(accountInput, request);
      const resources = request.resource ? [asked(request.resource)] : [];
      const [hasPermission = false] = await services.access.hasPermissions(call, accountId, resources);
      return { hasPermission };
    },
  },
  HasPermissions: {
    async handle({ call, services }, request) {
      const { accountId } = read(accountInput, request);
      return { assertions: await services.access.hasPermissions(call, accountId, request.resources.map(asked)) };
    },
  },
} satisfies SomeRpcs<'mgmt.v1alpha1.UserAccountService'>;
