/** What people say of users, in GraphQL: the inputs that creating and changing share. */
import { builder } from '../../graphql/builder.js';
import { carries, proto } from '../../graphql/proto.js';
import { Gender } from './user.kind.graphql.js';

/** The profile of a person. */
export const ProfileInput = builder.inputType('ProfileInput', {
  description: 'How a person is named and addressed.',
  fields: (t) => ({
    firstName: t.string({
      required: true,
      ...proto('AddHumanUserRequest.Profile.first_name', 'UpdateHumanProfileRequest.first_name'),
    }),
    lastName: t.string({
      required: true,
      ...proto('AddHumanUserRequest.Profile.last_name', 'UpdateHumanProfileRequest.last_name'),
    }),
    nickName: t.string(proto('AddHumanUserRequest.Profile.nick_name', 'UpdateHumanProfileRequest.nick_name')),
    displayName: t.string(proto('AddHumanUserRequest.Profile.display_name', 'UpdateHumanProfileRequest.display_name')),
    preferredLanguage: t.string(
      proto('AddHumanUserRequest.Profile.preferred_language', 'UpdateHumanProfileRequest.preferred_language'),
    ),
    gender: t.field({
      type: Gender,
      ...proto('AddHumanUserRequest.Profile.gender', 'UpdateHumanProfileRequest.gender'),
    }),
    avatarUrl: t.string({
      description: 'Where to load a picture of the person from: an address that begins with https.',
    }),
  }),
});

/** The e-mail address of a person. */
export const EmailInput = builder.inputType('EmailInput', {
  description: 'An e-mail address.',
  fields: (t) => ({
    email: t.string({ required: true, ...proto('AddHumanUserRequest.Email.email', 'UpdateHumanEmailRequest.email') }),
    isEmailVerified: t.boolean({
      defaultValue: false,
      ...carries({
        proto: ['AddHumanUserRequest.Email.is_email_verified', 'UpdateHumanEmailRequest.is_email_verified'],
        text: 'Whether the address is already proven. Nobody can say this of an address of its own.',
      }),
    }),
  }),
});

/** The phone number of a person. */
export const PhoneInput = builder.inputType('PhoneInput', {
  description: 'A phone number.',
  fields: (t) => ({
    phone: t.string({ required: true, ...proto('AddHumanUserRequest.Phone.phone', 'UpdateHumanPhoneRequest.phone') }),
    isPhoneVerified: t.boolean({
      defaultValue: false,
      ...carries({
        proto: ['AddHumanUserRequest.Phone.is_phone_verified', 'UpdateHumanPhoneRequest.is_phone_verified'],
        text: 'Whether the number is already proven. Nobody can say this of a number of its own.',
      }),
    }),
  }),
});
