/** Reads proto/ and tells what stands there: the documentation, the rules and the structure of every element. */
import path from 'node:path';
import protobuf, { type Enum, type Field, type Service, type Type } from 'protobufjs';

/** The TypeScript types of what proto-model.ts holds. */
export const modelTypes = `
/** What a request must meet: the constraints that stand as "@rule" in the comments of the proto files. */
export interface ProtoRules {
  readonly 'string.uuid'?: true;
  readonly 'string.email'?: true;
  readonly 'string.ignore_empty'?: true;
  readonly 'string.min_len'?: number;
  readonly 'string.max_len'?: number;
  readonly 'string.pattern'?: string;
  readonly 'string.prefix'?: string;
  readonly 'bytes.min_len'?: number;
  readonly 'enum.defined_only'?: true;
  readonly 'message.required'?: true;
}

/** A field: its number, its name in the classes of proto.js, its type (scalar or full name), its label and oneof. */
export interface ProtoField {
  readonly number: number;
  readonly property: string;
  readonly type: string;
  readonly label: 'one' | 'optional' | 'many';
  readonly oneof: string | null;
  readonly rules: ProtoRules;
}

/** A message: its fields by their names in the proto file, and the oneofs of which a member must be set. */
export interface ProtoMessage {
  readonly fields: Readonly<Record<string, ProtoField>>;
  readonly requiredOneofs: readonly string[];
}
`;

/** What there is in proto/, by full protobuf names. */
export interface Model {
  readonly docs: Record<string, string>;
  readonly messages: Record<string, { fields: Record<string, object>; requiredOneofs: string[] }>;
  readonly enums: Record<string, Record<string, number>>;
  readonly services: Record<string, Record<string, object>>;
}

/**
 * Describes every message, enum and service in the given files below a directory.
 * @throws when an element has no comment: what it says becomes a description in the GraphQL schema
 */
export function describeProto(directory: string, files: string[]): Model {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, file) => path.join(directory, file);
  root.loadSync(files, { alternateCommentMode: true, keepCase: true }).resolveAll();
  const model: Model = { docs: {}, messages: {}, enums: {}, services: {} };
  const name = (element: { fullName: string } | null): string => element?.fullName.slice(1) ?? '';
  const note = (key: string, comment: string | null | undefined): Record<string, string | number | boolean> => {
    const lines = (comment ?? '').split('\n');
    const text = lines.filter((line) => !line.startsWith('@rule ')).join(' ');
    if (text === '') throw new Error(`${key} has no documentation in proto/`);
    model.docs[key] = text;
    return Object.fromEntries(lines.filter((line) => line.startsWith('@rule ')).map(rule));
  };
  const addField = (message: Type, field: Field): object => ({
    number: field.id,
    property: field.name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
    type: field.resolvedType ? name(field.resolvedType) : field.type,
    label: field.repeated ? 'many' : field.options?.['proto3_optional'] === true ? 'optional' : 'one',
    oneof: field.options?.['proto3_optional'] === true ? null : (field.partOf?.name ?? null),
    rules: note(`${name(message)}.${field.name}`, field.comment),
  });
  const addMessage = (message: Type): void => {
    note(name(message), message.comment);
    const fields = Object.fromEntries(message.fieldsArray.map((field) => [field.name, addField(message, field)]));
    const required = message.oneofsArray.filter((oneof) => oneof.comment?.includes('@rule oneof.required'));
    model.messages[name(message)] = { fields, requiredOneofs: required.map((oneof) => oneof.name) };
  };
  const addEnum = (values: Enum): void => {
    note(name(values), values.comment);
    for (const value of Object.keys(values.values)) note(`${name(values)}.${value}`, values.comments[value]);
    model.enums[name(values)] = { ...values.values };
  };
  const addService = (service: Service): void => {
    note(name(service), service.comment);
    model.services[name(service)] = Object.fromEntries(
      service.methodsArray.map((method) => {
        note(`${name(service)}.${method.name}`, method.comment);
        const types = { request: name(method.resolvedRequestType), response: name(method.resolvedResponseType) };
        const readOnly = method.options?.['idempotency_level'] === 'NO_SIDE_EFFECTS';
        return [method.name, { path: `/${name(service)}/${method.name}`, ...types, readOnly }];
      }),
    );
  };
  const visit = (element: object): void => {
    if ('fieldsArray' in element) addMessage(element as Type);
    if ('valuesById' in element) addEnum(element as Enum);
    if ('methodsArray' in element) addService(element as Service);
    if ('nestedArray' in element) for (const inner of (element as protobuf.Namespace).nestedArray) visit(inner);
  };
  for (const namespace of root.nestedArray) if (namespace.name !== 'google') visit(namespace);
  return model;
}

/** `@rule string.min_len=1` -> ['string.min_len', 1]; a rule without a value is true. */
function rule(line: string): [string, string | number | boolean] {
  const [key = '', ...rest] = line.slice('@rule '.length).split('=');
  const value = rest.join('=');
  return [key, rest.length === 0 ? true : /^\d+$/.test(value) ? Number(value) : value];
}
