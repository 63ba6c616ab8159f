/** What a client may see of an error, and what only the log sees. */
import { GraphQLError, locatedError, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { refusedWith, toGraphQLError } from '../../src/graphql/errors.js';
import { AppError, type ErrorKind, kinds } from '../../src/kernel/errors.js';
import { createLogger } from '../../src/log.js';

function translate(error: unknown) {
  const lines: string[] = [];
  const log = createLogger('info', { write: (line) => void lines.push(line) });
  const seen = toGraphQLError(error, 'request-1', log);
  return { ...seen.toJSON(), lines };
}
const field = parse('{ a }').definitions[0];
const nodes = field === undefined ? [] : [field];

describe('An error', () => {
  it.each(Object.keys(kinds) as ErrorKind[])('that refuses (%s) keeps its words, its code and its facts', (kind) => {
    const error = new AppError(kind, 'WHY', 'A sentence.', {
      path: ['input', 'name'],
      facts: { retryAfterSeconds: 3 },
    });
    const seen = translate(locatedError(new GraphQLError('outer', { originalError: error }), nodes, ['a', 0]));
    expect(seen).toMatchObject({ message: 'A sentence.', path: ['a', 0], locations: [{ line: 1, column: 1 }] });
    expect(seen.extensions).toEqual({
      code: kinds[kind].code,
      reason: 'WHY',
      retryAfterSeconds: 3,
      path: ['input', 'name'],
    });
    expect(seen.lines).toHaveLength(kind === 'internal' ? 1 : 0);
  });

  it('that refuses for a cause tells the cause to the log only', () => {
    const seen = translate(
      new AppError('unavailable', 'STRIPE_DOWN', 'Try later.', { cause: new Error('connect 10.0.0.7') }),
    );
    expect(seen.message).toBe('Try later.');
    expect(seen.lines.join()).toContain('10.0.0.7');
    expect(JSON.stringify(seen.extensions)).not.toContain('10.0.0.7');
  });

  it.each([
    ['thrown by a resolver', locatedError(new Error('boom'), nodes, ['a'])],
    ['thrown as text', locatedError('boom', nodes, ['a'])],
    ['of a scalar that cannot print', locatedError(new GraphQLError('boom'), nodes, ['a'])],
    ['that nobody located', new TypeError('boom')],
  ])('%s is masked, and its cause is logged with the request id', (_title, error) => {
    const seen = translate(error);
    expect(seen.message).toBe('Something went wrong on our side.');
    expect(seen.extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR', requestId: 'request-1' });
    expect(seen.lines).toHaveLength(1);
    expect(JSON.parse(seen.lines[0] ?? '')).toMatchObject({ requestId: 'request-1', level: 'error' });
    expect(seen.lines[0]).toContain('boom');
  });

  it('about a variable keeps its words, but never more than 200 characters of the value', () => {
    const why = 'Int cannot represent non-integer value: "';
    const message = (value: string) => `Variable "$n" got invalid value "${value}"; ${why}${value}"`;
    const short = translate(new GraphQLError(message('one'), { nodes }));
    expect(short).toMatchObject({ message: message('one'), extensions: { code: 'BAD_USER_INPUT' } });
    const long = translate(
      new GraphQLError(message('x'.repeat(5_000)), { nodes, originalError: new TypeError('inner') }),
    );
    expect(long.message).toMatch(/^Variable "\$n" got invalid value "xx/);
    expect(long.message).toContain(`; ${why}`);
    expect([...long.message].filter((letter) => letter === 'x').length).toBeLessThanOrEqual(200);
  });

  it('that has a code of its own is left as it is', () => {
    const error = new GraphQLError('Too deep.', { extensions: { code: 'LIMIT_EXCEEDED' } });
    expect(toGraphQLError(error, 'request-1', createLogger('silent'))).toBe(error);
  });

  it('that stopped an operation before it ran says which status HTTP answers with', () => {
    const statusOf = (code: string) =>
      refusedWith(new GraphQLError('No.', { extensions: { code } })).extensions['http'];
    expect(statusOf('GRAPHQL_VALIDATION_FAILED')).toMatchObject({ status: 400, spec: true });
    expect(statusOf('RATE_LIMITED')).toMatchObject({ status: 429 });
    expect(statusOf('INTERNAL_SERVER_ERROR')).toMatchObject({ status: 500 });
  });
});
