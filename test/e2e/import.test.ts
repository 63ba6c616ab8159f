/** The import of a file of users: killed in the middle, taken up again, exported as it came, seen over GraphQL. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storedId } from '../../src/kernel/foreign-ids.js';
import { bareUser, exportedLine, organisationOf, userIdOf, type ExportedLine } from '../support/import-lines.js';
import { createWorld, type Person, type World } from '../support/world.js';
import { readLines, run, start } from './import.programs.js';

const people = 1_500;
const bare = (i: number, more: object) => JSON.stringify({ ...bareUser(people + i), ...more });

/** Lines that must not come in, each with the place in the file that it is put behind, and what is wrong with it. */
const badLines: readonly { readonly after: number; readonly text: string; readonly path: string }[] = [
  { after: 0, text: '{"id": "1"', path: '' },
  { after: 3, text: bare(1, { state: 'USER_STATE_UNSPECIFIED' }), path: 'state' },
  { after: 3, text: bare(2, { userName: undefined }), path: 'userName' },
  { after: 40, text: bare(3, { nickName: 'unknown here' }), path: 'nickName' },
  { after: 41, text: bare(4, { userName: 'GIGI.0' }), path: 'userName' },
  { after: 300, text: bare(5, { loginNames: ['USER299@initech.example.test'] }), path: 'loginNames.0' },
  { after: 300, text: bare(6, { id: userIdOf(299) }), path: 'id' },
  {
    after: 301,
    text: bare(7, { details: { ...bareUser(0).details, changeDate: '2024-13-01T00:00:00Z' } }),
    path: 'details.changeDate',
  },
  { after: 500, text: bare(11, { loginNames: ['Twice@acme.test', 'TWICE@acme.test'] }), path: 'loginNames.1' },
  {
    after: 700,
    text: JSON.stringify({ ...exportedLine(699), user: bareUser(people + 8) }),
    path: 'memberships.0.userId',
  },
  {
    after: 900,
    text: JSON.stringify({
      user: bareUser(people + 9),
      identities: [{ issuer: 'https://id.example.test', subject: userIdOf(0) }],
    }),
    path: 'identities.0',
  },
  { after: 1_001, text: bare(12, { userName: 'gIGI.1000' }), path: 'userName' },
  { after: 1_400, text: bare(10, { userName: 'x'.repeat(300) }), path: 'userName' },
];
const accepted = Array.from({ length: people }, (_, i) => exportedLine(i));

const idOf = (line: ExportedLine): string => ((line['user'] ?? line) as { id: string }).id;
const byId = (lines: readonly ExportedLine[]) => new Map(lines.map((line) => [idOf(line), line]));

let world: World;
let olga: Person;
let folder: string;
let settings: Readonly<Record<string, string>>;
let file: string;
/** The number in the file of each bad line. */
const badNumbers: number[] = [];

beforeAll(async () => {
  world = await createWorld();
  olga = await world.person('Olga', { operator: true });
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-import-'));
  settings = { DATABASE_URL: world.testApp.database.url, DATA_DIR: folder };
  file = join(folder, 'users.ndjson');
  const lines = accepted.flatMap((line, i) => [
    ...badLines.filter(({ after }) => after === i).map(({ text }) => text),
    JSON.stringify(line),
  ]);
  lines.forEach((line, i) => {
    if (badLines.some(({ text }) => text === line)) badNumbers.push(i + 1);
  });
  await writeFile(file, `${lines.join('\n')}\n`);
});
afterAll(async () => {
  await world.stop();
  await rm(folder, { recursive: true, force: true });
});

const count = async (table: string) =>
  Number((await world.testApp.database.query<{ n: string }>(`SELECT count(*) AS n FROM ${table}`))[0]?.n);

describe('An import', () => {
  it('that is killed in the middle has imported whole batches and nothing else', async () => {
    const command = start('import', settings, [file, '--batch', '50']);
    let offset = 0;
    while (offset === 0 && command.child.exitCode === null) {
      const rows = await world.testApp.database.query<{ offset: string }>('SELECT "offset" FROM import_runs');
      offset = Number(rows[0]?.offset ?? 0);
    }
    command.child.kill('SIGKILL');
    expect((await command.ended).code).toBeNull();

    const [state] = await world.testApp.database.query<{ accepted: string; lines: string; finished_at: Date | null }>(
      'SELECT accepted, lines, finished_at FROM import_runs',
    );
    expect(state?.finished_at).toBeNull();
    expect(Number(state?.lines) % 50).toBe(0);
    expect(await count('users')).toBe(Number(state?.accepted) + 1);
  });

  it('goes on where it was, and rejects every bad line once, with its number, its field and the line itself', async () => {
    const before = await count('users');
    const result = await run('import', settings, [file, '--batch', '50']);
    expect(result).toMatchObject({ event: 'imported', accepted: people, rejected: badLines.length });
    expect(before).toBeGreaterThan(1);
    const rejected = await readLines<{ line: number; path: string; text: string; reason: string }>(
      result['rejectedFile'] as string,
    );
    expect(rejected.map(({ line, path, text }) => ({ line, path, text }))).toEqual(
      badLines.map(({ path, text }, i) => ({ line: badNumbers[i], path, text })),
    );
    expect(rejected.every(({ reason }) => reason.endsWith('.'))).toBe(true);
    expect(await count('users')).toBe(people + 1);
  });

  it('of a file that came to its end before does nothing', async () => {
    expect(await run('import', settings, [file])).toMatchObject({ event: 'imported before', accepted: people });
  });

  it('from the beginning finds everybody there already', async () => {
    const again = join(folder, 'again.ndjson');
    const result = await run('import', settings, [file, '--restart', '--rejected', again]);
    expect(result).toMatchObject({ accepted: 0, rejected: people + badLines.length });
    expect(await count('users')).toBe(people + 1);
  });

  it('is exported as it came, field by field', async () => {
    const out = join(folder, 'out.ndjson');
    expect(await run('export', settings, [out])).toMatchObject({ users: people + 1 });
    const exported = byId(await readLines<ExportedLine>(out));
    for (const line of accepted) expect(exported.get(idOf(line))).toEqual(line);
  });

  it('is exported account by account', async () => {
    const out = join(folder, 'one-account.ndjson');
    await run('export', settings, [out, '--account', organisationOf(1)]);
    const ids = (await readLines<ExportedLine>(out)).map(idOf).sort();
    expect(ids).toEqual(
      accepted
        .filter((_, i) => organisationOf(i) === organisationOf(1))
        .map(idOf)
        .sort(),
    );
  });

  it('of an export gives the same export, people who signed up here included', async () => {
    const [first, second] = [join(folder, 'first.ndjson'), join(folder, 'second.ndjson')];
    await run('export', settings, [first]);
    const other = await createWorld();
    try {
      const there = { ...settings, DATABASE_URL: other.testApp.database.url };
      expect(await run('import', there, [first])).toMatchObject({ rejected: 0, accepted: people + 1 });
      await run('export', there, [second]);
    } finally {
      await other.stop();
    }
    const [before, after] = [await readLines<ExportedLine>(first), await readLines<ExportedLine>(second)];
    expect(after).toEqual(before);
    expect(before.map(idOf)).toContain(olga.id);
  });
});

describe('Who was imported', () => {
  const fields = 'id userName preferredLoginName loginNames state details { sequence creationDate resourceOwner }';

  it('is found by the id it came with and by the one it has here', async () => {
    const ids = [userIdOf(3), storedId(userIdOf(3))];
    for (const id of ids) {
      const { data } = await olga.ask(`query ($id: ID!) { user(id: $id) { ${fields} } node(id: $id) { id } }`, { id });
      expect(data).toMatchObject({
        user: {
          id: storedId(userIdOf(3)),
          userName: 'Straße.3',
          preferredLoginName: 'Straße.3',
          loginNames: ['Straße.3', 'user3@acme.example.test'],
          details: { sequence: '9007199254740996', creationDate: '2013-04-04T03:03:07.123456789Z' },
        },
        node: { id: storedId(userIdOf(3)) },
      });
    }
    const { data } = await olga.ask(`query ($ids: [ID!]!) { users(filter: [{ inUserIds: $ids }]) { nodes { id } } }`, {
      ids,
    });
    expect(data).toMatchObject({ users: { nodes: [{ id: storedId(userIdOf(3)) }] } });
  });

  it('is found by each of its login names, whatever their letter case', async () => {
    const query = `query ($name: String!, $filter: [UserFilter!]) {
      userByLoginName(loginName: $name) { id }
      users(filter: $filter) { nodes { id } }
    }`;
    for (const name of ['STRASSE.3', 'straße.3', 'USER3@acme.example.test']) {
      const { data } = await olga.ask(query, { name, filter: { loginName: { endsWithIgnoreCase: name } } });
      const found = name === 'STRASSE.3' ? null : { id: storedId(userIdOf(3)) };
      expect(data).toEqual({ userByLoginName: found, users: { nodes: found ? [found] : [] } });
    }
  });

  it('has its memberships, grants, sessions, tokens and factors', async () => {
    const { data, errors } = await olga.ask(
      `query ($id: ID!) { user(id: $id) {
        memberships { nodes { roles displayName scope { __typename } } }
        grants { nodes { roleKeys state projectName projectGrantId } }
        sessions { authState agentId } refreshTokens { clientId authTime } personalAccessTokens { expirationDate }
        authFactors { state __typename } passwordlessTokens { name } } }`,
      { id: userIdOf(0) },
    );
    expect(errors).toEqual([]);
    expect(data).toMatchObject({
      user: {
        grants: {
          nodes: expect.arrayContaining([
            {
              roleKeys: ['b', 'a'],
              state: 'INACTIVE',
              projectName: 'Portal of Acme AG',
              projectGrantId: storedId('pg-0'),
            },
          ]) as unknown,
        },
        sessions: [{ authState: 'TERMINATED', agentId: 'agent 1' }],
        refreshTokens: [{ clientId: 'portal@acme', authTime: '2024-02-29T12:00:00.12Z' }],
        passwordlessTokens: [{ name: 'Phone' }],
      },
    });
    const user = (
      data as unknown as { user: Record<string, { nodes: { scope: { __typename: string } }[] } & unknown[]> }
    ).user;
    expect(user['memberships']?.nodes.map(({ scope }) => scope.__typename).sort()).toEqual([
      'IamScope',
      'OrgScope',
      'ProjectGrantScope',
      'ProjectScope',
    ]);
    expect(user['personalAccessTokens']).toHaveLength(2);
    expect(user['authFactors']).toHaveLength(2);
  });

  it('is no operator by a role in the instance that only looks on', async () => {
    const rows = await world.testApp.database.query<{ roles: string[] }>(
      'SELECT roles FROM instance_members WHERE user_id = $1',
      [storedId(userIdOf(0))],
    );
    expect(rows).toEqual([{ roles: ['IAM_OWNER_VIEWER'] }]);
    const found = await world.testApp.app.services.users.byIdentity('https://id.example.test', userIdOf(0));
    expect(found).toMatchObject({ userId: storedId(userIdOf(0)), operator: false });
  });
});
