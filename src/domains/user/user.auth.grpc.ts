/** The caller's own profile and addresses, over the auth service. */
import { detailsOf, detailsOfChanged } from '../../grpc/details.objects.js';
import type { RpcContext, SomeRpcs } from '../../grpc/rpc.js';
import type { UserId } from '../../kernel/ids.js';
import type { User } from './user.js';
import { demandHuman, profileOf, toEmail, toPhone, toProfile } from './user.messages.grpc.js';
import { ownUser } from './user.organization.grpc.js';

const self = async (context: RpcContext): Promise<User> => demandHuman(await ownUser(context), 'id');

/** What the caller may read and edit of itself. */
export const userAuthRpcs = {
  GetMyProfile: {
    async handle(context) {
      const user = await self(context);
      return { details: detailsOf(user), profile: toProfile(user) };
    },
  },
  UpdateMyProfile: {
    async handle(context, request) {
      const before = await self(context);
      const profile = profileOf(request, before);
      const user = await context.services.userLife.setProfile(context.call, { id: before.id as UserId, profile });
      return { details: detailsOfChanged(user) };
    },
  },
  GetMyEmail: {
    async handle(context) {
      const user = await self(context);
      return { details: detailsOf(user), email: toEmail(user) };
    },
  },
  GetMyPhone: {
    async handle(context) {
      const user = await self(context);
      return { details: detailsOf(user), phone: toPhone(user) };
    },
  },
} satisfies SomeRpcs<'zitadel.auth.v1.AuthService'>;
