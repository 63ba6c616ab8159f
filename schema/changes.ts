/** What a change of the API means to those who use it: what breaks them, and what they must be told. */
import {
  DangerousChangeType,
  type GraphQLSchema,
  buildSchema,
  findBreakingChanges,
  findDangerousChanges,
  isInputObjectType,
} from 'graphql';

/** The changes that matter; what is not here, nobody notices who does not ask for it. */
export interface SchemaChanges {
  /** What makes requests fail that worked, a sentence each. */
  readonly breaking: readonly string[];
  /** What may surprise a program, such as a new value of an enum: a sentence, and the names that tell of it. */
  readonly surprising: readonly { readonly what: string; readonly names: readonly string[] }[];
}

/** Compares two printed schemas. */
export function schemaChanges(before: string, after: string): SchemaChanges {
  const [old, now] = [buildSchema(before), buildSchema(after)];
  return {
    breaking: [...findBreakingChanges(old, now).map(({ description }) => description), ...oneOfChanges(old, now)],
    surprising: findDangerousChanges(old, now)
      .filter(({ type }) => !unnoticed.has(type))
      .map(({ description }) => ({ what: description, names: description.match(/\b[A-Z]\w*(\.\w+)?/g) ?? [] })),
  };
}

/** The surprises that a part of the changelog does not name. */
export function untold({ surprising }: SchemaChanges, changelog: string): string[] {
  const tells = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(changelog);
  return surprising.filter(({ names }) => !names.every(tells)).map(({ what }) => what);
}

/** The part of a changelog that is about what is not released yet. */
export const unreleased = (changelog: string): string =>
  /^## Unreleased$(.*?)(?=^## |$(?![^]))/ms.exec(changelog)?.[1] ?? '';

/** A client that does not know of them sends what it sent before. */
const unnoticed: ReadonlySet<string> = new Set([
  DangerousChangeType.OPTIONAL_ARG_ADDED,
  DangerousChangeType.OPTIONAL_INPUT_FIELD_ADDED,
]);

/** graphql-js does not look at `@oneOf`. Either way the inputs that clients send, or their types, fit no more. */
function oneOfChanges(old: GraphQLSchema, now: GraphQLSchema): string[] {
  return Object.values(old.getTypeMap()).flatMap((type) => {
    const other = now.getType(type.name);
    if (!isInputObjectType(type) || !isInputObjectType(other) || type.isOneOf === other.isOneOf) return [];
    return [`${type.name} ${other.isOneOf ? 'became' : 'is no longer'} @oneOf.`];
  });
}
