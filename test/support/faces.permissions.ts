/** What people ask of their permissions, over both faces. */
import {
  resourceActions,
  resourceTypes,
  type ResourceAction,
  type ResourceType,
} from '../../src/domains/access/access.js';
import { kinds } from '../../src/kernel/errors.js';
import { deed } from './faces.deed.js';

/** A question for a permission. */
export interface Asked {
  readonly type: ResourceType;
  readonly action: ResourceAction;
  readonly id: string;
}

const resourceOf = ({ type, action, id }: Asked) => ({
  type: resourceTypes.toNumber(type),
  action: resourceActions.toNumber(action),
  id,
});

/** An account that cannot be seen is refused over gRPC and null over GraphQL. */
const denied = kinds.forbidden.grpc;

/** Permissions. */
export const permissionDeeds = {
  may: deed<[accountId: string, resource: Asked], boolean>({
    graphql: ({ look }, id, resource) =>
      look(
        `query ($id: ID!, $resource: ResourcePermissionInput!) { account(id: $id) {
          viewerHasPermission(resource: $resource) } }`,
        { id, resource },
        ({ account }: { account: { viewerHasPermission: boolean } | null }) => account?.viewerHasPermission,
        denied,
      ),
    grpc: ({ accounts }, accountId, resource) =>
      accounts(
        'HasPermission',
        { accountId, resource: resourceOf(resource) },
        ({ hasPermission }: { hasPermission: boolean }) => hasPermission,
      ),
  }),
  permissions: deed<[accountId: string, resources: readonly Asked[]], readonly boolean[]>({
    graphql: ({ look }, id, resources) =>
      look(
        `query ($id: ID!, $resources: [ResourcePermissionInput!]!) { account(id: $id) {
          viewerPermissions(resources: $resources) { allowed } } }`,
        { id, resources },
        ({ account }: { account: { viewerPermissions: { allowed: boolean }[] } | null }) =>
          account?.viewerPermissions.map(({ allowed }) => allowed),
        denied,
      ),
    grpc: ({ accounts }, accountId, resources) =>
      accounts(
        'HasPermissions',
        { accountId, resources: resources.map(resourceOf) },
        ({ assertions }: { assertions: boolean[] }) => assertions,
      ),
  }),
};
