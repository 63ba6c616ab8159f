/** What a token makes of a user. */
import type { Claims } from '../../kernel/call.js';
import type { ProfileClaims, User } from './user.js';

/** The longest name a user may have. */
export const longestName = 200;

/**
 * The names to try for a user who signs in, best first: the verified e-mail, the preferred name, the subject. The last
 * resort, made from eight random hex digits, is always free.
 */
export function candidateNames(claims: Claims, trustEmail: boolean, random: string): string[] {
  const email = claims.emailVerified || trustEmail ? claims.email : null;
  const names = [email, claims.preferredUsername, claims.subject].filter(
    (name): name is string => name !== null && name.trim() !== '' && name.length <= longestName,
  );
  return [...new Set(names.map((name) => name.trim())), `user-${random}`];
}

/** What a token says about its bearer, as the columns of a user. What it does not say is left out. */
export function profileOf(claims: ProfileClaims, trustEmail: boolean): Partial<Profile> {
  const fullName = [claims.givenName, claims.familyName].filter((part) => part !== null).join(' ');
  const said: Partial<Record<keyof Profile, string | boolean | null>> = {
    firstName: claims.givenName,
    lastName: claims.familyName,
    nickName: claims.nickname,
    displayName: claims.name ?? (fullName === '' ? null : fullName),
    preferredLanguage: claims.locale,
    avatarUrl: claims.picture,
    email: claims.email,
    emailVerified: claims.email === null ? null : claims.emailVerified || trustEmail,
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== null));
}

/** The columns that a token may fill. */
export type Profile = Pick<
  User,
  'firstName' | 'lastName' | 'nickName' | 'displayName' | 'preferredLanguage' | 'avatarUrl' | 'email' | 'emailVerified'
>;

/** What of a token is news to a stored user: neither known already nor edited here. Null when nothing is. */
export function refreshed(user: Profile & Pick<User, 'edited'>, said: Partial<Profile>): Partial<Profile> | null {
  const edited = new Set(user.edited);
  // An address and its verification are one fact: whoever edited the address decides on both.
  if (edited.has('email')) edited.add('emailVerified');
  const news = Object.entries(said).filter(([field, value]) => {
    return !edited.has(field) && user[field as keyof Profile] !== value;
  });
  return news.length === 0 ? null : Object.fromEntries(news);
}
