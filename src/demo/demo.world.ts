/** The demo world: three teams, a dozen people in every role, open and expired invites. Made by the services themselves. */
import type { AccountRole } from '../domains/access/access.js';
import type { Account } from '../domains/account/account.js';
import type { Call, Claims } from '../kernel/call.js';
import { AppError } from '../kernel/errors.js';
import type { AccountId, UserId } from '../kernel/ids.js';
import type { Services } from '../services.js';

/** Who lives there: subject, name, e-mail domain. */
const people = {
  ada: ['Ada Lovelace', 'acme'],
  bob: ['Bob Kahn', 'acme'],
  cleo: ['Cleo Adebayo', 'acme'],
  dan: ['Dan Ingalls', 'acme'],
  eva: ['Eva Tardos', 'acme'],
  grace: ['Grace Hopper', 'globex'],
  hugo: ['Hugo Sandoval', 'globex'],
  iris: ['Iris Watanabe', 'globex'],
  ivan: ['Ivan Sutherland', 'initech'],
  kira: ['Kira Novak', 'initech'],
  liam: ['Liam Byrne', 'initech'],
  olga: ['Olga Ladyzhenskaya', 'gatehouse'],
} as const satisfies Record<string, readonly [string, string]>;

/** The subject of somebody in the demo world. */
export type Person = keyof typeof people;

/** Comes into the world when all else is there: where this user is missing, the making was cut short. */
export const lastPerson = 'olga' satisfies Person;

/** Who founds each team and who joins it, as what. */
const teams = [
  {
    name: 'acme',
    founder: 'ada',
    members: { bob: 'JOB_DEVELOPER', cleo: 'JOB_VIEWER', dan: 'JOB_EXECUTOR', eva: 'ADMIN', hugo: 'JOB_VIEWER' },
    open: ['zoe@acme.test', 'yuri@acme.test'],
    expired: ['walt@acme.test'],
  },
  {
    name: 'globex',
    founder: 'grace',
    members: { hugo: 'JOB_DEVELOPER', iris: 'JOB_EXECUTOR', ada: 'JOB_VIEWER' },
    open: ['vera@globex.test'],
    expired: ['uwe@globex.test'],
  },
  { name: 'initech', founder: 'ivan', members: { kira: 'JOB_DEVELOPER', liam: 'JOB_VIEWER' }, open: [], expired: [] },
] as const satisfies readonly {
  name: string;
  founder: Person;
  members: Partial<Record<Person, AccountRole>>;
  open: readonly string[];
  expired: readonly string[];
}[];

/** The name of a team of the demo world. */
export type Team = (typeof teams)[number]['name'];

/** What a person's development token is made of. */
export function identityOf(sub: Person) {
  const [name, domain] = people[sub];
  const [givenName = name, familyName = ''] = name.split(' ');
  return { sub, email: `${sub}@${domain}.test`, name, givenName, familyName, operator: sub === 'olga' };
}

/** A call by a person, once its user exists. */
export type CallAs = (sub: Person) => Promise<Call>;

/** Calls as people of the demo world, whose users are made on the way. */
export function callsAs(services: Services, issuer: string): CallAs {
  return async (sub) => {
    const { email, name, givenName, familyName, operator } = identityOf(sub);
    const claims: Claims = {
      issuer,
      subject: sub,
      sessionId: null,
      isSession: false,
      email,
      emailVerified: true,
      preferredUsername: null,
      givenName,
      familyName,
      nickname: null,
      name,
      locale: 'en',
      picture: null,
      expiresAt: null,
      operator,
    };
    const call = { requestId: 'demo', address: 'demo', signal: new AbortController().signal };
    const userId = await services.users.set({ ...call, principal: { kind: 'newcomer', claims } });
    return { ...call, principal: { kind: 'user', userId, claims, operator } };
  };
}

/**
 * Makes the demo world, or what is missing of it.
 * @param before services whose clock stands two days back, for what is to be expired by now
 */
export async function makeWorld(now: Services, before: Services, as: CallAs): Promise<void> {
  for (const sub of Object.keys(people) as Person[]) {
    if (sub !== lastPerson) await now.accounts.setPersonal(await as(sub));
  }
  for (const { name, founder, members, open, expired } of teams) {
    const call = await as(founder);
    const accountId = (await teamOf(now, call, name)).id as AccountId;
    for (const email of expired) await before.invites.create(call, { accountId, email, role: null });
    for (const [sub, role] of Object.entries(members) as [Person, AccountRole][]) {
      await join(now, call, await as(sub), { accountId, email: identityOf(sub).email, role });
    }
    for (const email of open) await now.invites.create(call, { accountId, email, role: 'JOB_DEVELOPER' });
  }
  await now.accounts.setPersonal(await as(lastPerson));
}

const mostTries = 10;

/** Invites somebody, who accepts. Another process that makes the same world may end the invite by one of its own. */
async function join(
  services: Services,
  founder: Call,
  member: Call,
  invite: Parameters<Services['invites']['create']>[1],
): Promise<void> {
  for (let tries = 1; !(await services.accounts.includes(member, invite.accountId)); tries++) {
    const { token } = await services.invites.create(founder, invite);
    try {
      await services.invites.accept(member, { token });
    } catch (error) {
      if (!(error instanceof AppError) || tries === mostTries) throw error;
    }
  }
}

/** The user names of those whom a team owns: a colleague, a machine, and one that is no longer needed. */
const owned = { colleague: 'quinn', machine: 'acme-ci', spare: 'acme-old' } as const;

/** Somebody whom a team owns, by its user name, created where there is nobody of that name yet. */
export async function ownedBy(
  services: Services,
  call: Call,
  accountId: AccountId,
  who: keyof typeof owned,
): Promise<string> {
  const userName = owned[who];
  const known = await services.userSearch.byLoginName(call, userName);
  if (known) return known.id;
  const input = { accountId, userName, role: null };
  const made =
    who !== 'colleague'
      ? services.memberships.createMachine(call, {
          ...input,
          name: who === 'machine' ? 'Continuous integration' : 'The old integration',
          description: 'Builds and deploys',
          accessTokenType: undefined,
        })
      : services.memberships.createHuman(call, {
          ...input,
          profile: {
            firstName: 'Quinn',
            lastName: 'Ngata',
            nickName: null,
            displayName: null,
            preferredLanguage: 'en',
            gender: null,
            avatarUrl: null,
          },
          email: { email: 'quinn@acme.test', isEmailVerified: true },
          phone: null,
        });
  return (await made).id;
}

/** A team of the caller's by its name, founded where there is none yet. */
export async function teamOf(services: Services, call: Call, name: Team): Promise<Account> {
  try {
    return (await services.accounts.createTeam(call, { name })).account;
  } catch (error) {
    if (!(error instanceof AppError) || error.kind !== 'conflict') throw error;
  }
  const [page] = await services.accounts.listOf(call, [userIdOf(call)], {
    limit: services.pages.most,
    backward: false,
    after: null,
    before: null,
  });
  const found = page?.edges.find(({ node }) => node.slug === name);
  if (!found) throw new Error(`The demo world has no team ${name}.`);
  return found.node;
}

/** The user behind a call of the demo world. */
export function userIdOf({ principal }: Call): UserId {
  if (principal.kind !== 'user') throw new Error('Nobody in the demo world is anonymous.');
  return principal.userId;
}
