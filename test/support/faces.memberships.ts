/** What people may manage, over both faces. The actor says in which account it acts. */
import { deed } from './faces.deed.js';
import { detailsOf, type Details, type WireDetails } from './faces.wire.js';

/** A membership as both faces show it. */
export interface ShownMembership {
  readonly userId: string;
  readonly displayName: string;
  readonly roles: readonly string[];
  readonly details: Details;
  readonly scope: Scope;
}
/** What a membership is about, and what to look for among them. */
export type Scope =
  | { readonly iam: boolean }
  | { readonly orgId: string }
  | { readonly projectId: string }
  | { readonly projectGrantId: string };
const scopes = ['iam', 'orgId', 'projectId', 'projectGrantId'] as const;
const scopeQueries = {
  iam: 'iamQuery',
  orgId: 'orgQuery',
  projectId: 'projectQuery',
  projectGrantId: 'projectGrantQuery',
};
const membershipQuery = (scope: Scope) => ({ [scopeQueries[Object.keys(scope)[0] as (typeof scopes)[number]]]: scope });

type WireMembership = Omit<ShownMembership, 'details' | 'scope'> & { readonly details: WireDetails };
const shownMembership = (membership: WireMembership): ShownMembership => {
  const { userId, displayName, roles, details } = membership;
  const scope = Object.fromEntries(
    Object.entries(membership).filter(([key]) => (scopes as readonly string[]).includes(key)),
  ) as Scope;
  return { userId, displayName, roles, details: detailsOf(details), scope };
};
const membershipFields = `userId displayName roles details { sequence creationDate changeDate resourceOwner }
  scope { ... on IamScope { iam } ... on OrgScope { orgId } ... on ProjectScope { projectId }
    ... on ProjectGrantScope { projectGrantId } }`;

const whole = { query: { asc: true, limit: 100 } };
interface Nodes<Row> {
  readonly nodes: readonly Row[];
}

/** Memberships. */
export const membershipDeeds = {
  myMemberships: deed<[filter?: readonly Scope[]], readonly ShownMembership[]>({
    graphql: ({ look }, filter) =>
      look(
        `query ($filter: [MembershipFilter!]) { viewer { user { memberships(filter: $filter, first: 100) {
          nodes { ${membershipFields} } } } } }`,
        { filter },
        ({ viewer }: { viewer: { user: { memberships: Nodes<ShownMembership> } } | null }) =>
          viewer?.user.memberships.nodes,
      ),
    grpc: ({ auth }, filter = []) =>
      auth(
        'ListMyMemberships',
        { ...whole, queries: filter.map(membershipQuery) },
        ({ result }: { result: WireMembership[] }) => result.map(shownMembership),
      ),
  }),
  /** In the account of the actor, of somebody who is no operator. */
  memberships: deed<[userId: string, filter?: readonly Scope[]], readonly ShownMembership[]>({
    graphql: ({ look, who }, userId, filter) =>
      look(
        `query ($filter: [MembershipFilter!], $accountId: ID) {
          memberships(filter: $filter, accountId: $accountId, first: 100) { nodes { ${membershipFields} } } }`,
        { filter, accountId: who.at },
        ({ memberships }: { memberships: Nodes<ShownMembership> }) =>
          memberships.nodes.filter((one) => one.userId === userId),
      ),
    grpc: ({ management }, userId, filter = []) =>
      management(
        'ListUserMemberships',
        { ...whole, userId, queries: filter.map(membershipQuery) },
        ({ result }: { result: WireMembership[] }) => result.map(shownMembership),
      ),
  }),
};
