/** The credentials of users, in GraphQL. */
import { builder } from '../../graphql/builder.js';
import { ObjectDetails } from '../../graphql/details.js';
import { loader } from '../../graphql/loaders.js';
import { carries, proto, protoEnum, rpc } from '../../graphql/proto.js';
import { anybody, ownOrWritable, type Rules } from '../../graphql/rules.js';
import type { UserId } from '../../kernel/ids.js';
import { formatTimestamp } from '../../kernel/timestamp.js';
import { UserRef } from '../user/user.graphql.js';
import { AuthFactor, WebAuthNToken } from './session.factors.graphql.js';
import {
  sessionStates,
  type AccessToken,
  type Factor,
  type Passkey,
  type RefreshToken,
  type Session,
} from './session.js';

const SessionState = builder.enumType('SessionState', protoEnum('SessionState', sessionStates.names));

/** A session of a user. */
export const SessionRef = builder.objectRef<Session>('Session').implement({
  ...proto('zitadel.user.v1.Session'),
  fields: (t) => ({
    sessionId: t.exposeID('id', proto('zitadel.user.v1.Session.session_id')),
    agentId: t.exposeString('agentId', proto('zitadel.user.v1.Session.agent_id')),
    authState: t.field({
      type: SessionState,
      ...proto('zitadel.user.v1.Session.auth_state'),
      resolve: ({ state }) => (state === sessionStates.toNumber('TERMINATED') ? 'TERMINATED' : 'ACTIVE'),
    }),
    userId: t.exposeID('userId', proto('zitadel.user.v1.Session.user_id')),
    userName: t.exposeString('userName', proto('zitadel.user.v1.Session.user_name')),
    loginName: t.exposeString('userName', proto('zitadel.user.v1.Session.login_name')),
    displayName: t.string({
      ...proto('zitadel.user.v1.Session.display_name'),
      resolve: (session) => session.displayName ?? '',
    }),
    details: t.field({
      type: ObjectDetails,
      ...proto('zitadel.user.v1.Session.details'),
      resolve: (session) => session,
    }),
    avatarUrl: t.string({
      ...proto('zitadel.user.v1.Session.avatar_url'),
      resolve: (session) => session.avatarUrl ?? '',
    }),
  }),
});

const RefreshTokenRef = builder.objectRef<RefreshToken>('RefreshToken').implement({
  ...proto('zitadel.user.v1.RefreshToken'),
  fields: (t) => ({
    id: t.exposeID('id', proto('zitadel.user.v1.RefreshToken.id')),
    details: t.field({
      type: ObjectDetails,
      ...proto('zitadel.user.v1.RefreshToken.details'),
      resolve: (token) => token,
    }),
    clientId: t.exposeString('clientId', proto('zitadel.user.v1.RefreshToken.client_id')),
    authTime: t.expose('authTime', { type: 'DateTime', ...proto('zitadel.user.v1.RefreshToken.auth_time') }),
    idleExpiration: t.expose('idleExpiration', {
      type: 'DateTime',
      ...proto('zitadel.user.v1.RefreshToken.idle_expiration'),
    }),
    expiration: t.expose('expiration', { type: 'DateTime', ...proto('zitadel.user.v1.RefreshToken.expiration') }),
    scopes: t.exposeStringList('scopes', proto('zitadel.user.v1.RefreshToken.scopes')),
    audience: t.exposeStringList('audience', proto('zitadel.user.v1.RefreshToken.audience')),
  }),
});

/** A personal access token, without the token itself. */
export const PersonalAccessToken = builder.objectRef<AccessToken>('PersonalAccessToken').implement({
  ...proto('zitadel.user.v1.PersonalAccessToken'),
  fields: (t) => ({
    id: t.exposeID('id', proto('zitadel.user.v1.PersonalAccessToken.id')),
    details: t.field({
      type: ObjectDetails,
      ...proto('zitadel.user.v1.PersonalAccessToken.details'),
      resolve: (token) => token,
    }),
    expirationDate: t.field({
      type: 'DateTime',
      ...proto('zitadel.user.v1.PersonalAccessToken.expiration_date'),
      resolve: ({ expirationDate, expirationNs }) => formatTimestamp(expirationDate, expirationNs),
    }),
    scopes: t.exposeStringList('scopes', proto('zitadel.user.v1.PersonalAccessToken.scopes')),
  }),
});

const loadSessions = loader<UserId, Session[]>(({ call, services }, ids) => services.credentials.sessions(call, ids));
const loadRefreshTokens = loader<UserId, RefreshToken[]>(({ call, services }, ids) =>
  services.credentials.refreshTokens(call, ids),
);
const loadAccessTokens = loader<UserId, AccessToken[]>(({ call, services }, ids) =>
  services.credentials.accessTokens(call, ids),
);
const loadFactors = loader<UserId, Factor[]>(({ call, services }, ids) => services.credentials.factors(call, ids));
const loadPasskeys = loader<UserId, Passkey[]>(({ call, services }, ids) => services.credentials.passkeys(call, ids));

const forWhom = 'Only for the user itself and for whoever may change it.';

builder.prismaObjectFields(UserRef, (t) => ({
  sessions: t.field({
    type: [SessionRef],
    nullable: true,
    ...rpc('ListMyUserSessions', `The sessions in which the user was seen here, the newest first. ${forWhom}`),
    resolve: ({ id }, _args, context) => loadSessions(context, id as UserId),
  }),
  refreshTokens: t.field({
    type: [RefreshTokenRef],
    nullable: true,
    ...rpc('ListMyRefreshTokens', `The refresh tokens of the user, without their secrets. ${forWhom}`),
    resolve: ({ id }, _args, context) => loadRefreshTokens(context, id as UserId),
  }),
  personalAccessTokens: t.field({
    type: [PersonalAccessToken],
    nullable: true,
    ...carries({
      rpc: ['ListPersonalAccessTokens', 'GetPersonalAccessTokenByIDs'],
      text: `The tokens by which a machine signs in, without their secrets. ${forWhom}`,
    }),
    resolve: ({ id }, _args, context) => loadAccessTokens(context, id as UserId),
  }),
  authFactors: t.field({
    type: [AuthFactor],
    nullable: true,
    ...carries({
      rpc: ['ListHumanAuthFactors', 'ListMyAuthFactors'],
      text: `The second factors of the user, ready or not. ${forWhom}`,
    }),
    resolve: ({ id }, _args, context) => loadFactors(context, id as UserId),
  }),
  passwordlessTokens: t.field({
    type: [WebAuthNToken],
    nullable: true,
    ...carries({
      rpc: ['ListHumanPasswordless', 'ListMyPasswordless'],
      text: `The passkeys of the user, ready or not. ${forWhom}`,
    }),
    resolve: ({ id }, _args, context) => loadPasskeys(context, id as UserId),
  }),
}));

/** Who may see credentials. */
export const credentialRules: Rules = {
  User: {
    sessions: ownOrWritable,
    refreshTokens: ownOrWritable,
    personalAccessTokens: ownOrWritable,
    authFactors: ownOrWritable,
    passwordlessTokens: ownOrWritable,
  },
  Session: { '*': anybody },
  RefreshToken: { '*': anybody },
  PersonalAccessToken: { '*': anybody },
};
