/** What people do with grants, over both faces. The actor says in which account it acts. */
import { grantStates, type GrantState } from '../../src/domains/grant/grant.js';
import { userTypes, type UserType } from '../../src/domains/user/user.js';
import { deed } from './faces.deed.js';
import {
  changedFields,
  changedOf,
  detailsOf,
  orNull,
  plain,
  type Changed,
  type Details,
  type WireDetails,
} from './faces.wire.js';

const texts = `id userId userName firstName lastName email displayName avatarUrl preferredLoginName
  orgId orgName orgDomain projectId projectName`;

/** A grant as both faces show it. */
export interface ShownGrant {
  readonly id: string;
  readonly userId: string;
  readonly userName: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly displayName: string;
  readonly avatarUrl: string;
  readonly preferredLoginName: string;
  readonly orgId: string;
  readonly orgName: string;
  readonly orgDomain: string;
  readonly projectId: string;
  readonly projectName: string;
  readonly projectGrantId: string | null;
  readonly grantedOrgId: string | null;
  readonly grantedOrgName: string | null;
  readonly grantedOrgDomain: string | null;
  readonly roleKeys: readonly string[];
  readonly state: GrantState | null;
  readonly userType: UserType | null;
  readonly details: Details;
}
type WireGrant = Omit<ShownGrant, 'state' | 'userType' | 'details' | Granted> &
  Record<Granted, string> & { readonly state: number; readonly userType: number; readonly details: WireDetails };
type Granted = 'projectGrantId' | 'grantedOrgId' | 'grantedOrgName' | 'grantedOrgDomain';

const shown = (grant: WireGrant): ShownGrant => ({
  ...plain(grant),
  projectGrantId: orNull(grant.projectGrantId),
  grantedOrgId: orNull(grant.grantedOrgId),
  grantedOrgName: orNull(grant.grantedOrgName),
  grantedOrgDomain: orNull(grant.grantedOrgDomain),
  state: grantStates.fromNumber(grant.state),
  userType: userTypes.fromNumber(grant.userType),
  details: detailsOf(grant.details),
});

const grantFields = `${texts} projectGrantId grantedOrgId grantedOrgName grantedOrgDomain roleKeys state userType
  details { sequence creationDate changeDate resourceOwner }`;

/** A grant to be made. */
export interface GrantInput {
  readonly userId: string;
  readonly projectId: string;
  readonly projectGrantId?: string;
  readonly roleKeys: readonly string[];
}
/** Which grant: GraphQL knows it by its id, gRPC wants its user too. */
export interface GrantRef {
  readonly id: string;
  readonly userId: string;
}

interface GrantPayload {
  readonly userGrant: { readonly id: string; readonly details: Changed };
}
const payload = `userGrant { id ${changedFields} }`;
const changed = ({ userGrant }: GrantPayload): Changed => userGrant.details;
/** Services call it `id`, requests `grant_id`. */
const names = { grantId: 'id' };

/** What is true of the grants to list. */
export type Leaf = { readonly projectId: string } | { readonly userId: string };
const grantQuery = (leaf: Leaf) =>
  'projectId' in leaf ? { projectIdQuery: { projectId: leaf.projectId } } : { userIdQuery: { userId: leaf.userId } };

const whole = { query: { asc: true, limit: 100 } };
interface Nodes<Row> {
  readonly nodes: readonly Row[];
}

/** Grants. */
export const grantDeeds = {
  grant: deed<[grant: GrantInput], Changed & { readonly id: string }>({
    graphql: ({ change }, input) =>
      change('createUserGrant', input, payload, (made: GrantPayload) => ({ id: made.userGrant.id, ...changed(made) })),
    grpc: ({ management }, input) =>
      management('AddUserGrant', input, (made: { userGrantId: string; details: WireDetails }) => ({
        id: made.userGrantId,
        ...changedOf(made),
      })),
  }),
  granted: deed<[ref: GrantRef], ShownGrant>({
    graphql: ({ look }, { id }) =>
      look(
        `query ($id: ID!) { node(id: $id) { ... on UserGrant { ${grantFields} } } }`,
        { id },
        ({ node }: { node: ShownGrant | null }) => node,
      ),
    grpc: ({ management }, { id, userId }) =>
      management('GetUserGrantByID', { grantId: id, userId }, ({ userGrant }: { userGrant: WireGrant }) =>
        shown(userGrant),
      ),
  }),
  regrant: deed<[ref: GrantRef, roleKeys: readonly string[]], Changed>({
    graphql: ({ change }, { id }, roleKeys) => change('updateUserGrant', { id, roleKeys }, payload, changed),
    grpc: ({ management }, { id, userId }, roleKeys) =>
      management('UpdateUserGrant', { grantId: id, userId, roleKeys }, changedOf, names),
  }),
  deactivateGrant: deed<[ref: GrantRef], Changed>({
    graphql: ({ change }, { id }) => change('deactivateUserGrant', { id }, payload, changed),
    grpc: ({ management }, { id, userId }) =>
      management('DeactivateUserGrant', { grantId: id, userId }, changedOf, names),
  }),
  reactivateGrant: deed<[ref: GrantRef], Changed>({
    graphql: ({ change }, { id }) => change('reactivateUserGrant', { id }, payload, changed),
    grpc: ({ management }, { id, userId }) =>
      management('ReactivateUserGrant', { grantId: id, userId }, changedOf, names),
  }),
  removeGrant: deed<[ref: GrantRef], null>({
    graphql: ({ change }, { id }) => change('removeUserGrant', { id }, 'removedUserGrantId', () => null),
    grpc: ({ management }, { id, userId }) => management('RemoveUserGrant', { grantId: id, userId }, () => null, names),
  }),
  grants: deed<[filter?: readonly Leaf[]], readonly ShownGrant[]>({
    graphql: ({ look, who }, filter) =>
      look(
        `query ($filter: [UserGrantFilter!], $accountId: ID) {
          userGrants(filter: $filter, accountId: $accountId, first: 100) { nodes { ${grantFields} } } }`,
        { filter, accountId: who.at },
        ({ userGrants }: { userGrants: Nodes<ShownGrant> }) => userGrants.nodes,
      ),
    grpc: ({ management }, filter = []) =>
      management(
        'ListUserGrants',
        { ...whole, queries: filter.map(grantQuery) },
        ({ result }: { result: WireGrant[] }) => result.map(shown),
      ),
  }),
  myGrants: deed<
    [],
    readonly (GrantRef & { readonly roleKeys: readonly string[]; readonly state: GrantState | null })[]
  >({
    graphql: ({ look }) =>
      look(
        '{ viewer { user { grants(first: 100) { nodes { id userId roleKeys state } } } } }',
        {},
        ({ viewer }: { viewer: { user: { grants: Nodes<ShownGrant> } } | null }) => viewer?.user.grants.nodes,
      ),
    grpc: ({ auth }) =>
      auth('ListMyUserGrants', whole, ({ result }: { result: (WireGrant & { grantId: string })[] }) =>
        result.map(({ grantId, userId, roleKeys, state }) => ({
          id: grantId,
          userId,
          roleKeys,
          state: grantStates.fromNumber(state),
        })),
      ),
  }),
};
