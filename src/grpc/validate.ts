/** Holds requests to the rules that stand in the proto files, before anything else looks at them. */
import { protoEnums, protoMessages, type ProtoField, type ProtoRules } from '../generated/proto-model.js';
import { AppError, invalid } from '../kernel/errors.js';
import { parseUuid } from '../kernel/ids.js';
import type { Message } from './codecs.js';

type Test = (value: unknown, bound: string | number | true, field: ProtoField) => string | null;

const length = (value: unknown): number => (typeof value === 'string' ? [...value].length : 0);
const when = (isFault: boolean, message: string): string | null => (isFault ? message : null);

/** Each rule: the fault it finds in a value, or null. */
const tests: Readonly<Record<Exclude<keyof ProtoRules, 'message.required' | 'string.ignore_empty'>, Test>> = {
  'string.uuid': (value) => when(parseUuid(String(value)) === null, 'This is no id: ids are UUIDs.'),
  'string.email': (value) => when(!/^[^\s@]{1,64}@[^\s@]{1,190}$/.test(String(value)), 'This is no e-mail address.'),
  'string.min_len': (value, bound) =>
    when(
      length(value) < Number(bound),
      bound === 1 ? 'This must not be empty.' : `This has fewer than ${bound} characters.`,
    ),
  'string.max_len': (value, bound) => when(length(value) > Number(bound), `This is longer than ${bound} characters.`),
  'string.pattern': (value, bound) =>
    when(!new RegExp(String(bound), 'u').test(String(value)), `This does not match ${bound}`),
  'string.prefix': (value, bound) =>
    when(!String(value).startsWith(String(bound)), `This does not begin with ${bound}`),
  'bytes.min_len': (value, bound) => when((value as Uint8Array).length < Number(bound), 'This must not be empty.'),
  'enum.defined_only': (value, _bound, { type }) =>
    when(!Object.values(protoEnums[type] ?? {}).includes(Number(value)), `${Number(value)} is not defined.`),
};

const isTest = (rule: string): rule is keyof typeof tests => rule in tests;

/**
 * Holds a message, and the messages in it, to their rules.
 * @throws AppError `invalid` with the path of the first fault, `profile` `first_name`
 */
export function validate(name: string, message: Message, path: readonly string[] = []): void {
  const type = protoMessages[name];
  if (!type) return;
  for (const oneof of type.requiredOneofs) {
    if (message[oneof] === undefined) throw invalid([...path, oneof], 'One of its members must be given.');
  }
  for (const [fieldName, field] of Object.entries(type.fields)) {
    const value = message[field.property];
    if (field.label === 'many') {
      (value as readonly unknown[]).forEach((item, i) => validateValue(field, item, [...path, fieldName, String(i)]));
    } else if (isPresent(message, field)) {
      validateValue(field, value, [...path, fieldName]);
    } else if (field.rules['message.required'] === true) {
      throw invalid([...path, fieldName], 'This must be given.');
    }
  }
}

/** A plain field is always there, with its default; what has presence counts only when it was sent. */
function isPresent(message: Message, { property, type, label, oneof }: ProtoField): boolean {
  const hasPresence = label === 'optional' || oneof !== null || type in protoMessages || type.startsWith('google.');
  return !hasPresence || (Object.hasOwn(message, property) && message[property] != null);
}

function validateValue(field: ProtoField, value: unknown, path: readonly string[]): void {
  if (typeof value === 'string' && value.includes('\0')) {
    throw new AppError('invalid', 'INVALID_INPUT', 'This must not contain control characters.', { path });
  }
  const isLetOff = field.rules['string.ignore_empty'] === true && value === '';
  const rules: Readonly<Record<string, string | number | true>> = isLetOff ? {} : { ...field.rules };
  for (const [rule, bound] of Object.entries(rules)) {
    const fault = isTest(rule) ? tests[rule](value, bound, field) : null;
    if (fault !== null) throw invalid(path, fault);
  }
  if (field.type in protoMessages) validate(field.type, value as Message, path);
}
