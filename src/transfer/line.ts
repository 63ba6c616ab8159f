/** One line of a file of users: read, and held against what must be true within it. */
import { invalid } from '../kernel/errors.js';
import { storedId } from '../kernel/foreign-ids.js';
import { lineMessage, membershipKinds, readUser, type Line, type Membership } from './messages.js';
import { message, oneOf } from './proto-json.js';

const readLine = message(lineMessage);

/** A line that was read. */
export interface ParsedLine {
  readonly line: Line;
  /** What the paths of the user's fields begin with: nothing where the user is the whole line. */
  readonly at: 'user.' | '';
}

/**
 * Reads a line: `{"user": {...}, "grants": [...], ...}`, or a user and nothing around it.
 * @throws AppError `invalid` with the path of the first fault
 */
export function parseLine(json: string): ParsedLine {
  const value = parsed(json);
  const isBare = typeof value === 'object' && value !== null && 'id' in value;
  const line = isBare ? { ...nothingElse, user: readUser(value) } : readLine(value);
  demandOwn(line);
  demandOnce(line);
  return { line, at: isBare ? '' : 'user.' };
}

const nothingElse: Omit<Line, 'user'> = {
  identities: [],
  memberships: [],
  grants: [],
  authFactors: [],
  passwordlessTokens: [],
  personalAccessTokens: [],
  refreshTokens: [],
  sessions: [],
};

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    throw invalid([], 'This is no JSON.');
  }
}

/** What a membership is about: which kind of thing, and the id of it. */
export function aboutOf(membership: Membership): {
  readonly kind: (typeof membershipKinds)[number];
  readonly id: string;
} {
  const kind = oneOf(membership, membershipKinds);
  const id = membership[kind];
  return { kind, id: typeof id === 'string' ? id : '' };
}

/** What names a user names the one of its line. */
function demandOwn({ user, memberships, grants, sessions }: Line): void {
  const lists = [
    ['memberships', memberships],
    ['grants', grants],
    ['sessions', sessions],
  ] as const;
  for (const [key, items] of lists) {
    items.forEach(({ userId }, i) => {
      if (userId !== '' && userId !== user.id && storedId(userId) !== storedId(user.id)) {
        throw invalid([key, String(i), 'userId'], 'This is another user than the one of the line.');
      }
    });
  }
}

/** What must differ between the items of each list. Ids that are stored alike are alike. */
const keysOf: { readonly [K in keyof typeof nothingElse]: (line: Line) => readonly (string | null)[] } = {
  identities: (line) => line.identities.map(({ issuer, subject }) => `${issuer}\n${subject}`),
  memberships: (line) => line.memberships.map(aboutOf).map(({ kind, id }) => `${kind} ${storedId(id)}`),
  grants: (line) =>
    line.grants.map(
      ({ projectId, projectGrantId }) => `${storedId(projectId)} ${projectGrantId && storedId(projectGrantId)}`,
    ),
  authFactors: (line) => line.authFactors.map(({ u2f }) => u2f && storedId(u2f.id)),
  passwordlessTokens: (line) => line.passwordlessTokens.map(({ id }) => storedId(id)),
  personalAccessTokens: (line) => line.personalAccessTokens.map(({ id }) => storedId(id)),
  refreshTokens: (line) => line.refreshTokens.map(({ id }) => storedId(id)),
  sessions: (line) => line.sessions.map(({ sessionId }) => storedId(sessionId)),
};

function demandOnce(line: Line): void {
  for (const [list, keys] of keyed) {
    if (line[list].length < 2) continue;
    const seen = new Set<string>();
    keys(line).forEach((key, i) => {
      if (key === null) return;
      if (seen.has(key)) throw invalid([list, String(i)], 'The line has this twice.');
      seen.add(key);
    });
  }
}
const keyed = Object.entries(keysOf) as [keyof typeof keysOf, (typeof keysOf)[keyof typeof keysOf]][];
