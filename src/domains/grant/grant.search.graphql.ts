/** The search for grants, in GraphQL. */
import { builder } from '../../graphql/builder.js';
import { connection, pageArgs } from '../../graphql/connection.js';
import { pageLoader } from '../../graphql/loaders.js';
import { OrderDirection, TextFilter, textLeaf } from '../../graphql/filters.js';
import { carries, proto } from '../../graphql/proto.js';
import { anybody, signedIn, type Rules } from '../../graphql/rules.js';
import { all, any, leaf, none, readFilter, type FilterGrammar, type LeafInput } from '../../kernel/filter.js';
import { storedId } from '../../kernel/foreign-ids.js';
import type { AccountId } from '../../kernel/ids.js';
import { pageRequest } from '../../kernel/page.js';
import { UserRef, UserType } from '../user/user.graphql.js';
import { userTypes } from '../user/user.js';
import {
  grantKeys,
  grantOrders,
  type GrantLeaf,
  type GrantList,
  type GrantOrder,
  type GrantOrderField,
  type GrantText,
} from './grant.js';
import { UserGrant } from './grant.graphql.js';

const UserGrantConnection = connection(UserGrant, 'UserGrant', 'grants');

/** What a comparison of texts carries: its place in the query, its message and that message's fields. */
const compares = (query: string, message: string, field: string) =>
  proto(
    `UserGrantQuery.${query}`,
    `UserGrant${message}Query`,
    `UserGrant${message}Query.${field}`,
    `UserGrant${message}Query.method`,
  );
const asksFor = (query: string, message: string, field: string) =>
  proto(`UserGrantQuery.${query}`, `UserGrant${message}Query`, `UserGrant${message}Query.${field}`);

/** A filter as GraphQL hands it over: the input type holds its shape, the grammar its sense. */
const UserGrantFilter = builder.inputRef<object>('UserGrantFilter');
UserGrantFilter.implement({
  ...proto('UserGrantQuery'),
  isOneOf: true,
  fields: (t) => ({
    projectId: t.id(asksFor('project_id_query', 'ProjectID', 'project_id')),
    userId: t.id(asksFor('user_id_query', 'UserID', 'user_id')),
    withGranted: t.boolean({
      ...carries({
        proto: [
          'UserGrantQuery.with_granted_query',
          'UserGrantWithGrantedQuery',
          'UserGrantWithGrantedQuery.with_granted',
        ],
        text: 'False leaves out the grants that come from a project grant; true includes them, so it holds for all.',
      }),
    }),
    roleKey: t.field({ type: TextFilter, ...compares('role_key_query', 'RoleKey', 'role_key') }),
    projectGrantId: t.id(asksFor('project_grant_id_query', 'ProjectGrantID', 'project_grant_id')),
    userName: t.field({ type: TextFilter, ...compares('user_name_query', 'UserName', 'user_name') }),
    firstName: t.field({ type: TextFilter, ...compares('first_name_query', 'FirstName', 'first_name') }),
    lastName: t.field({ type: TextFilter, ...compares('last_name_query', 'LastName', 'last_name') }),
    email: t.field({ type: TextFilter, ...compares('email_query', 'Email', 'email') }),
    orgName: t.field({ type: TextFilter, ...compares('org_name_query', 'OrgName', 'org_name') }),
    orgDomain: t.field({ type: TextFilter, ...compares('org_domain_query', 'OrgDomain', 'org_domain') }),
    projectName: t.field({ type: TextFilter, ...compares('project_name_query', 'ProjectName', 'project_name') }),
    displayName: t.field({ type: TextFilter, ...compares('display_name_query', 'DisplayName', 'display_name') }),
    userType: t.field({ type: UserType, ...asksFor('user_type_query', 'UserType', 'type') }),
    and: t.field({ type: [UserGrantFilter], description: 'All of these must hold.' }),
    or: t.field({ type: [UserGrantFilter], description: 'At least one of these must hold.' }),
    not: t.field({ type: UserGrantFilter, description: 'This must not hold; it holds for what has no such value.' }),
  }),
});

const isId = (field: 'userId' | 'projectId' | 'projectGrantId') =>
  leaf((input: LeafInput): GrantLeaf => ({ field, id: storedId(input.id(input.value)) }));
const compared = (field: GrantText | 'roleKey') => textLeaf((match): GrantLeaf => ({ field, match }));

const grammar: FilterGrammar<GrantLeaf> = {
  keys: {
    projectId: isId('projectId'),
    userId: isId('userId'),
    withGranted: leaf(({ value }): GrantLeaf => ({ field: 'withGranted', value: value === true })),
    roleKey: compared('roleKey'),
    projectGrantId: isId('projectGrantId'),
    userName: compared('userName'),
    firstName: compared('firstName'),
    lastName: compared('lastName'),
    email: compared('email'),
    orgName: compared('orgName'),
    orgDomain: compared('orgDomain'),
    projectName: compared('projectName'),
    displayName: compared('displayName'),
    userType: leaf(({ value, wrong }): GrantLeaf => {
      const type = userTypes.names.find((name) => name === value);
      if (!type) throw wrong('There is no such type.');
      return { field: 'userType', type };
    }),
    and: all(),
    or: any(),
    not: none(),
  },
};

const orderWords: Readonly<Record<GrantOrderField, string>> = {
  USER_NAME: 'By user name, ignoring case.',
  DISPLAY_NAME: 'By display name, ignoring case.',
  EMAIL: 'By e-mail address, ignoring case.',
  PROJECT_NAME: 'By the name of the project, ignoring case.',
  ORG_NAME: 'By the name of the account that the project belongs to.',
  STATE: 'By state.',
  CREATION_DATE: 'By the time of creation.',
};

const UserGrantOrderField = builder.enumType('UserGrantOrderField', {
  description: 'What grants can be ordered by.',
  values: Object.fromEntries(grantOrders.map((field) => [field, { description: orderWords[field] }])) as Record<
    GrantOrderField,
    { description: string }
  >,
});

const UserGrantOrder = builder.inputType('UserGrantOrder', {
  description: 'One sort key of several. What is absent sorts as the highest; equal rows sort by their ids.',
  fields: (t) => ({
    field: t.field({ type: UserGrantOrderField, required: true, description: 'What to order by.' }),
    direction: t.field({
      type: OrderDirection,
      required: true,
      defaultValue: 'ASC',
      description: 'From the lowest to the highest, or the other way.',
    }),
  }),
});

const loadGrants = pageLoader(grantKeys([]), ({ call, services }, userIds: readonly string[], page, list: GrantList) =>
  services.grants.listOf(call, userIds, list, page),
);

builder.queryField('userGrants', (t) =>
  t.field({
    type: UserGrantConnection,
    ...carries({
      rpc: ['ListUserGrants', 'GetUserGrantByID'],
      text: 'The grants that you may see: your own, and those of users you see on projects of your accounts.',
    }),
    args: {
      filter: t.arg({
        type: [UserGrantFilter],
        description: 'All of these must hold. Left out or empty: no restriction.',
      }),
      accountId: t.arg.id({ description: 'Only grants on projects of this account, which must be one of yours.' }),
      orderBy: t.arg({
        type: [UserGrantOrder],
        description: 'The sort keys, first one first. Left out: oldest first.',
      }),
      ...pageArgs(t),
    },
    resolve: (_root, { filter, accountId, orderBy, ...args }, { call, services }) => {
      const order: readonly GrantOrder[] = (orderBy ?? []).map(({ field, direction }) => ({
        field,
        descending: direction === 'DESC',
      }));
      const list = {
        filter: readFilter(grammar, filter, ['filter'], services.filters),
        accountId: accountId == null ? null : storedId<AccountId>(accountId),
        orderBy: order,
      };
      return services.grants.list(call, list, pageRequest(args, grantKeys(order), services.pages));
    },
  }),
);

builder.prismaObjectField(UserRef, 'grants', (t) =>
  t.field({
    type: UserGrantConnection,
    ...carries({
      rpc: ['ListMyUserGrants'],
      text: 'What this user may do in projects, oldest first, as far as you may see it.',
    }),
    args: {
      filter: t.arg({
        type: [UserGrantFilter],
        description: 'All of these must hold. Left out or empty: no restriction.',
      }),
      ...pageArgs(t),
    },
    resolve: (user, { filter, ...args }, context) => {
      const read = readFilter(grammar, filter, ['filter'], context.services.filters);
      return loadGrants(context, user.id, args, { filter: read, accountId: null, orderBy: [] });
    },
  }),
);

/** Who may search for grants. Which ones are found is decided by `Visible`. */
export const grantSearchRules: Rules = {
  Query: { userGrants: signedIn },
  UserGrantConnection: { '*': anybody },
  UserGrantEdge: { '*': anybody },
};
