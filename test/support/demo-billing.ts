/** `npm run demo:billing`: Gatehouse in cloud mode with the Stripe double, to click through a checkout in a browser. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createApp, type App } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import { createLogger } from '../../src/log.js';
import { apiKey, billingSettings, webhookSecret, workerKey } from './billing.js';
import { startStripeDouble, type StripeDouble } from './stripe-double.js';

// The double forgets everything when it stops, so the demo's database goes with it.
const dataDir = await mkdtemp(path.join(tmpdir(), 'gatehouse-billing-demo-'));
let gatehouse: string | null = null;
let app: App | null = null;
let stripe: StripeDouble | null = null;
// A terminal and npm may both pass on the same Ctrl-C.
let stopping: Promise<void> | null = null;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void (stopping ??= stop(0)));

try {
  stripe = await startStripeDouble({
    apiKey,
    webhookSecret,
    webhookUrl: () => gatehouse && `${gatehouse}/stripe/webhook`,
  });
  const config = readConfig({
    ...process.env,
    ...billingSettings(stripe.url),
    NODE_ENV: 'development',
    AUTH: 'dev',
    DEMO: 'on',
    DATABASE_URL: '',
    DATA_DIR: dataDir,
    APP_URL: `${stripe.url}/app`,
  });
  app = await createApp(config, {
    clock: { now: () => new Date() },
    random: { uuid: () => randomUUID(), bytes: (size) => randomBytes(size) },
    log: createLogger(config.logLevel),
  });
  const where = await app.listen();
  gatehouse = where.http;
  process.stdout.write(`${JSON.stringify({ event: 'listening', ...where, stripe: stripe.url })}
GraphiQL, as Ada, the admin of the team acme: ${where.http}/graphql
1. Find the team's id and where it stands:
     { viewer { accounts { nodes { id name status { subscriptionStatus } validity { isValid trialExpiresAt } } } } }
2. Ask for a checkout and open its address:
     mutation { createBillingCheckoutSession(input: { accountId: "…" }) { checkoutSessionUrl errors { message } } }
3. Pay there, and ask again where the team stands: the webhook has told Gatehouse.
4. Manage it:
     mutation { createBillingPortalSession(input: { accountId: "…" }) { portalSessionUrl errors { message } } }
The billing worker's header: {"authorization": "Bearer ${workerKey}"}
`);
} catch (error) {
  process.stderr.write(`demo:billing: ${error instanceof Error ? error.message : String(error)}\n`);
  await stop(1);
}

async function stop(code: number): Promise<void> {
  await app?.stop();
  await stripe?.stop();
  // Where PostgreSQL may not live below this directory, a note in it says where it lives.
  const notes = (await readdir(dataDir, { recursive: true })).filter((file) => file.endsWith('moved-to'));
  for (const note of notes)
    await rm(await readFile(path.join(dataDir, note), 'utf8'), { recursive: true, force: true });
  await rm(dataDir, { recursive: true, force: true });
  process.exit(code);
}
