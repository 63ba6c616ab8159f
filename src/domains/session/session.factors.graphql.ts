/** Second factors and passkeys, in GraphQL: the oneof of a factor is an interface with four types. */
import { builder } from '../../graphql/builder.js';
import { carries, proto, protoEnum } from '../../graphql/proto.js';
import { anybody, type Rules } from '../../graphql/rules.js';
import { factorKinds, factorStates, type Factor, type FactorKind, type Passkey } from './session.js';

const AuthFactorState = builder.enumType('AuthFactorState', protoEnum('AuthFactorState', factorStates.names));

const stateOf = ({ state }: { readonly state: number }) => factorStates.fromNumber(state) ?? 'NOT_READY';

const typeNames: Readonly<Record<FactorKind, string>> = {
  OTP: 'AuthFactorOTP',
  U2F: 'AuthFactorU2F',
  OTP_SMS: 'AuthFactorOTPSMS',
  OTP_EMAIL: 'AuthFactorOTPEmail',
};

/** A second factor. */
export const AuthFactor = builder.interfaceRef<Factor>('AuthFactor').implement({
  ...proto('zitadel.user.v1.AuthFactor'),
  fields: (t) => ({
    state: t.field({ type: AuthFactorState, ...proto('zitadel.user.v1.AuthFactor.state'), resolve: stateOf }),
  }),
  resolveType: ({ kind }) => {
    const name = factorKinds.fromNumber(kind);
    return name && typeNames[name];
  },
});

/** The types that have nothing of their own, and the member of the oneof that each carries. */
const plain = { AuthFactorOTP: 'otp', AuthFactorOTPSMS: 'otp_sms', AuthFactorOTPEmail: 'otp_email' } as const;
for (const [name, member] of Object.entries(plain)) {
  builder.objectType(builder.objectRef<Factor>(name), {
    name,
    ...proto(`zitadel.user.v1.${name}`, `zitadel.user.v1.AuthFactor.${member}`),
    interfaces: [AuthFactor],
  });
}

builder.objectType(builder.objectRef<Factor>('AuthFactorU2F'), {
  name: 'AuthFactorU2F',
  ...proto('zitadel.user.v1.AuthFactorU2F', 'zitadel.user.v1.AuthFactor.u2f'),
  interfaces: [AuthFactor],
  fields: (t) => ({
    id: t.exposeID('id', proto('zitadel.user.v1.AuthFactorU2F.id')),
    name: t.exposeString('name', proto('zitadel.user.v1.AuthFactorU2F.name')),
  }),
});

/** A passkey. */
export const WebAuthNToken = builder.objectRef<Passkey>('WebAuthNToken').implement({
  ...proto('zitadel.user.v1.WebAuthNToken'),
  fields: (t) => ({
    id: t.exposeID('id', proto('zitadel.user.v1.WebAuthNToken.id')),
    state: t.field({ type: AuthFactorState, ...proto('zitadel.user.v1.WebAuthNToken.state'), resolve: stateOf }),
    name: t.exposeString('name', proto('zitadel.user.v1.WebAuthNToken.name')),
  }),
});

/** Which factor is meant. */
export const AuthFactorSelector = builder.inputType('AuthFactorSelector', {
  description: 'Which factor or passkey is meant: exactly one of these.',
  isOneOf: true,
  fields: (t) => ({
    otp: t.boolean(carries({ proto: ['RemoveHumanAuthFactorOTPRequest.user_id'], text: 'True: the code generator.' })),
    otpSms: t.boolean(
      carries({ proto: ['RemoveHumanAuthFactorOTPSMSRequest.user_id'], text: 'True: the codes by text message.' }),
    ),
    otpEmail: t.boolean(
      carries({ proto: ['RemoveHumanAuthFactorOTPEmailRequest.user_id'], text: 'True: the codes by e-mail.' }),
    ),
    u2fId: t.id(proto('RemoveHumanAuthFactorU2FRequest.token_id')),
    passwordlessTokenId: t.id(proto('RemoveHumanPasswordlessRequest.token_id')),
  }),
});

/** Whoever was given a factor may read it. */
export const factorRules: Rules = {
  AuthFactorOTP: { '*': anybody },
  AuthFactorOTPSMS: { '*': anybody },
  AuthFactorOTPEmail: { '*': anybody },
  AuthFactorU2F: { '*': anybody },
  WebAuthNToken: { '*': anybody },
};
