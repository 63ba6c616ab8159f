/** Users and the viewer, in GraphQL. */
import { z } from 'zod';
import { builder } from '../../graphql/builder.js';
import { ObjectDetails } from '../../graphql/details.js';
import { loader } from '../../graphql/loaders.js';
import { mutation } from '../../graphql/mutation.js';
import { Node, nodeType } from '../../graphql/node.js';
import { carries, proto, protoEnum, rpc } from '../../graphql/proto.js';
import { anybody, signedIn, type Rules } from '../../graphql/rules.js';
import { storedId } from '../../kernel/foreign-ids.js';
import { userStates, userTypes, type User } from './user.js';
import { UserKind } from './user.kind.graphql.js';

export const UserState = builder.enumType('UserState', protoEnum('UserState', userStates.names));
export const UserType = builder.enumType('UserType', protoEnum('zitadel.user.v1.Type', userTypes.names));

/** A user by id, as far as the caller may see it. */
export const loadUser = loader<string, User | null>(({ call, services }, ids) =>
  services.users.byIds(services.access.visible(call), ids),
);

const loadLoginNames = loader<string, string[]>(({ services }, ids) => services.users.loginNames(ids));

export const UserRef = builder.prismaObject('User', {
  ...proto('zitadel.user.v1.User'),
  interfaces: [Node],
  fields: (t) => ({
    id: t.exposeID('id', proto('zitadel.user.v1.User.id')),
    details: t.field({ type: ObjectDetails, ...proto('zitadel.user.v1.User.details'), resolve: (user) => user }),
    state: t.field({
      type: UserState,
      ...proto('zitadel.user.v1.User.state'),
      resolve: (user) => known(userStates.fromNumber(user.state)),
    }),
    userName: t.exposeString('userName', proto('zitadel.user.v1.User.user_name')),
    loginNames: t.stringList({
      ...proto('zitadel.user.v1.User.login_names'),
      resolve: (user, _args, context) => loadLoginNames(context, user.id),
    }),
    preferredLoginName: t.string({
      ...proto('zitadel.user.v1.User.preferred_login_name'),
      resolve: (user) => user.preferredName || user.userName,
    }),
    type: t.field({
      type: UserType,
      description: 'Whether it is a person or a machine.',
      resolve: (user) => known(userTypes.fromNumber(user.type)),
    }),
    kind: t.field({
      type: UserKind,
      description: 'What only people or only machines have.',
      resolve: (user) => user,
    }),
  }),
});

nodeType(UserRef, loadUser);

/** The caller. */
export const Viewer = builder.objectRef<{ readonly userId: string }>('Viewer').implement({
  description: 'The caller: the user behind the token.',
  fields: (t) => ({
    userId: t.exposeID('userId', proto('GetUserResponse.user_id', 'SetUserResponse.user_id')),
    user: t.field({
      type: UserRef,
      nullable: true,
      description: 'The user itself.',
      resolve: ({ userId }, _args, context) => loadUser(context, userId),
    }),
  }),
});

builder.queryFields((t) => ({
  viewer: t.field({
    type: Viewer,
    nullable: true,
    ...rpc('GetUser', 'Who you are; null until `setUser` has run once for this sign-in.'),
    resolve: (_root, _args, { call }) => (call.principal.kind === 'user' ? call.principal : null),
  }),
  user: t.field({
    type: UserRef,
    nullable: true,
    description: 'A user by id, or by the id it was imported under; null when it is unknown or you may not see it.',
    args: { id: t.arg.id({ required: true, description: 'The id.' }) },
    resolve: (_root, { id }, context) => loadUser(context, storedId(id)),
  }),
}));

mutation('setUser', {
  carries: carries({
    rpc: ['SetUser'],
    text: 'Makes your user from what your token says, or refreshes it. Call it once when a session begins.',
  }),
  reads: z.object({}),
  resolve: async ({ call, services }) => ({ viewer: { userId: await services.users.set(call) } }),
  payload: (t) => ({
    viewer: t.expose('viewer', { type: Viewer, nullable: true, description: 'Who you are.' }),
  }),
});

/** A stored enum that a CHECK constraint holds to what is known. */
function known<T>(name: T | null): T {
  if (name === null) throw new Error('A stored number has no name.');
  return name;
}

/** Who may see users. Which ones is decided by `Visible`. */
export const userRules: Rules = {
  Query: { viewer: signedIn, user: signedIn },
  Mutation: { setUser: signedIn },
  Viewer: { '*': anybody },
  SetUserPayload: { '*': anybody },
  User: { '*': anybody },
  ObjectDetails: { '*': anybody },
};
