/** The types of engine.mjs, which is plain JavaScript because Prisma's CLI runs it as a program. */
import type { SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg';

/** Opens the schema engine; every database it asks for is an empty one in memory. Close it to free the memory. */
export function openEngine(datamodels: [string, string][]): Promise<{ engine: SchemaEngine; close(): Promise<void> }>;
