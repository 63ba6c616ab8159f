/** Guards that the proto files stay wire-compatible: their descriptors against the facts of the original APIs. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { loadSync } from '@grpc/proto-loader';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import * as generated from '../../src/generated/proto.js';
import { protoMessages } from '../../src/generated/proto-model.js';

/** Number, name, type, label, oneof, JSON name, rules. */
type FieldFacts = readonly [number, string, string, string, string | null, string, readonly string[]];
interface Reserved {
  readonly reserved: readonly number[];
  readonly reservedNames: readonly string[];
}
interface MessageFacts extends Reserved {
  readonly fields: readonly FieldFacts[];
  readonly requiredOneofs: readonly string[];
}
interface EnumFacts extends Reserved {
  readonly values: Readonly<Record<string, number>>;
}
interface PackageFacts {
  readonly package: string;
  readonly messages: Readonly<Record<string, MessageFacts>>;
  readonly enums: Readonly<Record<string, EnumFacts>>;
  /** Request, response, idempotency level, by the full name of the method. */
  readonly methods: Readonly<Record<string, readonly [string, string, string]>>;
}

const here = import.meta.dirname;
const protoDirectory = path.join(here, '../../proto');
const files = readdirSync(protoDirectory, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.proto'));
const root = new protobuf.Root();
root.resolvePath = (_origin, file) => path.join(protoDirectory, file);
root.loadSync(files, { keepCase: true }).resolveAll();

const facts = readdirSync(path.join(here, 'facts')).map(
  (file) => JSON.parse(readFileSync(path.join(here, 'facts', file), 'utf8')) as PackageFacts,
);

const nameOf = (element: protobuf.ReflectionObject | null) => element?.fullName.slice(1);
const isOptional = (field: protobuf.Field) => field.options?.['proto3_optional'] === true;

/** Everything of a kind inside one package, by full name. */
function inside<T extends protobuf.ReflectionObject>(name: string, kind: abstract new (...args: never[]) => T) {
  const found: Record<string, T> = {};
  const visit = (element: protobuf.ReflectionObject): void => {
    if (element instanceof kind) found[nameOf(element) ?? ''] = element;
    if (element instanceof protobuf.Namespace) element.nestedArray.forEach(visit);
  };
  const start = root.lookup(name, [protobuf.Namespace]);
  if (!(start instanceof protobuf.Namespace)) throw new Error(`there is no package ${name}`);
  const isPackage = (element: protobuf.ReflectionObject) => element.constructor === protobuf.Namespace;
  start.nestedArray.filter((element) => !isPackage(element)).forEach(visit);
  return found;
}

const mapValues = <T, R>(record: Readonly<Record<string, T>>, change: (value: T) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));

function reservedOf(element: { reserved?: (number[] | string)[] | undefined }): Reserved {
  const entries = element.reserved ?? [];
  const numbers = entries.flatMap((entry) => {
    if (typeof entry === 'string') return [];
    const [first = 0, last = 0] = entry;
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
  return { reserved: numbers, reservedNames: entries.filter((entry) => typeof entry === 'string') };
}

function messageFacts(message: protobuf.Type): MessageFacts {
  const name = nameOf(message) ?? '';
  const fields = message.fieldsArray.map((field): FieldFacts => {
    const rules = Object.entries(protoMessages[name]?.fields[field.name]?.rules ?? {});
    return [
      field.id,
      field.name,
      nameOf(field.resolvedType) ?? field.type,
      field.repeated ? 'many' : isOptional(field) ? 'optional' : 'one',
      isOptional(field) ? null : (field.partOf?.name ?? null),
      field.jsonName ?? '',
      rules.map(([rule, value]) => (value === true ? rule : `${rule}=${value}`)),
    ];
  });
  return { fields, ...reservedOf(message), requiredOneofs: protoMessages[name]?.requiredOneofs ?? [] };
}

describe.each(facts)('the package $package', ({ package: name, messages, enums, methods }) => {
  it('has exactly the messages of the original, field by field', () => {
    expect(mapValues(inside(name, protobuf.Type), messageFacts)).toEqual(messages);
  });

  it('has exactly the enums of the original, value by value', () => {
    const found = mapValues(inside(name, protobuf.Enum), (e) => ({ values: { ...e.values }, ...reservedOf(e) }));
    expect(found).toEqual(enums);
  });

  it('has exactly the RPCs of the original', () => {
    const services = Object.values(inside(name, protobuf.Service));
    const found = services
      .flatMap((service) => service.methodsArray)
      .map((method) => {
        expect([method.requestStream, method.responseStream]).not.toContain(true);
        const level: unknown = method.options?.['idempotency_level'] ?? 'IDEMPOTENCY_UNKNOWN';
        return [nameOf(method), [nameOf(method.resolvedRequestType), nameOf(method.resolvedResponseType), level]];
      });
    expect(Object.fromEntries(found)).toEqual(methods);
  });
});

describe('the proto files', () => {
  it('hold as many elements as the two models name', () => {
    const size = (name: string) => {
      const types = Object.values(inside(name, protobuf.Type));
      const methods = Object.values(inside(name, protobuf.Service)).flatMap((service) => service.methodsArray);
      const fields = types.reduce((sum, type) => sum + type.fieldsArray.length, 0);
      const enums = Object.keys(inside(name, protobuf.Enum)).length;
      return { messages: types.length, fields, enums, methods: methods.length };
    };
    expect(size('mgmt.v1alpha1')).toEqual({ messages: 61, fields: 103, enums: 6, methods: 27 });
    expect(size('zitadel.user.v1')).toEqual({ messages: 54, fields: 171, enums: 8, methods: 0 });
  });

  it('declare no package that the facts do not know', () => {
    const known = new Set(facts.map((entry) => entry.package));
    const packages = files.map(
      (file) => /^package ([\w.]+);/m.exec(readFileSync(path.join(protoDirectory, file), 'utf8'))?.[1],
    );
    expect(packages.filter((name) => name === undefined || !known.has(name))).toEqual([]);
  });

  it('load with the loader that gRPC reflection uses', () => {
    const loaded = loadSync(files, { includeDirs: [protoDirectory] });
    expect(loaded['mgmt.v1alpha1.UserAccountService']).toHaveProperty('GetUser');
    expect(loaded['zitadel.management.v1.ManagementService']).toHaveProperty('ListUsers');
  });

  it('name every field as the generated classes do', () => {
    const wrong = Object.entries(protoMessages).flatMap(([message, { fields }]) => {
      const type = message.split('.').reduce<unknown>((at, part) => Reflect.get(Object(at), part), generated);
      const prototype: unknown = Reflect.get(Object(type), 'prototype');
      const names = Object.values(fields).map((field) => field.property);
      return names.filter((property) => !Reflect.has(Object(prototype), property)).map((p) => `${message}.${p}`);
    });
    expect(wrong).toEqual([]);
  });
});
