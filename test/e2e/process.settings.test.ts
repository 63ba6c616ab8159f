/** What the process makes of its settings: it runs as they say, or says in one clear line each why it does not. */
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createDatabase } from '../support/database.js';
import { newDirectory } from './embedded.programs.js';
import { startGatehouse, tokenFor } from './process.programs.js';

async function newDatabaseUrl(): Promise<string> {
  const database = await createDatabase();
  onTestFinished(() => database.drop());
  return database.url;
}

describe('a process refuses to start, and says why in one line each, with', { timeout: 60_000 }, () => {
  it.each<[string, Record<string, string>, RegExp[]]>([
    ['two values that are none', { AUTH: 'maybe', LIMIT_PAGE: '0' }, [/^AUTH: /, /^LIMIT_PAGE: /]],
    ['an unsafe issuer and no audience', { OIDC_ISSUER: 'http://issuer.test' }, [/^OIDC_AUDIENCE: /, /must be https/]],
    ['a database that is not there', { DATABASE_URL: 'postgresql://nobody@127.0.0.1:9/x' }, [/ECONNREFUSED|database/]],
    ['no issuer in production', { NODE_ENV: 'production' }, [/^AUTH: production needs OIDC_ISSUER/]],
    ['cloud mode and no licence', { CLOUD: 'on' }, [/^LICENSE: needed with CLOUD=on$/]],
    ['a licence that is none', { LICENSE: 'bm8=', LICENSE_PUBLIC_KEY: 'no' }, [/^LICENSE/]],
  ])('%s', async (_what, settings, lines) => {
    const gatehouse = startGatehouse('/nowhere', settings);
    expect(await gatehouse.ended).toBe(1);
    expect(gatehouse.stdout()).toBe('');
    const said = gatehouse.stderr().trimEnd().split('\n');
    expect(said).toHaveLength(lines.length);
    lines.forEach((line, i) => expect(said[i]?.replace('gatehouse: ', '')).toMatch(line));
  });

  it.each(['PORT', 'GRPC_PORT'])('a port that is taken: %s', async (setting) => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const settings = { DATABASE_URL: await newDatabaseUrl(), [setting]: String(port) };
    const gatehouse = startGatehouse(await newDirectory(), settings);
    expect(await gatehouse.ended).toBe(1);
    expect(gatehouse.stderr()).toMatch(new RegExp(`^gatehouse: cannot serve .*${port}.*\\n$`));
  });
});

describe('a process runs', { timeout: 60_000 }, () => {
  it('without sign-in where AUTH=off says so, in production too: everybody is one user', async () => {
    const settings = { DATABASE_URL: await newDatabaseUrl(), NODE_ENV: 'production', AUTH: 'off' };
    const gatehouse = startGatehouse(await newDirectory(), settings);
    const made = await gatehouse.ask(null, 'mutation { setPersonalAccount { account { name } errors { code } } }');
    expect(made.data).toEqual({ setPersonalAccount: { account: { name: 'personal' }, errors: [] } });
    const { data } = await gatehouse.ask('any token', '{ viewer { userId accounts { nodes { name } } } }');
    expect(data).toEqual({
      viewer: { userId: '00000000-0000-0000-0000-000000000000', accounts: { nodes: [{ name: 'personal' }] } },
    });
    const page = await fetch(`${await gatehouse.http}/graphql`, { headers: { accept: 'text/html' } });
    expect(page.headers.get('content-type')).not.toContain('text/html');
  });

  it('with no token, e-mail address or variable in its log, however busy', async () => {
    const settings = { DATABASE_URL: await newDatabaseUrl(), LOG_LEVEL: 'trace', WORKER_KEYS: 'worker-key-of-ours' };
    const gatehouse = startGatehouse(await newDirectory(), settings);
    const tokenOf = (sub: string) => tokenFor(gatehouse.dataDir, { sub, email: `${sub}@people.test` });
    const [ann, vic] = await Promise.all([tokenOf('ann'), tokenOf('vic')]);
    for (const token of [ann, vic]) await gatehouse.ask(token, 'mutation { setUser { errors { code } } }');
    const founded = await gatehouse.ask(
      ann,
      'mutation { createTeamAccount(input: { name: "acme" }) { account { id } } }',
    );
    const accountId: string = founded.data?.['createTeamAccount']?.['account']?.['id'] ?? '';
    const invite =
      'mutation ($input: InviteUserToTeamAccountInput!) { inviteUserToTeamAccount(input: $input) { token } }';
    const input = { accountId, email: 'vic@people.test' };
    const invited = await gatehouse.ask(ann, invite, { input });
    const secret: string = invited.data?.['inviteUserToTeamAccount']?.['token'] ?? '';
    expect(secret).not.toBe('');

    const accept = `mutation { acceptTeamAccountInvite(input: { token: "${secret}" }) { account { name } errors { code } } }`;
    const forged = `${vic.slice(0, -6)}AAAAAA`;
    for (const token of [vic, vic, ann, forged, `${forged} vic@people.test`, 'worker-key-of-ours', null]) {
      await gatehouse.ask(token, accept);
    }
    await gatehouse.ask(ann, invite, { input: { ...input, email: 'not an address@people.test' } });
    await gatehouse.ask(ann, '{ user(id: "vic@people.test") { nothing } }');
    await gatehouse.ask(ann, `{ "vic@people.test ${ann}"`);
    await fetch(`${await gatehouse.http}/graphql?query={viewer{userId}}&token=${secret}&who=vic@people.test`);
    await fetch(`${await gatehouse.http}/vic@people.test/${ann}`);

    gatehouse.child.kill('SIGTERM');
    expect(await gatehouse.ended).toBe(0);
    const log = gatehouse.stderr();
    expect(log.split('\n').filter((line) => line.includes('"msg":"request"')).length).toBeGreaterThanOrEqual(14);
    const secrets = [ann, vic, forged, secret, 'worker-key-of-ours', 'people.test', 'eyJ', '@'];
    expect(secrets.filter((word) => log.includes(word))).toEqual([]);
  });
});
