/** Trusted documents: which operations a client may name by their SHA-256 instead of sending them, and whether it must. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { GraphQLError } from 'graphql';
import { z } from 'zod';
import { ConfigError, type Config } from '../../config.js';
import { type HttpFacts, httpError } from '../errors.js';
import type { Params, Sent } from './params.js';

/** Stands between what a client sent and what runs, for every way into the server. */
export interface TrustedDocuments {
  /** What is to run, with the text of the document that was named; an error where that is unknown or not allowed. */
  admit(sent: Sent): Params | GraphQLError;
}

/** Every document is sent as text, and a hash beside one is not looked at. */
export const noTrustedDocuments: TrustedDocuments = {
  admit: ({ hash: _hash, query, ...rest }) => (query === undefined ? notSupported : { ...rest, query }),
};

/**
 * Documents by the SHA-256 of their text. A hash alone runs the document of that hash. A text that comes with a hash
 * must be the text of that hash.
 * @param required true: only these documents run, whoever asks, and each must be named by its hash
 */
export function createTrustedDocuments(documents: ReadonlyMap<string, string>, required: boolean): TrustedDocuments {
  return {
    admit({ hash, query, ...rest }) {
      const known = hash === undefined ? undefined : documents.get(hash);
      if (query === undefined) return known === undefined ? notFound : { ...rest, query: known };
      if (hash !== undefined && query !== known && sha256(query) !== hash) return otherText;
      return required && known === undefined ? onlyTrusted : { ...rest, query };
    },
  };
}

/**
 * Reads the manifest that the settings name. It is a JSON object of texts by hash, or an Apollo manifest.
 * @throws ConfigError when there is no such file, it is no manifest, or a hash is not that of its text
 */
export async function readTrustedDocuments({ mode, file }: Config['trustedDocuments']): Promise<TrustedDocuments> {
  if (mode === 'off') return noTrustedDocuments;
  const where = file ?? ours;
  const fault = (why: string): Error => new ConfigError([`TRUSTED_DOCUMENTS_FILE: ${where} ${why}`]);
  const text = await readFile(where, 'utf8').catch(() => Promise.reject(fault('cannot be read')));
  const manifest = manifests.safeParse(parsed(text));
  if (!manifest.success) throw fault('is no manifest of documents');
  const documents = manifest.data.map(([hash, document]) => [hash.replace(/^sha256:/, ''), document] as const);
  const wrong = documents.find(([hash, document]) => sha256(document) !== hash);
  if (wrong) throw fault(`has a document under ${wrong[0].slice(0, 64)}, which is not its SHA-256`);
  return createTrustedDocuments(new Map(documents), mode === 'require');
}

/** The operations of schema/examples; written by codegen.ts. */
const ours = fileURLToPath(new URL('../../../schema/trusted-documents.json', import.meta.url));

const manifests = z.union([
  z
    .object({
      format: z.literal('apollo-persisted-query-manifest'),
      operations: z.array(z.object({ id: z.string(), body: z.string() })),
    })
    .transform(({ operations }) => operations.map(({ id, body }): [string, string] => [id, body])),
  z.record(z.string(), z.string()).transform((texts) => Object.entries(texts)),
]);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

// Apollo's clients know these two by their messages.
const notFound = persistence('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound');
const notSupported = persistence('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');

function persistence(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status: 400, spec: true } satisfies HttpFacts } });
}

const otherText = httpError('BAD_USER_INPUT', 'The document is not the one of this hash.', { status: 400 });

const onlyTrusted = httpError(
  'FORBIDDEN',
  'Only trusted documents run here: name one by its hash.',
  { status: 403 },
  { reason: 'TRUSTED_DOCUMENTS_ONLY' },
);
