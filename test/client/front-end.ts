/** A front end in miniature: typed documents, sent to a server by their hash, with answers of the right type. */
import type { ResultOf, VariablesOf } from '@graphql-typed-document-node/core';
import { subscribe, type HeldStream } from '../support/events.js';
import type { TypedDocumentString } from './generated/graphql.js';

type Document = TypedDocumentString<unknown, never>;

/** Where a server is, and who asks. */
export interface Door {
  readonly url: string;
  readonly token: string;
}

/**
 * Runs an operation that the server trusts.
 * @throws Error with the server's words when it was refused
 */
export async function ask<Asked extends Document>(
  { url, token }: Door,
  document: Asked,
  variables: VariablesOf<Asked>,
): Promise<ResultOf<Asked>> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ documentId: document.__meta__?.['hash'], variables }),
  });
  const { data, errors } = (await response.json()) as { data?: ResultOf<Asked>; errors?: { message: string }[] };
  if (data === undefined || errors) throw new Error(errors?.map(({ message }) => message).join('\n') ?? 'No answer.');
  return data;
}

/** Follows a subscription that the server trusts, from when its stream stands. */
export const follow = <Asked extends Document>(
  { url, token }: Door,
  document: Asked,
  variables: VariablesOf<Asked>,
): Promise<HeldStream<ResultOf<Asked>>> =>
  subscribe(
    `${url}/graphql`,
    { authorization: `Bearer ${token}` },
    { documentId: document.__meta__?.['hash'] },
    variables as object,
  );
