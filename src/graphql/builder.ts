/** The one schema builder: its plugins and the types that everything is checked against. */
import SchemaBuilder from '@pothos/core';
import PrismaPlugin from '@pothos/plugin-prisma';
import type PrismaTypes from '../generated/pothos-types.js';
import { getDatamodel } from '../generated/pothos-types.js';
import type { Context } from './context.js';

/** Everything a schema is made with. Domains add their types and fields to it when they are loaded. */
export const builder = new SchemaBuilder<{
  Context: Context;
  PrismaTypes: PrismaTypes;
  DefaultFieldNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: string; Output: Date | string };
    UInt64: { Input: bigint; Output: bigint };
    Base64: { Input: Uint8Array; Output: Uint8Array };
    _Any: { Input: unknown; Output: unknown };
  };
}>({
  plugins: [PrismaPlugin],
  defaultFieldNullability: false,
  prisma: {
    client: (context) => context.prisma,
    dmmf: getDatamodel(),
    exposeDescriptions: false,
    filterConnectionTotalCount: false,
    onUnusedQuery: null,
  },
});

builder.queryType({ description: 'What can be asked.' });
builder.mutationType({
  description:
    'What can be changed. Every mutation takes one `input`; what the caller can correct comes back in `errors`, with the path inside `input`.',
});
builder.subscriptionType({
  description:
    'What can be followed, over `text/event-stream`. A stream ends with `complete` when you may follow it no longer.',
});
