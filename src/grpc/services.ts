/** The services and what answers each of their RPCs: where the faces of the domains come together. */
import { accessRpcs } from '../domains/access/access.grpc.js';
import { accountRpcs } from '../domains/account/account.grpc.js';
import { accountSettingRpcs } from '../domains/account/account.settings.grpc.js';
import { billingRpcs } from '../domains/billing/billing.grpc.js';
import { grantRpcs } from '../domains/grant/grant.grpc.js';
import { grantAuthRpcs, membershipManagementRpcs } from '../domains/grant/grant.memberships.grpc.js';
import { inviteRpcs } from '../domains/invite/invite.grpc.js';
import { membershipRpcs } from '../domains/membership/membership.grpc.js';
import { creationRpcs } from '../domains/membership/membership.management.grpc.js';
import { credentialAuthRpcs } from '../domains/session/session.auth.grpc.js';
import { credentialRpcs } from '../domains/session/session.grpc.js';
import { systemRpcs } from '../domains/system/system.grpc.js';
import { userAuthRpcs } from '../domains/user/user.auth.grpc.js';
import { userEditRpcs } from '../domains/user/user.edit.grpc.js';
import { userRpcs } from '../domains/user/user.grpc.js';
import { userManagementRpcs } from '../domains/user/user.management.grpc.js';
import { protoServices } from '../generated/proto-model.js';
import type { Target } from './handlers.js';
import type { Rpc, Rpcs, ServiceName } from './rpc.js';

const userAccountService = {
  ...systemRpcs,
  ...accessRpcs,
  ...userRpcs,
  ...billingRpcs,
  ...membershipRpcs,
  ...accountRpcs,
  ...accountSettingRpcs,
  ...inviteRpcs,
} satisfies Rpcs<'mgmt.v1alpha1.UserAccountService'>;

const managementService = {
  ...userManagementRpcs,
  ...userEditRpcs,
  ...credentialRpcs,
  ...creationRpcs,
  ...grantRpcs,
  ...membershipManagementRpcs,
} satisfies Rpcs<'zitadel.management.v1.ManagementService'>;

const authService = {
  ...userAuthRpcs,
  ...credentialAuthRpcs,
  ...grantAuthRpcs,
} satisfies Rpcs<'zitadel.auth.v1.AuthService'>;

/** The RPCs that are answered; every other one is UNIMPLEMENTED. */
export const targets: readonly Target[] = [
  ...targetsOf('mgmt.v1alpha1.UserAccountService', userAccountService),
  ...targetsOf('zitadel.management.v1.ManagementService', managementService),
  ...targetsOf('zitadel.auth.v1.AuthService', authService),
];

function targetsOf(service: ServiceName, rpcs: object): Target[] {
  const methods: Readonly<Record<string, Omit<Target, 'service' | 'method' | 'rpc'>>> = protoServices[service];
  return Object.entries(rpcs).map(([method, rpc]) => {
    const model = methods[method];
    if (!model) throw new Error(`${service} has no RPC ${method}.`);
    const { path, request, response, readOnly } = model;
    // The table above was checked against the messages; from here on they are told apart by name.
    return { service, method, path, request, response, readOnly, rpc: rpc as Rpc<object, object> };
  });
}
