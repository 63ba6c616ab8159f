/** Grants, in GraphQL. */
import { builder } from '../../graphql/builder.js';
import { ObjectDetails } from '../../graphql/details.js';
import { loader } from '../../graphql/loaders.js';
import { Node, nodeType } from '../../graphql/node.js';
import { proto, protoEnum } from '../../graphql/proto.js';
import { anybody, type Rules } from '../../graphql/rules.js';
import { loadUser, UserRef, UserType } from '../user/user.graphql.js';
import { userTypes } from '../user/user.js';
import { grantStates, type Grant } from './grant.js';

const UserGrantState = builder.enumType('UserGrantState', protoEnum('UserGrantState', grantStates.names));

/** What a field of a grant carries: the message of zitadel.user.v1, as zitadel.auth.v1 has one of the same name. */
const of = (field: string) => proto(`zitadel.user.v1.UserGrant.${field}`);

/** What a user may do in a project. */
export const UserGrant = builder.objectRef<Grant>('UserGrant').implement({
  ...proto('zitadel.user.v1.UserGrant'),
  interfaces: [Node],
  fields: (t) => ({
    id: t.exposeID('id', of('id')),
    details: t.field({ type: ObjectDetails, ...of('details'), resolve: (grant) => grant }),
    roleKeys: t.exposeStringList('roleKeys', of('role_keys')),
    state: t.field({
      type: UserGrantState,
      ...of('state'),
      resolve: (grant) => known(grantStates.fromNumber(grant.state)),
    }),
    user: t.field({
      type: UserRef,
      description: 'The user who holds the grant.',
      resolve: async (grant, _args, context) => known(await loadUser(context, grant.userId)),
    }),
    userId: t.exposeID('userId', of('user_id')),
    userName: t.exposeString('userName', of('user_name')),
    firstName: t.string({ ...of('first_name'), resolve: (grant) => grant.firstName ?? '' }),
    lastName: t.string({ ...of('last_name'), resolve: (grant) => grant.lastName ?? '' }),
    email: t.string({ ...of('email'), resolve: (grant) => grant.email ?? '' }),
    displayName: t.string({ ...of('display_name'), resolve: (grant) => grant.displayName ?? '' }),
    orgId: t.exposeID('orgId', of('org_id')),
    orgName: t.exposeString('orgName', of('org_name')),
    orgDomain: t.exposeString('orgDomain', of('org_domain')),
    projectId: t.exposeID('projectId', of('project_id')),
    projectName: t.exposeString('projectName', of('project_name')),
    projectGrantId: t.exposeID('projectGrantId', { nullable: true, ...of('project_grant_id') }),
    avatarUrl: t.string({ ...of('avatar_url'), resolve: (grant) => grant.avatarUrl ?? '' }),
    preferredLoginName: t.exposeString('preferredLoginName', of('preferred_login_name')),
    userType: t.field({
      type: UserType,
      ...of('user_type'),
      resolve: (grant) => known(userTypes.fromNumber(grant.userType)),
    }),
    grantedOrgId: t.exposeID('grantedOrgId', { nullable: true, ...of('granted_org_id') }),
    grantedOrgName: t.exposeString('grantedOrgName', { nullable: true, ...of('granted_org_name') }),
    grantedOrgDomain: t.exposeString('grantedOrgDomain', { nullable: true, ...of('granted_org_domain') }),
  }),
});

nodeType(
  UserGrant,
  loader<string, Grant | null>(({ call, services }, ids) => services.grants.byIds(call, ids)),
);

/** What the database holds to: known numbers, and no grant without its user. */
function known<T>(value: T | null): T {
  if (value === null) throw new Error('A grant was seen whose user or state was not.');
  return value;
}

/** Whoever may see a grant may see all of it. */
export const grantRules: Rules = { UserGrant: { '*': anybody } };
