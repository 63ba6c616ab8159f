/** The protobuf elements that have no place in the GraphQL schema, each with the reason. */

/** An element without a place; what stands inside it (the fields of a message) goes with it. */
export interface CoverageException {
  /** The full protobuf name. */
  readonly name: string;
  readonly reason: string;
}

const registration = 'Registering a passkey is a dialogue between the browser and the identity provider, not this API.';

/** The whole list. A name that has found a place must leave it: a test compares. */
export const coverageExceptions: readonly CoverageException[] = [
  { name: 'zitadel.user.v1.WebAuthNKey', reason: registration },
  { name: 'zitadel.user.v1.WebAuthNVerification', reason: registration },
];
