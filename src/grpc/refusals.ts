/** The record of changes that the door refused before their handler was asked. */
import type { Call } from '../kernel/call.js';
import { parseUuid, type AccountId } from '../kernel/ids.js';
import type { Services } from '../services.js';
import type { Message } from './codecs.js';

/** What was tried: an RPC by its name, whether it only reads, and what the audit record calls it. */
export interface Tried {
  readonly method: string;
  readonly readOnly: boolean;
  readonly rpc: { readonly action?: string | undefined };
}

/** Records that a caller tried an RPC that is not for its kind. Neither what only reads nor strangers are recorded. */
export async function recordRefusal(
  { access }: Pick<Services, 'access'>,
  call: Call,
  { method, readOnly, rpc }: Tried,
  decode: () => Message,
): Promise<void> {
  if (readOnly || call.principal.kind === 'anonymous') return;
  const action = rpc.action ?? `${method.charAt(0).toLowerCase()}${method.slice(1)}`;
  await access.refused(call, { action, accountId: accountIn(decode) });
}

/** The account that a request names; null when it names none, or is no sound request at all. */
function accountIn(decode: () => Message): AccountId | null {
  try {
    const { accountId } = decode();
    return typeof accountId === 'string' ? parseUuid<AccountId>(accountId) : null;
  } catch {
    return null;
  }
}
