/** What happens to invites when something changes lower down. */
import type { AdminLost } from '../membership/membership.js';
import { deleteOpenBy } from './invite.store.js';

/** Whoever stops being an admin can invite nobody any more, so the open invites they sent go with the right to send them. */
export function createInviteReactions(): { readonly adminLost: AdminLost } {
  return { adminLost: (tx, scope, userId) => deleteOpenBy(tx, scope, userId) };
}
