/** A program for the tests of the embedded database: holds one (or writes to it) and says each step as a line of JSON. */
import pg from 'pg';
import { startEmbedded } from '../../src/db/embedded.js';

const [dataDir = '', mode = 'hold'] = process.argv.slice(2);
const say = (event: string, facts: Record<string, unknown>) =>
  process.stdout.write(`${JSON.stringify({ event, ...facts })}\n`);

// As a terminal's Ctrl-C would come: to the whole process group.
process.on('SIGINT', () => say('interrupted', {}));

try {
  const embedded = await startEmbedded({ dataDir, log: say });
  process.once('SIGTERM', () => void embedded.stop().then(() => process.exit(0)));
  // Keeps the process alive, as a listening server would.
  setInterval(() => undefined, 60_000);
  say('up', embedded.connection);
  if (mode === 'write') await writeForEver(embedded.connection);
} catch (error) {
  if (!(error instanceof Error)) throw error;
  say('refused', { message: error.message, reason: 'reason' in error ? error.reason : error.stack });
  process.exit(1);
}

async function writeForEver(connection: pg.ClientConfig): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  await client.query('CREATE TABLE rows (n INTEGER PRIMARY KEY)');
  for (let n = 1; ; n++) {
    await client.query('INSERT INTO rows VALUES ($1)', [n]);
    say('acknowledged', { n });
  }
}
