/** Credentials as messages, and whose credentials a caller may see. */
import type { zitadel } from '../../generated/proto.js';
import { detailsOf } from '../../grpc/details.objects.js';
import type { RpcContext } from '../../grpc/rpc.js';
import { toTimestamp } from '../../grpc/wire.js';
import { forbidden } from '../../kernel/errors.js';
import type { UserId } from '../../kernel/ids.js';
import type { User } from '../user/user.js';
import { ownedUser } from '../user/user.organization.grpc.js';
import {
  factorKinds,
  factorStates,
  type AccessToken,
  type Factor,
  type FactorKind,
  type Passkey,
  type RefreshToken,
  type Session,
} from './session.js';

/**
 * A user of the account of the request, whose credentials the caller may see.
 * @throws AppError `not_found` as {@link ownedUser}, `forbidden` unless it is the caller or one that it may write
 */
export async function userWithCredentials(context: RpcContext, id: string): Promise<User & { id: UserId }> {
  const user = await ownedUser(context, id);
  if (!(await context.services.access.ownOrWritable(context.call, user.id))) throw forbidden();
  return user;
}

/** The rows of one user, where a service lists those of many at once. */
export async function onlyList<Row>(lists: Promise<Row[][]>): Promise<Row[]> {
  const [list = []] = await lists;
  return list;
}

/** A personal access token, without the token itself. */
export const toAccessToken = (token: AccessToken): zitadel.user.v1.PersonalAccessToken.$Properties => ({
  id: token.id,
  details: detailsOf(token),
  expirationDate: toTimestamp(token.expirationDate, token.expirationNs),
  scopes: token.scopes,
});

/** A session. */
export const toSession = (session: Session): zitadel.user.v1.Session.$Properties => ({
  sessionId: session.id,
  agentId: session.agentId,
  authState: session.state,
  userId: session.userId,
  userName: session.userName,
  loginName: session.userName,
  displayName: session.displayName ?? '',
  details: detailsOf(session),
  avatarUrl: session.avatarUrl ?? '',
});

/** A refresh token, without its secret. */
export const toRefreshToken = (token: RefreshToken): zitadel.user.v1.RefreshToken.$Properties => ({
  id: token.id,
  details: detailsOf(token),
  clientId: token.clientId,
  authTime: toTimestamp(token.authTime),
  idleExpiration: toTimestamp(token.idleExpiration),
  expiration: toTimestamp(token.expiration),
  scopes: token.scopes,
  audience: token.audience,
});

type FactorMessage = zitadel.user.v1.AuthFactor.$Properties;

const kinds: Readonly<Record<FactorKind, (factor: Factor) => FactorMessage>> = {
  OTP: () => ({ otp: {} }),
  U2F: ({ id, name }) => ({ u2f: { id, name } }),
  OTP_SMS: () => ({ otpSms: {} }),
  OTP_EMAIL: () => ({ otpEmail: {} }),
};

/** The second factors that can be used. */
export function toReadyFactors(factors: readonly Factor[]): FactorMessage[] {
  return factors
    .filter(({ state }) => factorStates.fromNumber(state) === 'READY')
    .map((factor) => {
      const kind = factorKinds.fromNumber(factor.kind);
      return { state: factor.state, ...(kind ? kinds[kind](factor) : {}) };
    });
}

/** A passkey. */
export const toPasskey = ({ id, state, name }: Passkey): zitadel.user.v1.WebAuthNToken.$Properties => ({
  id,
  state,
  name,
});
