/** A program for the tests of migrations: migrates one database and says what it applied as a line of JSON. */
import { migrate } from '../../src/db/migrate.js';

const [host = '', database = '', directory = ''] = process.argv.slice(2);
const applied = await migrate(
  { host, port: 5432, user: 'gatehouse', database, ssl: false },
  { directory, timeoutMs: 20_000, log: () => undefined },
);
process.stdout.write(`${JSON.stringify({ event: 'migrated', applied })}\n`);
