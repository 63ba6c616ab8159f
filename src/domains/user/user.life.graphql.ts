/** How users are edited, in GraphQL. */
import type { ObjectFieldBuilder } from '@pothos/core';
import { z } from 'zod';
import type { builder } from '../../graphql/builder.js';
import { mutation, type Payload } from '../../graphql/mutation.js';
import { carries, proto, rpc } from '../../graphql/proto.js';
import { anybody, signedIn, type Rules } from '../../graphql/rules.js';
import type { UserId } from '../../kernel/ids.js';
import { id, optional, text } from '../../kernel/input.js';
import { emailInput, machineInput, phoneInput, profileInput, userName, type User } from './user.js';
import { UserRef } from './user.graphql.js';
import { EmailInput, PhoneInput, ProfileInput } from './user.input.graphql.js';
import { AccessTokenType } from './user.kind.graphql.js';

const target = { id: id<UserId>() };

/** A payload that holds the user as it is after the change. */
export const changedUser = (
  t: ObjectFieldBuilder<(typeof builder)['$inferSchemaTypes'], Payload<{ readonly user: User }>>,
) => ({
  user: t.expose('user', { type: UserRef, nullable: true, description: 'The user as it is now.' }),
});

mutation('updateUserName', {
  carries: rpc('UpdateUserName'),
  reads: z.object({ ...target, userName }),
  input: (t) => ({
    id: t.id({ required: true, ...proto('UpdateUserNameRequest.user_id') }),
    userName: t.string({ required: true, ...proto('UpdateUserNameRequest.user_name') }),
  }),
  resolve: async ({ call, services }, input) => ({ user: await services.userLife.rename(call, input) }),
  payload: changedUser,
});

mutation('updateHumanProfile', {
  carries: carries({ rpc: ['UpdateHumanProfile', 'UpdateMyProfile'], text: 'Replaces the profile of a person whole.' }),
  reads: z.object({ ...target, profile: profileInput }),
  input: (t) => ({
    id: t.id({ required: true, ...proto('UpdateHumanProfileRequest.user_id') }),
    profile: t.field({ type: ProfileInput, required: true, description: 'The whole profile.' }),
  }),
  resolve: async ({ call, services }, input) => ({ user: await services.userLife.setProfile(call, input) }),
  payload: changedUser,
});

mutation('updateHumanEmail', {
  carries: rpc('UpdateHumanEmail'),
  reads: z.object({ ...target, email: emailInput }),
  input: (t) => ({
    id: t.id({ required: true, ...proto('UpdateHumanEmailRequest.user_id') }),
    email: t.field({ type: EmailInput, required: true, description: 'The address.' }),
  }),
  resolve: async ({ call, services }, input) => ({ user: await services.userLife.setEmail(call, input) }),
  payload: changedUser,
});

mutation('updateHumanPhone', {
  carries: carries({
    rpc: ['UpdateHumanPhone', 'RemoveHumanPhone'],
    text: 'Changes the phone number of a person, or removes it.',
  }),
  reads: z.object({ ...target, phone: optional(phoneInput) }),
  input: (t) => ({
    id: t.id({ required: true, ...proto('UpdateHumanPhoneRequest.user_id', 'RemoveHumanPhoneRequest.user_id') }),
    phone: t.field({ type: PhoneInput, description: 'The number; null or left out removes the one there is.' }),
  }),
  resolve: async ({ call, services }, input) => ({ user: await services.userLife.setPhone(call, input) }),
  payload: changedUser,
});

mutation('updateMachine', {
  carries: rpc('UpdateMachine'),
  reads: machineInput.extend(target),
  input: (t) => ({
    id: t.id({ required: true, ...proto('UpdateMachineRequest.user_id') }),
    name: t.string({ required: true, ...proto('UpdateMachineRequest.name') }),
    description: t.string(proto('UpdateMachineRequest.description')),
    accessTokenType: t.field({ type: AccessTokenType, ...proto('UpdateMachineRequest.access_token_type') }),
  }),
  resolve: async ({ call, services }, input) => ({ user: await services.userLife.setMachine(call, input) }),
  payload: changedUser,
});

mutation('linkUserIdentity', {
  carries: carries({ text: 'Lets a sign-in lead to a user. For instance operators.' }),
  reads: z.object({ ...target, issuer: text(2_000), subject: text(255) }),
  input: (t) => ({
    id: t.id({ required: true, description: 'The user that the sign-in is to lead to.' }),
    issuer: t.string({ required: true, description: 'Who issues the tokens: their `iss`.' }),
    subject: t.string({ required: true, description: 'Who signs in there: their `sub`.' }),
  }),
  resolve: async ({ call, services }, input) => ({ user: await services.userLife.link(call, input) }),
  payload: changedUser,
});

/** Whose user may be edited is decided under a lock on it. */
export const userLifeRules: Rules = {
  Mutation: {
    updateUserName: signedIn,
    updateHumanProfile: signedIn,
    updateHumanEmail: signedIn,
    updateHumanPhone: signedIn,
    updateMachine: signedIn,
    linkUserIdentity: signedIn,
  },
  UpdateUserNamePayload: { '*': anybody },
  UpdateHumanProfilePayload: { '*': anybody },
  UpdateHumanEmailPayload: { '*': anybody },
  UpdateHumanPhonePayload: { '*': anybody },
  UpdateMachinePayload: { '*': anybody },
  LinkUserIdentityPayload: { '*': anybody },
};
