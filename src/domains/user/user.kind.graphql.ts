/** What only people or only machines have, in GraphQL: the oneof of a user. */
import { builder } from '../../graphql/builder.js';
import { proto, protoEnum } from '../../graphql/proto.js';
import { anybody, type Rules } from '../../graphql/rules.js';
import { accessTokenTypes, genders, userTypes, type User } from './user.js';

export const Gender = builder.enumType('Gender', protoEnum('Gender', genders.names));
export const AccessTokenType = builder.enumType(
  'AccessTokenType',
  protoEnum('AccessTokenType', accessTokenTypes.names),
);

const Profile = builder.objectRef<User>('Profile').implement({
  ...proto('zitadel.user.v1.Profile'),
  fields: (t) => ({
    firstName: t.string({ ...proto('zitadel.user.v1.Profile.first_name'), resolve: (user) => user.firstName ?? '' }),
    lastName: t.string({ ...proto('zitadel.user.v1.Profile.last_name'), resolve: (user) => user.lastName ?? '' }),
    nickName: t.string({ ...proto('zitadel.user.v1.Profile.nick_name'), resolve: (user) => user.nickName ?? '' }),
    displayName: t.string({
      ...proto('zitadel.user.v1.Profile.display_name'),
      resolve: (user) => user.displayName ?? '',
    }),
    preferredLanguage: t.string({
      ...proto('zitadel.user.v1.Profile.preferred_language'),
      resolve: (user) => user.preferredLanguage ?? '',
    }),
    gender: t.field({
      type: Gender,
      nullable: true,
      ...proto('zitadel.user.v1.Profile.gender'),
      resolve: (user) => (user.gender === null ? null : genders.fromNumber(user.gender)),
    }),
    avatarUrl: t.string({ ...proto('zitadel.user.v1.Profile.avatar_url'), resolve: (user) => user.avatarUrl ?? '' }),
  }),
});

const Email = builder.objectRef<User>('Email').implement({
  ...proto('zitadel.user.v1.Email'),
  fields: (t) => ({
    email: t.string({ ...proto('zitadel.user.v1.Email.email'), resolve: (user) => user.email ?? '' }),
    isEmailVerified: t.exposeBoolean('emailVerified', proto('zitadel.user.v1.Email.is_email_verified')),
  }),
});

const Phone = builder.objectRef<User>('Phone').implement({
  ...proto('zitadel.user.v1.Phone'),
  fields: (t) => ({
    phone: t.string({ ...proto('zitadel.user.v1.Phone.phone'), resolve: (user) => user.phone ?? '' }),
    isPhoneVerified: t.exposeBoolean('phoneVerified', proto('zitadel.user.v1.Phone.is_phone_verified')),
  }),
});

const Human = builder.objectRef<User>('Human').implement({
  ...proto('zitadel.user.v1.Human'),
  fields: (t) => ({
    profile: t.field({ type: Profile, ...proto('zitadel.user.v1.Human.profile'), resolve: (user) => user }),
    email: t.field({ type: Email, ...proto('zitadel.user.v1.Human.email'), resolve: (user) => user }),
    phone: t.field({ type: Phone, ...proto('zitadel.user.v1.Human.phone'), resolve: (user) => user }),
    passwordChanged: t.expose('passwordChanged', {
      type: 'DateTime',
      nullable: true,
      ...proto('zitadel.user.v1.Human.password_changed'),
    }),
  }),
});

const Machine = builder.objectRef<User>('Machine').implement({
  ...proto('zitadel.user.v1.Machine'),
  fields: (t) => ({
    name: t.string({ ...proto('zitadel.user.v1.Machine.name'), resolve: (user) => user.machineName ?? user.userName }),
    description: t.string({
      ...proto('zitadel.user.v1.Machine.description'),
      resolve: (user) => user.description ?? '',
    }),
    hasSecret: t.exposeBoolean('hasSecret', proto('zitadel.user.v1.Machine.has_secret')),
    accessTokenType: t.field({
      type: AccessTokenType,
      ...proto('zitadel.user.v1.Machine.access_token_type'),
      resolve: (user) => accessTokenTypes.fromNumber(user.accessTokenType) ?? 'BEARER',
    }),
  }),
});

/** A person or a machine. */
export const UserKind = builder.unionType('UserKind', {
  ...proto('zitadel.user.v1.User.human', 'zitadel.user.v1.User.machine'),
  types: [Human, Machine],
  resolveType: (user) => (userTypes.fromNumber(user.type) === 'MACHINE' ? 'Machine' : 'Human'),
});

/** Whoever may see the user may see this. */
export const userKindRules: Rules = {
  Human: { '*': anybody },
  Machine: { '*': anybody },
  Profile: { '*': anybody },
  Email: { '*': anybody },
  Phone: { '*': anybody },
};
