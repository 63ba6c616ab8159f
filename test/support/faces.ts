/** The two faces of the account API as one: the same deeds, told over GraphQL or over gRPC, with the same outcomes. */
import { accountRoles, type AccountRole } from '../../src/domains/access/access.js';
import { kinds } from '../../src/kernel/errors.js';
import { grpcClient, type GrpcAnswer, type GrpcClient } from './grpc.js';
import { mutate } from './mutate.js';
import type { Person, World } from './world.js';

/** What came of a deed: something, or a refusal with its gRPC status and the last step of the place at fault. */
export interface Outcome<Value> {
  readonly value: Value | null;
  readonly status: number;
  readonly field: string | null;
}

/** Whoever acts. */
export type Actor = Pick<Person, 'ask' | 'authorization'>;

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
}

/** What people do with accounts. A role that is null is not named. */
export interface Face {
  readonly name: string;
  whoAmI(who: Actor): Promise<Outcome<string>>;
  signIn(who: Actor): Promise<Outcome<string>>;
  found(who: Actor, name: string): Promise<Outcome<string>>;
  invite(
    who: Actor,
    invite: { readonly accountId: string; readonly email: string; readonly role?: AccountRole | null },
  ): Promise<Outcome<ShownInvite & { readonly token: string }>>;
  invites(who: Actor, accountId: string): Promise<Outcome<readonly ShownInvite[]>>;
  withdraw(who: Actor, inviteId: string): Promise<Outcome<null>>;
  accept(who: Actor, token: string): Promise<Outcome<{ readonly id: string; readonly name: string }>>;
  members(who: Actor, accountId: string): Promise<Outcome<readonly ShownMember[]>>;
  setRole(who: Actor, accountId: string, userId: string, role: AccountRole | null): Promise<Outcome<null>>;
  remove(who: Actor, accountId: string, userId: string): Promise<Outcome<null>>;
}

/** Opens both faces of a world. Close them at the end. */
export function facesOf(world: World): { readonly graphql: Face; readonly grpc: Face; close(): void } {
  const client = grpcClient(world.testApp.grpc ?? '');
  return { graphql: graphqlFace, grpc: grpcFace(client), close: () => client.close() };
}

const statusOf = (code: string): number => Object.values(kinds).find((kind) => kind.code === code)?.grpc ?? 2;

const refusedWith = (status: number, field: string | null): Outcome<never> => ({ value: null, status, field });
const fine = <Value>(value: Value): Outcome<Value> => ({ value, status: 0, field: null });

/** What a mutation came to. */
async function deed<Payload, Value>(
  who: Actor,
  name: string,
  input: object,
  fields: string,
  pick: (payload: Payload) => Value,
): Promise<Outcome<Value>> {
  const { payload, code, path } = await mutate<Payload>(who, name, input, fields);
  return code === null && payload ? fine(pick(payload)) : refusedWith(statusOf(code ?? ''), path?.at(-1) ?? null);
}

/** A list of an account; one that cannot be seen is refused over gRPC and null over GraphQL. */
async function listOf<Row>(who: Actor, accountId: string, list: string, fields: string) {
  const query = `query ($id: ID!) { account(id: $id) { ${list}(first: 100) { nodes { ${fields} } } } }`;
  const { data, errors } = await who.ask<{ account: Record<string, { nodes: Row[] }> | null }>(query, {
    id: accountId,
  });
  const [refusal] = errors;
  if (refusal) return refusedWith(statusOf(String(refusal.extensions['code'])), null);
  const rows = data?.account?.[list]?.nodes;
  return rows ? fine(rows) : refusedWith(kinds.forbidden.grpc, null);
}

const inviteFields = 'id email role accepted';

const graphqlFace: Face = {
  name: 'GraphQL',
  async whoAmI(who) {
    const { data } = await who.ask<{ viewer: { userId: string } | null }>('{ viewer { userId } }');
    return data?.viewer ? fine(data.viewer.userId) : refusedWith(kinds.not_found.grpc, null);
  },
  signIn: (who) =>
    deed(who, 'setUser', {}, 'viewer { userId }', ({ viewer }: { viewer: { userId: string } }) => viewer.userId),
  found: (who, name) =>
    deed(
      who,
      'createTeamAccount',
      { name },
      'account { id }',
      ({ account }: { account: { id: string } }) => account.id,
    ),
  invite: (who, input) =>
    deed(
      who,
      'inviteUserToTeamAccount',
      input,
      `token invite { ${inviteFields} }`,
      ({ token, invite }: { token: string; invite: ShownInvite }) => ({ ...invite, token }),
    ),
  invites: (who, accountId) => listOf<ShownInvite>(who, accountId, 'invites', inviteFields),
  withdraw: (who, id) => deed(who, 'removeTeamAccountInvite', { id }, 'removedInviteId', () => null),
  accept: (who, token) =>
    deed(
      who,
      'acceptTeamAccountInvite',
      { token },
      'account { id name }',
      ({ account }: { account: { id: string; name: string } }) => account,
    ),
  members: (who, accountId) => listOf<ShownMember>(who, accountId, 'members', 'id name email role'),
  setRole: (who, accountId, userId, role) =>
    deed(who, 'setUserRole', { accountId, userId, role }, 'member { id }', () => null),
  remove: (who, accountId, userId) =>
    deed(who, 'removeTeamAccountMember', { accountId, userId }, 'removedUserId', () => null),
};

const roleName = (number: number): string | null => accountRoles.fromNumber(number);
const roleNumber = (role: AccountRole | null | undefined): number => (role == null ? 0 : accountRoles.toNumber(role));

type WireInvite = Omit<ShownInvite, 'role'> & { readonly role: number; readonly token: string };
const shown = ({ id, email, role, accepted }: WireInvite): ShownInvite => ({
  id,
  email,
  role: roleName(role),
  accepted,
});

/** What an RPC came to. */
async function came<Message, Value>(
  answer: Promise<GrpcAnswer<Message>>,
  pick: (message: Message) => Value,
): Promise<Outcome<Value>> {
  const { message, code, fields } = await answer;
  if (message) return fine(pick(message));
  const last = fields[0]?.split('.').at(-1) ?? null;
  return refusedWith(code, last?.replace(/_([a-z])/g, (_whole, letter: string) => letter.toUpperCase()) ?? null);
}

function grpcFace(client: GrpcClient<'mgmt.v1alpha1.UserAccountService'>): Face {
  const as = ({ authorization }: Actor) => ({ authorization });
  return {
    name: 'gRPC',
    whoAmI: (who) => came(client.ask<{ userId: string }>('GetUser', {}, as(who)), ({ userId }) => userId),
    signIn: (who) => came(client.ask<{ userId: string }>('SetUser', {}, as(who)), ({ userId }) => userId),
    found: (who, name) =>
      came(client.ask<{ accountId: string }>('CreateTeamAccount', { name }, as(who)), ({ accountId }) => accountId),
    invite: (who, { role, ...input }) =>
      came(
        client.ask<{ invite: WireInvite }>('InviteUserToTeamAccount', { ...input, role: roleNumber(role) }, as(who)),
        ({ invite }) => ({ ...shown(invite), token: invite.token }),
      ),
    invites: (who, accountId) =>
      came(client.ask<{ invites: WireInvite[] }>('GetTeamAccountInvites', { accountId }, as(who)), ({ invites }) =>
        invites.map(shown),
      ),
    withdraw: (who, id) => came(client.ask('RemoveTeamAccountInvite', { id }, as(who)), () => null),
    accept: (who, token) =>
      came(
        client.ask<{ account: { id: string; name: string } }>('AcceptTeamAccountInvite', { token }, as(who)),
        ({ account: { id, name } }) => ({ id, name }),
      ),
    members: (who, accountId) =>
      came(
        client.ask<{ users: (Omit<ShownMember, 'role'> & { role: number })[] }>(
          'GetTeamAccountMembers',
          { accountId },
          as(who),
        ),
        ({ users }) => users.map(({ id, name, email, role }) => ({ id, name, email, role: roleName(role) })),
      ),
    setRole: (who, accountId, userId, role) =>
      came(client.ask('SetUserRole', { accountId, userId, role: roleNumber(role) }, as(who)), () => null),
    remove: (who, accountId, userId) =>
      came(client.ask('RemoveTeamAccountMember', { accountId, userId }, as(who)), () => null),
  };
}
