/** Gatehouse as a part of a supergraph: composed by two composers, queried through a real gateway, with the caller's token. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeServices as composeByApollo } from '@apollo/composition';
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { composeServices as composeByHive } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Subgraph, startSubgraph } from '../support/subgraph.js';
import { createWorld, type Person, type Team, type World } from '../support/world.js';

const written = (file: string): string => readFileSync(join(import.meta.dirname, '../../schema', file), 'utf8');
const variants = { oneOf: written('subgraph.graphql'), plain: written('subgraph.no-one-of.graphql') };

let world: World;
let acme: Team;
let globex: Team;
let posts: Subgraph;

beforeAll(async () => {
  world = await createWorld();
  acme = await world.team('acme').admin('Ann').viewer('Vic').made();
  globex = await world.team('globex').admin('Greg').made();
  const [ann, greg] = [acme.people['Ann'], globex.people['Greg']];
  posts = await startSubgraph([
    { title: 'Hello', authorId: ann?.id ?? '', accountId: acme.id },
    { title: 'Secret', authorId: greg?.id ?? '', accountId: globex.id },
    { title: 'Again', authorId: ann?.id ?? '', accountId: acme.id },
  ]);
});
afterAll(async () => {
  await Promise.all([world.stop(), posts.stop()]);
});

const services = (gatehouse: string) => [
  { name: 'gatehouse', url: `${world.testApp.url}/graphql`, typeDefs: parse(gatehouse) },
  { name: 'posts', url: posts.url, typeDefs: parse(posts.sdl) },
];

interface Composed {
  readonly supergraphSdl?: string | undefined;
  readonly errors?: readonly { readonly message: string }[] | undefined;
}
const composers: Record<string, (gatehouse: string) => Composed> = {
  '@apollo/composition': (gatehouse) => composeByApollo(services(gatehouse)),
  '@theguild/federation-composition': (gatehouse) => composeByHive(services(gatehouse)),
};
const compose = (composer: string, gatehouse: string): Composed => composers[composer]?.(gatehouse) ?? {};

describe('The subgraph composes with another', () => {
  it.each([
    ['@apollo/composition', 'plain'],
    ['@theguild/federation-composition', 'plain'],
    ['@theguild/federation-composition', 'oneOf'],
  ] as const)('by %s: %s', (composer, variant) => {
    const { supergraphSdl = '', errors } = compose(composer, variants[variant]);
    expect(errors ?? []).toEqual([]);
    for (const field of ['orderBy', 'postCount', 'badges', 'viewerRole']) expect(supergraphSdl).toContain(field);
    expect(/^input UserFilter [^{]*@oneOf/m.test(supergraphSdl)).toBe(variant === 'oneOf');
  });

  it('and is refused by @apollo/composition where it says @oneOf: the day it is not, the variant may go', () => {
    const { errors } = compose('@apollo/composition', variants.oneOf);
    expect(errors?.map(({ message }) => message).join()).toContain('@oneOf');
  });

  it('and is what a running gateway answers for it', async () => {
    const { data } = await world.ask<{ _service: { sdl: string } }>(null, '{ _service { sdl } }');
    expect(data?._service.sdl).toBe(variants.oneOf);
  });
});

describe.each([
  ['@apollo/composition', 'plain'],
  ['@theguild/federation-composition', 'plain'],
] as const)('Through a gateway with the supergraph of %s', (composer, variant) => {
  let gateway: ApolloGateway;
  let executor: Awaited<ReturnType<ApolloGateway['load']>>['executor'];

  beforeAll(async () => {
    gateway = new ApolloGateway({
      supergraphSdl: compose(composer, variants[variant]).supergraphSdl ?? '',
      buildService: ({ url }) =>
        new RemoteGraphQLDataSource({
          url: url ?? '',
          willSendRequest({ request, context }) {
            const { authorization } = context as { readonly authorization?: string };
            if (authorization !== undefined) request.http?.headers.set('authorization', authorization);
          },
        }),
    });
    ({ executor } = await gateway.load());
  });
  afterAll(() => gateway.stop());

  async function ask(person: Pick<Person, 'authorization'> | null, query: string, variables: object = {}) {
    const request = { query, variables };
    const context = { authorization: person?.authorization };
    const document = parse(query);
    const asked = { request, document, context, queryHash: query, metrics: {} } as unknown;
    const { data, errors } = await executor(asked as Parameters<typeof executor>[0]);
    return JSON.parse(JSON.stringify({ data, errors: errors ?? [] })) as {
      data: Record<string, unknown>;
      errors: { extensions: Record<string, unknown> }[];
    };
  }

  it('a query goes from the other subgraph to Gatehouse and back, in order', async () => {
    const ann = acme.people['Ann'] as Person;
    const { data } = await ask(
      ann,
      '{ posts { title author { id userName badges } account { name viewerRole postCount } } }',
    );
    const mine = (title: string) => ({
      title,
      author: { id: ann.id, userName: expect.any(String) as string, badges: [`badge of ${ann.id}`] },
      account: { name: 'acme', viewerRole: 'ADMIN', postCount: 2 },
    });
    expect((data['posts'] as unknown[])[0]).toEqual(mine('Hello'));
    expect((data['posts'] as unknown[])[2]).toEqual(mine('Again'));
  });

  it('a query goes from Gatehouse to the other subgraph and back to Gatehouse', async () => {
    const vic = acme.people['Vic'] as Person;
    const { data, errors } = await ask(
      vic,
      'query ($id: ID!) { account(id: $id) { name postCount founder { id badges userName } } }',
      { id: acme.id },
    );
    expect(errors).toEqual([]);
    const founder = acme.people['Ann'] as Person;
    expect(data).toMatchObject({ account: { name: 'acme', postCount: 2, founder: { id: founder.id } } });
    expect(JSON.stringify(data)).toContain('"userName":"');
  });

  it.each(['Ann', 'Vic'])(
    '%s sees of another team nothing, also where the other subgraph knows its ids',
    async (name) => {
      const { data } = await ask(
        acme.people[name] as Person,
        '{ posts { title account { id name members { totalCount } } } }',
      );
      expect(JSON.stringify(data)).not.toContain('globex');
      const greg = await ask(globex.people['Greg'] as Person, '{ posts { title account { name } } }');
      expect(JSON.stringify(greg.data)).toContain('globex');
      expect(JSON.stringify(greg.data)).not.toContain('acme');
    },
  );

  it('who is not signed in gets from Gatehouse nothing', async () => {
    const { data, errors } = await ask(null, '{ posts { title account { name } } }');
    expect(JSON.stringify(data)).not.toMatch(/acme|globex/);
    expect(errors.map(({ extensions }) => extensions['code'])).toContain('UNAUTHENTICATED');
    expect(posts.authorizations.at(-1)).toBeNull();
  });

  it('exactly one is demanded of a filter although the supergraph does not say so', async () => {
    const search = 'query ($filter: UserFilter!) { users(first: 1, filter: [$filter]) { nodes { id } } }';
    const ann = acme.people['Ann'] as Person;
    const both = await ask(ann, search, { filter: { type: 'HUMAN', and: [] } });
    expect(both.errors.map(({ extensions }) => extensions['code'])).toEqual(['BAD_USER_INPUT']);
    expect((await ask(ann, search, { filter: { type: 'HUMAN' } })).errors).toEqual([]);
  });
});
