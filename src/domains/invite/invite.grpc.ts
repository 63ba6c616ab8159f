/** Invites, over gRPC. */
import type { mgmt } from '../../generated/proto.js';
import { onlyPage, wholeList } from '../../grpc/pages.js';
import type { RpcContext, SomeRpcs } from '../../grpc/rpc.js';
import { fromEnum, toEnum, toTimestamp } from '../../grpc/wire.js';
import { read } from '../../kernel/input.js';
import { accountRoles } from '../access/access.js';
import { namedTeam, toUserAccount } from '../account/account.grpc.js';
import { acceptInviteInput, createInviteInput, inviteKeys, removeInviteInput, type Invite } from './invite.js';

/** An invite as a message. Its token is known only when it is made. */
const toAccountInvite = (
  { services }: RpcContext,
  invite: Invite,
  token = '',
): mgmt.v1alpha1.AccountInvite.$Properties => ({
  id: invite.id,
  accountId: invite.accountId,
  senderUserId: invite.senderUserId,
  email: invite.email,
  token,
  accepted: invite.acceptedAt !== null,
  createdAt: toTimestamp(invite.createdAt),
  updatedAt: toTimestamp(invite.updatedAt),
  expiresAt: toTimestamp(invite.expiresAt),
  role: toEnum(accountRoles, services.invites.roleOf(invite)),
});

/** Inviting and being invited. */
export const inviteRpcs = {
  InviteUserToTeamAccount: {
    action: 'invite.create',
    async handle(context, { accountId, email, role: number }) {
      const role = fromEnum(accountRoles, number, ['role']);
      const input = read(createInviteInput, { accountId, email, role });
      const { invite, token } = await context.services.invites.create(context.call, input);
      return { invite: toAccountInvite(context, invite, token) };
    },
  },
  GetTeamAccountInvites: {
    async handle(context, request) {
      const { call, services } = context;
      const accountId = await namedTeam(context, request);
      const invites = await wholeList(inviteKeys, (page) => onlyPage(services.invites.list(call, [accountId], page)));
      return { invites: invites.map((invite) => toAccountInvite(context, invite)) };
    },
  },
  RemoveTeamAccountInvite: {
    async handle({ call, services }, { id }) {
      await services.invites.remove(call, read(removeInviteInput, { id }));
      return {};
    },
  },
  AcceptTeamAccountInvite: {
    async handle({ call, services }, { token }) {
      return { account: toUserAccount(await services.invites.accept(call, read(acceptInviteInput, { token }))) };
    },
  },
} satisfies SomeRpcs<'mgmt.v1alpha1.UserAccountService'>;
