/** A small world in cloud mode: licensed, billed by the Stripe double, which reports to it. */
import { generateKeyPairSync } from 'node:crypto';
import { writeLicense } from '../../src/domains/system/system.rules.js';
import type { TestAppOptions } from './app.js';
import { startStripeDouble, type StripeDouble } from './stripe-double.js';
import { createWorld, type Answer, type World } from './world.js';

export const apiKey = 'sk_test_gatehouse_secret_0123456789';
export const webhookSecret = 'whsec_gatehouse_secret_0123456789';
export const workerKey = 'worker-key-of-the-metering-job';

/** A world that bills. */
export interface BillingWorld extends World {
  readonly stripe: StripeDouble;
  /** Asks as the billing worker. */
  worker<Data = Record<string, never>>(query: string, variables?: object): Promise<Answer<Data>>;
}

/** The settings of a licence that is good for a year. */
export function licenseSettings(expires = new Date(Date.now() + 365 * 86_400_000)): Record<string, string> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const license = writeLicense(
    {
      version: 'v1',
      id: 'test',
      issued_to: 'the tests',
      issued_at: new Date().toISOString(),
      expires_at: expires.toISOString(),
    },
    privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  );
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return { LICENSE: license, LICENSE_PUBLIC_KEY: pem };
}

/** The settings of an application that bills through this double. */
export const billingSettings = (stripeUrl: string): Record<string, string> => ({
  CLOUD: 'on',
  ...licenseSettings(),
  STRIPE_API_KEY: apiKey,
  STRIPE_API_BASE: stripeUrl,
  STRIPE_WEBHOOK_SECRET: webhookSecret,
  STRIPE_PRICE_LOOKUPS: '{"team-seat":"1","records":""}',
  APP_URL: 'https://app.test',
  WORKER_KEYS: workerKey,
});

/** Opens a world that bills. Stop it at the end. */
export async function createBillingWorld(options: TestAppOptions = {}): Promise<BillingWorld> {
  let world: World | null = null;
  const stripe = await startStripeDouble({
    apiKey,
    webhookSecret,
    webhookUrl: () => world && `${world.testApp.url}/stripe/webhook`,
    ...(options.clock ? { now: options.clock.now } : {}),
  });
  const made = await createWorld({ ...options, settings: { ...billingSettings(stripe.url), ...options.settings } });
  world = made;
  return {
    ...made,
    stripe,
    worker: (query, variables) => made.ask(`Bearer ${workerKey}`, query, variables),
    async stop() {
      await made.stop();
      await stripe.stop();
    },
  };
}

/** Asks again and again until it is so; a test that waits in vain fails by its own time limit. */
export async function eventually<T>(look: () => T | Promise<T>, isSo: (found: T) => boolean): Promise<T> {
  for (;;) {
    const found = await look();
    if (isSo(found)) return found;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
