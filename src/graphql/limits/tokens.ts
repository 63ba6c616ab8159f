/** A first look at a source, token by token, so that the recursive parser never sees what could overflow it. */
import { GraphQLError, Lexer, Source, TokenKind } from 'graphql';
import type { Config } from '../../config.js';
import { overLimit } from './refusal.js';

/**
 * How many brackets of any kind may be open at once: 64 levels of literal values inside as many levels of selections.
 * graphql-js parses, validates and prints recursively; a few thousand levels overflow its stack.
 */
export const mostNesting = 128;

const step: Partial<Record<TokenKind, number>> = {
  [TokenKind.BRACE_L]: 1,
  [TokenKind.BRACKET_L]: 1,
  [TokenKind.PAREN_L]: 1,
  [TokenKind.BRACE_R]: -1,
  [TokenKind.BRACKET_R]: -1,
  [TokenKind.PAREN_R]: -1,
};

/** Refuses a source over the limits on bytes (UTF-8), tokens or open brackets. What is no token is left to the parser. */
export function checkTokens(source: string, limits: Config['limits']['document']): GraphQLError | null {
  const bytes = Buffer.byteLength(source);
  if (bytes > limits.bytes) return overLimit('bytes', limits.bytes, { actual: bytes });

  const lexer = new Lexer(new Source(source));
  let tokens = 0;
  let open = 0;
  let deepest = 0;
  try {
    for (let { kind } = lexer.advance(); kind !== TokenKind.EOF; { kind } = lexer.advance()) {
      if (++tokens > limits.tokens) return overLimit('tokens', limits.tokens);
      open += step[kind] ?? 0;
      deepest = Math.max(deepest, open);
    }
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
  }
  return deepest > mostNesting ? overLimit('nesting', mostNesting, { actual: deepest }) : null;
}
