/** The limits on variables, held on the raw JSON before anything recursive sees it. */
import { GraphQLError } from 'graphql';
import type { Config } from '../../config.js';
import { overLimit } from './refusal.js';
import type { LimitKind } from './refusal.js';

interface Frame {
  readonly values: Readonly<Record<string, unknown>> | readonly unknown[];
  /** The keys of an object; null for a list. */
  readonly keys: readonly string[] | null;
  readonly length: number;
  next: number;
}

/** A path longer than this is cut: keys are the caller's own words and may be long. */
const mostPathCharacters = 200;

/**
 * Refuses variables that are no object, or over a limit: nesting (a list or object given as a variable is the first
 * level), values in all, items of one list, bytes (UTF-8) of one string or key. Null and undefined are no variables.
 * The refusal names the limit's kind and the place, like `variables.filter[0].and`. Takes time linear in the values,
 * at most the limit of them.
 */
export function checkVariables(variables: unknown, limits: Config['limits']['variables']): GraphQLError | null {
  if (variables === null || variables === undefined) return null;
  if (typeof variables !== 'object' || Array.isArray(variables)) {
    return new GraphQLError('The variables must be an object.', { extensions: { code: 'BAD_USER_INPUT' } });
  }

  const stack: Frame[] = [open(variables)];
  let values = stack[0]?.length ?? 0;
  const refuse = (kind: LimitKind, allowed: number, actual?: number): GraphQLError =>
    overLimit(kind, allowed, { path: pathOf(stack), ...(actual === undefined ? {} : { actual }) });

  if (values > limits.values) return refuse('variableValues', limits.values);
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    if (frame.next === frame.length) {
      stack.pop();
      continue;
    }
    const key = frame.keys?.[frame.next];
    const value = valueAt(frame, key);
    frame.next += 1;
    if (key !== undefined && isLonger(key, limits.stringBytes)) return refuse('variableString', limits.stringBytes);
    if (typeof value === 'string') {
      if (isLonger(value, limits.stringBytes)) {
        return refuse('variableString', limits.stringBytes, Buffer.byteLength(value));
      }
    } else if (typeof value === 'object' && value !== null) {
      if (stack.length > limits.depth) return refuse('variableDepth', limits.depth);
      if (Array.isArray(value) && value.length > limits.list) {
        return refuse('variableList', limits.list, value.length);
      }
      const inner = open(value);
      values += inner.length;
      if (values > limits.values) return refuse('variableValues', limits.values);
      stack.push(inner);
    }
  }
  return null;
}

function open(value: object): Frame {
  if (Array.isArray(value)) return { values: value as readonly unknown[], keys: null, length: value.length, next: 0 };
  const keys = Object.keys(value);
  return { values: value as Readonly<Record<string, unknown>>, keys, length: keys.length, next: 0 };
}

function valueAt(frame: Frame, key: string | undefined): unknown {
  return key === undefined
    ? (frame.values as readonly unknown[])[frame.next]
    : (frame.values as Readonly<Record<string, unknown>>)[key];
}

function isLonger(text: string, bytes: number): boolean {
  // A UTF-16 unit takes one to three bytes, so that most strings need no counting.
  return text.length * 3 > bytes && (text.length > bytes || Buffer.byteLength(text) > bytes);
}

function pathOf(stack: readonly Frame[]): string {
  let path = 'variables';
  for (const { keys, next } of stack) {
    if (next === 0) break;
    path += keys === null ? `[${next - 1}]` : `.${keys[next - 1]}`;
    if (path.length > mostPathCharacters) return `${path.slice(0, mostPathCharacters)}…`;
  }
  return path;
}
