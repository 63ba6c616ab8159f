/** Random filters of users as GraphQL spells them, and the same filters as protobuf messages. */
import fc from 'fast-check';

const methods = [
  'equals',
  'equalsIgnoreCase',
  'startsWith',
  'startsWithIgnoreCase',
  'contains',
  'containsIgnoreCase',
  'endsWith',
  'endsWithIgnoreCase',
] as const;
const texts = ['userName', 'firstName', 'lastName', 'nickName', 'displayName', 'email', 'loginName'] as const;
const states = { ACTIVE: 1, INACTIVE: 2, DELETED: 3, LOCKED: 4, SUSPEND: 5, INITIAL: 6 } as const;
const types = { HUMAN: 1, MACHINE: 2 } as const;

type Text = { readonly [Method in (typeof methods)[number]]?: string };

/** A `UserFilter` of GraphQL. */
export type Tree =
  | { readonly [Field in (typeof texts)[number]]?: Text }
  | { readonly state: keyof typeof states }
  | { readonly type: keyof typeof types }
  | { readonly inUserIds: readonly string[] }
  | { readonly inUserEmails: readonly string[] }
  | { readonly and: readonly Tree[] }
  | { readonly or: readonly Tree[] }
  | { readonly not: Tree };

/** Filters that ask for some of these words and ids. */
export function treeOf(words: readonly string[], ids: readonly string[]): fc.Arbitrary<Tree> {
  const word = fc.oneof(fc.constantFrom(...words), fc.constantFrom('@', '-1', '%', '_', '\\', 'Ü', 'x'));
  const leaf: fc.Arbitrary<Tree> = fc.oneof(
    { weight: 5, arbitrary: textLeaf(word) },
    { weight: 1, arbitrary: fc.constantFrom(...keysOf(states)).map((state) => ({ state })) },
    { weight: 1, arbitrary: fc.constantFrom(...keysOf(types)).map((type) => ({ type })) },
    {
      weight: 1,
      arbitrary: fc
        .array(fc.constantFrom(...ids), { minLength: 1, maxLength: 30 })
        .map((some) => ({ inUserIds: some })),
    },
    {
      weight: 1,
      arbitrary: fc
        .array(fc.tuple(word, fc.nat(3)), { minLength: 1, maxLength: 5 })
        .map((some) => ({ inUserEmails: some.map(([name, n]) => `${name}${n}@acme.test`) })),
    },
  );
  return fc.letrec<{ tree: Tree }>((tie) => {
    const some = fc.array(tie('tree'), { minLength: 1, maxLength: 3 });
    return {
      tree: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        leaf,
        some.map((and) => ({ and })),
        some.map((or) => ({ or })),
        tie('tree').map((not) => ({ not })),
      ),
    };
  }).tree;
}

const keysOf = <Key extends string>(record: Readonly<Record<Key, number>>): Key[] => Object.keys(record) as Key[];

const textLeaf = (word: fc.Arbitrary<string>): fc.Arbitrary<Tree> =>
  fc
    .tuple(fc.constantFrom(...texts), fc.constantFrom(...methods), word)
    .map(([field, method, value]) => ({ [field]: { [method]: value } }));

/** The same filter as a `SearchQuery`. */
export function searchQueryOf(tree: Tree): object {
  if ('and' in tree) return { andQuery: { queries: tree.and.map(searchQueryOf) } };
  if ('or' in tree) return { orQuery: { queries: tree.or.map(searchQueryOf) } };
  if ('not' in tree) return { notQuery: { query: searchQueryOf(tree.not) } };
  if ('state' in tree) return { stateQuery: { state: states[tree.state] } };
  if ('type' in tree) return { typeQuery: { type: types[tree.type] } };
  if ('inUserIds' in tree) return { inUserIdsQuery: { userIds: tree.inUserIds } };
  if ('inUserEmails' in tree) return { inUserEmailsQuery: { userEmails: tree.inUserEmails } };
  const [field] = texts.filter((text) => tree[text] !== undefined);
  const [method] = methods.filter((one) => field !== undefined && tree[field]?.[one] !== undefined);
  if (field === undefined || method === undefined) throw new Error('A filter asks for something.');
  const property = field === 'email' ? 'emailAddress' : field;
  return { [`${field}Query`]: { [property]: tree[field]?.[method], method: methods.indexOf(method) } };
}
