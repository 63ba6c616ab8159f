/** Reading a licence: who may run what, and until when. */
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../kernel/errors.js';
import type { License } from './system.js';

/** The expiry of a licence that is not there: the year 1. */
export const noExpiry = new Date('0001-01-01T00:00:00.000Z');

const envelope = z.object({ license: z.base64(), signature: z.base64() });
const contents = z.object({
  version: z.string(),
  id: z.string(),
  issued_to: z.string(),
  issued_at: z.iso.datetime({ offset: true }),
  expires_at: z.iso.datetime({ offset: true }),
  customer_id: z.string().optional(),
});

/** What a licence says. Times are RFC 3339. */
export type LicenseContents = z.infer<typeof contents>;

/**
 * Writes a licence, as {@link readLicense} reads it.
 * @param privateKey an Ed25519 key in PEM
 * @throws Error naming what is wrong with the contents or the key
 */
export function writeLicense(said: LicenseContents, privateKey: string): string {
  const checked = contents.safeParse(said);
  const fault = checked.error?.issues[0];
  if (fault) throw new Error(`the licence: ${fault.path.join('.')}: ${fault.message}`);
  const key = createPrivateKey(privateKey);
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('the key: this is no Ed25519 key');
  const bytes = Buffer.from(JSON.stringify(said), 'utf8');
  const outer = { license: bytes.toString('base64'), signature: sign(null, bytes, key).toString('base64') };
  return Buffer.from(JSON.stringify(outer), 'utf8').toString('base64');
}

/**
 * Reads a licence: base64 of `{ license, signature }`, both base64, where the signature is Ed25519 over the bytes of the
 * contents. An expired licence is read, and not valid.
 * @param cloud whether cloud mode is asked for; it is granted by a valid licence only
 * @throws AppError `invalid` LICENSE_INVALID, naming the setting, when there is a licence that cannot be read or is badly signed
 */
export function readLicense(
  setting: { readonly text: string | undefined; readonly publicKey: string | undefined },
  cloud: boolean,
  now: Date,
): License {
  if (setting.text === undefined) {
    if (cloud) throw fault('LICENSE: needed with CLOUD=on');
    return { isValid: false, expiresAt: noExpiry, isCloud: false };
  }
  if (setting.publicKey === undefined) throw fault('LICENSE_PUBLIC_KEY: needed with LICENSE');
  const outer = parsed(envelope, setting.text);
  const bytes = Buffer.from(outer.license, 'base64');
  if (!isSigned(bytes, Buffer.from(outer.signature, 'base64'), setting.publicKey)) {
    throw fault('LICENSE: the signature is not by LICENSE_PUBLIC_KEY');
  }
  const expiresAt = new Date(parsed(contents, outer.license).expires_at);
  const isValid = now < expiresAt;
  return { isValid, expiresAt, isCloud: cloud && isValid };
}

function parsed<T extends z.ZodType>(type: T, base64: string): z.output<T> {
  try {
    return type.parse(JSON.parse(Buffer.from(base64, 'base64').toString('utf8')));
  } catch (cause) {
    throw fault('LICENSE: this is no licence', cause);
  }
}

function isSigned(bytes: Buffer, signature: Buffer, pem: string): boolean {
  let key;
  try {
    key = createPublicKey(pem);
  } catch (cause) {
    throw fault('LICENSE_PUBLIC_KEY: this is no public key in PEM', cause);
  }
  return key.asymmetricKeyType === 'ed25519' && verify(null, bytes, key, signature);
}

function fault(message: string, cause?: unknown): AppError {
  return new AppError('invalid', 'LICENSE_INVALID', message, { cause });
}
