/** What the filters and orders of all lists share in GraphQL: comparing texts, and directions. */
import { leaf, type NodeReader, type TextMatch, type TextMethod } from '../kernel/filter.js';
import { builder } from './builder.js';
import { carries, proto } from './proto.js';

const methods = {
  equals: 'EQUALS',
  equalsIgnoreCase: 'EQUALS_IGNORE_CASE',
  startsWith: 'STARTS_WITH',
  startsWithIgnoreCase: 'STARTS_WITH_IGNORE_CASE',
  contains: 'CONTAINS',
  containsIgnoreCase: 'CONTAINS_IGNORE_CASE',
  endsWith: 'ENDS_WITH',
  endsWithIgnoreCase: 'ENDS_WITH_IGNORE_CASE',
} as const satisfies Record<string, TextMethod>;
type MethodKey = keyof typeof methods;

/** How a text is compared: exactly one of its fields is given. */
export const TextFilter = builder.inputType('TextFilter', {
  ...carries({
    proto: ['TextQueryMethod'],
    text: 'How a text is compared: give exactly one of these. Texts are literal, no character acts as a wildcard.',
  }),
  isOneOf: true,
  fields: (t) => {
    const text = (method: TextMethod) => t.string(proto(`TextQueryMethod.TEXT_QUERY_METHOD_${method}`));
    return Object.fromEntries(Object.entries(methods).map(([key, method]) => [key, text(method)])) as Record<
      MethodKey,
      ReturnType<typeof text>
    >;
  },
});

/** Reads a `TextFilter` behind a key of a filter. */
export function textLeaf<Leaf>(make: (match: TextMatch) => Leaf): NodeReader<Leaf> {
  return leaf((input) => {
    const fields = (typeof input.value === 'object' ? input.value : {}) as Readonly<Record<string, unknown>>;
    const [key, second] = Object.keys(fields).filter((one) => fields[one] !== undefined);
    if (key === undefined || second !== undefined) throw input.wrong('Say exactly one way to compare the text.');
    if (!Object.hasOwn(methods, key)) throw input.wrong('There is no such way to compare texts.', key);
    return make({ method: methods[key as MethodKey], text: input.text(fields[key], key) });
  });
}

/** Which way a list is sorted. */
export const OrderDirection = builder.enumType('OrderDirection', {
  description: 'Which way a list is sorted.',
  values: {
    ASC: { description: 'Upwards; what is absent comes last.' },
    DESC: { description: 'Downwards; what is absent comes first.' },
  },
});
