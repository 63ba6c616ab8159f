/** Computes which protobuf elements have a place in a GraphQL schema, and which have none. */
import { isEnumType, isInputObjectType, isInterfaceType, isObjectType, type GraphQLSchema } from 'graphql';
import { protoEnums, protoMessages } from '../generated/proto-model.js';
import { coverageExceptions, type CoverageException } from './coverage.exceptions.js';
import { protoMethods, protoPackages } from './proto.js';

/** The kinds of elements that are counted. */
export const coverageKinds = ['messages', 'fields', 'enums', 'enum values', 'rpcs'] as const;
/** One of {@link coverageKinds}. */
export type CoverageKind = (typeof coverageKinds)[number];

/** How much of one protobuf package has a place. `mapped + excepted + unmapped` make the total of a kind. */
export interface PackageCoverage {
  readonly package: string;
  readonly counts: Readonly<Record<CoverageKind, { readonly mapped: number; readonly total: number }>>;
  /** Elements that are excused by an exception, by full name. */
  readonly excepted: readonly string[];
  /** Elements that should have a place and have none, by full name. */
  readonly unmapped: readonly string[];
}

/** The coverage of every package, and the exceptions that excuse nothing. */
export interface CoverageReport {
  readonly packages: readonly PackageCoverage[];
  readonly staleExceptions: readonly string[];
}

interface Element {
  readonly kind: CoverageKind;
  readonly name: string;
  readonly mapped: boolean;
}

/**
 * Compares the protobuf elements with what the elements of `schema` say they carry (see proto.ts).
 * - A message has a place when something carries it, or when it is the request or response of an RPC that has one.
 * - The zero of an enum that means "unspecified" has the place of its enum: it is null in GraphQL.
 */
export function coverage(
  schema: GraphQLSchema,
  exceptions: readonly CoverageException[] = coverageExceptions,
): CoverageReport {
  const elements = allElements(carriedBy(schema));
  const excuses = ({ name }: CoverageException, element: Element): boolean =>
    element.name === name || element.name.startsWith(`${name}.`);
  const excused = (element: Element): boolean => exceptions.some((exception) => excuses(exception, element));
  const missing = elements.filter((element) => !element.mapped);
  const stale = exceptions.filter((exception) => !missing.some((element) => excuses(exception, element)));
  const packages = protoPackages.map((namespace) => {
    const inside = elements.filter((element) => packageOf(element.name) === namespace);
    const absent = inside.filter((element) => !element.mapped);
    return {
      package: namespace,
      counts: countByKind(inside),
      excepted: absent.filter(excused).map((element) => element.name),
      unmapped: absent.filter((element) => !excused(element)).map((element) => element.name),
    };
  });
  return { packages, staleExceptions: stale.map((exception) => exception.name) };
}

/**
 * A table for people: one line a package, then every element without a place in the packages that must be `complete`.
 * The other packages are named in one line: they are served over gRPC, and GraphQL has only what it shares with them.
 */
export function printCoverage(report: CoverageReport, complete: readonly string[]): string {
  const width = Math.max(...report.packages.map((entry) => entry.package.length));
  const lines = report.packages.map((entry) => {
    const cells = coverageKinds.map((kind) => `${kind} ${entry.counts[kind].mapped}/${entry.counts[kind].total}`);
    const excepted = entry.excepted.length > 0 ? [`exceptions ${entry.excepted.length}`] : [];
    return `${entry.package.padEnd(width)}  ${[...cells, ...excepted].join('  ')}`;
  });
  const isComplete = (entry: PackageCoverage): boolean => complete.includes(entry.package);
  const unmapped = report.packages
    .filter(isComplete)
    .flatMap((entry) => entry.unmapped.map((name) => `unmapped: ${name}`));
  const others = report.packages.filter((entry) => !isComplete(entry)).map((entry) => entry.package);
  const overGrpc = others.length > 0 ? [`served over gRPC only: ${others.join(', ')}`] : [];
  const stale = report.staleExceptions.map((name) => `exception without need: ${name}`);
  return [...lines, ...overGrpc, ...unmapped, ...stale].join('\n');
}

/** The full names of everything that any element of the schema carries. */
function carriedBy(schema: GraphQLSchema): ReadonlySet<string> {
  const carried = new Set<string>();
  const note = ({ extensions }: { readonly extensions: Readonly<Record<string, unknown>> }): void => {
    for (const list of [extensions['proto'], extensions['rpc']])
      if (Array.isArray(list)) for (const name of list) carried.add(String(name));
  };
  for (const type of Object.values(schema.getTypeMap())) {
    note(type);
    if (isEnumType(type)) type.getValues().forEach(note);
    if (isInputObjectType(type)) Object.values(type.getFields()).forEach(note);
    if (isObjectType(type) || isInterfaceType(type))
      for (const field of Object.values(type.getFields())) [field, ...field.args].forEach(note);
  }
  return carried;
}

function allElements(carried: ReadonlySet<string>): readonly Element[] {
  const element = (kind: CoverageKind, name: string, mapped = carried.has(name)): Element => ({ kind, name, mapped });
  const served = [...protoMethods].filter(([method]) => carried.has(method));
  const exchanged = new Set(served.flatMap(([, { request, response }]) => [request, response]));
  return [
    ...Object.entries(protoMessages).flatMap(([message, { fields }]) => [
      element('messages', message, carried.has(message) || exchanged.has(message)),
      ...Object.keys(fields).map((field) => element('fields', `${message}.${field}`)),
    ]),
    ...Object.entries(protoEnums).flatMap(([name, values]) => [
      element('enums', name),
      ...Object.entries(values).map(([value, number]) => {
        const unspecified = number === 0 && value.endsWith('_UNSPECIFIED');
        return element('enum values', `${name}.${value}`, carried.has(unspecified ? name : `${name}.${value}`));
      }),
    ]),
    ...[...protoMethods.keys()].map((method) => element('rpcs', method)),
  ];
}

function packageOf(name: string): string | undefined {
  return protoPackages.find((namespace) => name.startsWith(`${namespace}.`));
}

function countByKind(elements: readonly Element[]): PackageCoverage['counts'] {
  const count = (kind: CoverageKind): { mapped: number; total: number } => {
    const alike = elements.filter((element) => element.kind === kind);
    return { mapped: alike.filter((element) => element.mapped).length, total: alike.length };
  };
  return {
    messages: count('messages'),
    fields: count('fields'),
    enums: count('enums'),
    'enum values': count('enum values'),
    rpcs: count('rpcs'),
  };
}
