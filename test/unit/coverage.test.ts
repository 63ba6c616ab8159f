/** What counts as a place for a protobuf element, tried on a small schema. */
import {
  GraphQLEnumType,
  GraphQLID,
  GraphQLInputObjectType,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { coverage, printCoverage } from '../../src/graphql/coverage.js';
import { carries, proto, protoEnum, rpc } from '../../src/graphql/proto.js';

function smallSchema(): GraphQLSchema {
  const role = new GraphQLEnumType({ name: 'AccountRole', ...protoEnum('AccountRole', ['ADMIN', 'JOB_VIEWER']) });
  const viewer = new GraphQLObjectType({
    name: 'Viewer',
    fields: { userId: { type: GraphQLID, ...proto('GetUserResponse.user_id') } },
  });
  const input = new GraphQLInputObjectType({
    name: 'SetUserRoleInput',
    ...proto('SetUserRoleRequest'),
    fields: { role: { type: role, ...proto('SetUserRoleRequest.role') } },
  });
  const args = {
    input: { type: input },
    name: { type: GraphQLString, ...proto('CreateTeamAccountRequest.name') },
  };
  const fields = { viewer: { type: viewer, args, ...rpc('UserAccountService.GetUser') } };
  return new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Query', fields }) });
}

const accounts = (schema: GraphQLSchema) => {
  const entry = coverage(schema).packages.find((candidate) => candidate.package === 'mgmt.v1alpha1');
  if (entry === undefined) throw new Error('the account model is missing');
  return entry;
};

describe('the coverage of the protobuf models', () => {
  const { counts, unmapped } = accounts(smallSchema());

  it('counts the fields that fields, arguments and input fields carry', () => {
    expect(counts.fields).toEqual({ mapped: 3, total: 103 });
    expect(unmapped).not.toContain('mgmt.v1alpha1.CreateTeamAccountRequest.name');
    expect(unmapped).toContain('mgmt.v1alpha1.SetUserRoleRequest.user_id');
  });

  it('counts a message that a type carries, and both messages of an RPC that has a place', () => {
    expect(counts.messages).toEqual({ mapped: 3, total: 61 });
    expect(counts.rpcs).toEqual({ mapped: 1, total: 27 });
    expect(unmapped).not.toContain('mgmt.v1alpha1.GetUserRequest');
    expect(unmapped).toContain('mgmt.v1alpha1.CreateTeamAccountRequest');
  });

  it('counts "unspecified" with its enum, and only then', () => {
    expect(counts.enums).toEqual({ mapped: 1, total: 6 });
    expect(counts['enum values']).toEqual({ mapped: 3, total: 27 });
    expect(unmapped).not.toContain('mgmt.v1alpha1.AccountRole.ACCOUNT_ROLE_UNSPECIFIED');
    expect(unmapped).toContain('mgmt.v1alpha1.AccountRole.ACCOUNT_ROLE_JOB_EXECUTOR');
    expect(unmapped).toContain('mgmt.v1alpha1.BillingStatus.BILLING_STATUS_UNSPECIFIED');
  });

  it('excuses an exception together with what stands inside it', () => {
    const name = 'mgmt.v1alpha1.AccountInvite';
    const report = coverage(smallSchema(), [{ name, reason: 'for this test' }]);
    const entry = report.packages[0];
    expect(entry?.excepted).toHaveLength(11);
    expect(entry?.unmapped.filter((missing) => missing.startsWith(`${name}.`))).toEqual([]);
    expect(report.staleExceptions).toEqual([]);
  });

  it('reports an exception that excuses nothing', () => {
    const name = 'mgmt.v1alpha1.GetUserResponse';
    expect(coverage(smallSchema(), [{ name, reason: 'for this test' }]).staleExceptions).toEqual([name]);
  });

  it('prints one line a package and one line an element without a place', () => {
    const lines = printCoverage(coverage(smallSchema()), ['mgmt.v1alpha1', 'zitadel.user.v1']).split('\n');
    expect(lines[0]).toBe('mgmt.v1alpha1          messages 3/61  fields 3/103  enums 1/6  enum values 3/27  rpcs 1/27');
    expect(lines).toContain('unmapped: zitadel.user.v1.User.id');
  });

  it('names the packages that need not be complete in one line, and none of their elements', () => {
    const report = coverage(smallSchema(), []);
    const lines = printCoverage(report, ['mgmt.v1alpha1', 'zitadel.user.v1']).split('\n');
    expect(lines).toContain('served over gRPC only: zitadel.v1, zitadel.management.v1, zitadel.auth.v1');
    const listed = report.packages.slice(0, 2).flatMap((entry) => entry.unmapped.map((name) => `unmapped: ${name}`));
    expect(lines.filter((line) => line.startsWith('unmapped: '))).toEqual(listed);
    expect(report.packages.slice(2).every((entry) => entry.unmapped.length > 0)).toBe(true);
  });

  it('says nothing of gRPC where every package must be complete', () => {
    const report = coverage(smallSchema(), []);
    const every = report.packages.map((entry) => entry.package);
    expect(printCoverage(report, every)).not.toContain('gRPC only');
    expect(printCoverage(report, every)).toContain('unmapped: zitadel.v1.ListQuery');
  });
});

describe('an element that carries protobuf elements', () => {
  it('takes its words from the first and records all', () => {
    expect(proto('User.human', 'User.machine')).toEqual({
      description: 'Set when the user is a person: profile, e-mail and phone.',
      extensions: { proto: ['zitadel.user.v1.User.human', 'zitadel.user.v1.User.machine'], rpc: [] },
    });
  });

  it('names the RPC it serves at the end of its description', () => {
    expect(rpc('UserAccountService.GetUser').description).toBe(
      'Retrieves the current user. (UserAccountService.GetUser)',
    );
    expect(rpc('UserAccountService.GetUser', 'Who you are.').description).toBe(
      'Who you are. (UserAccountService.GetUser)',
    );
  });

  it('can carry elements and RPCs at once', () => {
    expect(carries({ proto: ['AccountUser'], rpc: ['UserAccountService.GetTeamAccountMembers'] }).extensions).toEqual({
      proto: ['mgmt.v1alpha1.AccountUser'],
      rpc: ['mgmt.v1alpha1.UserAccountService.GetTeamAccountMembers'],
    });
  });

  it('refuses a name that no protobuf element has', () => {
    expect(() => proto('UserAccount.nam')).toThrow('There is no protobuf element UserAccount.nam.');
    expect(() => rpc('UserAccount.name')).toThrow('There is no RPC UserAccount.name.');
    expect(() => protoEnum('AccountRole', ['OWNER'])).toThrow('ACCOUNT_ROLE_OWNER');
    expect(() => carries({})).toThrow('Say what the element carries');
  });
});
