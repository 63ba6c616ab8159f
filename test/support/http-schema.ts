/** A small schema with one field for each way in which a field can behave. */
import {
  GraphQLEnumType,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
} from 'graphql';
import type { Call } from '../../src/kernel/call.js';
import { invalid } from '../../src/kernel/errors.js';

/** The context of the schema's resolvers. */
export interface TestContext {
  readonly call: Call;
  readonly gate: Gate;
}

/** Holds requests for `{ held }` until they are let go, and tells when one has come. */
export interface Gate {
  arrived(): Promise<Call>;
  letGo(): void;
}

/** The side of a gate that the resolver stands at. */
export interface OpenGate extends Gate {
  hold(call: Call): Promise<string>;
}

/** A closed gate. */
export function createGate(): OpenGate {
  let release = (): void => undefined;
  const released = new Promise<string>((resolve) => (release = () => resolve('let go')));
  const waiting: ((call: Call) => void)[] = [];
  const come: Call[] = [];
  return {
    arrived: () => {
      const call = come.shift();
      return call === undefined ? new Promise((resolve) => void waiting.push(resolve)) : Promise.resolve(call);
    },
    letGo: () => release(),
    hold(call) {
      const next = waiting.shift();
      if (next === undefined) come.push(call);
      else next(call);
      return released;
    },
  };
}

const hue = new GraphQLEnumType({ name: 'Hue', values: { RED: {}, BLUE: {} } });
const wish = new GraphQLInputObjectType({
  name: 'Wish',
  fields: { text: { type: new GraphQLNonNull(GraphQLString) }, hue: { type: hue } },
});
const thing = new GraphQLObjectType<object, TestContext>({
  name: 'Thing',
  fields: { name: { type: GraphQLString, resolve: () => 'a thing' } },
});

/** The schema: one field for each way in which a field can behave. */
export const testSchema = new GraphQLSchema({
  query: new GraphQLObjectType<unknown, TestContext>({
    name: 'Query',
    fields: {
      hello: {
        type: GraphQLString,
        args: { name: { type: GraphQLString } },
        resolve: (_, { name }) => `Hello ${name ?? 'you'}`,
      },
      later: { type: GraphQLString, resolve: async () => 'later' },
      things: { type: new GraphQLList(thing), resolve: () => [{}, {}] },
      wish: {
        type: GraphQLString,
        args: { input: { type: new GraphQLNonNull(wish) } },
        resolve: (_, { input }) => input.text,
      },
      number: { type: GraphQLInt, args: { of: { type: GraphQLInt } }, resolve: (_, { of }) => of ?? null },
      who: { type: GraphQLString, resolve: (_, _args, { call }) => call.principal.kind },
      refused: {
        type: GraphQLString,
        resolve: () => {
          throw invalid(['input', 'name'], 'The name is taken.', 'NAME_TAKEN');
        },
      },
      broken: {
        type: GraphQLString,
        resolve: () => {
          throw new Error('password=hunter2 for ada@acme.test');
        },
      },
      unfit: { type: GraphQLInt, resolve: () => 'internal text' },
      missing: { type: new GraphQLNonNull(GraphQLString), resolve: () => null },
      held: { type: GraphQLString, resolve: (_, _args, { call, gate }) => (gate as OpenGate).hold(call) },
    },
  }),
  mutation: new GraphQLObjectType<unknown, TestContext>({
    name: 'Mutation',
    fields: {
      greet: { type: GraphQLString, args: { name: { type: GraphQLString } }, resolve: (_, { name }) => `Hi ${name}` },
    },
  }),
  subscription: new GraphQLObjectType<unknown, TestContext>({
    name: 'Subscription',
    fields: {
      count: {
        type: GraphQLInt,
        args: { to: { type: new GraphQLNonNull(GraphQLInt) } },
        async *subscribe(_, { to }) {
          for (let i = 1; i <= to; i++) yield { count: i };
        },
      },
    },
  }),
});
