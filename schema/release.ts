/** Makes the present API the one that later changes are measured against: `npm run release:schema`, once a release. */
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const home = path.join(import.meta.dirname, '..');

/** Where the API of the last release is kept. */
export const releasedSchema = path.join(import.meta.dirname, 'released.graphql');
/** Where the fingerprints of the last release are kept. */
export const releasedContract = path.join(import.meta.dirname, 'released.json');

/** A fingerprint of each of the three contracts: what is in `schema/`, `proto/` and `prisma/` that others rely on. */
export type Contract = Readonly<Record<keyof typeof contracts, string>>;

const contracts = {
  schema: /^schema\.graphql$/,
  proto: /\.proto$/,
  prisma: /^schema\.prisma$|^migrations\//,
} as const;

/** The contracts as they are now. */
export function presentContract(): Contract {
  const { schema, proto, prisma } = contracts;
  return { schema: print('schema', schema), proto: print('proto', proto), prisma: print('prisma', prisma) };
}

function print(folder: string, wanted: RegExp): string {
  const hash = createHash('sha256');
  const entries = readdirSync(path.join(home, folder), { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(path.join(home, folder), path.join(entry.parentPath, entry.name)))
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => wanted.test(file))
    .sort();
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(path.join(home, folder, file)));
  return hash.digest('hex');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  copyFileSync(path.join(import.meta.dirname, 'schema.graphql'), releasedSchema);
  writeFileSync(releasedContract, `${JSON.stringify(presentContract(), null, 2)}\n`);
}
