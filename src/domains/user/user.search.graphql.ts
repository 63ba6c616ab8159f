/** Searching the directory, in GraphQL. */
import { builder } from '../../graphql/builder.js';
import { connection, pageArgs } from '../../graphql/connection.js';
import type { Context } from '../../graphql/context.js';
import { OrderDirection, TextFilter, textLeaf } from '../../graphql/filters.js';
import { carries, proto, protoEnum } from '../../graphql/proto.js';
import { anybody, signedIn, type Rules } from '../../graphql/rules.js';
import { all, any, leaf, none, readFilter, type FilterGrammar } from '../../kernel/filter.js';
import { storedId } from '../../kernel/foreign-ids.js';
import type { AccountId } from '../../kernel/ids.js';
import { pageRequest, type PageArgs } from '../../kernel/page.js';
import { UserRef, UserState, UserType } from './user.graphql.js';
import { userStates, userTypes } from './user.js';
import {
  cursorKeys,
  defaultUserOrder,
  userSortFields,
  type UserLeaf,
  type UserSortField,
  type UserText,
} from './user.search.js';

const text = (field: UserText) => textLeaf((match): UserLeaf => ({ text: field, match }));

/** What the keys of a `UserFilter` mean. */
export const userFilterGrammar: FilterGrammar<UserLeaf> = {
  keys: {
    userName: text('userName'),
    firstName: text('firstName'),
    lastName: text('lastName'),
    nickName: text('nickName'),
    displayName: text('displayName'),
    email: text('email'),
    loginName: text('loginName'),
    state: leaf(({ value, wrong }): UserLeaf => {
      const state = userStates.names.find((name) => name === value);
      if (!state) throw wrong('There is no such state.');
      return { state };
    }),
    type: leaf(({ value, wrong }): UserLeaf => {
      const type = userTypes.names.find((name) => name === value);
      if (!type) throw wrong('There is no such type.');
      return { type };
    }),
    inUserIds: leaf((input): UserLeaf => ({ ids: input.list(input.value).map((id) => storedId(id)) })),
    inUserEmails: leaf((input): UserLeaf => ({ emails: input.list(input.value) })),
    and: all(),
    or: any(),
    not: none(),
  },
};

/** A filter as GraphQL hands it over: its shape is held by the input type, its sense by the grammar. */
const UserFilter = builder.inputRef<object>('UserFilter');
UserFilter.implement({
  ...carries({ proto: ['SearchQuery'], text: 'One condition on users: give exactly one of these.' }),
  isOneOf: true,
  fields: (t) => {
    const compared = (query: string, column: string) =>
      t.field({
        type: TextFilter,
        ...proto(`SearchQuery.${query}`, ...messageOf(query, column, 'method')),
      });
    return {
      userName: compared('user_name_query', 'user_name'),
      firstName: compared('first_name_query', 'first_name'),
      lastName: compared('last_name_query', 'last_name'),
      nickName: compared('nick_name_query', 'nick_name'),
      displayName: compared('display_name_query', 'display_name'),
      email: compared('email_query', 'email_address'),
      loginName: compared('login_name_query', 'login_name'),
      state: t.field({ type: UserState, ...proto('SearchQuery.state_query', 'StateQuery', 'StateQuery.state') }),
      type: t.field({ type: UserType, ...proto('SearchQuery.type_query', 'TypeQuery', 'TypeQuery.type') }),
      inUserIds: t.idList(proto('SearchQuery.in_user_ids_query', 'InUserIDQuery', 'InUserIDQuery.user_ids')),
      inUserEmails: t.stringList(
        proto('SearchQuery.in_user_emails_query', 'InUserEmailsQuery', 'InUserEmailsQuery.user_emails'),
      ),
      and: t.field({ type: [UserFilter], ...proto('SearchQuery.and_query', 'AndQuery', 'AndQuery.queries') }),
      or: t.field({ type: [UserFilter], ...proto('SearchQuery.or_query', 'OrQuery', 'OrQuery.queries') }),
      not: t.field({ type: UserFilter, ...proto('SearchQuery.not_query', 'NotQuery', 'NotQuery.query') }),
    };
  },
});

/** The message behind a member of `SearchQuery`, and its fields: `user_name_query` has `UserNameQuery`. */
function messageOf(query: string, ...fields: readonly string[]): string[] {
  const message = query.replace(/(^|_)([a-z])/g, (_whole, _gap, letter: string) => letter.toUpperCase());
  return [message, ...fields.map((field) => `${message}.${field}`)];
}

const UserOrderField = builder.enumType(
  'UserOrderField',
  protoEnum(
    'UserFieldName',
    userSortFields.filter((field) => field !== 'ID'),
  ),
);

const UserOrder = builder.inputType('UserOrder', {
  description: 'One sort key. Texts are sorted ignoring case; equal keys are sorted by id.',
  fields: (t) => ({
    field: t.field({ type: UserOrderField, required: true, description: 'What to sort by.' }),
    direction: t.field({
      type: OrderDirection,
      required: true,
      defaultValue: 'ASC',
      description: 'Which way; upwards if not said.',
    }),
  }),
});

export const UserConnection = connection(UserRef, 'User', 'users');

/** What `users` takes. */
interface SearchArgs extends PageArgs {
  readonly filter?: unknown;
  readonly accountId?: string | null | undefined;
  readonly memberOf?: string | null | undefined;
  readonly orderBy?:
    readonly { readonly field: UserSortField; readonly direction: 'ASC' | 'DESC' }[] | null | undefined;
}

/** Answers `users`. Faults in the arguments are told before anything is asked of the database. */
async function search(args: SearchArgs, { call, services }: Context) {
  const filter = readFilter(userFilterGrammar, args.filter, ['filter'], services.filters);
  const asked = (args.orderBy ?? []).map(({ field, direction }) => ({ field, descending: direction === 'DESC' }));
  const order = asked.length === 0 ? defaultUserOrder : asked;
  const page = pageRequest(args, cursorKeys(order), services.pages);
  const accounts = [args.accountId, args.memberOf].map((id) => (id == null ? null : storedId<AccountId>(id)));
  const [accountId = null, memberOf = null] = accounts;
  return services.userSearch.search(call, { filter, accountId, memberOf, order }, page);
}

builder.queryFields((t) => ({
  users: t.field({
    type: UserConnection,
    ...carries({
      rpc: ['ListUsers'],
      proto: ['query', 'details', 'sorting_column', 'result'].map((field) =>
        field === 'query' ? 'ListUsersRequest.query' : `ListUsersResponse.${field}`,
      ),
      text: 'Searches the directory: the users you may see that match the filter, by user name if no order is given.',
    }),
    args: {
      filter: t.arg({ type: [UserFilter], ...proto('ListUsersRequest.queries') }),
      accountId: t.arg.id({ description: 'Only users that this account owns.' }),
      memberOf: t.arg.id({ description: 'Only members of this account.' }),
      orderBy: t.arg({
        type: [UserOrder],
        ...carries({
          proto: ['ListUsersRequest.sorting_column'],
          text: 'How to sort: by the first, then by the second, and so on. By user name if nothing is said.',
        }),
      }),
      ...pageArgs(t),
    },
    resolve: (_root, args, context) => search(args, context),
  }),
  userByLoginName: t.field({
    type: UserRef,
    nullable: true,
    ...carries({
      rpc: ['GetUserByLoginNameGlobal'],
      proto: ['GetUserByLoginNameGlobalResponse.user'],
      text: 'The user whom a login name leads to, ignoring case; null when it is unknown or you may not see it.',
    }),
    args: { loginName: t.arg.string({ required: true, ...proto('GetUserByLoginNameGlobalRequest.login_name') }) },
    resolve: (_root, { loginName }, { call, services }) => services.userSearch.byLoginName(call, loginName),
  }),
}));

/** Who may search. What they find is decided by what they may see. */
export const userSearchRules: Rules = {
  Query: { users: signedIn, userByLoginName: signedIn },
  UserConnection: { '*': anybody },
  UserEdge: { '*': anybody },
};
