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

/** The id of a post. */
export const idOf = ({ title }: Pick<Post, 'title'>): string => `post-${title}`;

/** A running subgraph. */
export interface Subgraph {
  readonly sdl: string;
  readonly url: string;
  /** The Authorization headers that came with its requests. */
  readonly authorizations: (string | null)[];
  stop(): Promise<void>;
}

const sdl = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.6", import: ["@key", "@shareable", "@override"])
  type Query { posts: [Post!]! lastPage: PageInfo }
  interface Node { id: ID! }
  type PageInfo @shareable { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
  type Post implements Node { id: ID! title: String! author: User account: UserAccount }
  type User implements Node @key(fields: "id") { id: ID! badges: [String!]! }
  type UserAccount implements Node @key(fields: "id") { id: ID! postCount: Int! founder: User }
`;
const machinery = `
  directive @link(url: String!, import: [String!]) repeatable on SCHEMA
  directive @key(fields: String!) repeatable on OBJECT
  directive @shareable on OBJECT | FIELD_DEFINITION
  directive @override(from: String!) on FIELD_DEFINITION
  scalar _Any
  union _Entity = User | UserAccount
  extend type Query { _entities(representations: [_Any!]!): [_Entity]! }
`;

interface Reference {
  readonly __typename: string;
  readonly id: string;
}

/** The subgraph with a `Query.node` of its own, under a directive. */
export const withNode = (subgraph: string, directive: string): string =>
  subgraph.replace('type Query {', `type Query { node(id: ID!): Node ${directive}`);

/**
 * Starts it with posts; the founder of every account is the author of its first.
 * @param takesNode it has `Query.node` instead of Gatehouse, and knows of posts and of the accounts they are in
 */
export async function startSubgraph(posts: readonly Post[], takesNode = false): Promise<Subgraph> {
  const own = takesNode ? withNode(sdl, '@override(from: "gatehouse")') : sdl;
  const of = (id: string) => posts.filter(({ accountId }) => accountId === id);
  const node = (_root: unknown, { id }: { readonly id: string }) => {
    const post = posts.find((one) => idOf(one) === id);
    if (post) return { __typename: 'Post', ...post };
    return of(id).length > 0 ? { __typename: 'UserAccount', id } : null;
  };
  const authorizations: (string | null)[] = [];
  const schema = createSchema({
    typeDefs: own + machinery,
    resolvers: {
      Query: {
        posts: () => posts,
        ...(takesNode ? { node } : {}),
        _entities: (_root: unknown, args: { representations: readonly Reference[] }) => args.representations,
      },
      _Entity: { __resolveType: (value: Reference) => value.__typename },
      Post: {
        id: idOf,
        author: (post: Post) => ({ id: post.authorId }),
        account: (post: Post) => ({ id: post.accountId }),
      },
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
    sdl: own,
    url: `http://127.0.0.1:${port}/graphql`,
    authorizations,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
