/** The caller's own user, over gRPC. */
import type { SomeRpcs } from '../../grpc/rpc.js';
import { callingUser } from '../../kernel/call.js';

/** Who asks. */
export const userRpcs = {
  GetUser: {
    handle: ({ call }) => ({ userId: callingUser(call).userId }),
  },
  SetUser: {
    admits: ['newcomer', 'user'],
    handle: async ({ call, services }) => ({ userId: await services.users.set(call) }),
  },
} satisfies SomeRpcs<'mgmt.v1alpha1.UserAccountService'>;
