/** Prisma's settings: where the schema and the migrations are, and what serves as its schema engine. */
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'prisma/config';

const engines = dirname(dirname(fileURLToPath(import.meta.resolve('@prisma/engines'))));
const native = readdirSync(engines).some((name) => name.startsWith('schema-engine-'));
// The native engine is downloaded at install; without it Prisma's CLI does nothing at all, so ours stands in.
if (!native)
  process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= fileURLToPath(new URL('prisma/engine.mjs', import.meta.url));

const url = process.env['DATABASE_URL'];

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  ...(url ? { datasource: { url } } : {}),
});
