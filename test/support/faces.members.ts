/** What people do with the members and invites of accounts, over both faces. */
import { accountRoles, accountTypes, type AccountRole, type AccountType } from '../../src/domains/access/access.js';
import { kinds } from '../../src/kernel/errors.js';
import { deed } from './faces.deed.js';
import { timeOf, type WireTime } from './faces.wire.js';

/** A member as both faces show it. */
export interface ShownMember {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly role: string | null;
}

/** An invite as both faces show it. */
export interface ShownInvite {
  readonly id: string;
  readonly email: string;
  readonly role: string | null;
  readonly accepted: boolean;
  readonly senderUserId: string;
  readonly createdAt: string;
  readonly expiresAt: string;
}

/** Whom to invite. A role that is null is not named. */
export interface InviteInput {
  readonly accountId: string;
  readonly email: string;
  readonly role?: AccountRole | null;
}

interface Joined {
  readonly id: string;
  readonly name: string;
  readonly type: AccountType | null;
}

const roleNumber = (role: AccountRole | null | undefined): number => (role == null ? 0 : accountRoles.toNumber(role));

type WireMember = Omit<ShownMember, 'role'> & { readonly role: number };
type WireInvite = Omit<ShownInvite, 'role' | 'createdAt' | 'expiresAt'> & {
  readonly role: number;
  readonly token: string;
  readonly createdAt: WireTime;
  readonly expiresAt: WireTime;
};
const shown = ({ id, email, role, accepted, senderUserId, createdAt, expiresAt }: WireInvite): ShownInvite => ({
  id,
  email,
  role: accountRoles.fromNumber(role),
  accepted,
  senderUserId,
  createdAt: timeOf(createdAt),
  expiresAt: timeOf(expiresAt),
});

const inviteFields = 'id email role accepted senderUserId createdAt expiresAt';
const memberFields = 'id name email role';

/** An account that cannot be seen is refused over gRPC and null over GraphQL. */
const denied = kinds.forbidden.grpc;
const listed = (list: string, fields: string) =>
  `query ($id: ID!) { account(id: $id) { ${list}(first: 100) { nodes { ${fields} } } } }`;
interface List<Key extends string, Row> {
  readonly account: Readonly<Record<Key, { readonly nodes: readonly Row[] }>> | null;
}

/** Members, their roles, and invites. */
export const memberDeeds = {
  members: deed<[accountId: string], readonly ShownMember[]>({
    graphql: ({ look }, id) =>
      look(
        listed('members', memberFields),
        { id },
        ({ account }: List<'members', ShownMember>) => account?.members.nodes,
        denied,
      ),
    grpc: ({ accounts }, accountId) =>
      accounts('GetTeamAccountMembers', { accountId }, ({ users }: { users: WireMember[] }) =>
        users.map(({ id, name, email, role }) => ({ id, name, email, role: accountRoles.fromNumber(role) })),
      ),
  }),
  setRole: deed<[accountId: string, userId: string, role: AccountRole | null], null>({
    graphql: ({ change }, accountId, userId, role) =>
      change('setUserRole', { accountId, userId, role }, 'member { id }', () => null),
    grpc: ({ accounts }, accountId, userId, role) =>
      accounts('SetUserRole', { accountId, userId, role: roleNumber(role) }, () => null),
  }),
  remove: deed<[accountId: string, userId: string], null>({
    graphql: ({ change }, accountId, userId) =>
      change('removeTeamAccountMember', { accountId, userId }, 'removedUserId', () => null),
    grpc: ({ accounts }, accountId, userId) => accounts('RemoveTeamAccountMember', { accountId, userId }, () => null),
  }),
  invite: deed<[invite: InviteInput], ShownInvite & { readonly token: string }>({
    graphql: ({ change }, input) =>
      change(
        'inviteUserToTeamAccount',
        input,
        `token invite { ${inviteFields} }`,
        ({ token, invite }: { token: string; invite: ShownInvite }) => ({ ...invite, token }),
      ),
    grpc: ({ accounts }, { role, ...input }) =>
      accounts(
        'InviteUserToTeamAccount',
        { ...input, ...(role === undefined ? {} : { role: roleNumber(role) }) },
        ({ invite }: { invite: WireInvite }) => ({ ...shown(invite), token: invite.token }),
      ),
  }),
  invites: deed<[accountId: string], readonly ShownInvite[]>({
    graphql: ({ look }, id) =>
      look(
        listed('invites', inviteFields),
        { id },
        ({ account }: List<'invites', ShownInvite>) => account?.invites.nodes,
        denied,
      ),
    grpc: ({ accounts }, accountId) =>
      accounts('GetTeamAccountInvites', { accountId }, ({ invites }: { invites: WireInvite[] }) => {
        if (invites.some(({ token }) => token !== '')) throw new Error('A token is in a list.');
        return invites.map(shown);
      }),
  }),
  withdraw: deed<[inviteId: string], null>({
    graphql: ({ change }, id) => change('removeTeamAccountInvite', { id }, 'removedInviteId', () => null),
    grpc: ({ accounts }, id) => accounts('RemoveTeamAccountInvite', { id }, () => null),
  }),
  accept: deed<[token: string], Joined>({
    graphql: ({ change }, token) =>
      change(
        'acceptTeamAccountInvite',
        { token },
        'account { id name type }',
        ({ account }: { account: Joined }) => account,
      ),
    grpc: ({ accounts }, token) =>
      accounts(
        'AcceptTeamAccountInvite',
        { token },
        ({ account: { id, name, type } }: { account: { id: string; name: string; type: number } }) => ({
          id,
          name,
          type: accountTypes.fromNumber(type),
        }),
      ),
  }),
};
