/** How the state of users changes, up to their end, in GraphQL. */
import { z } from 'zod';
import { mutation } from '../../graphql/mutation.js';
import { proto, rpc } from '../../graphql/proto.js';
import { anybody, signedIn, type Rules } from '../../graphql/rules.js';
import type { UserId } from '../../kernel/ids.js';
import { id } from '../../kernel/input.js';
import type { StateChange } from './user.js';
import { changedUser } from './user.life.graphql.js';

const reads = z.object({ id: id<UserId>() });

const stateChanges: Readonly<Record<StateChange, string>> = {
  deactivate: 'DeactivateUser',
  reactivate: 'ReactivateUser',
  lock: 'LockUser',
  unlock: 'UnlockUser',
};

for (const [change, name] of Object.entries(stateChanges) as [StateChange, string][]) {
  mutation(`${change}User`, {
    carries: rpc(name),
    reads,
    input: (t) => ({ id: t.id({ required: true, ...proto(`${name}Request.id`) }) }),
    resolve: async ({ call, services }, input) => ({
      user: await services.userLife.changeState(call, { ...input, change }),
    }),
    payload: changedUser,
  });
}

mutation('removeUser', {
  carries: rpc('RemoveUser'),
  reads,
  input: (t) => ({ id: t.id({ required: true, ...proto('RemoveUserRequest.id') }) }),
  resolve: async ({ call, services }, input) => ({ removedUserId: await services.userLife.remove(call, input) }),
  payload: (t) => ({
    removedUserId: t.exposeID('removedUserId', { nullable: true, description: 'The id of the user that is gone.' }),
  }),
});

/** Whose state may be changed is decided under a lock on the user. */
export const userStateRules: Rules = {
  Mutation: {
    deactivateUser: signedIn,
    reactivateUser: signedIn,
    lockUser: signedIn,
    unlockUser: signedIn,
    removeUser: signedIn,
  },
  DeactivateUserPayload: { '*': anybody },
  ReactivateUserPayload: { '*': anybody },
  LockUserPayload: { '*': anybody },
  UnlockUserPayload: { '*': anybody },
  RemoveUserPayload: { '*': anybody },
};
