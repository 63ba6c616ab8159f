/** The services on one database, in the order of the ladder. */
import type { Config } from './config.js';
import type { Db } from './db/client.js';
import { createRates } from './db/rates.js';
import { createAccess } from './domains/access/access.service.js';
import { createAccounts } from './domains/account/account.service.js';
import { createAudit } from './domains/audit/audit.service.js';
import { createBilling } from './domains/billing/billing.service.js';
import { createInvites } from './domains/invite/invite.service.js';
import { createInviteReactions } from './domains/invite/invite.reactions.js';
import { createMemberships } from './domains/membership/membership.service.js';
import type { License } from './domains/system/system.js';
import { createSystem } from './domains/system/system.service.js';
import { createUsers } from './domains/user/user.service.js';
import { build } from './generated/build.js';
import type { Clock, Random } from './kernel/ports.js';
import type { Services } from './services.js';

/** What the services stand on. */
export interface Ground {
  readonly db: Db;
  readonly clock: Clock;
  readonly random: Random;
  readonly license: License;
}

/** Wires the services. */
export function createServices(config: Config, { db, clock, random, license }: Ground): Services {
  const { rbac } = config;
  const { trustEmail } = config.oidc;
  const audit = createAudit({ db });
  const access = createAccess({ db, audit, rbac, mostResources: config.limits.permissions });
  return {
    system: createSystem({ build, license, isDevelopment: !config.production }),
    access,
    users: createUsers({ db, audit, clock, random, trustEmail, isOperatorSubject: operatorSubjects(config) }),
    billing: createBilling({ access }),
    memberships: createMemberships({ db, access, audit, clock, rbac, ...createInviteReactions() }),
    accounts: createAccounts({
      db,
      access,
      audit,
      clock,
      random,
      teams: config.auth !== 'off',
      cloud: license.isCloud,
      temporal: config.temporal,
      maxAllowedRecords: config.maxAllowedRecords,
    }),
    invites: createInvites({
      db,
      access,
      audit,
      rates: createRates(db, clock, config.rateLimits),
      clock,
      random,
      rbac,
      trustEmail,
      appUrl: config.appUrl,
      acceptsPerMinute: config.rates.acceptInvitePerMinute,
      invitesPerHour: config.rates.invitesPerHour,
    }),
    pages: config.limits.page,
  };
}

/** An entry is `issuer|subject`; a bare subject counts only where exactly one issuer is trusted. */
function operatorSubjects(config: Config): (issuer: string, subject: string) => boolean {
  const named = new Set(config.operatorSubjects);
  const single = config.oidc.issuers.length <= 1;
  return (issuer, subject) => named.has(`${issuer}|${subject}`) || (single && named.has(subject));
}
