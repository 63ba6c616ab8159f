/** A second subgraph, made by hand: posts whose authors and accounts are Gatehouse's, and what it adds to both. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSchema, createYoga } from 'graphql-yoga';

/** A post, by the ids of its author and of the account it is in. */
export interface Post {
  readonly title: string;
  readonly authorId: string;
  readonly accountId: string;
}

/** A running subgraph. */
export interface Subgraph {
  readonly sdl: string;
  readonly url: string;
  /** The Authorization headers that came with its requests. */
  readonly authorizations: (string | null)[];
  stop(): Promise<void>;
}

const sdl = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.6", import: ["@key", "@shareable"])
  type Query { posts: [Post!]! lastPage: PageInfo }
  type PageInfo @shareable { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
  type Post { title: String! author: User account: UserAccount }
  type User @key(fields: "id") { id: ID! badges: [String!]! }
  type UserAccount @key(fields: "id") { id: ID! postCount: Int! founder: User }
`;
const machinery = `
  directive @link(url: String!, import: [String!]) repeatable on SCHEMA
  directive @key(fields: String!) repeatable on OBJECT
  directive @shareable on OBJECT
  scalar _Any
  union _Entity = User | UserAccount
  extend type Query { _entities(representations: [_Any!]!): [_Entity]! }
`;

interface Reference {
  readonly __typename: string;
  readonly id: string;
}

/** Starts it with posts; the founder of every account is the author of its first. */
export async function startSubgraph(posts: readonly Post[]): Promise<Subgraph> {
  const authorizations: (string | null)[] = [];
  const of = (id: string) => posts.filter(({ accountId }) => accountId === id);
  const schema = createSchema({
    typeDefs: sdl + machinery,
    resolvers: {
      Query: {
        posts: () => posts,
        _entities: (_root: unknown, args: { representations: readonly Reference[] }) => args.representations,
      },
      _Entity: { __resolveType: (value: Reference) => value.__typename },
      Post: { author: (post: Post) => ({ id: post.authorId }), account: (post: Post) => ({ id: post.accountId }) },
      User: { badges: ({ id }: Reference) => [`badge of ${id}`] },
      UserAccount: {
        postCount: ({ id }: Reference) => of(id).length,
        founder: ({ id }: Reference) =>
          of(id)
            .slice(0, 1)
            .map(({ authorId }) => ({ id: authorId }))[0] ?? null,
      },
    },
  });
  const yoga = createYoga({ schema, logging: false });
  const server = createServer((req, res) => {
    authorizations.push(req.headers.authorization ?? null);
    void yoga(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    sdl,
    url: `http://127.0.0.1:${port}/graphql`,
    authorizations,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
