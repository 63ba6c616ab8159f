/** `npm run proto:coverage`: prints which protobuf elements have a place in the GraphQL schema, and which have none. */
import { coverage, printCoverage } from '../graphql/coverage.js';
import { buildSchema } from '../graphql/schema.js';

/** The packages that must be complete in GraphQL; the others are served over gRPC only. */
const complete = ['mgmt.v1alpha1', 'zitadel.user.v1'];

const report = coverage(buildSchema());
process.stdout.write(`${printCoverage(report, complete)}\n`);
const missing = report.packages.some((entry) => complete.includes(entry.package) && entry.unmapped.length > 0);
if (missing || report.staleExceptions.length > 0) process.exitCode = 1;
