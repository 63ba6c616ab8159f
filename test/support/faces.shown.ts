/** What a user looks like and is made of, in words that both faces share. */
import {
  accessTokenTypes,
  genders,
  userStates,
  type AccessTokenType,
  type Gender,
  type UserState,
} from '../../src/domains/user/user.js';
import { detailsOf, plain, type Details, type WireDetails } from './faces.wire.js';

/** A person's profile, as both faces show it. */
export interface ShownProfile {
  readonly firstName: string;
  readonly lastName: string;
  readonly nickName: string;
  readonly displayName: string;
  readonly preferredLanguage: string;
  readonly gender: Gender | null;
  readonly avatarUrl: string;
}
interface ShownEmail {
  readonly email: string;
  readonly isEmailVerified: boolean;
}
interface ShownPhone {
  readonly phone: string;
  readonly isPhoneVerified: boolean;
}
interface ShownMachine {
  readonly name: string;
  readonly description: string;
  readonly hasSecret: boolean;
  readonly accessTokenType: AccessTokenType | null;
}

/** A user as both faces show it: of a person `machine` is null, of a machine the rest. */
export interface ShownUser {
  readonly id: string;
  readonly state: UserState | null;
  readonly userName: string;
  readonly loginNames: readonly string[];
  readonly preferredLoginName: string;
  readonly details: Details;
  readonly profile: ShownProfile | null;
  readonly email: ShownEmail | null;
  readonly phone: ShownPhone | null;
  readonly machine: ShownMachine | null;
}

/** A profile to be set. */
export interface ProfileInput extends Partial<Omit<ShownProfile, 'avatarUrl' | 'gender'>> {
  readonly firstName: string;
  readonly lastName: string;
  readonly gender?: Gender;
}
/** A person to be made. */
export interface HumanInput {
  readonly userName: string;
  readonly profile: ProfileInput;
  readonly email: Partial<ShownEmail> & { readonly email: string };
  readonly phone?: Partial<ShownPhone> & { readonly phone: string };
}
/** A machine to be made. */
export interface MachineInput {
  readonly userName: string;
  readonly name: string;
  readonly description?: string;
  readonly accessTokenType?: AccessTokenType;
}

/** What to select of a user; see {@link shownNode}. */
export const userFields = `id state userName loginNames preferredLoginName
  details { sequence creationDate changeDate resourceOwner }
  kind { __typename
    ... on Human { profile { firstName lastName nickName displayName preferredLanguage gender avatarUrl }
      email { email isEmailVerified } phone { phone isPhoneVerified } }
    ... on Machine { name description hasSecret accessTokenType } }`;
type NodeKind = { readonly __typename: string } & Pick<ShownUser, 'profile' | 'email' | 'phone'> & ShownMachine;
/** A user as GraphQL shows it. */
export type UserNode = Omit<ShownUser, 'profile' | 'email' | 'phone' | 'machine'> & { readonly kind: NodeKind };

/** Reads a node. */
export function shownNode({ kind: { __typename, ...kind }, ...user }: UserNode): ShownUser {
  if (__typename !== 'Human') return { ...user, profile: null, email: null, phone: null, machine: kind };
  return { ...user, profile: kind.profile, email: kind.email, phone: kind.phone, machine: null };
}

/** A user as gRPC shows it. */
export interface UserMessage extends Omit<ShownUser, 'state' | 'details' | 'profile' | 'email' | 'phone' | 'machine'> {
  readonly state: number;
  readonly details: WireDetails;
  readonly human?: {
    readonly profile: Omit<ShownProfile, 'gender'> & { readonly gender: number };
    readonly email: ShownEmail;
    readonly phone: ShownPhone;
  } | null;
  readonly machine?: (Omit<ShownMachine, 'accessTokenType'> & { readonly accessTokenType: number }) | null;
}

/** Reads a message. */
export function shownMessage({ user: { human, machine, ...user } }: { user: UserMessage }): ShownUser {
  const { id, userName, loginNames, preferredLoginName } = user;
  return {
    id,
    state: userStates.fromNumber(user.state),
    userName,
    loginNames,
    preferredLoginName,
    details: detailsOf(user.details),
    profile: human ? { ...plain(human.profile), gender: genders.fromNumber(human.profile.gender) } : null,
    email: human ? plain(human.email) : null,
    phone: human ? plain(human.phone) : null,
    machine: machine
      ? { ...plain(machine), accessTokenType: accessTokenTypes.fromNumber(machine.accessTokenType) }
      : null,
  };
}

/** A profile as requests hold it. */
export const wireProfile = ({ gender, ...profile }: ProfileInput) => ({
  ...profile,
  ...(gender === undefined ? {} : { gender: genders.toNumber(gender) }),
});

/** An access token type as requests hold it; absent is BEARER there. */
export const wireTokenType = (type: AccessTokenType | undefined): number => accessTokenTypes.toNumber(type ?? 'BEARER');

/** A person to be made under this name, with an address that is proven. */
export const personNamed = (userName: string, more: Partial<HumanInput> = {}): HumanInput => ({
  userName,
  profile: { firstName: userName, lastName: 'Test' },
  email: { email: `${userName.replaceAll(/[^a-z0-9]/gi, '-').toLowerCase()}@people.test`, isEmailVerified: true },
  ...more,
});
