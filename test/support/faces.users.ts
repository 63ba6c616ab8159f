/** What people do with the users of an account, over both faces. The actor says in which account it acts. */
import { deed, type Actor } from './faces.deed.js';
import {
  shownMessage,
  shownNode,
  userFields,
  wireProfile,
  wireTokenType,
  type HumanInput,
  type MachineInput,
  type ProfileInput,
  type ShownUser,
  type UserNode,
} from './faces.shown.js';
import { changedFields, changedOf, type Changed } from './faces.wire.js';

const accountOf = ({ at }: Actor): string => {
  if (at === undefined) throw new Error('Say in which account: at(person, accountId).');
  return at;
};

interface UserPayload<User = Changed & { readonly details: Changed }> {
  readonly user: User;
}
const changed = ({ user }: UserPayload): Changed => user.details;
const changedUser = `user { ${changedFields} }`;
const idOf = ({ userId }: { userId: string }): string => userId;
const nodeId = ({ user }: UserPayload<{ readonly id: string }>): string => user.id;

/** Services call it `id`, requests `user_id`. */
const names = { userId: 'id' };

const moving = <Verb extends 'deactivate' | 'reactivate' | 'lock' | 'unlock'>(verb: Verb) => {
  const rpc = `${(verb[0] ?? '').toUpperCase()}${verb.slice(1)}User` as `${Capitalize<Verb>}User`;
  return deed<[id: string], Changed>({
    graphql: ({ change }, id) => change(`${verb}User`, { id }, changedUser, changed),
    grpc: ({ management }, id) => management(rpc, { id }, changedOf),
  });
};

/** Users: made, looked at, edited, moved through their states. */
export const userDeeds = {
  addHuman: deed<[human: HumanInput], string>({
    graphql: ({ change, who }, human) =>
      change('createHumanUser', { accountId: accountOf(who), ...human }, 'user { id }', nodeId),
    grpc: ({ management }, { profile, ...human }) =>
      management('AddHumanUser', { ...human, profile: wireProfile(profile) }, idOf),
  }),
  addMachine: deed<[machine: MachineInput], string>({
    graphql: ({ change, who }, machine) =>
      change('createMachineUser', { accountId: accountOf(who), ...machine }, 'user { id }', nodeId),
    grpc: ({ management }, { accessTokenType, ...machine }) =>
      management('AddMachineUser', { ...machine, accessTokenType: wireTokenType(accessTokenType) }, idOf),
  }),
  user: deed<[id: string], ShownUser>({
    graphql: ({ look }, id) =>
      look(
        `query ($id: ID!) { user(id: $id) { ${userFields} } }`,
        { id },
        ({ user }: { user: UserNode | null }) => user && shownNode(user),
      ),
    grpc: ({ management }, id) => management('GetUserByID', { id }, shownMessage),
  }),
  userNamed: deed<[loginName: string], ShownUser>({
    graphql: ({ look }, loginName) =>
      look(
        `query ($loginName: String!) { user: userByLoginName(loginName: $loginName) { ${userFields} } }`,
        { loginName },
        ({ user }: { user: UserNode | null }) => user && shownNode(user),
      ),
    grpc: ({ management }, loginName) => management('GetUserByLoginNameGlobal', { loginName }, shownMessage),
  }),
  me: deed<[], ShownUser>({
    graphql: ({ look }) =>
      look(
        `{ viewer { user { ${userFields} } } }`,
        {},
        ({ viewer }: { viewer: { user: UserNode | null } | null }) => viewer?.user && shownNode(viewer.user),
      ),
    grpc: ({ auth }) => auth('GetMyUser', {}, shownMessage),
  }),
  rename: deed<[id: string, userName: string], Changed>({
    graphql: ({ change }, id, userName) => change('updateUserName', { id, userName }, changedUser, changed),
    grpc: ({ management }, userId, userName) => management('UpdateUserName', { userId, userName }, changedOf, names),
  }),
  setProfile: deed<[id: string, profile: ProfileInput & { readonly displayName: string }], Changed>({
    graphql: ({ change }, id, profile) => change('updateHumanProfile', { id, profile }, changedUser, changed),
    grpc: ({ management }, userId, profile) =>
      management('UpdateHumanProfile', { userId, ...wireProfile(profile) }, changedOf, names),
  }),
  setEmail: deed<[id: string, email: HumanInput['email']], Changed>({
    graphql: ({ change }, id, email) => change('updateHumanEmail', { id, email }, changedUser, changed),
    grpc: ({ management }, userId, email) => management('UpdateHumanEmail', { userId, ...email }, changedOf, names),
  }),
  setPhone: deed<[id: string, phone: HumanInput['phone'] | null], Changed>({
    graphql: ({ change }, id, phone) => change('updateHumanPhone', { id, phone }, changedUser, changed),
    grpc: ({ management }, userId, phone) =>
      phone
        ? management('UpdateHumanPhone', { userId, ...phone }, changedOf, names)
        : management('RemoveHumanPhone', { userId }, changedOf, names),
  }),
  setMachine: deed<[id: string, machine: Required<Omit<MachineInput, 'userName'>>], Changed>({
    graphql: ({ change }, id, machine) => change('updateMachine', { id, ...machine }, changedUser, changed),
    grpc: ({ management }, userId, { accessTokenType, ...machine }) =>
      management(
        'UpdateMachine',
        { userId, ...machine, accessTokenType: wireTokenType(accessTokenType) },
        changedOf,
        names,
      ),
  }),
  deactivate: moving('deactivate'),
  reactivate: moving('reactivate'),
  lock: moving('lock'),
  unlock: moving('unlock'),
  removeUser: deed<[id: string], null>({
    graphql: ({ change }, id) => change('removeUser', { id }, 'removedUserId', () => null),
    grpc: ({ management }, id) => management('RemoveUser', { id }, () => null),
  }),
};
