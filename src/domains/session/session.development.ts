/** The issuer of development: signs tokens with a key of its own, kept in the data directory. */
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  importJWK,
  SignJWT,
  type JWTPayload,
} from 'jose';
import { z } from 'zod';
import { AppError } from '../../kernel/errors.js';
import type { Clock, Random } from '../../kernel/ports.js';
import type { KeyLookup } from './session.keys.js';

/** Whom a development token is to speak for. */
export interface DevelopmentIdentity {
  readonly sub: string;
  readonly email?: string | undefined;
  /** True unless said otherwise. */
  readonly emailVerified?: boolean | undefined;
  /** Makes the subject an instance operator. */
  readonly operator?: boolean | undefined;
  readonly name?: string | undefined;
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  readonly picture?: string | undefined;
  /** 12 hours unless said otherwise. */
  readonly expiresInSeconds?: number | undefined;
}

/** An issuer for development and tests, with the keys a verifier needs. */
export interface DevelopmentIssuer {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: KeyLookup;
  /** An access token for `identity`, signed. */
  sign(identity: DevelopmentIdentity): Promise<string>;
}

const issuer = 'urn:gatehouse:development';
const audience = 'gatehouse';
const lifeSeconds = 12 * 60 * 60;
const privateKey = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
});

/**
 * The development issuer whose key is in `development-key.json` of `dataDir`. The first to ask makes the key; everybody
 * who shares the directory has the same one, also when several processes start at once.
 * @throws AppError `precondition` (DEVELOPMENT_KEY_DAMAGED) when the file is there but holds no such key
 */
export async function developmentIssuer(dataDir: string, clock: Clock, random: Random): Promise<DevelopmentIssuer> {
  const { publicJwk, signingKey } = await readKey(dataDir, random);
  const kid = await calculateJwkThumbprint(publicJwk);
  return {
    issuer,
    audience,
    keys: createLocalJWKSet({ keys: [{ ...publicJwk, kid, alg: 'ES256', use: 'sig' }] }),
    sign: (identity) => {
      const now = Math.floor(clock.now().getTime() / 1000);
      return new SignJWT(claimsOf(identity))
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(identity.sub)
        .setIssuedAt(now)
        .setExpirationTime(now + (identity.expiresInSeconds ?? lifeSeconds))
        .setJti(random.uuid())
        .sign(signingKey);
    },
  };
}

/** What is undefined here is absent from the token. */
function claimsOf({ email, emailVerified = true, operator, ...person }: DevelopmentIdentity): JWTPayload {
  return {
    email,
    email_verified: email === undefined ? undefined : emailVerified,
    gatehouse_operator: operator === true ? true : undefined,
    name: person.name,
    given_name: person.givenName,
    family_name: person.familyName,
    picture: person.picture,
  };
}

async function readKey(dataDir: string, random: Random) {
  const path = join(dataDir, 'development-key.json');
  const text = (await readIfThere(path)) ?? (await createKey(dataDir, path, random));
  try {
    const { d, ...publicJwk } = privateKey.parse(JSON.parse(text));
    return { publicJwk, signingKey: await importJWK({ ...publicJwk, d }, 'ES256') };
  } catch {
    // Without the cause: what is wrong with the file could quote the key.
    const message = `${path} is damaged. Remove it to get a new key; tokens signed so far stop working.`;
    throw new AppError('precondition', 'DEVELOPMENT_KEY_DAMAGED', message);
  }
}

/** Makes the key file and returns what it holds, which is another's key when another process was faster. */
async function createKey(dataDir: string, path: string, random: Random): Promise<string> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const draft = `${path}.${random.uuid()}`;
  await mkdir(dataDir, { recursive: true });
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(await exportJWK(pair.privateKey))}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    // A link appears whole or not at all, and never replaces a file that is there.
    await link(draft, path).catch(unless('EEXIST'));
    return await readFile(path, 'utf8');
  } finally {
    await rm(draft, { force: true });
  }
}

function readIfThere(path: string): Promise<string | void> {
  return readFile(path, 'utf8').catch(unless('ENOENT'));
}

function unless(code: string): (error: NodeJS.ErrnoException) => void {
  return (error) => {
    if (error.code !== code) throw error;
  };
}
