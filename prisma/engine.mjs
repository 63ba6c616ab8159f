#!/usr/bin/env node
/** Prisma's schema engine from its WASM package, with PostgreSQL in memory: for our own commands, and for Prisma's CLI. */
import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { btree_gin } from '@electric-sql/pglite/contrib/btree_gin';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import { PrismaPGlite } from 'pglite-prisma-adapter';

/**
 * Opens the engine. Every database it asks for is an empty one in memory, with the extensions that migrations may load.
 *
 * @param {[string, string][]} datamodels path and text of each Prisma schema file
 */
export async function openEngine(datamodels) {
  loadWasm();
  const opened = [];
  const connect = async () => {
    const database = await PGlite.create({ extensions: { pg_trgm, btree_gin } });
    opened.push(database);
    return new PrismaPGlite(database).connect();
  };
  const factory = { provider: 'postgres', adapterName: 'in-memory', connect, connectToShadowDb: connect };
  const adapter = bindMigrationAwareSqlAdapterFactory(factory);
  const engine = await bindings.SchemaEngine.new(
    { datamodels: datamodels.length > 0 ? datamodels : undefined },
    () => {},
    adapter,
  );
  const close = async () => {
    engine.free();
    await Promise.all(opened.filter((database) => !database.closed).map((database) => database.close()));
  };
  return { engine, close };
}

let loaded = false;

/** The package's own entry imports the .wasm file as a module, which Node 20 refuses. */
function loadWasm() {
  if (loaded) return;
  loaded = true;
  globalThis.PRISMA_WASM_PANIC_REGISTRY ??= { set_message: (message) => process.stderr.write(`${message}\n`) };
  const entry = fileURLToPath(import.meta.resolve('@prisma/schema-engine-wasm/schema_engine_bg'));
  const module = new WebAssembly.Module(readFileSync(join(dirname(entry), 'schema_engine_bg.wasm')));
  const instance = new WebAssembly.Instance(module, { './schema_engine_bg.js': bindings });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start?.();
}

/** What Prisma's CLI expects of the program it calls: JSON-RPC, one line each way. */
async function serve(words) {
  if (words.includes('can-connect-to-database')) return;
  const datamodels = words.flatMap((word, i) =>
    word === '--datamodels' || word === '-d' ? JSON.parse(words[i + 1]).files.map((f) => [f.path, f.content]) : [],
  );
  const { engine, close } = await openEngine(datamodels);
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, method, params } = JSON.parse(line);
    const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    try {
      const result = await engine[method](params);
      if (method === 'diff') say({ id, method: 'print', params: { content: result.stdout ?? '' } });
      say({ id, result: result ?? null });
    } catch (error) {
      say({
        id,
        error: {
          code: 4466,
          message: String(error?.message ?? error),
          data: { is_panic: false, message: String(error?.message ?? error) },
        },
      });
    }
  }
  await close();
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === realpathSync(fileURLToPath(import.meta.url))) {
  await serve(process.argv.slice(2));
}
