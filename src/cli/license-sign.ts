/**
 * `npm run --silent license:sign -- --key license.pem --issued-to Acme --expires 2027-01-01T00:00:00Z` prints a licence;
 * `npm run --silent license:sign -- --new-key license` writes a pair of keys, `license.pem` and `license.pub.pem`.
 */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { writeLicense } from '../domains/system/system.rules.js';

try {
  const { values } = parseArgs({
    options: {
      'new-key': { type: 'string' },
      key: { type: 'string' },
      'issued-to': { type: 'string' },
      expires: { type: 'string' },
      id: { type: 'string' },
      customer: { type: 'string' },
    },
  });
  const { key, expires, customer } = values;
  const name = values['new-key'];
  if (name !== undefined) {
    writeKeys(name);
  } else {
    if (key === undefined)
      throw new Error('--key names the file of an Ed25519 private key in PEM (or make one: --new-key)');
    if (values['issued-to'] === undefined) throw new Error('--issued-to says whose licence it is');
    if (expires === undefined) throw new Error('--expires says until when it is good, such as 2027-01-01T00:00:00Z');
    const license = writeLicense(
      {
        version: 'v1',
        id: values.id ?? randomUUID(),
        issued_to: values['issued-to'],
        issued_at: new Date().toISOString(),
        expires_at: expires,
        ...(customer === undefined ? {} : { customer_id: customer }),
      },
      readFileSync(key, 'utf8'),
    );
    process.stdout.write(`${license}\n`);
  }
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`license:sign: ${message.replace(/\s+/g, ' ')}\n`);
  process.exitCode = 2;
}

function writeKeys(name: string): void {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  // Neither is overwritten: whoever loses a key loses every licence that it signed.
  writeFileSync(`${name}.pem`, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  writeFileSync(`${name}.pub.pem`, publicKey.export({ type: 'spki', format: 'pem' }), { flag: 'wx' });
  process.stdout.write(`${name}.pem\n${name}.pub.pem\n`);
}
