/** Sessions and the other credentials of users: who is behind a request, and by what. */
import { z } from 'zod';
import type { Call, Principal } from '../../kernel/call.js';
import type { UserId } from '../../kernel/ids.js';
import { id } from '../../kernel/input.js';
import { wireEnum } from '../../kernel/wire-enum.js';
import type { User } from '../user/user.js';

/** Turns credentials into principals. */
export interface Sessions {
  /**
   * Who the bearer of an Authorization header value is: `Bearer` and a token, or undefined when no header came.
   * A header that came counts: one that is wrong is refused and never makes its bearer anonymous. With authentication
   * off everybody is the anonymous user, whatever the header. A session that is seen for the first time is recorded.
   * @param userAgent what the client says it is, to be recorded with the session
   * @throws AppError `unauthenticated`: UNAUTHENTICATED (not a bearer token), TOKEN_INVALID, TOKEN_EXPIRED,
   * SESSION_TERMINATED, USER_NOT_ACTIVE (locked or deactivated)
   * @throws AppError `unavailable`: ISSUER_UNAVAILABLE
   */
  authenticate(authorization: string | undefined, userAgent?: string): Promise<Principal>;
}

/** What every credential row of the directory has. */
interface Row {
  readonly id: string;
  readonly userId: string;
}

/** Which account owns a credential, and when it was made and changed. */
export interface Detailed extends Row {
  readonly sequence: bigint;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly createdNs: number;
  readonly updatedNs: number;
  readonly resourceOwner: string;
}

/** Whether the tokens of a session are let in (`zitadel.user.v1.SessionState`). */
export type SessionState = 'ACTIVE' | 'TERMINATED';
export const sessionStates = wireEnum<SessionState>({ ACTIVE: 1, TERMINATED: 2 });

/** The token that is meant, of this user where one is named. */
export interface NamedToken {
  readonly id: string;
  readonly userId?: UserId;
}

/** A token session seen by the gateway, with what its list shows of the user. */
export interface Session extends Detailed {
  readonly agentId: string;
  readonly state: number;
  readonly userName: string;
  readonly displayName: string | null;
  readonly avatarUrl: string | null;
}

/** A refresh token of the identity side. Times are RFC 3339 text. */
export interface RefreshToken extends Detailed {
  readonly clientId: string;
  readonly authTime: string;
  readonly idleExpiration: string;
  readonly expiration: string;
  readonly scopes: string[];
  readonly audience: string[];
}

/** A token by which a machine signs in. */
export interface AccessToken extends Detailed {
  readonly expirationDate: Date;
  readonly expirationNs: number;
  readonly scopes: string[];
}

/** Whether a factor or passkey can be used (`zitadel.user.v1.AuthFactorState`). */
export type FactorState = 'NOT_READY' | 'READY' | 'REMOVED';
export const factorStates = wireEnum<FactorState>({ NOT_READY: 1, READY: 2, REMOVED: 3 });

/** What a second factor is; stored as these numbers. */
export type FactorKind = 'OTP' | 'U2F' | 'OTP_SMS' | 'OTP_EMAIL';
export const factorKinds = wireEnum<FactorKind>({ OTP: 1, U2F: 2, OTP_SMS: 3, OTP_EMAIL: 4 });

/** A second factor of the identity side. */
export interface Factor extends Row {
  readonly kind: number;
  readonly state: number;
  readonly name: string;
}

/** A passkey of the identity side. */
export interface Passkey extends Row {
  readonly state: number;
  readonly name: string;
}

const chosen = z.literal(true, 'Say true, or leave it out.').optional();

/** Which factor or passkey of a user is meant: exactly one of these. */
export const factorSelector = z
  .object({
    otp: chosen,
    otpSms: chosen,
    otpEmail: chosen,
    u2fId: id<string>().optional(),
    passwordlessTokenId: id<string>().optional(),
  })
  .refine((factor) => Object.values(factor).filter((value) => value !== undefined).length === 1, 'Name exactly one.');
export type FactorSelector = z.output<typeof factorSelector>;

/**
 * The credentials of users. Lists are for the user itself and for whoever may write it: what the caller may not see is
 * not in them. They are answered in the order of the users asked for, each list oldest first, sessions newest first.
 * Sessions, refresh tokens and factors everybody may take from itself; the rest needs the right to write the user.
 * @throws AppError `not_found` for a credential that is unknown or belongs to a user whose credentials may not be seen
 */
export interface Credentials {
  sessions(call: Call, userIds: readonly UserId[]): Promise<Session[][]>;
  refreshTokens(call: Call, userIds: readonly UserId[]): Promise<RefreshToken[][]>;
  accessTokens(call: Call, userIds: readonly UserId[]): Promise<AccessToken[][]>;
  factors(call: Call, userIds: readonly UserId[]): Promise<Factor[][]>;
  passkeys(call: Call, userIds: readonly UserId[]): Promise<Passkey[][]>;

  /**
   * Makes a token by which a machine signs in until `expirationDate` (RFC 3339; null: until the year 9999). The token
   * is shown here and nowhere else.
   * @throws AppError `precondition` NOT_MACHINE for people, `invalid` for a time that is past, `not_found` and
   * `forbidden` as for every change of a user
   */
  createAccessToken(
    call: Call,
    input: { readonly userId: UserId; readonly expirationDate: string | null },
  ): Promise<{ readonly accessToken: AccessToken; readonly token: string }>;
  /** Takes a token away, and answers what it was. */
  removeAccessToken(call: Call, input: NamedToken): Promise<Detailed>;

  /** Ends a session: its tokens are refused from the next request on, everywhere. Ended already, it stays as it is. */
  terminateSession(call: Call, input: { readonly sessionId: string }): Promise<Session>;
  /** Takes a token away, and answers what it was. */
  revokeRefreshToken(call: Call, input: NamedToken): Promise<Detailed>;

  /** Takes a factor or passkey from a user. @throws AppError `not_found` with the path of the selector's key */
  removeFactor(call: Call, input: { readonly userId: UserId; readonly factor: FactorSelector }): Promise<User>;
}
