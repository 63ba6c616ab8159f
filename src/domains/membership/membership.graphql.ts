/** Members of accounts, in GraphQL. */
import { z } from 'zod';
import { builder } from '../../graphql/builder.js';
import { connection } from '../../graphql/connection.js';
import { pageLoader } from '../../graphql/loaders.js';
import { mutation } from '../../graphql/mutation.js';
import { proto, rpc } from '../../graphql/proto.js';
import { anybody, mayInAccount, type Rules } from '../../graphql/rules.js';
import type { AccountId, UserId } from '../../kernel/ids.js';
import { id, optional } from '../../kernel/input.js';
import { accountRoles, defaultRole, type AccountRole } from '../access/access.js';
import { AccountRole as AccountRoleRef } from '../access/access.graphql.js';
import { UserRef } from '../user/user.graphql.js';
import { memberKeys, type Member } from './membership.js';

/** A member of an account. */
export const AccountUser = builder.objectRef<Member>('AccountUser').implement({
  ...proto('AccountUser'),
  fields: (t) => ({
    id: t.exposeID('id', proto('AccountUser.id')),
    name: t.string({
      nullable: true,
      ...proto('AccountUser.name'),
      resolve: (member) => member.displayName ?? member.machineName,
    }),
    image: t.exposeString('avatarUrl', { nullable: true, ...proto('AccountUser.image') }),
    email: t.exposeString('email', { nullable: true, ...proto('AccountUser.email') }),
    role: t.field({
      type: AccountRoleRef,
      nullable: true,
      ...proto('AccountUser.role'),
      resolve: (member, _args, { services }) => services.memberships.roleOf(member),
    }),
    user: t.field({
      type: UserRef,
      description: 'The user who is the member.',
      resolve: (member) => member,
    }),
  }),
});

export const AccountUserConnection = connection(AccountUser, 'AccountUser', 'members of an account');

/** The members of an account, batched over accounts. */
export const loadMembers = pageLoader(memberKeys, ({ call, services }, accountIds: readonly AccountId[], page) =>
  services.memberships.list(call, accountIds, page),
);

const setRoleInput = z.object({
  accountId: id<AccountId>(),
  userId: id<UserId>(),
  role: optional(z.enum(accountRoles.names as [AccountRole, ...AccountRole[]])),
});

mutation('setUserRole', {
  carries: rpc('SetUserRole'),
  action: 'member.role',
  sensitive: true,
  reads: setRoleInput,
  input: (t) => ({
    accountId: t.id({ required: true, ...proto('SetUserRoleRequest.account_id') }),
    userId: t.id({ required: true, ...proto('SetUserRoleRequest.user_id') }),
    role: t.field({ type: AccountRoleRef, ...proto('SetUserRoleRequest.role') }),
  }),
  resolve: async ({ call, services }, input) => ({
    member: await services.memberships.setRole(call, { ...input, role: input.role ?? defaultRole }),
  }),
  payload: (t) => ({
    member: t.expose('member', { type: AccountUser, nullable: true, description: 'The member with its new role.' }),
  }),
});

/** Who may change members. */
export const membershipRules: Rules = {
  Mutation: { setUserRole: mayInAccount('UPDATE') },
  AccountUser: { '*': anybody },
  AccountUserConnection: { '*': anybody },
  AccountUserEdge: { '*': anybody },
  PageInfo: { '*': anybody },
  UserError: { '*': anybody },
  SetUserRolePayload: { '*': anybody },
};
