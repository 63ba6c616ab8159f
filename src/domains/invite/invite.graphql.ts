/** Invites, in GraphQL. */
import { builder } from '../../graphql/builder.js';
import { connection, pageArgs } from '../../graphql/connection.js';
import { loader, pageLoader } from '../../graphql/loaders.js';
import { mutation } from '../../graphql/mutation.js';
import { Node, nodeType } from '../../graphql/node.js';
import { carries, proto, rpc } from '../../graphql/proto.js';
import { anybody, mayInAccount, signedIn, type Rules } from '../../graphql/rules.js';
import type { AccountId } from '../../kernel/ids.js';
import { AccountRole } from '../access/access.graphql.js';
import { UserAccount } from '../account/account.graphql.js';
import { acceptInviteInput, createInviteInput, inviteKeys, removeInviteInput, type Invite } from './invite.js';

export const AccountInvite = builder.prismaObject('AccountInvite', {
  ...proto('AccountInvite'),
  interfaces: [Node],
  fields: (t) => ({
    id: t.exposeID('id', proto('AccountInvite.id')),
    accountId: t.exposeID('accountId', proto('AccountInvite.account_id')),
    senderUserId: t.exposeID('senderUserId', proto('AccountInvite.sender_user_id')),
    email: t.exposeString('email', proto('AccountInvite.email')),
    accepted: t.boolean({ ...proto('AccountInvite.accepted'), resolve: (invite) => invite.acceptedAt !== null }),
    role: t.field({
      type: AccountRole,
      nullable: true,
      ...proto('AccountInvite.role'),
      resolve: (invite, _args, { services }) => services.invites.roleOf(invite),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', ...proto('AccountInvite.created_at') }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', ...proto('AccountInvite.updated_at') }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', ...proto('AccountInvite.expires_at') }),
    account: t.relation('account', { description: 'The account it leads into.' }),
  }),
});

const AccountInviteConnection = connection(AccountInvite, 'AccountInvite', 'open invites of an account');

nodeType(
  AccountInvite,
  loader<string, Invite | null>(({ call, services }, ids) => services.invites.byIds(call, ids)),
);

const loadInvites = pageLoader(inviteKeys, ({ call, services }, accountIds: readonly AccountId[], page) =>
  services.invites.list(call, accountIds, page),
);

builder.prismaObjectField(UserAccount, 'invites', (t) =>
  t.field({
    type: AccountInviteConnection,
    ...carries({ rpc: ['GetTeamAccountInvites'], proto: ['GetTeamAccountInvitesResponse.invites'] }),
    args: pageArgs(t),
    resolve: (account, args, context) => loadInvites(context, account.id as AccountId, args),
  }),
);

mutation('inviteUserToTeamAccount', {
  carries: rpc('InviteUserToTeamAccount'),
  action: 'invite.create',
  sensitive: true,
  reads: createInviteInput,
  input: (t) => ({
    accountId: t.id({ required: true, ...proto('InviteUserToTeamAccountRequest.account_id') }),
    email: t.string({ required: true, ...proto('InviteUserToTeamAccountRequest.email') }),
    role: t.field({ type: AccountRole, ...proto('InviteUserToTeamAccountRequest.role') }),
  }),
  resolve: ({ call, services }, input) => services.invites.create(call, input),
  payload: (t) => ({
    invite: t.expose('invite', {
      type: AccountInvite,
      nullable: true,
      ...proto('InviteUserToTeamAccountResponse.invite'),
    }),
    token: t.exposeString('token', {
      nullable: true,
      ...carries({
        proto: ['AccountInvite.token'],
        text: 'What the invited person accepts with. Shown here and nowhere else: only a hash of it is kept.',
      }),
    }),
    inviteUrl: t.exposeString('inviteUrl', { nullable: true, description: 'Where to send the invited person.' }),
  }),
});

mutation('removeTeamAccountInvite', {
  carries: rpc('RemoveTeamAccountInvite'),
  reads: removeInviteInput,
  input: (t) => ({ id: t.id({ required: true, ...proto('RemoveTeamAccountInviteRequest.id') }) }),
  resolve: async ({ call, services }, input) => ({ removedInviteId: await services.invites.remove(call, input) }),
  payload: (t) => ({
    removedInviteId: t.exposeID('removedInviteId', { nullable: true, description: 'The invite that is gone.' }),
  }),
});

mutation('acceptTeamAccountInvite', {
  carries: rpc('AcceptTeamAccountInvite'),
  sensitive: true,
  reads: acceptInviteInput,
  input: (t) => ({ token: t.string({ required: true, ...proto('AcceptTeamAccountInviteRequest.token') }) }),
  resolve: async ({ call, services }, input) => ({ account: await services.invites.accept(call, input) }),
  payload: (t) => ({
    account: t.expose('account', {
      type: UserAccount,
      nullable: true,
      ...proto('AcceptTeamAccountInviteResponse.account'),
    }),
  }),
});

/** Who may invite, and be invited. */
export const inviteRules: Rules = {
  Mutation: {
    inviteUserToTeamAccount: mayInAccount('UPDATE'),
    removeTeamAccountInvite: signedIn,
    acceptTeamAccountInvite: signedIn,
  },
  UserAccount: { invites: signedIn },
  AccountInvite: { '*': anybody },
  AccountInviteConnection: { '*': anybody },
  AccountInviteEdge: { '*': anybody },
  InviteUserToTeamAccountPayload: { '*': anybody },
  RemoveTeamAccountInvitePayload: { '*': anybody },
  AcceptTeamAccountInvitePayload: { '*': anybody },
};
