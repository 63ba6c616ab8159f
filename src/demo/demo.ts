/** The demo: a small world to try things on, and GraphiQL opened in it as its admin. Development only. */
import { createServices, type Ground } from '../app.services.js';
import type { Config } from '../config.js';
import type { DevelopmentIssuer } from '../domains/session/session.development.js';
import type { GraphiqlTab } from '../graphql/graphiql.js';
import { AppError } from '../kernel/errors.js';
import type { AccountId } from '../kernel/ids.js';
import type { Services } from '../services.js';
import { exampleTabs } from './demo.examples.js';
import { grantIn } from './demo.grants.js';
import { callsAs, identityOf, lastPerson, makeWorld, ownedBy, teamOf, userIdOf, type Person } from './demo.world.js';

/** What GraphiQL opens with. */
export interface Demo {
  /** The headers of every tab: a fresh token of the admin's. */
  headers(): Promise<Readonly<Record<string, string>>>;
  readonly tabs: readonly GraphiqlTab[];
}

const twoDaysMs = 2 * 24 * 60 * 60_000;

const mostTries = 10;

/**
 * Makes the demo world where the database is empty, and the examples where it is the demo world. Another process may do
 * so at the same instant: what the two clash over is there when it is looked for again.
 */
export async function openDemo(...parts: Parameters<typeof enter>): Promise<Demo | null> {
  for (let tries = 1; ; tries++) {
    try {
      return await enter(...parts);
    } catch (error) {
      if (!isClash(error) || tries === mostTries) throw error;
    }
  }
}

/** An invite cannot be used when the other has invited the same person anew. */
const isClash = (error: unknown): boolean =>
  error instanceof AppError && (error.kind === 'conflict' || error.reason === 'INVITE_UNUSABLE');

async function enter(
  config: Config,
  ground: Ground,
  services: Services,
  issuer: DevelopmentIssuer,
): Promise<Demo | null> {
  const first = await services.users.byIdentity(issuer.issuer, 'ada' satisfies Person);
  if (!first && !(await services.users.isEmpty())) return null;

  // The demo may invite as often as it likes.
  const unlimited = { ...config, rateLimits: false };
  const now = createServices(unlimited, ground);
  const clock = { now: () => new Date(ground.clock.now().getTime() - twoDaysMs) };
  const as = callsAs(now, issuer.issuer);
  const last = await services.users.byIdentity(issuer.issuer, lastPerson);
  if (!last) await makeWorld(now, createServices(unlimited, { ...ground, clock }), as);

  const headersOf = async (sub: Person) => ({ authorization: `Bearer ${await issuer.sign(identityOf(sub))}` });
  const ada = await as('ada');
  const ivan = await as('ivan');
  const acme = await teamOf(now, ada, 'acme');
  const initech = await teamOf(now, ivan, 'initech');
  const invitation = await now.invites.create(ivan, {
    accountId: initech.id as AccountId,
    email: identityOf('ada').email,
    role: 'JOB_VIEWER',
  });
  const grant = await grantIn(now, as, acme.id as AccountId);
  const removable = await now.invites.create(ada, {
    accountId: acme.id as AccountId,
    email: 'nobody@acme.test',
    role: null,
  });
  return {
    headers: () => headersOf('ada'),
    tabs: await exampleTabs(
      {
        account: acme.id,
        user: userIdOf(await as('cleo')),
        leaver: userIdOf(await as('hugo')),
        colleague: await ownedBy(now, ada, acme.id as AccountId, 'colleague'),
        machine: await ownedBy(now, ada, acme.id as AccountId, 'machine'),
        spare: await ownedBy(now, ada, acme.id as AccountId, 'spare'),
        fresh: ground.random.bytes(2).toString('hex'),
        project: grant.projectId,
        grant: grant.id,
        invite: removable.invite.id,
        token: invitation.token,
      },
      () => headersOf('olga'),
    ),
  };
}
