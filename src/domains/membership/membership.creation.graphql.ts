/** How people and machines are created in an account, in GraphQL. */
import { mutation } from '../../graphql/mutation.js';
import { carries, proto, rpc } from '../../graphql/proto.js';
import { anybody, mayInAccount, type Rules } from '../../graphql/rules.js';
import { AccountRole } from '../access/access.graphql.js';
import { EmailInput, PhoneInput, ProfileInput } from '../user/user.input.graphql.js';
import { AccessTokenType } from '../user/user.kind.graphql.js';
import { changedUser } from '../user/user.life.graphql.js';
import { createHumanInput, createMachineInput } from './membership.js';

const accountId = {
  required: true,
  description: 'The account that is to own the user, who becomes a member of it.',
} as const;
const role = {
  type: AccountRole,
  description: 'What the user is in the account: JOB_VIEWER when nothing is said.',
} as const;

mutation('createHumanUser', {
  carries: carries({ rpc: ['AddHumanUser'], text: 'Creates a person in an account and makes it a member there.' }),
  action: 'user.create',
  reads: createHumanInput,
  input: (t) => ({
    accountId: t.id(accountId),
    userName: t.string({ required: true, ...proto('AddHumanUserRequest.user_name') }),
    profile: t.field({ type: ProfileInput, required: true, ...proto('AddHumanUserRequest.profile') }),
    email: t.field({ type: EmailInput, required: true, ...proto('AddHumanUserRequest.email') }),
    phone: t.field({ type: PhoneInput, ...proto('AddHumanUserRequest.phone') }),
    role: t.field(role),
  }),
  resolve: async ({ call, services }, input) => ({ user: await services.memberships.createHuman(call, input) }),
  payload: changedUser,
});

mutation('createMachineUser', {
  carries: rpc('AddMachineUser'),
  action: 'user.create',
  reads: createMachineInput,
  input: (t) => ({
    accountId: t.id(accountId),
    userName: t.string({ required: true, ...proto('AddMachineUserRequest.user_name') }),
    name: t.string({ required: true, ...proto('AddMachineUserRequest.name') }),
    description: t.string(proto('AddMachineUserRequest.description')),
    accessTokenType: t.field({
      type: AccessTokenType,
      defaultValue: 'BEARER',
      ...proto('AddMachineUserRequest.access_token_type'),
    }),
    role: t.field(role),
  }),
  resolve: async ({ call, services }, input) => ({ user: await services.memberships.createMachine(call, input) }),
  payload: changedUser,
});

/** Who may create users in an account. */
export const creationRules: Rules = {
  Mutation: { createHumanUser: mayInAccount('UPDATE'), createMachineUser: mayInAccount('UPDATE') },
  CreateHumanUserPayload: { '*': anybody },
  CreateMachineUserPayload: { '*': anybody },
};
