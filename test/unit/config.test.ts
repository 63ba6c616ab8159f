/** What settings are refused with: one clear line each, with the setting's name. */
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkTlsFiles, ConfigError, readConfig } from '../../src/config.js';
import { readTrustedDocuments } from '../../src/graphql/http/trusted.js';

function faultsOf(attempt: () => unknown): readonly string[] {
  try {
    attempt();
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('how often streams are looked at', () => {
  it('may be every 4 seconds and no less often, for a stream is over within 5', () => {
    expect(readConfig({ LIMIT_STREAM_RECHECK_MS: '4000' }).limits.streams.recheckMs).toBe(4_000);
    const faults = faultsOf(() => readConfig({ LIMIT_STREAM_RECHECK_MS: '4001' }));
    expect(faults).toEqual([expect.stringMatching(/^LIMIT_STREAM_RECHECK_MS: .*4000/)]);
  });

  it('says nothing of how often they are pinged, which may be as seldom as is wanted', () => {
    expect(readConfig({ LIMIT_STREAM_PING_MS: '3600000' }).limits.streams.pingMs).toBe(3_600_000);
  });
});

describe('the files of settings', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-config-'));
  const [certFile, keyFile] = [path.join(folder, 'cert.pem'), path.join(folder, 'key.pem')];
  const missing = path.join(folder, 'missing.pem');

  beforeAll(() => {
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=localhost'];
    execFileSync('openssl', ['req', '-x509', ...kind, '-keyout', keyFile, '-out', certFile], { stdio: 'ignore' });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('may be a certificate and its key, or none', () => {
    expect(faultsOf(() => checkTlsFiles(null))).toEqual([]);
    expect(faultsOf(() => checkTlsFiles({ certFile, keyFile }))).toEqual([]);
  });

  it('are each named when they cannot be read', () => {
    const unread = (setting: string): string => `${setting}: ${missing} cannot be read`;
    expect(faultsOf(() => checkTlsFiles({ certFile: missing, keyFile }))).toEqual([unread('GRPC_TLS_CERT')]);
    expect(faultsOf(() => checkTlsFiles({ certFile, keyFile: missing }))).toEqual([unread('GRPC_TLS_KEY')]);
    const neither = faultsOf(() => checkTlsFiles({ certFile: missing, keyFile: missing }));
    expect(neither).toEqual([unread('GRPC_TLS_CERT'), unread('GRPC_TLS_KEY')]);
  });

  it('are refused when the key is another one, or they are no PEM', () => {
    const otherKey = path.join(folder, 'other.pem');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(otherKey, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const text = path.join(folder, 'text.pem');
    writeFileSync(text, 'no certificate');
    for (const files of [
      { certFile, keyFile: otherKey },
      { certFile: text, keyFile },
    ]) {
      const fault = 'GRPC_TLS_CERT, GRPC_TLS_KEY: the files are no certificate and its key, as PEM';
      expect(faultsOf(() => checkTlsFiles(files))).toEqual([fault]);
    }
  });

  it('are refused when they should be a manifest of documents, and are missing or something else', async () => {
    const read = (file: string): Promise<unknown> => readTrustedDocuments({ mode: 'allow', file });
    const fault = (file: string, why: string): ConfigError =>
      new ConfigError([`TRUSTED_DOCUMENTS_FILE: ${file} ${why}`]);
    await expect(read(missing)).rejects.toThrow(fault(missing, 'cannot be read'));
    await expect(read(certFile)).rejects.toThrow(fault(certFile, 'is no manifest of documents'));
    await expect(read(missing)).rejects.toBeInstanceOf(ConfigError);
  });
});
