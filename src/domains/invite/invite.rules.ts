/** When an invite may be used, and for how long. */
import { createHash } from 'node:crypto';
import type { Claims } from '../../kernel/call.js';
import { AppError, invalid } from '../../kernel/errors.js';
import type { UserId } from '../../kernel/ids.js';
import { normalEmail } from '../../kernel/input.js';
import type { Invite } from './invite.js';

/** How long an invite lasts, in milliseconds. */
export const inviteLifeMs = 24 * 60 * 60_000;

/** Random bytes in a token: too many to guess. */
export const tokenBytes = 32;

/** What is stored of a token. */
export function hashToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(token, 'utf8').digest());
}

/** The one answer for an invite that cannot be used: it must not tell which of the reasons it was. */
export function unusable(): AppError {
  return invalid(['token'], 'This invite cannot be used.', 'INVITE_UNUSABLE');
}

/**
 * The caller's e-mail address, as invites are compared with it. It is the token at hand that vouches for it.
 * @throws AppError `precondition` when there is none, or nobody verified it
 */
export function verifiedEmail(claims: Claims, trustEmail: boolean): string {
  if (claims.email === null || !(claims.emailVerified || trustEmail)) {
    throw new AppError('precondition', 'EMAIL_NOT_VERIFIED', 'Verify your e-mail address first.', { path: ['token'] });
  }
  return normalEmail(claims.email);
}

/** Who wants to use an invite, and when. */
export interface Acceptance {
  readonly userId: UserId;
  readonly email: string;
  readonly isMember: boolean;
  readonly now: Date;
}

/**
 * Whether an invite makes its bearer a member. `again`: it did before, and nothing is left to do.
 * @throws AppError as {@link unusable}, or `precondition` when it is the bearer's but expired
 */
export function decideAcceptance(invite: Invite | null, by: Acceptance): 'join' | 'again' {
  if (!invite || invite.email !== by.email || invite.supersededAt !== null) throw unusable();
  if (invite.acceptedAt !== null) {
    if (invite.acceptedBy === by.userId && by.isMember) return 'again';
    throw unusable();
  }
  if (invite.expiresAt <= by.now) {
    throw new AppError('precondition', 'INVITE_EXPIRED', 'This invite has expired. Ask for a new one.', {
      path: ['token'],
    });
  }
  return 'join';
}
