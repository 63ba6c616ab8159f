/** Users as messages, and what messages say of users. */
import type { zitadel } from '../../generated/proto.js';
import { detailsOf } from '../../grpc/details.objects.js';
import { fieldOf, said, textLeaf } from '../../grpc/filters.js';
import type { RpcContext } from '../../grpc/rpc.js';
import { toTimestamp } from '../../grpc/wire.js';
import { AppError } from '../../kernel/errors.js';
import { all, any, leaf, none, type FilterGrammar } from '../../kernel/filter.js';
import { storedId } from '../../kernel/foreign-ids.js';
import { read } from '../../kernel/input.js';
import { genders, profileInput, userStates, userTypes, type ProfileInput, type User } from './user.js';
import type { UserLeaf, UserText } from './user.search.js';

/** How an unknown language is written: the tag for "undetermined". */
const noLanguage = 'und';

/** A person's profile. Absent texts are empty. */
export const toProfile = (user: User): zitadel.user.v1.Profile.$Properties => ({
  firstName: user.firstName ?? '',
  lastName: user.lastName ?? '',
  nickName: user.nickName ?? '',
  displayName: user.displayName ?? '',
  preferredLanguage: user.preferredLanguage ?? noLanguage,
  gender: user.gender ?? 0,
  avatarUrl: user.avatarUrl ?? '',
});

/** A person's e-mail address. */
export const toEmail = (user: User): zitadel.user.v1.Email.$Properties => ({
  email: user.email ?? '',
  isEmailVerified: user.emailVerified,
});

/** A person's phone number. */
export const toPhone = (user: User): zitadel.user.v1.Phone.$Properties => ({
  phone: user.phone ?? '',
  isPhoneVerified: user.phoneVerified,
});

const toHuman = (user: User): zitadel.user.v1.Human.$Properties => ({
  profile: toProfile(user),
  email: toEmail(user),
  phone: toPhone(user),
  passwordChanged: user.passwordChanged === null ? null : toTimestamp(user.passwordChanged, user.passwordChangedNs),
});

const toMachine = (user: User): zitadel.user.v1.Machine.$Properties => ({
  name: user.machineName ?? user.userName,
  description: user.description ?? '',
  hasSecret: user.hasSecret,
  accessTokenType: user.accessTokenType,
});

/** Whether the user is a machine. */
export const isMachine = ({ type }: Pick<User, 'type'>): boolean => userTypes.fromNumber(type) === 'MACHINE';

/** Users, in their order. Numbers that nobody knows stay the numbers they are. */
export async function toUsers({ services }: RpcContext, users: readonly User[]) {
  const loginNames = users.length === 0 ? [] : await services.users.loginNames(users.map(({ id }) => id));
  return users.map((user, i): zitadel.user.v1.User.$Properties => ({
    id: user.id,
    details: detailsOf(user),
    state: user.state,
    userName: user.userName,
    loginNames: loginNames[i] ?? [],
    preferredLoginName: user.preferredName || user.userName,
    ...(isMachine(user) ? { machine: toMachine(user) } : { human: toHuman(user) }),
  }));
}

/** One user. */
export async function toUser(context: RpcContext, user: User): Promise<zitadel.user.v1.User.$Properties> {
  const [message] = await toUsers(context, [user]);
  return message ?? {};
}

/** What requests say of a profile. */
export interface ProfileFields {
  readonly firstName?: string | null;
  readonly lastName?: string | null;
  readonly nickName?: string | null;
  readonly displayName?: string | null;
  readonly preferredLanguage?: string | null;
  readonly gender?: number | null;
}

/** A profile in a request as input of services, to be read. A gender that nobody knows is none. */
export function fromProfile(fields: ProfileFields) {
  const { firstName, lastName, nickName, displayName, preferredLanguage, gender } = fields;
  const language = preferredLanguage === noLanguage ? null : preferredLanguage;
  const known = genders.fromNumber(gender ?? 0);
  return { firstName, lastName, nickName, displayName, preferredLanguage: language, gender: known };
}

/**
 * What a profile in a request makes of a person. Messages cannot set the picture, so it stays.
 * @throws AppError `invalid` with the path of the field
 */
export function profileOf(fields: ProfileFields, { avatarUrl }: Pick<User, 'avatarUrl'>): ProfileInput {
  return { ...read(profileInput, fromProfile(fields)), avatarUrl };
}

/** There is no such user, or the caller may not see it here. */
export const unknownUser = (path: string): AppError =>
  new AppError('not_found', 'NOT_FOUND', 'There is no such thing, or you may not see it.', { path: [path] });

/** Demands a person. @throws AppError `precondition` NOT_HUMAN */
export function demandHuman(user: User, path: string): User {
  if (!isMachine(user)) return user;
  throw new AppError('precondition', 'NOT_HUMAN', 'This is only for people.', { path: [path] });
}

const text = (field: UserText, property: string = field) =>
  textLeaf(property, (match): UserLeaf => ({ text: field, match }));

/** What the members of a `SearchQuery` mean. */
export const searchQueryGrammar: FilterGrammar<UserLeaf> = {
  said,
  keys: {
    userNameQuery: text('userName'),
    firstNameQuery: text('firstName'),
    lastNameQuery: text('lastName'),
    nickNameQuery: text('nickName'),
    displayNameQuery: text('displayName'),
    emailQuery: text('email', 'emailAddress'),
    loginNameQuery: text('loginName'),
    stateQuery: leaf((input): UserLeaf => ({ state: userStates.fromNumber(Number(fieldOf(input, 'state') ?? 0)) })),
    typeQuery: leaf((input): UserLeaf => ({ type: userTypes.fromNumber(Number(fieldOf(input, 'type') ?? 0)) })),
    inUserIdsQuery: leaf((input): UserLeaf => ({
      ids: input.list(fieldOf(input, 'userIds'), 'userIds').map((id) => storedId(id)),
    })),
    inUserEmailsQuery: leaf((input): UserLeaf => ({ emails: input.list(fieldOf(input, 'userEmails'), 'userEmails') })),
    andQuery: all('queries'),
    orQuery: any('queries'),
    notQuery: none('query'),
  },
};
