/** The development issuer and the command that prints its tokens, as real processes. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeProtectedHeader } from 'jose';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { developmentIssuer, type DevelopmentIssuer } from '../../src/domains/session/session.development.js';
import { createVerifier } from '../../src/domains/session/session.verifier.js';
import type { Clock } from '../../src/kernel/ports.js';
import { systemRandom } from '../../src/system-ports.js';
import { stoppedClock } from '../support/issuer.js';

const realClock: Clock = { now: () => new Date() };

let root: string;
let dataDir: string;
let keyFile: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gatehouse-'));
  dataDir = join(root, 'new', 'data');
  keyFile = join(dataDir, 'development-key.json');
});
afterEach(() => rm(root, { recursive: true }));

function verify(development: DevelopmentIssuer, clock: Clock, token: string) {
  const { issuer, audience, keys } = development;
  const trusted = { issuer, audiences: [audience], keys, development: true };
  return createVerifier({ issuers: [trusted], tokenBytes: 8_192, clock, log: pino({ level: 'silent' }) }).verify(token);
}

describe('The development issuer', () => {
  it('signs tokens that its own verifier accepts, with all it is told', async () => {
    const clock = stoppedClock();
    const development = await developmentIssuer(dataDir, clock, systemRandom);
    const picture = 'https://acme.test/ada.png';
    const person = { name: 'Ada L', givenName: 'Ada', familyName: 'L', picture };
    const token = await development.sign({ sub: 'ada', email: 'ada@acme.test', operator: true, ...person });
    await expect(verify(development, clock, token)).resolves.toMatchObject({
      issuer: 'urn:gatehouse:development',
      subject: 'ada',
      email: 'ada@acme.test',
      emailVerified: true,
      operator: true,
      ...person,
    });
  });

  it('says no more than it is told', async () => {
    const clock = stoppedClock();
    const development = await developmentIssuer(dataDir, clock, systemRandom);
    const [, payload = ''] = (await development.sign({ sub: 'ada' })).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
    expect(Object.keys(claims).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'jti', 'sub']);
  });

  it('gives tokens 12 hours, or as long as it is told', async () => {
    const clock = stoppedClock();
    const development = await developmentIssuer(dataDir, clock, systemRandom);
    const [usual, brief] = [
      await development.sign({ sub: 'ada' }),
      await development.sign({ sub: 'ada', expiresInSeconds: 60 }),
    ];
    clock.forward({ seconds: 90 });
    await expect(verify(development, clock, brief)).rejects.toMatchObject({ reason: 'TOKEN_EXPIRED' });
    clock.forward({ hours: 11 });
    await expect(verify(development, clock, usual)).resolves.toMatchObject({ subject: 'ada' });
    clock.forward({ hours: 1 });
    await expect(verify(development, clock, usual)).rejects.toMatchObject({ reason: 'TOKEN_EXPIRED' });
  });

  it('keeps its key for its owner alone and leaves nothing else behind', async () => {
    await developmentIssuer(dataDir, realClock, systemRandom);
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
    expect(await readdir(dataDir)).toEqual(['development-key.json']);
  });

  it('has one key, however many start at once', async () => {
    const issuers = await Promise.all(
      Array.from({ length: 20 }, () => developmentIssuer(dataDir, realClock, systemRandom)),
    );
    const [first] = issuers;
    const tokens = await Promise.all(issuers.map((development) => development.sign({ sub: 'ada' })));
    for (const token of tokens) {
      await expect(verify(first as DevelopmentIssuer, realClock, token)).resolves.toMatchObject({ subject: 'ada' });
    }
  });

  it.each<[string, (text: string) => string]>([
    ['cut short', (text) => text.slice(0, 60)],
    ['emptied', () => ''],
    ['without its private half', (text) => text.replace(/"d"/, '"e"')],
    ['filled with another curve', (text) => text.replace('P-256', 'P-384')],
    ['filled with a point off the curve', (text) => text.replace(/"x":"[^"]{8}/, '"x":"AAAAAAAA')],
  ])('says which file is damaged when its key was %s', async (_, damage) => {
    await developmentIssuer(dataDir, realClock, systemRandom);
    await writeFile(keyFile, damage(await readFile(keyFile, 'utf8')));
    const refusal: unknown = await developmentIssuer(dataDir, realClock, systemRandom).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ reason: 'DEVELOPMENT_KEY_DAMAGED' });
    expect(String(refusal)).toContain(keyFile);
  });
});

describe('The token command', () => {
  interface Outcome {
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
  }

  function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    const command = ['--import', 'tsx', 'src/cli/token.ts', ...args];
    const settings = { PATH: '/usr/bin:/bin', DATA_DIR: dataDir, ...env };
    return new Promise((resolve) => {
      const child = execFile(process.execPath, command, { env: settings }, (_, stdout, stderr) => {
        resolve({ code: child.exitCode ?? -1, stdout, stderr });
      });
    });
  }

  it('prints one token and nothing else, the same key for two that start at once', async () => {
    const ada = ['--sub', 'ada', '--email', 'ada@acme.test', '--operator', '--name', 'Ada L', '--expires', '3600'];
    const [first, second] = await Promise.all([run(ada), run(['--sub', 'bob'])]);
    for (const { code, stdout, stderr } of [first, second]) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    }
    const development = await developmentIssuer(dataDir, realClock, systemRandom);
    const claims = { subject: 'ada', email: 'ada@acme.test', emailVerified: true, operator: true, name: 'Ada L' };
    await expect(verify(development, realClock, first.stdout.trim())).resolves.toMatchObject(claims);
    await expect(verify(development, realClock, second.stdout.trim())).resolves.toMatchObject({
      subject: 'bob',
      operator: false,
    });
    expect(decodeProtectedHeader(first.stdout.trim()).kid).toBe(decodeProtectedHeader(second.stdout.trim()).kid);
  });

  it.each<[string, string[], Record<string, string>, RegExp]>([
    ['no subject', [], {}, /--sub/],
    ['an option it does not know', ['--sub', 'ada', '--admin'], {}, /--admin/],
    ['a subject nobody can have', ['--sub', 'a\nb'], {}, /--sub/],
    ['an e-mail that is none', ['--sub', 'ada', '--email', 'ada'], {}, /--email/],
    ['a life of more than a day', ['--sub', 'ada', '--expires', '86401'], {}, /--expires/],
    ['authentication off', ['--sub', 'ada'], { AUTH: 'off' }, /AUTH/],
    ['an issuer', ['--sub', 'ada'], { OIDC_ISSUER: 'https://id.test', OIDC_AUDIENCE: 'api' }, /AUTH is oidc/],
    ['production', ['--sub', 'ada'], { NODE_ENV: 'production' }, /AUTH/],
  ])('refuses %s in one line', async (_, args, env, fault) => {
    const { code, stdout, stderr } = await run(args, env);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^token: [^\n]+\n$/);
    expect(stderr).toMatch(fault);
  });
});
