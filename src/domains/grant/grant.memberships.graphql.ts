/** Memberships and the search for them, in GraphQL. */
import { builder } from '../../graphql/builder.js';
import { connection, pageArgs } from '../../graphql/connection.js';
import { ObjectDetails } from '../../graphql/details.js';
import { pageLoader } from '../../graphql/loaders.js';
import { carries, proto } from '../../graphql/proto.js';
import { anybody, signedIn, type Rules } from '../../graphql/rules.js';
import { leaf, all, any, none, readFilter, type FilterGrammar, type LeafInput } from '../../kernel/filter.js';
import { storedId } from '../../kernel/foreign-ids.js';
import type { AccountId } from '../../kernel/ids.js';
import { pageRequest } from '../../kernel/page.js';
import { loadAccount, UserAccount } from '../account/account.graphql.js';
import { loadUser, UserRef } from '../user/user.graphql.js';
import { membershipKeys, type Membership, type MembershipLeaf, type MembershipList } from './grant.js';

const IamScope = builder.objectRef<Membership>('IamScope').implement({
  description: 'The right is about the whole instance: its holder is an operator.',
  fields: (t) => ({
    iam: t.boolean({ ...proto('zitadel.user.v1.Membership.iam'), resolve: () => true }),
  }),
});

const OrgScope = builder.objectRef<Membership & { readonly orgId: string }>('OrgScope').implement({
  description: 'The right is about an account.',
  fields: (t) => ({
    orgId: t.exposeID('orgId', proto('zitadel.user.v1.Membership.org_id')),
    account: t.field({
      type: UserAccount,
      nullable: true,
      description: 'The account itself; null when you may not see it.',
      resolve: ({ orgId }, _args, context) => loadAccount(context, orgId),
    }),
  }),
});

const ProjectScope = builder.objectRef<Membership & { readonly projectId: string }>('ProjectScope').implement({
  description: 'The right is about a project.',
  fields: (t) => ({ projectId: t.exposeID('projectId', proto('zitadel.user.v1.Membership.project_id')) }),
});

const ProjectGrantScope = builder
  .objectRef<Membership & { readonly projectGrantId: string }>('ProjectGrantScope')
  .implement({
    description: 'The right is about a project that was granted to another account.',
    fields: (t) => ({
      projectGrantId: t.exposeID('projectGrantId', proto('zitadel.user.v1.Membership.project_grant_id')),
    }),
  });

const scopeNames: Readonly<Record<Membership['kind'], string>> = {
  iam: 'IamScope',
  org: 'OrgScope',
  project: 'ProjectScope',
  projectGrant: 'ProjectGrantScope',
};

const MembershipScope = builder.unionType('MembershipScope', {
  description: 'What a membership is about.',
  types: [IamScope, OrgScope, ProjectScope, ProjectGrantScope],
  resolveType: (membership) => scopeNames[membership.kind],
});

/** A right to manage something. */
const MembershipRef = builder.objectRef<Membership>('Membership').implement({
  ...proto('zitadel.user.v1.Membership'),
  fields: (t) => ({
    userId: t.exposeID('userId', proto('zitadel.user.v1.Membership.user_id')),
    user: t.field({
      type: UserRef,
      description: 'The user who holds the membership.',
      resolve: async ({ userId }, _args, context) => {
        const user = await loadUser(context, userId);
        if (!user) throw new Error('A membership was seen whose user was not.');
        return user;
      },
    }),
    details: t.field({
      type: ObjectDetails,
      ...proto('zitadel.user.v1.Membership.details'),
      resolve: (membership) => membership,
    }),
    roles: t.stringList({
      ...proto('zitadel.user.v1.Membership.roles'),
      resolve: (membership, _args, { services }) => [...services.grants.rolesOf(membership)],
    }),
    displayName: t.exposeString('displayName', proto('zitadel.user.v1.Membership.display_name')),
    scope: t.field({
      type: MembershipScope,
      description: 'What it is about.',
      resolve: (membership) => membership as never,
    }),
  }),
});

const MembershipConnection = connection(MembershipRef, 'Membership', 'memberships');

/** A filter as GraphQL hands it over; its shape is held by the input type, its sense by the grammar. */
const MembershipFilter = builder.inputRef<object>('MembershipFilter');
MembershipFilter.implement({
  ...proto('MembershipQuery'),
  isOneOf: true,
  fields: (t) => ({
    orgId: t.id(proto('MembershipQuery.org_query', 'MembershipOrgQuery', 'MembershipOrgQuery.org_id')),
    projectId: t.id({
      ...carries({
        proto: ['MembershipQuery.project_query', 'MembershipProjectQuery', 'MembershipProjectQuery.project_id'],
        text: 'Asks for memberships in one project, and in what it was granted to others as.',
      }),
    }),
    projectGrantId: t.id(
      proto(
        'MembershipQuery.project_grant_query',
        'MembershipProjectGrantQuery',
        'MembershipProjectGrantQuery.project_grant_id',
      ),
    ),
    iam: t.boolean({
      ...carries({
        proto: ['MembershipQuery.iam_query', 'MembershipIAMQuery', 'MembershipIAMQuery.iam'],
        text: 'True: memberships of the whole instance. False: all others.',
      }),
    }),
    and: t.field({ type: [MembershipFilter], description: 'All of these must hold.' }),
    or: t.field({ type: [MembershipFilter], description: 'At least one of these must hold.' }),
    not: t.field({ type: MembershipFilter, description: 'This must not hold.' }),
  }),
});

const isId = (field: 'orgId' | 'projectId' | 'projectGrantId') =>
  leaf((input: LeafInput): MembershipLeaf => ({ field, id: storedId(input.id(input.value)) }));

const grammar: FilterGrammar<MembershipLeaf> = {
  keys: {
    orgId: isId('orgId'),
    projectId: isId('projectId'),
    projectGrantId: isId('projectGrantId'),
    iam: leaf(({ value }): MembershipLeaf => ({ field: 'iam', value: value === true })),
    and: all(),
    or: any(),
    not: none(),
  },
};

const loadMemberships = pageLoader(
  membershipKeys,
  ({ call, services }, userIds: readonly string[], page, list: MembershipList) =>
    services.grants.membershipsOf(call, userIds, list, page),
);

builder.queryField('memberships', (t) =>
  t.field({
    type: MembershipConnection,
    ...carries({
      rpc: ['ListUserMemberships'],
      text: 'What users may manage, by user, as far as you may see it: your own, and in your accounts and their projects.',
    }),
    args: {
      filter: t.arg({
        type: [MembershipFilter],
        description: 'All of these must hold. Left out or empty: no restriction.',
      }),
      accountId: t.arg.id({
        description:
          'Only what is about this account, its projects and what was granted to it; it must be one of yours.',
      }),
      ...pageArgs(t),
    },
    resolve: (_root, { filter, accountId, ...args }, { call, services }) => {
      const list = {
        filter: readFilter(grammar, filter, ['filter'], services.filters),
        accountId: accountId == null ? null : storedId<AccountId>(accountId),
      };
      return services.grants.memberships(call, list, pageRequest(args, membershipKeys, services.pages));
    },
  }),
);

builder.prismaObjectField(UserRef, 'memberships', (t) =>
  t.field({
    type: MembershipConnection,
    ...carries({ rpc: ['ListMyMemberships'], text: 'What this user may manage, as far as you may see it.' }),
    args: {
      filter: t.arg({
        type: [MembershipFilter],
        description: 'All of these must hold. Left out or empty: no restriction.',
      }),
      ...pageArgs(t),
    },
    resolve: (user, { filter, ...args }, context) => {
      const read = readFilter(grammar, filter, ['filter'], context.services.filters);
      return loadMemberships(context, user.id, args, { filter: read, accountId: null });
    },
  }),
);

/** Who may search for memberships. Which ones are found is decided by `Visible`. */
export const grantMembershipRules: Rules = {
  Query: { memberships: signedIn },
  Membership: { '*': anybody },
  MembershipConnection: { '*': anybody },
  MembershipEdge: { '*': anybody },
  IamScope: { '*': anybody },
  OrgScope: { '*': anybody },
  ProjectScope: { '*': anybody },
  ProjectGrantScope: { '*': anybody },
};
