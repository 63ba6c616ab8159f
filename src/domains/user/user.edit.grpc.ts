/** Reading and editing what is known of users, over the management service. */
import { detailsOf, detailsOfChanged } from '../../grpc/details.objects.js';
import type { RpcContext, SomeRpcs } from '../../grpc/rpc.js';
import { fromEnum } from '../../grpc/wire.js';
import { read } from '../../kernel/input.js';
import { z } from 'zod';
import { accessTokenTypes, emailInput, machineInput, phoneInput, userName, type User } from './user.js';
import { demandHuman, profileOf, toEmail, toPhone, toProfile } from './user.messages.grpc.js';
import { ownedUser } from './user.organization.grpc.js';

/** Services name a user by its id, requests by its `user_id`. */
const fields = { id: 'user_id' };

const person = async (context: RpcContext, userId: string): Promise<User> =>
  demandHuman(await ownedUser(context, userId), 'userId');

/** What is known of people and machines. */
export const userEditRpcs = {
  UpdateUserName: {
    fields,
    async handle(context, request) {
      const name = read(z.object({ userName }), request);
      const { id } = await ownedUser(context, request.userId);
      return { details: detailsOfChanged(await context.services.userLife.rename(context.call, { id, ...name })) };
    },
  },
  GetHumanProfile: {
    async handle(context, { userId }) {
      const user = await person(context, userId);
      return { details: detailsOf(user), profile: toProfile(user) };
    },
  },
  UpdateHumanProfile: {
    fields,
    async handle(context, request) {
      const before = await ownedUser(context, request.userId);
      const profile = profileOf(request, before);
      const user = await context.services.userLife.setProfile(context.call, { id: before.id, profile });
      return { details: detailsOfChanged(user) };
    },
  },
  GetHumanEmail: {
    async handle(context, { userId }) {
      const user = await person(context, userId);
      return { details: detailsOf(user), email: toEmail(user) };
    },
  },
  UpdateHumanEmail: {
    fields,
    async handle(context, request) {
      const email = read(emailInput, request);
      const { id } = await ownedUser(context, request.userId);
      return { details: detailsOfChanged(await context.services.userLife.setEmail(context.call, { id, email })) };
    },
  },
  GetHumanPhone: {
    async handle(context, { userId }) {
      const user = await person(context, userId);
      return { details: detailsOf(user), phone: toPhone(user) };
    },
  },
  UpdateHumanPhone: {
    fields,
    async handle(context, request) {
      const phone = read(phoneInput, request);
      const { id } = await ownedUser(context, request.userId);
      return { details: detailsOfChanged(await context.services.userLife.setPhone(context.call, { id, phone })) };
    },
  },
  RemoveHumanPhone: {
    fields,
    async handle(context, request) {
      const { id } = await ownedUser(context, request.userId);
      const user = await context.services.userLife.setPhone(context.call, { id, phone: null });
      return { details: detailsOfChanged(user) };
    },
  },
  UpdateMachine: {
    fields,
    async handle(context, request) {
      const { name, description } = request;
      const accessTokenType = fromEnum(accessTokenTypes, request.accessTokenType, ['accessTokenType']);
      const machine = read(machineInput, { name, description, accessTokenType });
      const { id } = await ownedUser(context, request.userId);
      const user = await context.services.userLife.setMachine(context.call, { id, ...machine });
      return { details: detailsOfChanged(user) };
    },
  },
} satisfies SomeRpcs<'zitadel.management.v1.ManagementService'>;
