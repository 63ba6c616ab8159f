/** `npm run --silent token -- --sub ada --email ada@acme.test` prints a token of the development issuer. */
import { parseArgs } from 'node:util';
import { readConfig } from '../config.js';
import { developmentIssuer, type DevelopmentIdentity } from '../domains/session/session.development.js';
import { isSubject } from '../domains/session/session.rules.js';
import { systemClock, systemRandom } from '../system-ports.js';

const daySeconds = 24 * 60 * 60;

try {
  const identity = readIdentity(process.argv.slice(2));
  const config = readConfig();
  if (config.auth !== 'dev') throw new Error(`tokens are for AUTH=dev only, and here AUTH is ${config.auth}`);
  const { sign } = await developmentIssuer(config.dataDir, systemClock, systemRandom);
  process.stdout.write(`${await sign(identity)}\n`);
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`token: ${message.replace(/\s+/g, ' ')}\n`);
  process.exitCode = 2;
}

function readIdentity(args: string[]): DevelopmentIdentity {
  const { values } = parseArgs({
    args,
    options: {
      sub: { type: 'string' },
      email: { type: 'string' },
      name: { type: 'string' },
      operator: { type: 'boolean' },
      expires: { type: 'string' },
    },
  });
  const { sub, email, name, operator } = values;
  if (!isSubject(sub)) throw new Error('--sub says whom the token is for: 1 to 255 printable characters');
  if (email !== undefined && !/^[^\s@]+@[^\s@]+$/.test(email)) throw new Error('--email needs an address');
  return { sub, email, name, operator, expiresInSeconds: readLife(values.expires) };
}

/** No token counts for longer than a day, so a longer life would promise too much. */
function readLife(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = /^\d+$/.test(text) ? Number(text) : 0;
  if (seconds < 1 || seconds > daySeconds) throw new Error(`--expires needs whole seconds from 1 to ${daySeconds}`);
  return seconds;
}
