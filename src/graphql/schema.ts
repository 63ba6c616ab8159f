/** The schema: the domains, listed once, behind their rules. Built without opening anything. */
import type { GraphQLSchema } from 'graphql';
import { accessRules } from '../domains/access/access.graphql.js';
import { accountChangeRules } from '../domains/account/account.changes.graphql.js';
import { accountRules } from '../domains/account/account.graphql.js';
import { accountMutationRules } from '../domains/account/account.mutations.graphql.js';
import { billingRules } from '../domains/billing/billing.graphql.js';
import { grantRules } from '../domains/grant/grant.graphql.js';
import { grantMembershipRules } from '../domains/grant/grant.memberships.graphql.js';
import { grantMutationRules } from '../domains/grant/grant.mutations.graphql.js';
import { grantSearchRules } from '../domains/grant/grant.search.graphql.js';
import { inviteChangeRules } from '../domains/invite/invite.changes.graphql.js';
import { inviteRules } from '../domains/invite/invite.graphql.js';
import { creationRules } from '../domains/membership/membership.creation.graphql.js';
import { membershipRules } from '../domains/membership/membership.graphql.js';
import { factorRules } from '../domains/session/session.factors.graphql.js';
import { credentialRules } from '../domains/session/session.graphql.js';
import { credentialMutationRules } from '../domains/session/session.mutations.graphql.js';
import { systemRules } from '../domains/system/system.graphql.js';
import { userKindRules } from '../domains/user/user.kind.graphql.js';
import { userRules } from '../domains/user/user.graphql.js';
import { userSearchRules } from '../domains/user/user.search.graphql.js';
import { userLifeRules } from '../domains/user/user.life.graphql.js';
import { userStateRules } from '../domains/user/user.state.graphql.js';
import { builder } from './builder.js';
import { federationRules } from './federation.js';
import { nodeRules } from './node.js';
import type { Rules } from './rules.js';
import './scalars.js';
import { guarded, type Guarded } from './shield.js';

const rules: readonly Rules[] = [
  nodeRules,
  federationRules,
  systemRules,
  accessRules,
  userKindRules,
  userRules,
  userSearchRules,
  userLifeRules,
  userStateRules,
  credentialRules,
  factorRules,
  credentialMutationRules,
  billingRules,
  membershipRules,
  creationRules,
  accountRules,
  accountMutationRules,
  accountChangeRules,
  inviteRules,
  inviteChangeRules,
  grantRules,
  grantMutationRules,
  grantSearchRules,
  grantMembershipRules,
];

let built: Guarded | null = null;

/** The schema behind its rules, and the fields without one. */
export function guardedSchema(): Guarded {
  built ??= guarded(builder.toSchema({ sortSchema: false }), merged(rules));
  return built;
}

/** The schema behind its rules. */
export function buildSchema(): GraphQLSchema {
  return guardedSchema().schema;
}

function merged(all: readonly Rules[]): Rules {
  const types: Record<string, Rules[string]> = {};
  for (const some of all) {
    for (const [type, fields] of Object.entries(some)) types[type] = { ...types[type], ...fields };
  }
  return types;
}
