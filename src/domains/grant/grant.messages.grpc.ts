/** Grants and memberships as messages, and what messages ask of them. */
import type { zitadel } from '../../generated/proto.js';
import { detailsOf } from '../../grpc/details.objects.js';
import { fieldOf, said, textLeaf } from '../../grpc/filters.js';
import { leaf, type FilterGrammar, type NodeReader } from '../../kernel/filter.js';
import { storedId } from '../../kernel/foreign-ids.js';
import { userTypes } from '../user/user.js';
import type { Grant, GrantLeaf, GrantText, Membership, MembershipLeaf } from './grant.js';

/** A grant. Numbers that nobody knows stay the numbers they are. */
export const toUserGrant = (grant: Grant): zitadel.user.v1.UserGrant.$Properties => ({
  id: grant.id,
  details: detailsOf(grant),
  roleKeys: grant.roleKeys,
  state: grant.state,
  userId: grant.userId,
  userName: grant.userName,
  firstName: grant.firstName ?? '',
  lastName: grant.lastName ?? '',
  email: grant.email ?? '',
  displayName: grant.displayName ?? '',
  orgId: grant.orgId,
  orgName: grant.orgName,
  orgDomain: grant.orgDomain,
  projectId: grant.projectId,
  projectName: grant.projectName,
  projectGrantId: grant.projectGrantId ?? '',
  avatarUrl: grant.avatarUrl ?? '',
  preferredLoginName: grant.preferredLoginName,
  userType: grant.userType,
  grantedOrgId: grant.grantedOrgId ?? '',
  grantedOrgName: grant.grantedOrgName ?? '',
  grantedOrgDomain: grant.grantedOrgDomain ?? '',
});

/** A grant of the caller: the auth service has a message of its own for it. */
export const toMyGrant = (grant: Grant): zitadel.auth.v1.UserGrant.$Properties => ({
  orgId: grant.orgId,
  projectId: grant.projectId,
  userId: grant.userId,
  roles: grant.roleKeys,
  orgName: grant.orgName,
  grantId: grant.id,
  details: detailsOf(grant),
  orgDomain: grant.orgDomain,
  projectName: grant.projectName,
  projectGrantId: grant.projectGrantId ?? '',
  roleKeys: grant.roleKeys,
  userType: grant.userType,
  state: grant.state,
});

type MembershipMessage = zitadel.user.v1.Membership.$Properties;

/** The one member of the oneof that says what a membership is about. */
const about: Readonly<Record<Membership['kind'], (membership: Membership) => MembershipMessage>> = {
  iam: () => ({ iam: true }),
  org: ({ orgId }) => ({ orgId }),
  project: ({ projectId }) => ({ projectId }),
  projectGrant: ({ projectGrantId }) => ({ projectGrantId }),
};

/** A membership with its roles. */
export const toMembership = (membership: Membership, roles: readonly string[]): MembershipMessage => ({
  userId: membership.userId,
  details: detailsOf(membership),
  roles: [...roles],
  displayName: membership.displayName,
  ...about[membership.kind](membership),
});

/** Reads a message that asks for an id. */
const idIn = <Leaf>(property: string, make: (id: string) => Leaf): NodeReader<Leaf> =>
  leaf((input) => make(storedId(input.id(fieldOf(input, property), property))));

const grantId = (field: 'userId' | 'projectId' | 'projectGrantId') => idIn(field, (id): GrantLeaf => ({ field, id }));
const compared = (field: GrantText | 'roleKey') => textLeaf(field, (match): GrantLeaf => ({ field, match }));

/** What the members of a `UserGrantQuery` mean. It knows no operators: all queries must hold. */
export const grantQueryGrammar: FilterGrammar<GrantLeaf> = {
  said,
  keys: {
    projectIdQuery: grantId('projectId'),
    userIdQuery: grantId('userId'),
    withGrantedQuery: leaf((input): GrantLeaf => ({
      field: 'withGranted',
      value: fieldOf(input, 'withGranted') === true,
    })),
    roleKeyQuery: compared('roleKey'),
    projectGrantIdQuery: grantId('projectGrantId'),
    userNameQuery: compared('userName'),
    firstNameQuery: compared('firstName'),
    lastNameQuery: compared('lastName'),
    emailQuery: compared('email'),
    orgNameQuery: compared('orgName'),
    orgDomainQuery: compared('orgDomain'),
    projectNameQuery: compared('projectName'),
    displayNameQuery: compared('displayName'),
    userTypeQuery: leaf((input): GrantLeaf => {
      const type = userTypes.fromNumber(Number(fieldOf(input, 'type') ?? 0));
      if (!type) throw input.wrong('There is no such type.', 'type');
      return { field: 'userType', type };
    }),
  },
};

const membershipId = (field: 'orgId' | 'projectId' | 'projectGrantId') =>
  idIn(field, (id): MembershipLeaf => ({ field, id }));

/** What the members of a `MembershipQuery` mean. */
export const membershipQueryGrammar: FilterGrammar<MembershipLeaf> = {
  said,
  keys: {
    orgQuery: membershipId('orgId'),
    projectQuery: membershipId('projectId'),
    projectGrantQuery: membershipId('projectGrantId'),
    iamQuery: leaf((input): MembershipLeaf => ({ field: 'iam', value: fieldOf(input, 'iam') === true })),
  },
};
