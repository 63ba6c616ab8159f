/**
 * The architecture as rules: who may import whom, type imports included. `npm run arch` holds src/ to them, and
 * test/guard/architecture.test.ts shows for each rule a wrong tree that it refuses.
 */

/** The domains, lowest first. A domain imports only from domains before it. */
const ladder = ['system', 'audit', 'access', 'user', 'session', 'billing', 'membership', 'account', 'invite', 'grant'];

const kernel = '^src/kernel/';
const domains = '^src/domains/';
const entries = '^src/(main\\.ts|cli/)';
const wiring = '^src/(main|app|app\\.[a-z]+)\\.ts$';
const demo = '^src/demo/';
// Import and export of users: rows in bulk on a connection of their own, past the domains and their services.
const transfer = '^src/transfer/';
const graphqlRoom = '^src/graphql/';
const grpcRoom = '^src/grpc/';

/** The rooms of a domain, by the file's name: invite.ts, invite.rules.ts, invite.service.ts, ... */
const contract = '^src/domains/([^/]+)/\\1(\\.search)?\\.ts$';
const rules = '^src/domains/.+\\.rules\\.ts$';
const service = '^src/domains/.+\\.service\\.ts$';
const graphqlFace = '^src/domains/.+\\.graphql\\.ts$';
const grpcFace = '^src/domains/.+\\.grpc\\.ts$';
// access.visible.ts is the part of access's store that other stores put into their SQL.
const store = '^src/domains/.+(\\.store|/access\\.visible)\\.ts$';

/** Matches imports of the packages, found by the resolver or not. */
const packages = (...names) => `(^|node_modules/|@types/)(${names.join('|')})(/|$)`;
const graphqlPackages = packages('graphql', 'graphql-(yoga|shield|middleware)', '@graphql-(yoga|tools)', '@pothos');
const grpcPackages = packages('@grpc', 'protobufjs');
const databasePackages = packages('@prisma', 'prisma', 'pg', 'pg-(pool|types|copy-streams)');

const generated = '^src/generated/';
const generatedPrisma = '^src/generated/(prisma/|pothos-types\\.)';
// The version and commit that the wiring hands to the domain `system`.
const generatedBuild = '^src/generated/build\\.ts$';
const generatedMessages = '^src/generated/proto\\.';
// These look at generated types and descriptions, not at rows or messages: Pothos is told the tables' types, the
// context carries the client that the Pothos plugin loads relations with, and the schema's descriptions and the
// coverage come from the protobuf model.
const schemaTypes = '^src/graphql/(builder|context)\\.ts$';
const schemaModel = '^src/graphql/(proto|coverage)\\.ts$';

/** One refusal. The name is the sentence that a developer reads when it fails. */
const refuse = (name, from, to) => ({ name, severity: 'error', from, to });

const forbidden = [
  refuse('nothing imports itself in a circle', {}, { circular: true }),

  refuse('the kernel imports nothing of ours', { path: kernel }, { path: '^src/', pathNot: kernel }),
  refuse(
    'contracts import only contracts and the kernel',
    { path: contract },
    { path: '^src/', pathNot: [kernel, contract] },
  ),
  refuse(
    'rules import only contracts, rules and the kernel',
    { path: rules },
    { path: '^src/', pathNot: [kernel, contract, rules] },
  ),
  // Hashing and verifying decide the same for the same input; everything else that Node.js brings reaches outside.
  refuse(
    'kernel, contracts and rules do no input or output',
    { path: [kernel, contract, rules] },
    { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
  ),

  refuse(
    'behaviour knows no transport',
    { path: [kernel, domains, '^src/db/'], pathNot: [graphqlFace, grpcFace] },
    { path: [graphqlPackages, grpcPackages, graphqlRoom, grpcRoom, graphqlFace, grpcFace, '^src/generated/proto'] },
  ),
  refuse(
    'behaviour knows only kernel, db and domains',
    { path: domains, pathNot: [graphqlFace, grpcFace] },
    { path: '^src/', pathNot: [kernel, domains, '^src/db/', generated, graphqlRoom, grpcRoom] },
  ),
  refuse(
    'of another domain one sees contract, rules and store',
    { path: '^src/domains/([^/]+)/', pathNot: [graphqlFace, grpcFace] },
    { path: domains, pathNot: ['^src/domains/$1/', contract, rules, store, graphqlFace, grpcFace] },
  ),

  refuse(
    'only stores and db touch the database',
    { path: '^src/', pathNot: ['^src/db/', generated, store, schemaTypes] },
    { path: [databasePackages, generatedPrisma] },
  ),
  // A service holds the database as a value and hands it to stores, so it may name its type.
  refuse(
    'only stores look into the database, services name its type',
    { path: domains, pathNot: store },
    { path: '^src/db/client\\.ts$', dependencyTypesNot: ['type-only'] },
  ),
  refuse(
    'domains see of db only the client, events, filters, texts, keysets and totals',
    { path: domains },
    { path: '^src/db/', pathNot: '^src/db/(client|events|filter|text|keyset|totals)\\.ts$' },
  ),
  refuse('stores serve only domains', { path: '^src/', pathNot: domains }, { path: store }),

  refuse(
    'a GraphQL face imports only contracts, src/graphql and the kernel',
    { path: graphqlFace },
    { path: '^src/', pathNot: [kernel, contract, graphqlFace, '^src/graphql/[^/]+$', grpcRoom, grpcFace] },
  ),
  refuse(
    'a gRPC face imports only contracts, src/grpc, messages and the kernel',
    { path: grpcFace },
    { path: '^src/', pathNot: [kernel, contract, grpcFace, grpcRoom, generatedMessages, graphqlRoom, graphqlFace] },
  ),
  refuse(
    'GraphQL does not see gRPC',
    { path: [graphqlRoom, graphqlFace] },
    { path: [grpcRoom, grpcFace, grpcPackages, generatedMessages] },
  ),
  refuse(
    'gRPC does not see GraphQL',
    { path: [grpcRoom, grpcFace] },
    { path: [graphqlRoom, graphqlFace, graphqlPackages] },
  ),

  refuse('every domain stands on the ladder', { path: domains, pathNot: `^src/domains/(${ladder.join('|')})/` }, {}),
  ...ladder
    .slice(0, -1)
    .map((name, rung) =>
      refuse(
        `the ladder: ${name} imports nothing above it`,
        { path: `^src/domains/${name}/` },
        { path: `^src/domains/(${ladder.slice(rung + 1).join('|')})/` },
      ),
    ),

  // The lists of faces are where machinery and domains meet; rules.ts turns the permissions of access into shield rules.
  refuse(
    'machinery knows no domain',
    {
      path: [graphqlRoom, grpcRoom, '^src/db/'],
      pathNot: ['^src/(graphql/schema|grpc/(server|services))\\.ts$', '^src/graphql/rules\\.ts$'],
    },
    { path: domains },
  ),
  refuse(
    'of access the shield sees only the contract',
    { path: '^src/graphql/rules\\.ts$' },
    { path: domains, pathNot: '^src/domains/access/access\\.ts$' },
  ),
  refuse(
    'db knows only kernel and settings',
    { path: '^src/db/' },
    {
      path: '^src/',
      pathNot: ['^src/(db|kernel|generated/prisma)/', '^src/config(\\.limits)?\\.ts$', graphqlRoom, grpcRoom, domains],
    },
  ),
  refuse(
    'generated code stays behind db, stores and grpc',
    {
      path: '^src/',
      pathNot: [generated, '^src/db/', grpcRoom, store, graphqlFace, grpcFace, schemaTypes, schemaModel],
    },
    { path: generated, pathNot: [generatedPrisma, generatedBuild] },
  ),

  refuse('only the wiring reads the build', { path: '^src/', pathNot: wiring }, { path: generatedBuild }),
  refuse('services are made only in src/app', { path: '^src/', pathNot: wiring }, { path: service }),
  // The demo world is made through services of its own, two days ago and without rate limits.
  refuse('app and main are roofs', { path: '^src/', pathNot: [wiring, demo, transfer] }, { path: wiring }),
  refuse(
    'of the wiring the demo sees only the services',
    { path: demo },
    { path: wiring, pathNot: '^src/app\\.services\\.ts$' },
  ),
  refuse(
    'of the wiring transfers see only the storage',
    { path: transfer },
    { path: wiring, pathNot: '^src/app\\.storage\\.ts$' },
  ),
  refuse('only commands start transfers', { path: '^src/', pathNot: [transfer, '^src/cli/'] }, { path: transfer }),
  // They are held to the tables and the protobuf messages, not to what services allow.
  refuse('transfers know no domain', { path: transfer }, { path: [domains, graphqlRoom, grpcRoom, generated] }),
  refuse('only the wiring knows the demo', { path: '^src/', pathNot: [wiring, demo] }, { path: demo }),
  refuse('nothing imports an entry point', { path: '^src/' }, { path: entries }),
  refuse('no index files', { path: '/index\\.ts$', pathNot: generated }, {}),
  refuse(
    'src imports no code outside src',
    { path: '^src/' },
    { dependencyTypes: ['local'], pathNot: ['^src/', 'node_modules/'] },
  ),
  refuse(
    'src needs no development dependency',
    { path: '^src/', pathNot: generated },
    { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'npm-optional'] },
  ),
  refuse(
    'every package is declared in package.json',
    { path: '^src/', pathNot: generated },
    { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown'] },
  ),
  refuse(
    'everything is used by an entry point',
    { path: entries },
    { path: '^src/', pathNot: [entries, generated], reachable: false },
  ),
];

module.exports = {
  forbidden,
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^src/generated/prisma/(internal|models|browser)' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
