/** Creating people and machines in an account, over the management service. */
import { detailsOfNew } from '../../grpc/details.objects.js';
import type { RpcContext, SomeRpcs } from '../../grpc/rpc.js';
import { fromEnum } from '../../grpc/wire.js';
import { invalid } from '../../kernel/errors.js';
import { read } from '../../kernel/input.js';
import { accessTokenTypes, type User } from '../user/user.js';
import { fromProfile, type ProfileFields } from '../user/user.messages.grpc.js';
import { organizationOf } from '../user/user.organization.grpc.js';
import { createHumanInput, createMachineInput } from './membership.js';

/** What both ways to create a person say of it. */
interface Person {
  readonly userName: string;
  readonly profile?: ProfileFields | null;
  readonly email?: { readonly email?: string | null; readonly isEmailVerified?: boolean | null } | null;
  readonly phone?: { readonly phone?: string | null; readonly isPhoneVerified?: boolean | null } | null;
}

const toAdded = (user: User) => ({ userId: user.id, details: detailsOfNew(user) });

async function createPerson(context: RpcContext, { userName, profile, email, phone }: Person): Promise<User> {
  const accountId = await organizationOf(context);
  const given = { accountId, userName, profile: fromProfile(profile ?? {}), email, phone: phone ?? null };
  return context.services.memberships.createHuman(context.call, read(createHumanInput, given));
}

/**
 * Refuses what only the identity provider keeps. To ignore it would leave somebody who cannot sign in.
 * @throws AppError `invalid` NOT_KEPT_HERE with the field
 */
function demandNone(fields: Readonly<Record<string, unknown>>): void {
  for (const [field, value] of Object.entries(fields)) {
    const isGiven = Array.isArray(value) ? value.length > 0 : Boolean(value);
    if (isGiven) {
      throw invalid(
        [field],
        'Passwords, second factors and sign-ins are kept by the identity provider: leave this empty.',
        'NOT_KEPT_HERE',
      );
    }
  }
}

/** New people and machines. They become members of the account, with the role of those who only look. */
export const creationRpcs = {
  AddHumanUser: {
    action: 'user.create',
    async handle(context, request) {
      demandNone({ initialPassword: request.initialPassword });
      return toAdded(await createPerson(context, request));
    },
  },
  ImportHumanUser: {
    action: 'user.create',
    async handle(context, request) {
      const { password, hashedPassword, otpCode, requestPasswordlessRegistration, idps } = request;
      demandNone({ password, hashedPassword: hashedPassword?.value, otpCode, requestPasswordlessRegistration, idps });
      return toAdded(await createPerson(context, request));
    },
  },
  AddMachineUser: {
    action: 'user.create',
    async handle(context, request) {
      const { userId, userName, name, description } = request;
      const accountId = await organizationOf(context);
      const accessTokenType = fromEnum(accessTokenTypes, request.accessTokenType, ['accessTokenType']);
      const machine = read(createMachineInput, { accountId, userName, name, description, accessTokenType, userId });
      return toAdded(await context.services.memberships.createMachine(context.call, machine));
    },
  },
} satisfies SomeRpcs<'zitadel.management.v1.ManagementService'>;
