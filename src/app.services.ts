/** The services on one database, in the order of the ladder. */
import type { Config } from './config.js';
import type { Db } from './db/client.js';
import type { AccountEvents } from './db/events.js';
import { createRates } from './db/rates.js';
import { createAccess } from './domains/access/access.service.js';
import { createAccountChanges } from './domains/account/account.changes.js';
import { createAccountReactions } from './domains/account/account.reactions.js';
import { createAccounts } from './domains/account/account.service.js';
import { createAudit } from './domains/audit/audit.service.js';
import { createBilling } from './domains/billing/billing.service.js';
import { createGrants } from './domains/grant/grant.service.js';
import { createInvites } from './domains/invite/invite.service.js';
import { createInviteReactions } from './domains/invite/invite.reactions.js';
import { createMembershipReactions } from './domains/membership/membership.reactions.js';
import { createMemberships } from './domains/membership/membership.service.js';
import { createCredentials } from './domains/session/session.credentials.service.js';
import type { License } from './domains/system/system.js';
import { createSystem } from './domains/system/system.service.js';
import { createUserLife } from './domains/user/user.life.service.js';
import { createUserSearch } from './domains/user/user.search.service.js';
import { createUsers } from './domains/user/user.service.js';
import { build } from './generated/build.js';
import type { Clock, Random } from './kernel/ports.js';
import type { Log } from './log.js';
import type { Services } from './services.js';

/** What the services stand on. */
export interface Ground {
  readonly db: Db;
  readonly events: AccountEvents;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
  readonly license: License;
}

/** Wires the services. */
export function createServices(config: Config, { db, events, log, clock, random, license }: Ground): Services {
  const { rbac } = config;
  const { trustEmail } = config.oidc;
  const audit = createAudit({ db });
  const rates = createRates(db, clock, config.rateLimits);
  const access = createAccess({ db, audit, rbac, mostResources: config.limits.permissions });
  const membershipReactions = createMembershipReactions({ audit });
  const inviteReactions = createInviteReactions({ audit });
  const billing = createBilling({
    db,
    access,
    audit,
    rates,
    clock,
    random,
    log,
    stripe: billingSettings(config, license),
    appUrl: config.appUrl,
    checkoutsPerHour: config.rates.checkoutsPerHour,
    requestMs: config.limits.requestMs,
    freshMs: config.limits.billingFreshMs,
    exempt: config.billingExemptAccounts,
  });
  return {
    system: createSystem({ build, license, isDevelopment: !config.production }),
    access,
    users: createUsers({ db, audit, clock, random, trustEmail, isOperatorSubject: operatorSubjects(config) }),
    userSearch: createUserSearch({ db, access }),
    userLife: createUserLife({
      access,
      audit,
      clock,
      reactions: {
        unusable: [membershipReactions.unusable],
        // From the top of the ladder down: the account takes along what is still in it.
        removed: [inviteReactions.removed, membershipReactions.removed, createAccountReactions({ audit }).removed],
      },
    }),
    credentials: createCredentials({ db, access, audit, clock, random }),
    billing,
    memberships: createMemberships({ db, access, audit, clock, random, rbac, adminLost: inviteReactions.adminLost }),
    accounts: createAccounts({
      db,
      access,
      audit,
      clock,
      random,
      billing,
      teams: config.auth !== 'off' && (!license.isCloud || billing.isInForce),
      cloud: license.isCloud,
      temporal: config.temporal,
      maxAllowedRecords: config.maxAllowedRecords,
    }),
    changes: createAccountChanges({ access, events, recheckMs: config.limits.streams.recheckMs }),
    invites: createInvites({
      db,
      access,
      audit,
      rates,
      clock,
      random,
      rbac,
      trustEmail,
      appUrl: config.appUrl,
      acceptsPerMinute: config.rates.acceptInvitePerMinute,
      invitesPerHour: config.rates.invitesPerHour,
    }),
    grants: createGrants({ db, access, audit, clock, random, rbac, instanceDomain: config.instanceDomain }),
    pages: config.limits.page,
    lists: config.limits.list,
    filters: config.limits.filter,
    federation: {
      oneOf: config.federationOneOf,
      readers: config.introspection,
      mostEntities: config.limits.entities,
    },
  };
}

/** Accounts are billed in cloud mode with a key for the payment provider. */
function billingSettings({ stripe }: Config, license: License) {
  if (!license.isCloud || stripe.apiKey === undefined) return null;
  const { apiKey, apiBase, webhookSecrets, priceLookups: prices } = stripe;
  return { apiKey, apiBase, webhookSecrets, prices };
}

/** An entry is `issuer|subject`; a bare subject counts only where exactly one issuer is trusted. */
function operatorSubjects(config: Config): (issuer: string, subject: string) => boolean {
  const named = new Set(config.operatorSubjects);
  const single = config.oidc.issuers.length <= 1;
  return (issuer, subject) => named.has(`${issuer}|${subject}`) || (single && named.has(subject));
}
