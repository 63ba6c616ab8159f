/** One line of a file of users: what is read, and what is refused, with its path. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/kernel/errors.js';
import { parseLine } from '../../src/transfer/line.js';
import { rowsOf } from '../../src/transfer/rows.js';
import { bareUser, exportedLine } from '../support/import-lines.js';

/** A value with something else at a path; undefined takes it out. */
function withAt(value: unknown, path: string, replacement: unknown): unknown {
  const [key = '', ...rest] = path.split('.');
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value)
    ? [...(value as unknown[])]
    : { ...(value as object) };
  const holder = copy as Record<string, unknown>;
  if (rest.length > 0) holder[key] = withAt(holder[key], rest.join('.'), replacement);
  else if (replacement === undefined) delete holder[key];
  else holder[key] = replacement;
  return copy;
}

/** `path: reason` of what is wrong with a line. */
function faultOf(line: unknown): string {
  try {
    parseLine(typeof line === 'string' ? line : JSON.stringify(line));
  } catch (error) {
    if (error instanceof AppError) return `${error.inputPath.join('.')}: ${error.message}`;
    throw error;
  }
  return 'none';
}

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const inSnakeCase = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(inSnakeCase)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [snake(key), inSnakeCase(inner)]))
      : value;

const full = exportedLine(0);

describe('a line of users', () => {
  it('may be a user with all that is tied to it, or a user and nothing around it', () => {
    expect(parseLine(JSON.stringify(full)).line.grants).toHaveLength(2);
    const bare = parseLine(JSON.stringify(bareUser(2)));
    expect(bare.at).toBe('');
    expect(bare.line).toEqual(parseLine(JSON.stringify({ user: bareUser(2) })).line);
  });

  it('takes the names of the protobuf file as well as those of JSON', () => {
    expect(parseLine(JSON.stringify(inSnakeCase(full))).line).toEqual(parseLine(JSON.stringify(full)).line);
  });

  it('takes numbers for enums and for 64-bit integers, and null for what is absent', () => {
    const said = withAt(withAt(bareUser(0), 'state', 1), 'details.sequence', 7);
    const { user } = parseLine(JSON.stringify(withAt(said, 'machine', null))).line;
    expect([user.state, user.details.sequence, user.machine]).toEqual([1, '7', null]);
  });

  it('keeps times to the nanosecond, in UTC', () => {
    const line = withAt(bareUser(0), 'details.creationDate', '2024-01-01T01:30:00.123456789+01:30');
    const [user] = rowsOf(parseLine(JSON.stringify(line)).line).users;
    expect([user?.['created_at'], user?.['created_ns']]).toEqual(['2024-01-01T00:00:00.123Z', 456_789]);
  });

  it('stores an id that is no UUID under the UUID derived from it, and keeps it', () => {
    const [user] = rowsOf(parseLine(JSON.stringify(full)).line).users;
    expect(user?.['foreign_id']).toBe('280100000000000000');
    expect(user?.['id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const uuid = 'ABCDEF01-2345-4678-9abc-def012345678';
    const [known] = rowsOf(parseLine(JSON.stringify(withAt(bareUser(0), 'id', uuid))).line).users;
    expect([known?.['id'], known?.['foreign_id']]).toEqual([uuid.toLowerCase(), uuid]);
  });

  it('makes an owner of an account its admin and everybody else somebody who may look', () => {
    const roleFor = (roles: readonly string[]) =>
      rowsOf(parseLine(JSON.stringify(withAt(full, 'memberships.0.roles', roles))).line).account_members[0]?.['role'];
    const said = [['ORG_OWNER'], ['ORG_USER_MANAGER'], [], ['X', 'JOB_DEVELOPER'], ['JOB_EXECUTOR', 'ADMIN']];
    expect(said.map(roleFor)).toEqual([1, 3, 3, 2, 1]);
  });

  const missing = 'This is missing.';
  const noField = 'There is no such field.';
  const noTime = 'This is no time such as 2026-01-31T08:00:00.123456789Z.';
  it.each<[string, unknown, string]>([
    ['user.id', undefined, missing],
    ['user.id', '', missing],
    ['user.id', 7, 'This is no text.'],
    ['user.userName', undefined, missing],
    ['user.userName', '  ', 'This must not be blank.'],
    ['user.userName', 'x'.repeat(201), 'This is longer than 200 characters.'],
    ['user.userName', 'a\u0000b', 'This must not contain control characters.'],
    ['user.userName', 'a\ud800', 'This must not contain control characters.'],
    ['user.state', undefined, missing],
    ['user.details', undefined, missing],
    ['user.details.resourceOwner', undefined, missing],
    ['user.details.creationDate', undefined, missing],
    ['user.details.changeDate', null, missing],
    ['user.details.changeDate', '2024-02-30T00:00:00Z', noTime],
    ['user.details.changeDate', '2024-01-01', noTime],
    ['user.details.changeDate', 1_700_000_000, noTime],
    ['user.human.passwordChanged', '10000-01-01T00:00:00Z', noTime],
    ['user.details.sequence', '-1', 'This is no whole number from 0 to 9223372036854775807.'],
    ['user.details.sequence', 1.5, 'This is no whole number from 0 to 9223372036854775807.'],
    ['user.details.sequence', '9223372036854775808', 'This is no whole number from 0 to 9223372036854775807.'],
    ['user.loginNames', 'ann', 'This is no list.'],
    ['user.loginNames', Array.from({ length: 101 }, String), 'This list has more than 100 entries.'],
    ['grants.0.roleKeys', Array.from({ length: 1_001 }, String), 'This list has more than 1000 entries.'],
    ['user.human.profile', undefined, missing],
    ['user.human.profile.nickname', 'x', noField],
    ['user.human.profile.avatarUrl', 'javascript:alert(1)', 'The address of a picture is https.'],
    ['user.human.email', undefined, missing],
    ['user.human.email.email', 'nobody', 'This is no e-mail address.'],
    ['user.human.email.isEmailVerified', 'true', 'This is neither true nor false.'],
    ['user.human.phone.phone', '0791234567', 'A phone number begins with + and the code of its country.'],
    ['user.surprise', 1, noField],
    ['surprise', [], noField],
    ['memberships.1.iam', true, 'memberships.1.projectId'],
    ['memberships.1.projectId', undefined, 'memberships.1: One of iam, orgId, projectId, projectGrantId is missing.'],
    ['grants.0.state', 'USER_GRANT_STATE_UNSPECIFIED', 'This is none of'],
    ['grants.0.userId', 'somebody else', 'This is another user than the one of the line.'],
    ['grants.0.projectId', undefined, missing],
    ['grants.1.projectGrantId', undefined, 'grants.1: The line has this twice.'],
    ['authFactors.0.otp', {}, 'authFactors.0.u2f: Only one of'],
    ['authFactors.1.state', 0, 'This is none of'],
    ['personalAccessTokens.0.expirationDate', undefined, missing],
    ['personalAccessTokens.1.id', 'b-0', 'personalAccessTokens.1: The line has this twice.'],
    ['sessions.0.authState', 'SESSION_STATE_UNSPECIFIED', 'This is none of'],
  ])('is refused for %s %j', (path, value, fault) => {
    const said = faultOf(withAt(full, path, value));
    expect(said).toContain(fault);
    expect(said.startsWith(path.split('.').slice(0, 2).join('.'))).toBe(true);
  });

  it.each(['USER_STATE_UNSPECIFIED', 'USER_STATE_DELETED', 'ACTIVE', 0, 3, 99])(
    'is refused for the state %j',
    (state) => {
      expect(faultOf(withAt(bareUser(0), 'state', state))).toMatch(/^state: This is none of USER_STATE_ACTIVE/);
    },
  );

  it('is refused for a user who is both human and machine, or neither', () => {
    expect(faultOf({ ...bareUser(0), machine: { name: 'robot' } })).toBe(
      'machine: Only one of human, machine can be set.',
    );
    expect(faultOf(withAt(bareUser(0), 'human', undefined))).toBe(': One of human, machine is missing.');
  });

  it('is refused for a field that is given under both of its names', () => {
    expect(faultOf({ ...bareUser(0), user_name: 'x' })).toBe('user_name: This field is given twice.');
  });

  it.each(['', '{', '[]', '1', 'null', '"text"', '{}', '{"__proto__":{}}'])('is refused when it is %j', (json) => {
    expect(faultOf(json)).not.toBe('none');
  });
});
