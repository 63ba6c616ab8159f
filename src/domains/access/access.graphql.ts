/** Roles and permissions, in GraphQL. */
import { builder } from '../../graphql/builder.js';
import { carries, proto, protoEnum } from '../../graphql/proto.js';
import { anybody, type Rules } from '../../graphql/rules.js';
import {
  accountRoles,
  accountTypes,
  resourceActions,
  resourceTypes,
  type ResourceAction,
  type ResourcePermission,
  type ResourceType,
} from './access.js';

export const AccountRole = builder.enumType('AccountRole', protoEnum('AccountRole', accountRoles.names));
export const UserAccountType = builder.enumType('UserAccountType', protoEnum('UserAccountType', accountTypes.names));

const ResourcePermissionType = builder.enumType(
  'ResourcePermissionType',
  protoEnum('ResourcePermission.Type', resourceTypes.names),
);
const ResourcePermissionAction = builder.enumType(
  'ResourcePermissionAction',
  protoEnum('ResourcePermission.Action', resourceActions.names),
);

/** A permission as asked for in GraphQL, where type and action are always named. */
export interface AskedPermission extends ResourcePermission {
  readonly type: ResourceType;
  readonly action: ResourceAction;
}

/** The input of a question for a permission. */
export const ResourcePermissionInput = builder.inputType('ResourcePermissionInput', {
  ...proto('ResourcePermission'),
  fields: (t) => ({
    type: t.field({ type: ResourcePermissionType, required: true, ...proto('ResourcePermission.type') }),
    id: t.string({ required: true, ...proto('ResourcePermission.id') }),
    action: t.field({ type: ResourcePermissionAction, required: true, ...proto('ResourcePermission.action') }),
  }),
});

const ResourcePermissionRef = builder.objectRef<AskedPermission>('ResourcePermission').implement({
  ...proto('ResourcePermission'),
  fields: (t) => ({
    type: t.expose('type', { type: ResourcePermissionType, ...proto('ResourcePermission.type') }),
    id: t.exposeString('id', proto('ResourcePermission.id')),
    action: t.expose('action', { type: ResourcePermissionAction, ...proto('ResourcePermission.action') }),
  }),
});

/** A permission that was asked for, and the answer. */
export const PermissionAssertion = builder
  .objectRef<{ readonly resource: AskedPermission; readonly allowed: boolean }>('PermissionAssertion')
  .implement({
    description: 'A permission that was asked for, and whether the caller has it.',
    fields: (t) => ({
      resource: t.expose('resource', {
        type: ResourcePermissionRef,
        ...carries({ proto: ['HasPermissionsRequest.resources'], text: 'What was asked for.' }),
      }),
      allowed: t.exposeBoolean('allowed', {
        ...carries({ proto: ['HasPermissionsResponse.assertions'], text: 'Whether the caller has it.' }),
      }),
    }),
  });

/** Whoever asked may read the answer. */
export const accessRules: Rules = {
  ResourcePermission: { '*': anybody },
  PermissionAssertion: { '*': anybody },
};
