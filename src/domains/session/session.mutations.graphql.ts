/** How credentials are made and taken away, in GraphQL. */
import { z } from 'zod';
import { mutation } from '../../graphql/mutation.js';
import { carries, proto, rpc } from '../../graphql/proto.js';
import { anybody, signedIn, type Rules } from '../../graphql/rules.js';
import type { UserId } from '../../kernel/ids.js';
import { id, optional } from '../../kernel/input.js';
import { changedUser } from '../user/user.life.graphql.js';
import { AuthFactorSelector } from './session.factors.graphql.js';
import { PersonalAccessToken, SessionRef } from './session.graphql.js';
import { factorSelector } from './session.js';

const byId = z.object({ id: id<string>() });

mutation('createPersonalAccessToken', {
  carries: rpc('AddPersonalAccessToken'),
  reads: z.object({ userId: id<UserId>(), expirationDate: optional(z.string()) }),
  input: (t) => ({
    userId: t.id({ required: true, ...proto('AddPersonalAccessTokenRequest.user_id') }),
    expirationDate: t.field({ type: 'DateTime', ...proto('AddPersonalAccessTokenRequest.expiration_date') }),
  }),
  resolve: async ({ call, services }, input) => {
    const { accessToken, token } = await services.credentials.createAccessToken(call, input);
    return { personalAccessToken: accessToken, token };
  },
  payload: (t) => ({
    personalAccessToken: t.expose('personalAccessToken', {
      type: PersonalAccessToken,
      nullable: true,
      ...proto('AddPersonalAccessTokenResponse.token_id'),
    }),
    token: t.exposeString('token', { nullable: true, ...proto('AddPersonalAccessTokenResponse.token') }),
  }),
});

mutation('removePersonalAccessToken', {
  carries: rpc('RemovePersonalAccessToken'),
  reads: byId,
  input: (t) => ({ id: t.id({ required: true, ...proto('RemovePersonalAccessTokenRequest.token_id') }) }),
  resolve: async ({ call, services }, input) => ({
    removedPersonalAccessTokenId: (await services.credentials.removeAccessToken(call, input)).id,
  }),
  payload: (t) => ({
    removedPersonalAccessTokenId: t.exposeID('removedPersonalAccessTokenId', {
      nullable: true,
      description: 'The id of the token that is gone.',
    }),
  }),
});

mutation('terminateSession', {
  carries: carries({ text: 'Ends a session: its tokens are refused from the next request on.' }),
  reads: z.object({ sessionId: id<string>() }),
  input: (t) => ({ sessionId: t.id({ required: true, description: 'The session.' }) }),
  resolve: async ({ call, services }, input) => ({ session: await services.credentials.terminateSession(call, input) }),
  payload: (t) => ({
    session: t.expose('session', { type: SessionRef, nullable: true, description: 'The session as it is now.' }),
  }),
});

mutation('revokeRefreshToken', {
  carries: rpc('RevokeMyRefreshToken'),
  reads: byId,
  input: (t) => ({ id: t.id({ required: true, ...proto('RevokeMyRefreshTokenRequest.id') }) }),
  resolve: async ({ call, services }, input) => ({
    revokedRefreshTokenId: (await services.credentials.revokeRefreshToken(call, input)).id,
  }),
  payload: (t) => ({
    revokedRefreshTokenId: t.exposeID('revokedRefreshTokenId', {
      nullable: true,
      description: 'The id of the refresh token that is gone.',
    }),
  }),
});

mutation('removeAuthFactor', {
  carries: carries({
    rpc: [
      'RemoveHumanAuthFactorOTP',
      'RemoveHumanAuthFactorU2F',
      'RemoveHumanAuthFactorOTPSMS',
      'RemoveHumanAuthFactorOTPEmail',
      'RemoveHumanPasswordless',
    ],
    text: 'Takes a second factor or a passkey from a person.',
  }),
  reads: z.object({ userId: id<UserId>(), factor: factorSelector }),
  input: (t) => ({
    userId: t.id({ required: true, description: 'The person.' }),
    factor: t.field({ type: AuthFactorSelector, required: true, description: 'Which factor.' }),
  }),
  resolve: async ({ call, services }, input) => ({ user: await services.credentials.removeFactor(call, input) }),
  payload: changedUser,
});

/** Whose credentials may be changed is decided under a lock on the user. */
export const credentialMutationRules: Rules = {
  Mutation: {
    createPersonalAccessToken: signedIn,
    removePersonalAccessToken: signedIn,
    terminateSession: signedIn,
    revokeRefreshToken: signedIn,
    removeAuthFactor: signedIn,
  },
  CreatePersonalAccessTokenPayload: { '*': anybody },
  RemovePersonalAccessTokenPayload: { '*': anybody },
  TerminateSessionPayload: { '*': anybody },
  RevokeRefreshTokenPayload: { '*': anybody },
  RemoveAuthFactorPayload: { '*': anybody },
};
