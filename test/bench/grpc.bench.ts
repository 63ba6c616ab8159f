/**
 * How quick the gRPC face is beside the GraphQL face: `npm run bench -- grpc`. ListUsers with 25 users and their total,
 * and the same fields of the same users over GraphQL, in turn on one server; prints ratios.
 */
import { zitadel } from '../../src/generated/proto.js';
import { openBenchWorld, type Bencher, type Served } from './bench.world.js';
import type { Seen } from './load.client.js';

const connections = 16;
const accounts = 20;
const usersEach = 25;
const warmUpMs = 3_000;
const roundMs = 2_500;
const rounds = 5;

const write = (line: string): void => void process.stdout.write(`${line}\n`);

const document = `query ($id: ID!) { users(accountId: $id, first: ${usersEach}, orderBy: [{ field: USER_NAME }]) {
  totalCount
  nodes {
    id state userName loginNames preferredLoginName details { sequence creationDate changeDate resourceOwner }
    kind {
      ... on Human {
        profile { firstName lastName nickName displayName preferredLanguage gender avatarUrl }
        email { email isEmailVerified } phone { phone isPhoneVerified } passwordChanged
      }
      ... on Machine { name description hasSecret accessTokenType }
    }
  }
} }`;

const creation = `mutation ($input: CreateHumanUserInput!) {
  createHumanUser(input: $input) { user { id } errors { message } } }`;

/** A request over HTTP/1.1, whole. */
function graphqlRequest({ token }: Bencher, query: string, variables: object): string {
  const body = JSON.stringify({ query, variables });
  return `POST /graphql HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\ncontent-type: application/json\r\nauthorization: Bearer ${token}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

const world = await openBenchWorld();
try {
  const server = await world.gatehouse();
  const admins = await Promise.all(
    world.people.slice(0, accounts).map(async (person) => ({ person, accountId: await foundTeam(server, person) })),
  );

  const listUsers = zitadel.management.v1.ListUsersRequest.encode({
    query: { limit: usersEach, asc: true },
    sortingColumn: zitadel.user.v1.UserFieldName.USER_FIELD_NAME_USER_NAME,
  }).finish();
  const sides = {
    graphql: (ms: number): Promise<Seen> =>
      world.load({
        port: server.port,
        connections,
        ms,
        requests: admins.map(({ person, accountId }) => graphqlRequest(person, document, { id: accountId })),
      }),
    grpc: (ms: number): Promise<Seen> =>
      world.loadGrpc({
        port: server.grpcPort,
        connections,
        ms,
        path: '/zitadel.management.v1.ManagementService/ListUsers',
        requests: admins.map(({ person, accountId }) => ({
          authorization: `Bearer ${person.token}`,
          orgId: accountId,
          body: Buffer.from(listUsers).toString('base64'),
        })),
      }),
  };

  const run = async (side: keyof typeof sides, ms: number) => {
    const before = await server.figure('process_cpu_seconds_total');
    const { answers, seconds, faults, sample } = await sides[side](ms);
    if (faults.length > 0) throw new Error(`Answers were faulty: ${faults.join('\n')}`);
    const cpu = ((await server.figure('process_cpu_seconds_total')) - before) / answers;
    return { perSecond: answers / seconds, cpu, sample };
  };

  for (const side of ['graphql', 'grpc'] as const) {
    const { perSecond, sample } = await run(side, warmUpMs);
    write(
      `${side}: ${perSecond.toFixed(0)} a second while warming up, ${side === 'grpc' ? sample : `${sample.length} bytes`}`,
    );
  }
  const throughput: number[] = [];
  const processor: number[] = [];
  for (let round = 0; round < rounds; round++) {
    // In turn who goes first, so that nobody always gets the cooler machine.
    const first = round % 2 === 0 ? 'graphql' : 'grpc';
    const one = await run(first, roundMs);
    const other = await run(first === 'grpc' ? 'graphql' : 'grpc', roundMs);
    const [graphql, grpc] = first === 'graphql' ? [one, other] : [other, one];
    throughput.push(grpc.perSecond / graphql.perSecond);
    processor.push(grpc.cpu / graphql.cpu);
    write(`  GraphQL ${graphql.perSecond.toFixed(0)} a second, gRPC ${grpc.perSecond.toFixed(0)}`);
  }
  write(`ListUsers with ${usersEach} users, gRPC beside GraphQL`);
  write(`  throughput, times that of GraphQL     ${spread(throughput)}`);
  write(`  processor time, times that of GraphQL ${spread(processor)}`);
  await server.stop();
} finally {
  await world.stop();
}

/** Founds a team of the person and creates its users; answers its id. */
async function foundTeam(server: Served, person: Bencher): Promise<string> {
  const ask = async <Data>(query: string, input: object): Promise<Data> => {
    const response = await fetch(`http://127.0.0.1:${server.port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${person.token}` },
      body: JSON.stringify({ query, variables: { input } }),
    });
    const { data } = (await response.json()) as { readonly data: Data };
    return data;
  };
  const name = `bench-${person.id}`;
  const founding = `mutation ($input: CreateTeamAccountInput!) { createTeamAccount(input: $input) { account { id } } }`;
  const founded = await ask<{ createTeamAccount: { account: { id: string } } }>(founding, { name });
  const accountId = founded.createTeamAccount.account.id;
  for (let n = 0; n < usersEach; n++) {
    await ask(creation, {
      accountId,
      userName: `${name}-${n}`,
      profile: { firstName: `First${n}`, lastName: `Last${n}`, preferredLanguage: 'en' },
      email: { email: `${name}-${n}@people.test`, isEmailVerified: true },
    });
  }
  return accountId;
}

function spread(values: readonly number[]): string {
  const inOrder = [...values].sort((a, b) => a - b);
  return `${inOrder[inOrder.length >> 1]?.toFixed(2)} (${inOrder[0]?.toFixed(2)} to ${inOrder.at(-1)?.toFixed(2)})`;
}
