/** The credentials of the users of an account, over the management service. */
import { detailsOfChanged, detailsOfGone, detailsOfNew } from '../../grpc/details.objects.js';
import { listedOf } from '../../grpc/lists.js';
import type { Rpc, RpcContext, SomeRpcs } from '../../grpc/rpc.js';
import { fromTimestamp } from '../../grpc/wire.js';
import { AppError } from '../../kernel/errors.js';
import { storedId } from '../../kernel/foreign-ids.js';
import { ownedUser } from '../user/user.organization.grpc.js';
import type { AccessToken, FactorSelector } from './session.js';
import { onlyList, toAccessToken, toPasskey, toReadyFactors, userWithCredentials } from './session.messages.grpc.js';

interface Named {
  readonly userId: string;
  readonly tokenId?: string;
}

interface Changed {
  readonly details: ReturnType<typeof detailsOfChanged>;
}

/** Takes a factor or passkey from a person; `select` says which one a request means. */
const removing = <Request extends Named>(select: (request: Request) => FactorSelector): Rpc<Request, Changed> => ({
  fields: { 'factor.u2fId': 'token_id', 'factor.passwordlessTokenId': 'token_id', factor: 'user_id' },
  async handle({ call, services, ...rest }, request) {
    const { id: userId } = await ownedUser({ call, services, ...rest }, request.userId);
    const user = await services.credentials.removeFactor(call, { userId, factor: select(request) });
    return { details: detailsOfChanged(user) };
  },
});

async function accessTokens(context: RpcContext, id: string): Promise<AccessToken[]> {
  const user = await userWithCredentials(context, id);
  return onlyList(context.services.credentials.accessTokens(context.call, [user.id]));
}

/** One token of the user. @throws AppError `not_found` */
async function accessToken(context: RpcContext, { userId, tokenId }: Required<Named>): Promise<AccessToken> {
  const wanted = storedId(tokenId);
  const found = (await accessTokens(context, userId)).find(({ id }) => id === wanted);
  if (found) return found;
  throw new AppError('not_found', 'NOT_FOUND', 'There is no such token.', { path: ['tokenId'] });
}

/** Factors, passkeys and personal access tokens. */
export const credentialRpcs = {
  ListHumanAuthFactors: {
    async handle(context, { userId }) {
      const { id } = await userWithCredentials(context, userId);
      return { result: toReadyFactors(await onlyList(context.services.credentials.factors(context.call, [id]))) };
    },
  },
  RemoveHumanAuthFactorOTP: removing(() => ({ otp: true })),
  RemoveHumanAuthFactorU2F: removing(({ tokenId }: Required<Named>) => ({ u2fId: storedId(tokenId) })),
  RemoveHumanAuthFactorOTPSMS: removing(() => ({ otpSms: true })),
  RemoveHumanAuthFactorOTPEmail: removing(() => ({ otpEmail: true })),
  ListHumanPasswordless: {
    async handle(context, { userId }) {
      const { id } = await userWithCredentials(context, userId);
      const passkeys = await onlyList(context.services.credentials.passkeys(context.call, [id]));
      return { result: passkeys.map(toPasskey) };
    },
  },
  RemoveHumanPasswordless: removing(({ tokenId }: Required<Named>) => ({ passwordlessTokenId: storedId(tokenId) })),
  ListPersonalAccessTokens: {
    async handle(context, { userId, query }) {
      const { details, rows } = listedOf(context, query, await accessTokens(context, userId));
      return { details, result: rows.map(toAccessToken) };
    },
  },
  GetPersonalAccessTokenByIDs: {
    handle: async (context, request) => ({ token: toAccessToken(await accessToken(context, request)) }),
  },
  AddPersonalAccessToken: {
    async handle(context, request) {
      const expirationDate = fromTimestamp(request.expirationDate, ['expirationDate']);
      const { id: userId } = await ownedUser(context, request.userId);
      const made = await context.services.credentials.createAccessToken(context.call, { userId, expirationDate });
      return { tokenId: made.accessToken.id, token: made.token, details: detailsOfNew(made.accessToken) };
    },
  },
  RemovePersonalAccessToken: {
    fields: { id: 'token_id' },
    async handle(context, request) {
      const { id: userId } = await ownedUser(context, request.userId);
      const named = { id: storedId(request.tokenId), userId };
      const removed = await context.services.credentials.removeAccessToken(context.call, named);
      return { details: detailsOfGone(removed, context.now()) };
    },
  },
} satisfies SomeRpcs<'zitadel.management.v1.ManagementService'>;
