/** Stories about users told over HTTP: mutations by name, and people whom a team owns. */
import { expect } from 'vitest';
import type { AccountRole } from '../../src/domains/access/access.js';
import type { UserId } from '../../src/kernel/ids.js';
import { mutate, type Asker } from './mutate.js';
import type { Person, Team, World } from './world.js';

/** What a mutation answered: its payload, and the codes of top-level errors. */
export interface Changed {
  readonly payload: Readonly<Record<string, unknown>> | null;
  /** `CODE path.in.input` of each error in the payload; the code alone where there is no path. */
  readonly errors: readonly string[];
  /** The codes of top-level errors. */
  readonly refusals: readonly unknown[];
}

/** Runs a mutation by its name. `selection` is what to select of the payload besides `errors`. */
export async function change(who: Asker, name: string, input: object, selection = ''): Promise<Changed> {
  const { payload, answer } = await mutate<Record<string, unknown>>(who, name, input, selection);
  const errors = payload?.errors ?? [];
  return {
    payload,
    errors: errors.map(({ code, path }) => [code, path.join('.')].join(' ').trim()),
    refusals: answer.errors.map(({ extensions }) => extensions['code']),
  };
}

/** Runs a mutation that must succeed and answers one field of its payload. */
export async function done<T>(who: Asker, name: string, input: object, field: string, selection = ''): Promise<T> {
  const { payload, errors, refusals } = await change(who, name, input, `${field} ${selection}`);
  expect({ name, errors, refusals }).toEqual({ name, errors: [], refusals: [] });
  return payload?.[field] as T;
}

/** What creating a person takes. */
export const human = (accountId: string, userName: string, more: object = {}) => ({
  accountId,
  userName,
  profile: { firstName: userName, lastName: 'Test' },
  email: { email: `${userName.replaceAll(/[^a-z0-9]/gi, '-').toLowerCase()}@people.test`, isEmailVerified: true },
  ...more,
});

/** Creates a person and answers its id. */
export async function createHuman(who: Asker, accountId: string, userName: string, more: object = {}) {
  const made = await done<{ id: UserId }>(who, 'createHumanUser', human(accountId, userName, more), 'user', '{ id }');
  return made.id;
}

/** Creates a machine and answers its id. */
export async function createMachine(who: Asker, accountId: string, userName: string, more: object = {}) {
  const input = { accountId, userName, name: userName, ...more };
  return (await done<{ id: UserId }>(who, 'createMachineUser', input, 'user', '{ id }')).id;
}

/** Somebody whom a team owns and who can sign in. */
export type Owned = Asker & { readonly id: UserId; readonly authorization: string };

/** Creates a person in a team, tied to a sign-in of the same name by an operator. */
export async function owned(world: World, team: Team, admin: Person, name: string, role: AccountRole): Promise<Owned> {
  const id = await createHuman(admin, team.id, name, { role });
  const operator = await world.person('Olga', { operator: true });
  const issuer = world.testApp.app.development?.issuer ?? '';
  await done(operator, 'linkUserIdentity', { id, issuer, subject: name.toLowerCase() }, 'user', '{ id }');
  return { ...(await world.newcomer(name)), id };
}

/** What can be seen of a user's life; null when it cannot be seen. */
export async function lifeOf(who: Asker, id: string) {
  const { data } = await who.ask<{ user: { state: string; userName: string; details: { sequence: string } } | null }>(
    'query ($id: ID!) { user(id: $id) { state userName loginNames details { sequence changeDate resourceOwner } } }',
    { id },
  );
  return data?.user ?? null;
}
