/** Grants as a small evaluator knows them: what a filter means, told once more and in the plainest way, and random filters. */
import fc from 'fast-check';

/** A grant as the evaluator knows it. */
export interface GrantRow {
  readonly id: string;
  readonly userId: string;
  readonly projectId: string;
  readonly projectGrantId: string | null;
  readonly roleKeys: readonly string[];
  readonly state: number;
  readonly createdAt: number;
  readonly createdNs: number;
  readonly userName: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly displayName: string | null;
  readonly email: string | null;
  readonly userType: 'HUMAN' | 'MACHINE';
  readonly orgId: string;
  readonly orgName: string;
  readonly orgDomain: string;
  readonly projectName: string;
}
export const userNames = [
  'gigi',
  'Max_Muster',
  '100%ann',
  'back\\slash',
  'straße',
  'STRASSE',
  'İstanbul',
  'ısıl',
  'ci-bot',
];
export const terms = [
  '',
  'a',
  'A',
  'ma',
  'x_m',
  '%',
  '_',
  '\\',
  'ss',
  'ß',
  'İ',
  'i̇',
  'ı',
  'acme',
  'ACME',
  'bot',
  'reader',
  'Writer',
];
export const texts = [
  'userName',
  'firstName',
  'lastName',
  'displayName',
  'email',
  'orgName',
  'orgDomain',
  'projectName',
] as const;

/** A node of a filter as it is sent. */
export type FilterNode = Readonly<Record<string, unknown>>;
/** The database's own folding of case: the only one there is. */
export type Fold = (text: string) => string;

const methods: Readonly<Record<string, (value: string, term: string, fold: Fold) => boolean>> = {
  equals: (value, term) => value === term,
  startsWith: (value, term) => value.startsWith(term),
  contains: (value, term) => value.includes(term),
  endsWith: (value, term) => value.endsWith(term),
  equalsIgnoreCase: (value, term, fold) => fold(value) === fold(term),
  startsWithIgnoreCase: (value, term, fold) => fold(value).startsWith(fold(term)),
  containsIgnoreCase: (value, term, fold) => fold(value).includes(fold(term)),
  endsWithIgnoreCase: (value, term, fold) => fold(value).endsWith(fold(term)),
};

/** The evaluator: whether a filter holds for a grant. */
export function holds(node: FilterNode, row: GrantRow, fold: Fold): boolean {
  const [key, value] = Object.entries(node)[0] as [string, unknown];
  if (key === 'and') return (value as FilterNode[]).every((inner) => holds(inner, row, fold));
  if (key === 'or') return (value as FilterNode[]).some((inner) => holds(inner, row, fold));
  if (key === 'not') return !holds(value as FilterNode, row, fold);
  if (key === 'withGranted') return value === true || row.projectGrantId === null;
  if (key === 'userType') return row.userType === value;
  if (key === 'userId' || key === 'projectId' || key === 'projectGrantId') {
    return row[key] === String(value).toLowerCase();
  }
  const [method, term] = Object.entries(value as Record<string, string>)[0] as [string, string];
  const found = key === 'roleKey' ? row.roleKeys : [row[key as (typeof texts)[number]]];
  return found.some((one) => one !== null && methods[method]?.(one, term, fold) === true);
}

/** Random filters; ids are those of `rows`, or nobody's. */
export function filterTrees(rows: () => readonly GrantRow[]) {
  const idOf = (pick: (row: GrantRow) => string | null) =>
    fc.nat().map((n) => pick(rows()[n % rows().length] as GrantRow) ?? '99999999-9999-4999-8999-999999999999');
  const textNode = fc
    .tuple(fc.constantFrom(...texts, 'roleKey'), fc.constantFrom(...Object.keys(methods)), fc.constantFrom(...terms))
    .map(([key, method, term]): FilterNode => ({ [key]: { [method]: term } }));
  const leafNode = fc.oneof(
    { weight: 6, arbitrary: textNode },
    fc.constantFrom('HUMAN', 'MACHINE').map((userType): FilterNode => ({ userType })),
    fc.boolean().map((withGranted): FilterNode => ({ withGranted })),
    idOf((row) => row.userId).map((userId): FilterNode => ({ userId })),
    idOf((row) => row.projectId).map((projectId): FilterNode => ({ projectId: projectId.toUpperCase() })),
    idOf((row) => row.projectGrantId).map((projectGrantId): FilterNode => ({ projectGrantId })),
  );
  return fc.letrec<{ tree: FilterNode }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leafNode,
      fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((and): FilterNode => ({ and })),
      fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((or): FilterNode => ({ or })),
      tie('tree').map((not): FilterNode => ({ not })),
    ),
  })).tree;
}
