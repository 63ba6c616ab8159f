/** Filter trees: their shape, their limits, and the one way from what a caller sent to a tree that may be compiled. */
import { AppError, invalid } from './errors.js';
import { wireEnum } from './wire-enum.js';

/** A condition: leaves, joined by operators. `not` is two-valued: what does not match is matched, absent or not. */
export type Filter<Leaf> =
  | { readonly and: readonly Filter<Leaf>[] }
  | { readonly or: readonly Filter<Leaf>[] }
  | { readonly not: Filter<Leaf> }
  | { readonly is: Leaf };

/** How a text is compared (`zitadel.v1.TextQueryMethod`, where zero means EQUALS). No character is a wildcard. */
export type TextMethod =
  | 'EQUALS'
  | 'EQUALS_IGNORE_CASE'
  | 'STARTS_WITH'
  | 'STARTS_WITH_IGNORE_CASE'
  | 'CONTAINS'
  | 'CONTAINS_IGNORE_CASE'
  | 'ENDS_WITH'
  | 'ENDS_WITH_IGNORE_CASE';
export const textMethods = wireEnum<TextMethod>({
  EQUALS: 0,
  EQUALS_IGNORE_CASE: 1,
  STARTS_WITH: 2,
  STARTS_WITH_IGNORE_CASE: 3,
  CONTAINS: 4,
  CONTAINS_IGNORE_CASE: 5,
  ENDS_WITH: 6,
  ENDS_WITH_IGNORE_CASE: 7,
});

/** A text, and how it is compared. */
export interface TextMatch {
  readonly method: TextMethod;
  readonly text: string;
}

/** How large a filter may be. */
export interface FilterLimits {
  /** Operators above a leaf. */
  readonly operators: number;
  /** Operators and leaves in all. */
  readonly nodes: number;
  /** Leaves that compare a text. */
  readonly texts: number;
  /** Items of one list. */
  readonly list: number;
  /** Code points of one text. */
  readonly text: number;
}

/** What stands behind a leaf's key, and the pieces to read it with. `steps` lead from that value to the fault. */
export interface LeafInput {
  readonly value: unknown;
  /** Reads a text that is compared; counts it. */
  text(value: unknown, ...steps: readonly string[]): string;
  /** Reads an id: a text that is looked up, not compared, so that it does not count as one. */
  id(value: unknown, ...steps: readonly string[]): string;
  /** Reads a list of texts that must have something in it. */
  list(value: unknown, ...steps: readonly string[]): readonly string[];
  /** A refusal: BAD_USER_INPUT with the exact path. */
  wrong(message: string, ...steps: readonly string[]): AppError;
}

/** What one key of a node means. `below` leads from its value to the operands: `['queries']` in protobuf messages. */
export type NodeReader<Leaf> =
  | { readonly operator: 'and' | 'or' | 'not'; readonly below: readonly string[] }
  | { readonly leaf: (input: LeafInput) => Leaf };

/** All of the operands below must hold. */
export const all = (...below: readonly string[]): NodeReader<never> => ({ operator: 'and', below });
/** At least one of the operands below must hold. */
export const any = (...below: readonly string[]): NodeReader<never> => ({ operator: 'or', below });
/** The operand below must not hold. */
export const none = (...below: readonly string[]): NodeReader<never> => ({ operator: 'not', below });
/** A leaf. `read` refuses with `input.wrong`. */
export const leaf = <Leaf>(read: (input: LeafInput) => Leaf): NodeReader<Leaf> => ({ leaf: read });

/** How one face spells filters. */
export interface FilterGrammar<Leaf> {
  readonly keys: Readonly<Record<string, NodeReader<Leaf>>>;
  /** The keys that a node sets. Left out: its own keys that are not undefined. */
  readonly said?: (node: object) => readonly string[];
}

/** A step of a path; kept linked, so that deep trees cost no more than wide ones. */
interface Place {
  readonly parent: Place | null;
  readonly step: string;
}

/** A node that is still to be read: where it stands, how many operators are above, and where it goes. */
interface Pending<Leaf> {
  readonly node: unknown;
  readonly at: Place;
  readonly above: number;
  put(filter: Filter<Leaf>): void;
}

/**
 * Reads a filter: a list of nodes that must all hold. Null when it is absent or empty: then nothing is restricted. Takes
 * one pass, in the order of the document, without recursion, and stops at the first fault.
 * @param path where the filter stands in the input: `['filter']`
 * @throws AppError `invalid` with the exact path, `limit` with the limit, what is allowed and how much was found
 */
export function readFilter<Leaf>(
  grammar: FilterGrammar<Leaf>,
  given: unknown,
  path: readonly string[],
  limits: FilterLimits,
): Filter<Leaf> | null {
  if (given == null) return null;
  const counted = { nodes: 0, texts: 0 };
  const pending: Pending<Leaf>[] = [];

  function open(operands: readonly unknown[], at: Place, above: number): readonly Filter<Leaf>[] {
    hold('nodes', (counted.nodes += operands.length), at);
    const filters: Filter<Leaf>[] = [];
    for (let i = operands.length - 1; i >= 0; i--) {
      const put = (filter: Filter<Leaf>) => void (filters[i] = filter);
      pending.push({ node: operands[i], at: { parent: at, step: String(i) }, above, put });
    }
    return filters;
  }

  function hold(limit: keyof FilterLimits, actual: number, at: Place): void {
    if (actual > limits[limit]) throw beyond(limit, limits[limit], actual, stepsTo(at));
  }

  function readNode({ node, at, above, put }: Pending<Leaf>): void {
    hold('operators', above, at);
    const { key, value, reader } = chosen(grammar, node, at);
    const here = { parent: at, step: key };
    if ('leaf' in reader) return put({ is: reader.leaf(inputOf(value, here)) });

    const [operand, there] = descend(value, reader.below, here);
    if (reader.operator === 'not') {
      if (operand == null) throw invalid(stepsTo(there), 'Say what must not hold.');
      hold('nodes', (counted.nodes += 1), there);
      const negation = {} as { not: Filter<Leaf> };
      pending.push({ node: operand, at: there, above: above + 1, put: (inner) => void (negation.not = inner) });
      return put(negation);
    }
    if (operand == null) throw invalid(stepsTo(there), 'Say at least one condition.');
    const operands = asList(operand);
    if (operands.length === 0) throw invalid(stepsTo(there), 'Say at least one condition.');
    const filters = open(operands, there, above + 1);
    put(reader.operator === 'and' ? { and: filters } : { or: filters });
  }

  const inputOf = (value: unknown, at: Place): LeafInput => {
    const wrong = (message: string, ...steps: readonly string[]) => invalid([...stepsTo(at), ...steps], message);
    const text = (item: unknown, steps: readonly string[]): string => {
      if (typeof item !== 'string') throw wrong('This must be a text.', ...steps);
      hold('text', codePoints(item), placeOf(steps, at));
      // The database cannot hold NUL and half characters, and U+10FFFF stands for what is absent: none could ever match.
      if (/[\0\p{Surrogate}\u{10FFFF}]/u.test(item)) throw wrong('This is no valid text.', ...steps);
      return item;
    };
    return {
      value,
      wrong,
      text(item, ...steps) {
        hold('texts', (counted.texts += 1), at);
        return text(item, steps);
      },
      id: (item, ...steps) => text(item, steps),
      list(items, ...steps) {
        if (items == null) throw wrong('Say at least one value.', ...steps);
        const list = asList(items);
        if (list.length === 0) throw wrong('Say at least one value.', ...steps);
        hold('list', list.length, placeOf(steps, at));
        return list.map((item, i) => text(item, [...steps, String(i)]));
      },
    };
  };

  const roots = asList(given);
  if (roots.length === 0) return null;
  const top = open(roots, placeOf(path, null), 0);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) readNode(next);
  return top.length === 1 ? (top[0] ?? null) : { and: top };
}

/** The one key that a node says, its value and its reader. */
function chosen<Leaf>(grammar: FilterGrammar<Leaf>, node: unknown, at: Place) {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) {
    throw invalid(stepsTo(at), 'This must be a condition.');
  }
  const fields = node as Readonly<Record<string, unknown>>;
  const keys = grammar.said?.(node) ?? Object.keys(fields).filter((one) => fields[one] !== undefined);
  const [key] = keys;
  if (key === undefined || keys.length > 1) throw invalid(stepsTo(at), 'Exactly one condition must be given here.');
  const here = { parent: at, step: key };
  const reader = Object.hasOwn(grammar.keys, key) ? grammar.keys[key] : undefined;
  if (!reader) throw invalid(stepsTo(here), 'There is no such condition.');
  const value = fields[key];
  if (value === null && 'leaf' in reader) throw invalid(stepsTo(here), 'This must not be null.');
  return { key, value, reader };
}

function descend(value: unknown, below: readonly string[], at: Place): readonly [unknown, Place] {
  const inner = below.reduce<unknown>(
    (found, step) => (found as Readonly<Record<string, unknown>> | null | undefined)?.[step],
    value,
  );
  return [inner, placeOf(below, at)];
}

/** GraphQL takes a single value where a list is wanted. */
const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : [value]);

const placeOf = (steps: readonly string[], from: Place | null): Place =>
  steps.reduce<Place | null>((parent, step) => ({ parent, step }), from) ?? { parent: null, step: '' };

function stepsTo(place: Place): string[] {
  const steps: string[] = [];
  for (let at: Place | null = place; at !== null; at = at.parent) steps.push(at.step);
  return steps.reverse();
}

function codePoints(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xd800) count--;
  return count;
}

const words: Readonly<Record<keyof FilterLimits, readonly [kind: string, sentence: string]>> = {
  operators: ['filter depth', 'operators above a condition'],
  nodes: ['filter nodes', 'conditions and operators in a filter'],
  texts: ['filter texts', 'texts to compare in a filter'],
  list: ['list length', 'values in a list'],
  text: ['text length', 'characters in a text'],
};

function beyond(limit: keyof FilterLimits, allowed: number, actual: number, path: readonly string[]): AppError {
  const [kind, what] = words[limit];
  return new AppError('limit', 'FILTER_TOO_LARGE', `At most ${allowed} ${what}; here are ${actual}.`, {
    path,
    facts: { limit: kind, allowed, actual },
  });
}
