/** Runs a bench by its name: `npm run bench -- grpc`, `npm run bench -- search /tmp/bench 10000`; reads if not said. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [name = ''] = process.argv.slice(2);
const named = join(import.meta.dirname, `${name}.bench.ts`);
const isNamed = /^[a-z]+$/.test(name) && existsSync(named);
// The bench reads its own words, which come behind its name.
if (isNamed) process.argv.splice(2, 1);
await import(pathToFileURL(isNamed ? named : join(import.meta.dirname, 'reads.bench.ts')).href);
