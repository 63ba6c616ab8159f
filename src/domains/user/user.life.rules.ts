/** What a change makes of a user, and which changes it refuses. */
import { AppError, forbidden } from '../../kernel/errors.js';
import {
  genders,
  usableStates,
  userStates,
  userTypes,
  type EmailInput,
  type PhoneInput,
  type ProfileInput,
  type StateChange,
  type User,
  type UserState,
  type UserType,
} from './user.js';

/** Columns of a user to write. */
export type Columns = Partial<User>;

/** From which states each change leads, and where to; `before` is where the user was when it was locked. */
const stateChanges: Readonly<Record<StateChange, { from: readonly UserState[]; to: UserState | 'before' }>> = {
  deactivate: { from: ['ACTIVE', 'LOCKED'], to: 'INACTIVE' },
  reactivate: { from: ['INACTIVE'], to: 'ACTIVE' },
  lock: { from: ['ACTIVE', 'INITIAL'], to: 'LOCKED' },
  unlock: { from: ['LOCKED'], to: 'before' },
};

/** Whether a user is let in. */
export function isUsable({ state }: Pick<User, 'state'>): boolean {
  const name = userStates.fromNumber(state);
  return name !== null && usableStates.includes(name);
}

/** The state after a change. @throws AppError `precondition` WRONG_STATE */
export function stateAfter(user: Pick<User, 'state' | 'stateBeforeLock'>, change: StateChange): Columns {
  const { from, to } = stateChanges[change];
  const before = userStates.fromNumber(user.state);
  if (before === null || !from.includes(before)) {
    throw precondition('WRONG_STATE', `A user who is ${before ?? 'in no state'} cannot be changed this way.`);
  }
  const active = userStates.toNumber('ACTIVE');
  return {
    state: to === 'before' ? (user.stateBeforeLock ?? active) : userStates.toNumber(to),
    stateBeforeLock: to === 'LOCKED' ? user.state : null,
  };
}

/** Demands a person, or a machine. @throws AppError `precondition` NOT_HUMAN or NOT_MACHINE */
export function demandType(user: Pick<User, 'type'>, type: UserType, path = 'id'): void {
  if (userTypes.fromNumber(user.type) === type) return;
  const whom = type === 'HUMAN' ? 'people' : 'machines';
  throw precondition(`NOT_${type}`, `This is only for ${whom}.`, path);
}

/** A profile as columns. */
export function profileColumns(profile: ProfileInput) {
  return {
    firstName: profile.firstName,
    lastName: profile.lastName,
    nickName: profile.nickName,
    displayName: profile.displayName ?? `${profile.firstName} ${profile.lastName}`,
    preferredLanguage: profile.preferredLanguage,
    gender: profile.gender === null ? null : genders.toNumber(profile.gender),
    avatarUrl: profile.avatarUrl,
  } satisfies Columns;
}

/** An address as columns. Whoever proves its address gets over the first state, also underneath a lock. */
export function emailColumns(
  user: Pick<User, 'email' | 'emailVerified' | 'state' | 'stateBeforeLock'>,
  { email, isEmailVerified }: EmailInput,
  self: boolean,
): Columns {
  const verified = verifiedAfter(user.email === email, user.emailVerified, isEmailVerified, self);
  return { email, emailVerified: verified, ...(verified ? afterProof(user) : {}) };
}

/** A phone number as columns. */
export function phoneColumns(
  user: Pick<User, 'phone' | 'phoneVerified'>,
  input: PhoneInput | null,
  self: boolean,
): Columns {
  if (!input) return { phone: null, phoneVerified: false };
  const { phone, isPhoneVerified } = input;
  return { phone, phoneVerified: verifiedAfter(user.phone === phone, user.phoneVerified, isPhoneVerified, self) };
}

/** What becomes of the state of somebody whose address is proven. */
export function afterProof({ state, stateBeforeLock }: Pick<User, 'state' | 'stateBeforeLock'>): Columns {
  const initial = userStates.toNumber('INITIAL');
  const active = userStates.toNumber('ACTIVE');
  if (state === initial) return { state: active };
  return stateBeforeLock === initial ? { stateBeforeLock: active } : {};
}

/** What of `columns` differs from the user. @throws AppError `precondition` NOT_CHANGED when nothing does */
export function demandNews(user: User, columns: Columns): readonly string[] {
  const news = Object.entries(columns).filter(([name, value]) => user[name as keyof User] !== value);
  if (news.length === 0) throw precondition('NOT_CHANGED', 'This is how it is already.', null);
  return news.map(([name]) => name);
}

/** Nobody vouches for itself: its own address keeps the flag it has, and a new one has none. */
function verifiedAfter(same: boolean, before: boolean, asked: boolean, self: boolean): boolean {
  if (!self) return asked;
  const kept = same && before;
  if (asked && !kept) throw forbidden();
  return kept;
}

function precondition(reason: string, message: string, path: string | null = 'id'): AppError {
  return new AppError('precondition', reason, message, { path: path === null ? [] : [path] });
}
