/**
 * Fills a database with plausible users: people and machines in 20,000 accounts of very different size, with login names
 * and memberships. `npm run bench:data -- 100000` fills the database of the settings (`DATA_DIR`, `DATABASE_URL`).
 */
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { readConfig } from '../../src/config.js';
import { openBenchDatabase } from './database.js';
import { domains, firstNames, lastNameEnds, lastNameStarts } from './names.js';

const accounts = 20_000;

/** The search indexes of the users: built after the rows, which is several times as quick. */
async function searchIndexes(client: pg.Client): Promise<{ name: string; sql: string }[]> {
  const { rows } = await client.query<{ name: string; sql: string }>(
    `SELECT indexname AS name, indexdef AS sql FROM pg_indexes
     WHERE tablename = 'users' AND indexname ~ '_(order|end|trigrams)$'`,
  );
  return rows;
}

/** Adds `count` users. Takes about a minute for a million. */
export async function fillDirectory(client: pg.Client, count: number): Promise<void> {
  const indexes = await searchIndexes(client);
  await client.query(`SET synchronous_commit = off; SET maintenance_work_mem = '256MB'; SELECT setseed(0.5)`);
  await client.query('BEGIN');
  for (const { name } of indexes) await client.query(`DROP INDEX "${name}"`);
  await client.query(
    `INSERT INTO accounts (id, slug, type)
     SELECT md5('account ' || n)::uuid, 'team-' || n, 2 FROM generate_series(0, $1::int - 1) n`,
    [accounts],
  );
  await client.query(
    `INSERT INTO users (id, type, state, user_name, resource_owner, first_name, last_name, nick_name, display_name,
       email, email_verified, other_login_names, machine_name, description, created_at, updated_at)
     SELECT md5('user ' || n)::uuid, CASE WHEN machine THEN 2 ELSE 1 END,
       CASE WHEN luck < 0.9 THEN 1 WHEN luck < 0.93 THEN 2 WHEN luck < 0.935 THEN 4 WHEN luck < 0.936 THEN 5 ELSE 6 END,
       name, owner, first, last, nick, first || ' ' || last, name || '@' || domain, luck < 0.9,
       CASE WHEN NOT machine AND luck < 0.9 AND nick IS NULL THEN E'\\u0002' || name || '@' || domain || E'\\u0002' END,
       CASE WHEN machine THEN name END, CASE WHEN machine THEN 'Runs the jobs of ' || domain END, at, at
     FROM (
       SELECT n, machine, luck, owner, domain, at, CASE WHEN NOT machine AND (luck * 1000)::int % 5 = 0 THEN first || 'i' END AS nick,
         CASE WHEN NOT machine THEN first END AS first, CASE WHEN NOT machine THEN last END AS last,
         CASE WHEN machine THEN 'svc-' || lower(last) || '-' || n ELSE lower(first) || '.' || lower(last) || n END AS name
       FROM (
         SELECT n, random() < 0.05 AS machine, random() AS luck,
           md5('account ' || floor($2::int * power(random(), 3)))::uuid AS owner,
           ($3::text[])[1 + floor(random() * cardinality($3::text[]))] AS first,
           ($4::text[])[1 + floor(random() * cardinality($4::text[]))] ||
             ($5::text[])[1 + floor(random() * cardinality($5::text[]))] AS last,
           ($6::text[])[1 + floor(power(random(), 2) * cardinality($6::text[]))] AS domain,
           timestamptz '2023-01-01' + random() * interval '1000 days' AS at
         FROM generate_series(1, $1::int) n) chance) made`,
    [count, accounts, firstNames, lastNameStarts, lastNameEnds, domains],
  );
  await client.query(
    `INSERT INTO user_login_names (user_id, login_name)
     SELECT id, user_name FROM users UNION ALL SELECT id, email FROM users WHERE other_login_names IS NOT NULL`,
  );
  await client.query(
    `INSERT INTO account_members (account_id, user_id, role)
     SELECT resource_owner, id, 1 + abs(hashtext(id::text)) % 4 FROM users
     UNION ALL SELECT md5('account ' || (abs(hashtext(user_name)) % $1::int))::uuid, id, 3 FROM users WHERE nick_name IS NOT NULL
     ON CONFLICT DO NOTHING`,
    [accounts],
  );
  for (const { sql } of indexes) await client.query(sql);
  await client.query('COMMIT');
  await client.query('VACUUM ANALYZE');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const count = Number(process.argv[2] ?? 10_000);
  const config = readConfig();
  const { connection, stop } = await openBenchDatabase(config.dataDir, config.databaseUrl);
  const client = new pg.Client(connection);
  await client.connect();
  const before = Date.now();
  await fillDirectory(client, count);
  await client.end();
  await stop();
  process.stdout.write(`${count} users in ${((Date.now() - before) / 1000).toFixed(1)} s\n`);
}
