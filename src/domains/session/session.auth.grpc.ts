/** The caller's own user, sessions and other credentials, over the auth service. */
import { detailsOfGone } from '../../grpc/details.objects.js';
import { listedOf } from '../../grpc/lists.js';
import type { RpcContext, SomeRpcs } from '../../grpc/rpc.js';
import { toTimestamp } from '../../grpc/wire.js';
import { callingUser } from '../../kernel/call.js';
import { AppError } from '../../kernel/errors.js';
import { storedId } from '../../kernel/foreign-ids.js';
import { toUser } from '../user/user.messages.grpc.js';
import { ownUser } from '../user/user.organization.grpc.js';
import type { RefreshToken, Session } from './session.js';
import { onlyList, toPasskey, toReadyFactors, toRefreshToken, toSession } from './session.messages.grpc.js';

const sessions = ({ call, services }: RpcContext): Promise<Session[]> =>
  onlyList(services.credentials.sessions(call, [callingUser(call).userId]));

const refreshTokens = ({ call, services }: RpcContext): Promise<RefreshToken[]> =>
  onlyList(services.credentials.refreshTokens(call, [callingUser(call).userId]));

const isGone = (error: unknown): boolean => error instanceof AppError && error.kind === 'not_found';

/** Everything by which the caller signs in. */
export const credentialAuthRpcs = {
  GetMyUser: {
    async handle(context) {
      const [user, [latest]] = await Promise.all([ownUser(context), sessions(context)]);
      const lastLogin = latest ? toTimestamp(latest.createdAt, latest.createdNs) : null;
      return { user: await toUser(context, user), lastLogin };
    },
  },
  ListMyUserSessions: {
    handle: async (context) => ({ result: (await sessions(context)).map(toSession) }),
  },
  ListMyRefreshTokens: {
    async handle(context) {
      const { lists } = context.services;
      const { details, rows } = listedOf(context, { limit: lists.most, asc: true }, await refreshTokens(context));
      return { details, result: rows.map(toRefreshToken) };
    },
  },
  RevokeMyRefreshToken: {
    async handle(context, request) {
      const named = { id: storedId(request.id), userId: callingUser(context.call).userId };
      const removed = await context.services.credentials.revokeRefreshToken(context.call, named);
      return { details: detailsOfGone(removed, context.now()) };
    },
  },
  RevokeAllMyRefreshTokens: {
    async handle(context) {
      for (const token of await refreshTokens(context)) {
        await context.services.credentials
          .revokeRefreshToken(context.call, { id: token.id })
          .catch((error: unknown) => {
            // Somebody else was quicker.
            if (!isGone(error)) throw error;
          });
      }
      return {};
    },
  },
  ListMyAuthFactors: {
    async handle({ call, services }) {
      const { userId } = callingUser(call);
      return { result: toReadyFactors(await onlyList(services.credentials.factors(call, [userId]))) };
    },
  },
  ListMyPasswordless: {
    async handle({ call, services }) {
      const { userId } = callingUser(call);
      return { result: (await onlyList(services.credentials.passkeys(call, [userId]))).map(toPasskey) };
    },
  },
} satisfies SomeRpcs<'zitadel.auth.v1.AuthService'>;
