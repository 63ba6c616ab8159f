/** Accounts, over gRPC: which there are, who is in them, how they come to be. */
import { z } from 'zod';
import type { mgmt } from '../../generated/proto.js';
import { onlyPage, wholeList } from '../../grpc/pages.js';
import type { RpcContext, SomeRpcs } from '../../grpc/rpc.js';
import { toEnum } from '../../grpc/wire.js';
import { callingUser } from '../../kernel/call.js';
import { forbidden } from '../../kernel/errors.js';
import type { AccountId } from '../../kernel/ids.js';
import { id, read } from '../../kernel/input.js';
import { accountRoles, accountTypes } from '../access/access.js';
import { memberKeys, type Member } from '../membership/membership.js';
import { accountKeys, billedKeys, convertInput, createTeamInput, type Account } from './account.js';

const accountInput = z.object({ accountId: id<AccountId>() });
const billedInput = z.object({ accountIds: z.array(id<AccountId>()).max(250) });

/** An account as a message. A type that nobody knows stays the number it is. */
export const toUserAccount = (account: Account): mgmt.v1alpha1.UserAccount.$Properties => ({
  id: account.id,
  name: account.slug,
  type: account.type,
  hasStripeCustomerId: account.stripeCustomerId !== null,
});

const toAccountUser = ({ services }: RpcContext, member: Member): mgmt.v1alpha1.AccountUser.$Properties => ({
  id: member.id,
  name: member.displayName ?? member.machineName ?? '',
  image: member.avatarUrl ?? '',
  email: member.email ?? '',
  role: toEnum(accountRoles, services.memberships.roleOf(member)),
});

/**
 * The account that a request names.
 * @throws AppError `forbidden` when it is unknown or not one of the caller's: the two look alike
 */
export async function namedAccount(
  { call, services }: RpcContext,
  request: object,
): Promise<Account & { id: AccountId }> {
  const { accountId } = read(accountInput, request);
  const [account] = await services.accounts.byIds(call, [accountId]);
  if (!account) throw forbidden();
  return { ...account, id: accountId };
}

/** As {@link namedAccount}, and refuses personal accounts: they have no members and invites of their own here. */
export async function namedTeam(context: RpcContext, request: object): Promise<AccountId> {
  const { id: accountId, type } = await namedAccount(context, request);
  if (accountTypes.fromNumber(type) === 'PERSONAL') throw forbidden();
  return accountId;
}

/** The caller's accounts. */
export const accountRpcs = {
  GetUserAccounts: {
    async handle({ call, services }) {
      const { userId } = callingUser(call);
      const accounts = await wholeList(accountKeys, (page) => onlyPage(services.accounts.listOf(call, [userId], page)));
      return { accounts: accounts.map(toUserAccount) };
    },
  },
  IsUserInAccount: {
    handle: async ({ call, services }, request) => ({
      ok: await services.accounts.includes(call, read(accountInput, request).accountId),
    }),
  },
  SetPersonalAccount: {
    handle: async ({ call, services }) => ({ accountId: (await services.accounts.setPersonal(call)).id }),
  },
  CreateTeamAccount: {
    async handle({ call, services }, { name }) {
      const { account, checkoutSessionUrl } = await services.accounts.createTeam(call, read(createTeamInput, { name }));
      return { accountId: account.id, checkoutSessionUrl };
    },
  },
  ConvertPersonalToTeamAccount: {
    async handle({ call, services }, { name, accountId }) {
      const { account, newPersonalAccount, checkoutSessionUrl } = await services.accounts.convertPersonal(
        call,
        read(convertInput, { name, accountId }),
      );
      return { accountId: account.id, newPersonalAccountId: newPersonalAccount.id, checkoutSessionUrl };
    },
  },
  GetTeamAccountMembers: {
    async handle(context, request) {
      const { call, services } = context;
      const accountId = await namedTeam(context, request);
      const members = await wholeList(memberKeys, (page) =>
        onlyPage(services.memberships.list(call, [accountId], page)),
      );
      return { users: members.map((member) => toAccountUser(context, member)) };
    },
  },
  GetBillingAccounts: {
    admits: ['user', 'worker'],
    async handle({ call, services }, request) {
      const { accountIds } = read(billedInput, request);
      const ids = accountIds.length > 0 ? accountIds : null;
      const accounts = await wholeList(billedKeys, (page) => services.accounts.billed(call, ids, page));
      return { accounts: accounts.map(toUserAccount) };
    },
  },
} satisfies SomeRpcs<'mgmt.v1alpha1.UserAccountService'>;
