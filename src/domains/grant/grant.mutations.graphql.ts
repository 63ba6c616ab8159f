/** Changing projects and grants, in GraphQL. */
import { mutation } from '../../graphql/mutation.js';
import { carries, proto, rpc } from '../../graphql/proto.js';
import { anybody, mayInAccount, signedIn, type Rules } from '../../graphql/rules.js';
import { createGrantInput, createProjectInput, grantInput, updateGrantInput } from './grant.js';
import { UserGrant } from './grant.graphql.js';

mutation('createProject', {
  carries: carries({ text: 'Adds a project to an account: what grants are about.' }),
  reads: createProjectInput,
  input: (t) => ({
    accountId: t.id({ required: true, description: 'The account that the project belongs to.' }),
    name: t.string({ required: true, description: 'The name of the project: at most 200 characters.' }),
  }),
  resolve: async ({ call, services }, input) => ({ projectId: await services.grants.createProject(call, input) }),
  payload: (t) => ({
    projectId: t.exposeID('projectId', { nullable: true, description: 'The id of the new project.' }),
  }),
});

mutation('createUserGrant', {
  carries: rpc('AddUserGrant'),
  reads: createGrantInput,
  input: (t) => ({
    userId: t.id({ required: true, ...proto('AddUserGrantRequest.user_id') }),
    projectId: t.id({ required: true, ...proto('AddUserGrantRequest.project_id') }),
    projectGrantId: t.id(proto('AddUserGrantRequest.project_grant_id')),
    roleKeys: t.stringList({ required: true, ...proto('AddUserGrantRequest.role_keys') }),
  }),
  resolve: async ({ call, services }, input) => ({ userGrant: await services.grants.create(call, input) }),
  payload: (t) => ({
    userGrant: t.expose('userGrant', { type: UserGrant, nullable: true, description: 'The new grant.' }),
  }),
});

mutation('updateUserGrant', {
  carries: rpc('UpdateUserGrant'),
  reads: updateGrantInput,
  input: (t) => ({
    id: t.id({ required: true, ...proto('UpdateUserGrantRequest.grant_id') }),
    roleKeys: t.stringList({ required: true, ...proto('UpdateUserGrantRequest.role_keys') }),
  }),
  resolve: async ({ call, services }, input) => ({ userGrant: await services.grants.update(call, input) }),
  payload: (t) => ({
    userGrant: t.expose('userGrant', { type: UserGrant, nullable: true, description: 'The grant with its new roles.' }),
  }),
});

mutation('deactivateUserGrant', {
  carries: rpc('DeactivateUserGrant'),
  reads: grantInput,
  input: (t) => ({ id: t.id({ required: true, ...proto('DeactivateUserGrantRequest.grant_id') }) }),
  resolve: async ({ call, services }, input) => ({ userGrant: await services.grants.deactivate(call, input) }),
  payload: (t) => ({
    userGrant: t.expose('userGrant', { type: UserGrant, nullable: true, description: 'The grant, out of force now.' }),
  }),
});

mutation('reactivateUserGrant', {
  carries: rpc('ReactivateUserGrant'),
  reads: grantInput,
  input: (t) => ({ id: t.id({ required: true, ...proto('ReactivateUserGrantRequest.grant_id') }) }),
  resolve: async ({ call, services }, input) => ({ userGrant: await services.grants.reactivate(call, input) }),
  payload: (t) => ({
    userGrant: t.expose('userGrant', { type: UserGrant, nullable: true, description: 'The grant, in force again.' }),
  }),
});

mutation('removeUserGrant', {
  carries: carries({ rpc: ['RemoveUserGrant', 'BulkRemoveUserGrant'] }),
  reads: grantInput,
  input: (t) => ({
    id: t.id({
      required: true,
      ...proto('RemoveUserGrantRequest.grant_id', 'BulkRemoveUserGrantRequest.grant_id'),
    }),
  }),
  resolve: async ({ call, services }, input) => ({ removedUserGrantId: await services.grants.remove(call, input) }),
  payload: (t) => ({
    removedUserGrantId: t.exposeID('removedUserGrantId', { nullable: true, description: 'The grant that is gone.' }),
  }),
});

/** Who may change projects and grants. Which grants are the caller's to change, the service finds out. */
export const grantMutationRules: Rules = {
  Mutation: {
    createProject: mayInAccount('UPDATE'),
    createUserGrant: signedIn,
    updateUserGrant: signedIn,
    deactivateUserGrant: signedIn,
    reactivateUserGrant: signedIn,
    removeUserGrant: signedIn,
  },
  CreateProjectPayload: { '*': anybody },
  CreateUserGrantPayload: { '*': anybody },
  UpdateUserGrantPayload: { '*': anybody },
  DeactivateUserGrantPayload: { '*': anybody },
  ReactivateUserGrantPayload: { '*': anybody },
  RemoveUserGrantPayload: { '*': anybody },
};
