/** Licences as the command line signs them, and as the server reads them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { readLicense, writeLicense } from '../../src/domains/system/system.rules.js';

const program = fileURLToPath(new URL('../../src/cli/license-sign.ts', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-license-'));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...words: string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', program, ...words], { cwd: process.cwd(), encoding: 'utf8' });
const key = path.join(folder, 'license.pem');

describe('license:sign', () => {
  it('makes a pair of keys, and a licence that the public one of them confirms', () => {
    expect(run('--new-key', path.join(folder, 'license')).status).toBe(0);
    const { status, stdout } = run('--key', key, '--issued-to', 'Acme', '--expires', '2030-01-01T00:00:00Z');
    expect(status).toBe(0);
    const publicKey = readFileSync(path.join(folder, 'license.pub.pem'), 'utf8');
    const setting = { text: stdout.trim(), publicKey };
    const expiresAt = new Date('2030-01-01T00:00:00Z');
    expect(readLicense(setting, true, new Date('2029-12-31T23:59:59Z'))).toEqual({
      isValid: true,
      isCloud: true,
      expiresAt,
    });
    expect(readLicense(setting, false, new Date('2026-01-01'))).toEqual({ isValid: true, isCloud: false, expiresAt });
    expect(readLicense(setting, true, expiresAt)).toEqual({ isValid: false, isCloud: false, expiresAt });
  });

  it('overwrites no key, and says in one line what is missing', () => {
    const again = run('--new-key', path.join(folder, 'license'));
    expect([again.status, again.stderr.trim().split('\n').length]).toEqual([2, 1]);
    expect(run('--key', key, '--expires', '2030-01-01T00:00:00Z').stderr).toMatch(/^license:sign: --issued-to/);
    expect(run('--key', key, '--issued-to', 'Acme', '--expires', 'soon').stderr).toMatch(/expires_at/);
  });
});

it('a licence with one byte changed is refused', () => {
  const said = {
    version: 'v1',
    id: '1',
    issued_to: 'Acme',
    issued_at: '2026-01-01T00:00:00Z',
    expires_at: '2030-01-01T00:00:00Z',
  };
  const publicKey = readFileSync(path.join(folder, 'license.pub.pem'), 'utf8');
  const text = writeLicense(said, readFileSync(key, 'utf8'));
  const outer = JSON.parse(Buffer.from(text, 'base64').toString()) as { license: string; signature: string };
  const license = Buffer.from(JSON.stringify({ ...said, expires_at: '2031-01-01T00:00:00Z' })).toString('base64');
  const forged = Buffer.from(JSON.stringify({ ...outer, license })).toString('base64');
  expect(() => readLicense({ text: forged, publicKey }, true, new Date())).toThrow(/^LICENSE: the signature/);
  expect(readLicense({ text, publicKey }, true, new Date('2026-06-01')).isCloud).toBe(true);
});
