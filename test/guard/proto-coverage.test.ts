/** Guards that every element of the two protobuf models has a place in the GraphQL schema. */
import { describe, expect, it } from 'vitest';
import { coverage } from '../../src/graphql/coverage.js';
import { buildSchema } from '../../src/graphql/schema.js';

const report = coverage(buildSchema());
const packageNamed = (name: string) => report.packages.find((entry) => entry.package === name);

describe('the protobuf models in the GraphQL schema', () => {
  it('gives every element of the account model a place', () => {
    expect(packageNamed('mgmt.v1alpha1')).toEqual({
      package: 'mgmt.v1alpha1',
      counts: {
        messages: { mapped: 61, total: 61 },
        fields: { mapped: 103, total: 103 },
        enums: { mapped: 6, total: 6 },
        'enum values': { mapped: 27, total: 27 },
        rpcs: { mapped: 27, total: 27 },
      },
      excepted: [],
      unmapped: [],
    });
  });

  it('gives every element of the user directory a place, or a reason why not', () => {
    expect(packageNamed('zitadel.user.v1')?.unmapped).toEqual([]);
  });

  it('excuses nothing that has a place', () => {
    expect(report.staleExceptions).toEqual([]);
  });
});
