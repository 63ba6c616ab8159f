/** Gatehouse as a part of a supergraph: composed by two composers, queried through a real gateway, with the caller's token. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeServices as composeByApollo } from '@apollo/composition';
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { composeServices as composeByHive } from '@theguild/federation-composition';
import { type DocumentNode, parse, print, validate, visit } from 'graphql';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { idOf, type Subgraph, startSubgraph, withNode } from '../support/subgraph.js';
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

interface Composed {
  readonly supergraphSdl?: string | undefined;
  readonly errors?: readonly { readonly message: string }[] | undefined;
}
const composers: Record<string, (services: { name: string; url: string; typeDefs: DocumentNode }[]) => Composed> = {
  '@apollo/composition': composeByApollo,
  '@theguild/federation-composition': composeByHive,
};
const compose = (composer: string, gatehouse: string, other: Pick<Subgraph, 'sdl' | 'url'> = posts): Composed =>
  composers[composer]?.([
    { name: 'gatehouse', url: `${world.testApp.url}/graphql`, typeDefs: parse(gatehouse) },
    { name: 'posts', url: other.url, typeDefs: parse(other.sdl) },
  ]) ?? {};

interface Told {
  readonly data: Record<string, unknown>;
  readonly errors: { readonly message: string; readonly extensions?: Record<string, unknown> }[];
}
interface Door {
  ask(person: Pick<Person, 'authorization'> | null, query: string, variables?: object): Promise<Told>;
  stop(): Promise<void>;
}

/** A gateway that validates documents, as the server in front of one does, and passes the caller's token on. */
async function openGateway(supergraphSdl = ''): Promise<Door> {
  const gateway = new ApolloGateway({
    supergraphSdl,
    buildService: ({ url }) =>
      new RemoteGraphQLDataSource({
        url: url ?? '',
        willSendRequest({ request, context }) {
          const { authorization } = context as { readonly authorization?: string };
          if (authorization !== undefined) request.http?.headers.set('authorization', authorization);
        },
      }),
  });
  const { schema, executor } = await gateway.load();
  return {
    async ask(person, query, variables = {}) {
      const document = parse(query);
      const faults = validate(schema, document);
      const request = { query, variables };
      const context = { authorization: person?.authorization };
      const asked = { request, document, context, queryHash: query, metrics: {} } as unknown;
      const { data, errors } =
        faults.length > 0 ? { errors: faults } : await executor(asked as Parameters<typeof executor>[0]);
      return JSON.parse(JSON.stringify({ data, errors: errors ?? [] })) as Told;
    },
    stop: () => gateway.stop(),
  };
}

const codesOf = ({ errors }: Told): unknown[] => errors.map(({ extensions }) => extensions?.['code']);

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
  ['@theguild/federation-composition', 'oneOf'],
] as const)('Through a gateway with the supergraph of %s: %s', (composer, variant) => {
  let gateway: Door;
  beforeAll(async () => {
    gateway = await openGateway(compose(composer, variants[variant]).supergraphSdl);
  });
  afterAll(() => gateway.stop());
  const ask: Door['ask'] = (...asked) => gateway.ask(...asked);

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

  it('an id leads through Gatehouse into the other subgraph, which has the interface Node too', async () => {
    const query = `query ($id: ID!) {
      node(id: $id) { __typename ... on UserAccount { name postCount } ... on User { badges } ... on Post { title } }
    }`;
    const ann = acme.people['Ann'] as Person;
    const node = async (id: string) => (await ask(ann, query, { id })).data['node'];
    expect(await node(acme.id)).toEqual({ __typename: 'UserAccount', name: 'acme', postCount: 2 });
    expect(await node(ann.id)).toEqual({ __typename: 'User', badges: [`badge of ${ann.id}`] });
    expect(await node(globex.id)).toBeNull();
    expect(await node(idOf({ title: 'Hello' }))).toBeNull();
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
    expect(errors.map(({ extensions }) => extensions?.['code'])).toContain('UNAUTHENTICATED');
    expect(posts.authorizations.at(-1)).toBeNull();
  });

  const search = (filter: string, declared = '') =>
    `query ${declared} { users(first: 1, filter: [${filter}]) { nodes { id } } }`;

  it.each([
    ['two', { type: 'HUMAN', and: [] }, '{ type: HUMAN, and: [] }'],
    ['none', {}, '{}'],
    ['null', { type: null }, '{ type: null }'],
    ['two deep inside', { not: { or: [{ type: 'HUMAN', and: [] }] } }, '{ not: { or: [{ type: HUMAN, and: [] }] } }'],
  ])('exactly one is demanded of a filter, not %s: by whoever knows, at the latest by Gatehouse', async (...faulty) => {
    const [, value, literal] = faulty;
    const ann = acme.people['Ann'] as Person;
    const told = [
      await ask(ann, search('$filter', '($filter: UserFilter!)'), { filter: value }),
      await ask(ann, search(literal)),
    ];
    for (const { data, errors } of told) {
      expect(data ?? null).toBeNull();
      expect(errors).not.toEqual([]);
      const by = errors.map(({ extensions }) => extensions?.['serviceName'] ?? 'the gateway');
      expect(new Set(by)).toEqual(new Set([variant === 'oneOf' ? 'the gateway' : 'gatehouse']));
    }
    if (variant === 'plain') expect(told.map(codesOf)).toEqual([['BAD_USER_INPUT'], ['BAD_USER_INPUT']]);
  });

  it('a filter with exactly one everywhere finds', async () => {
    const ann = acme.people['Ann'] as Person;
    const filter = { not: { or: [{ type: 'MACHINE' }, { inUserIds: [globex.people['Greg']?.id] }] } };
    const { data, errors } = await ask(ann, search('$filter', '($filter: UserFilter!)'), { filter });
    expect(errors).toEqual([]);
    expect(data).toMatchObject({ users: { nodes: [{ id: expect.any(String) as string }] } });
  });
});

describe('Where another subgraph has a Query.node too', () => {
  it.each(Object.keys(composers))('%s refuses both, shareable there or not', (composer) => {
    for (const directive of ['', '@shareable']) {
      const { errors } = compose(composer, variants.plain, { ...posts, sdl: withNode(posts.sdl, directive) });
      expect(errors?.map(({ message }) => message).join()).toContain('Non-shareable field "Query.node"');
    }
  });

  it.each(Object.keys(composers))('%s composes them once Gatehouse is left without', (composer) => {
    const lookUps = new Set(['node', 'nodes']);
    const text = visit(parse(variants.plain), {
      FieldDefinition: ({ name }, _key, _parent, _path, ancestors) =>
        lookUps.has(name.value) && ancestors.some((of) => 'name' in of && of.name?.value === 'Query')
          ? null
          : undefined,
    });
    const { supergraphSdl, errors } = compose(composer, print(text), { ...posts, sdl: withNode(posts.sdl, '') });
    expect(errors ?? []).toEqual([]);
    expect(supergraphSdl).toMatch(/node\([^)]*\): Node @join__field\(graph: POSTS\)/);
  });

  it.each(Object.keys(composers))('%s lets it take over, and Gatehouse completes what it finds', async (composer) => {
    const [ann, greg] = [acme.people['Ann'] as Person, globex.people['Greg'] as Person];
    const taking = await startSubgraph([{ title: 'Hello', authorId: ann.id, accountId: acme.id }], true);
    onTestFinished(() => taking.stop());
    const { supergraphSdl, errors } = compose(composer, variants.plain, taking);
    expect(errors ?? []).toEqual([]);
    const gateway = await openGateway(supergraphSdl);
    onTestFinished(() => gateway.stop());
    const query = 'query ($id: ID!) { node(id: $id) { ... on UserAccount { name } ... on Post { title } } }';
    const node = async (who: Person, id: string) => (await gateway.ask(who, query, { id })).data['node'];
    expect(await node(ann, idOf({ title: 'Hello' }))).toEqual({ title: 'Hello' });
    expect(await node(ann, acme.id)).toEqual({ name: 'acme' });
    expect(await node(greg, acme.id)).toBeNull();
  });
});
