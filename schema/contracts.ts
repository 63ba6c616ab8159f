/** What front ends build on, made from the printed schema and the example operations: typed and trusted documents. */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { generate } from '@graphql-codegen/cli';

/**
 * The documents as a front end in TypeScript has them, by GraphQL Code Generator's client preset: an input that is
 * `@oneOf` is a union of which exactly one may be given, and 64-bit numbers, bytes and times are strings.
 * @param schema the printed schema
 * @param folder where the example operations are
 * @returns the texts of TypeScript files by their names
 * @throws when an example does not fit the schema
 */
export async function typedDocuments(schema: string, folder: string): Promise<ReadonlyMap<string, string>> {
  const files = await generated(schema, folder);
  files.delete(manifest);
  return files;
}

/**
 * The same documents by the SHA-256 of their text, as JSON: what a client with typed documents may name by its hash.
 * @throws when an example does not fit the schema
 */
export async function trustedDocuments(schema: string, folder: string): Promise<string> {
  const documents = JSON.parse((await generated(schema, folder)).get(manifest) ?? '{}') as Record<string, string>;
  const byText = Object.entries(documents).sort(([, one], [, other]) => (one < other ? -1 : 1));
  const byHash = byText.map(([hash, text]) => [hash.replace(/^sha256:/, ''), text]);
  return `${JSON.stringify(Object.fromEntries(byHash), null, 2)}\n`;
}

const manifest = 'persisted-documents.json';

async function generated(schema: string, folder: string): Promise<Map<string, string>> {
  const names = readdirSync(folder).filter((file) => file.endsWith('.graphql'));
  const outputs = (await generate(
    {
      schema,
      documents: names.sort().map((file) => readFileSync(path.join(folder, file), 'utf8')),
      silent: true,
      generates: { './': { preset: 'client', presetConfig, config } },
    },
    false,
  )) as readonly { readonly filename: string; readonly content: string }[];
  return new Map(outputs.map(({ filename, content }) => [path.basename(filename), content]));
}

const presetConfig = {
  fragmentMasking: false,
  persistedDocuments: { mode: 'embedHashInDocument', hashPropertyName: 'hash', hashAlgorithm: 'sha256' },
};

const config = {
  documentMode: 'string',
  enumsAsTypes: true,
  useTypeImports: true,
  emitLegacyCommonJSImports: false,
  strictScalars: true,
  scalars: { DateTime: 'string', UInt64: 'string', Base64: 'string', ID: 'string' },
};
