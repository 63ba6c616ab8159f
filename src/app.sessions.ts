/** Sign-in, as the settings ask for it: the issuers that are trusted, and the development issuer where there is none. */
import type { Ground } from './app.services.js';
import type { Config } from './config.js';
import { developmentIssuer, type DevelopmentIssuer } from './domains/session/session.development.js';
import { issuerKeys } from './domains/session/session.keys.js';
import { createBearers } from './domains/session/session.bearers.js';
import { createSessions } from './domains/session/session.service.js';
import type { Sessions } from './domains/session/session.js';
import { createVerifier, type TrustedIssuer } from './domains/session/session.verifier.js';
import { anonymousUserId } from './kernel/ids.js';
import type { Services } from './services.js';

/** Sign-in of a process. `development` signs tokens where `AUTH=dev`, and is null elsewhere. */
export interface SignIn {
  readonly sessions: Sessions;
  readonly development: DevelopmentIssuer | null;
}

/** Wires sign-in. With `AUTH=off` this makes sure that the user everybody then is exists. */
export async function createSignIn(config: Config, ground: Ground, services: Services): Promise<SignIn> {
  const { clock, random, log } = ground;
  const development = config.auth === 'dev' ? await developmentIssuer(config.dataDir, clock, random) : null;
  const issuers: TrustedIssuer[] = development
    ? [{ ...development, audiences: [development.audience], development: true }]
    : config.oidc.issuers.map(({ issuer, jwksUri }) => ({
        issuer,
        audiences: config.oidc.audiences,
        keys: issuerKeys({ issuer, ...(jwksUri === undefined ? {} : { jwksUri }), clock, log }),
        development: false,
      }));
  if (config.auth === 'off') await services.users.ensureAnonymous();
  return {
    development,
    sessions: createSessions({
      auth: config.auth,
      verifier: createVerifier({
        issuers: config.auth === 'off' ? [] : issuers,
        tokenBytes: config.limits.tokenBytes,
        clock,
        log,
      }),
      workerKeys: config.workerKeys,
      bearers: createBearers(ground),
      anonymousUser: anonymousUserId,
    }),
  };
}
