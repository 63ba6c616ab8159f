/** The same searches over both faces: they find the same users in the same order, or are refused alike. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type Long from 'long';
import { zitadel } from '../../src/generated/proto.js';
import { addUsers, ask, type Entry } from '../support/directory.js';
import { grpcClient, type GrpcClient } from '../support/grpc.js';
import { searchQueryOf, treeOf, type Tree } from '../support/search-trees.js';
import { createWorld, type Person, type Team, type World } from '../support/world.js';

const invalid = 3;

let world: World;
let acme: Team;
let ann: Person;
let ids: string[];
let client: GrpcClient<'zitadel.management.v1.ManagementService'>;

const words = ['ann', 'Ann', 'MAX', 'max_muster', '100%', 'back\\slash', 'gigi', 'ünal', 'İz', 'acme.test', '', 'a'];

beforeAll(async () => {
  world = await createWorld();
  acme = await world.team('acme').admin('Ann').made();
  ann = await world.person('Ann');
  const pick = <T>(list: readonly T[], i: number): T => list[i % list.length] as T;
  const entries = Array.from({ length: 60 }, (_, i): Entry => {
    const isMachine = i % 5 === 4;
    const text = (shift: number, share: number) => ((i + shift) % share === 0 ? null : pick(words, i * 7 + shift));
    return {
      userName: `${pick(words, i)}-${i}`,
      type: isMachine ? 'MACHINE' : 'HUMAN',
      state: pick(['ACTIVE', 'INACTIVE', 'LOCKED', 'INITIAL', 'SUSPEND'] as const, i * 3),
      ...(isMachine
        ? {}
        : {
            firstName: pick(words, i + 1),
            lastName: text(2, 4),
            nickName: text(3, 2),
            displayName: text(4, 5),
            email: (i + 1) % 3 === 0 ? null : `${pick(words, i)}${i % 4}@acme.test`,
          }),
      loginNames: i % 6 === 0 ? [`${pick(words, i)}@old-${i}.test`] : [],
      owner: acme.id,
      createdAt: `2026-01-${String((i % 9) + 1).padStart(2, '0')}T00:00:00Z`,
    };
  });
  ids = await addUsers(world.testApp.database, entries);
  client = grpcClient(world.testApp.grpc ?? '', 'zitadel.management.v1.ManagementService');
});
afterAll(async () => {
  client.close();
  await world.stop();
});

interface Listed {
  readonly result: readonly { readonly id: string }[];
  readonly details: { readonly totalResult: { toString(): string } };
}

const listUsers = (request: object | Buffer) =>
  client.ask<Listed>('ListUsers', request, {
    authorization: ann.authorization,
    metadata: { 'x-zitadel-orgid': acme.id },
  });

/** What both faces say of a filter. */
async function both(filter: readonly Tree[]) {
  const [graphql, grpc] = await Promise.all([
    ask(ann, { filter, accountId: acme.id, orderBy: [{ field: 'USER_NAME' }], first: 100 }),
    listUsers({ queries: filter.map(searchQueryOf), sortingColumn: 1, query: { limit: 1_000, asc: true } }),
  ]);
  return {
    graphql: graphql.data
      ? { ids: graphql.data.users.nodes.map(({ id }) => id), total: graphql.data.users.totalCount }
      : { code: graphql.errors[0]?.extensions['code'] },
    grpc: grpc.message
      ? { ids: grpc.message.result.map(({ id }) => id), total: Number(grpc.message.details.totalResult) }
      : { code: grpc.code },
  };
}

describe('a search over both faces', () => {
  it('finds the same users, whatever is asked', async () => {
    const seen = { some: 0, none: 0 };
    const filters = fc.array(treeOf(words, ids), { minLength: 1, maxLength: 3 });
    for (const filter of fc.sample(filters, { numRuns: 300, seed: 20_260_501 })) {
      const { graphql, grpc } = await both(filter);
      expect({ filter, found: grpc }).toEqual({ filter, found: graphql });
      seen[(grpc.ids?.length ?? 0) > 0 ? 'some' : 'none'] += 1;
    }
    expect(Math.min(seen.some, seen.none)).toBeGreaterThan(20);
  }, 120_000);

  it('is refused alike where it is too deep, too wide, too long or empty', async () => {
    const active: Tree = { state: 'ACTIVE' };
    const nots = (count: number) => Array.from({ length: count }).reduce<Tree>((tree) => ({ not: tree }), active);
    const faults: readonly Tree[] = [
      nots(21),
      { or: Array.from({ length: 200 }, () => active) },
      { and: Array.from({ length: 51 }, () => ({ userName: { contains: 'x' } })) },
      { inUserIds: Array.from({ length: 1_001 }, () => 'x') },
      { or: [] },
      { and: [] },
      { inUserEmails: [] },
      { userName: { equals: 'x'.repeat(201) } },
    ];
    for (const fault of faults) {
      const { graphql, grpc } = await both([fault]);
      expect(['BAD_USER_INPUT', 'LIMIT_EXCEEDED']).toContain(graphql.code);
      expect(grpc.code).toBe(invalid);
    }
    const fine = await both([nots(20)]);
    expect(fine.grpc).toEqual(fine.graphql);
    for (const depth of [22, 47, 60, 500]) {
      expect((await listUsers(nested(depth))).code).toBe(invalid);
    }
  });

  it('is refused before anything is made of it where it holds too much', async () => {
    // As many empty queries, and as many empty lists of ids, as a message may hold.
    for (const part of [
      [0x1a, 0x00],
      [0x1a, 0x02, 0x52, 0x00],
    ]) {
      const most = 1024 * 1024 - 64;
      const bytes = Buffer.alloc(most - (most % part.length), Buffer.from(part));
      const began = performance.now();
      const refused = await listUsers(bytes);
      expect(refused).toMatchObject({ code: invalid, reason: 'TOO_MANY_FIELDS' });
      expect(performance.now() - began).toBeLessThan(2_000);
    }
  });

  it('names limit and place over gRPC', async () => {
    const nots = Array.from({ length: 21 }).reduce<Tree>((tree) => ({ not: tree }), { state: 'ACTIVE' });
    const refused = await listUsers({ queries: [searchQueryOf(nots)] });
    expect(refused.all['ErrorInfo']).toMatchObject({ reason: 'FILTER_TOO_LARGE' });
    expect(refused.all['ErrorDetail']).toMatchObject({ id: 'FILTER_TOO_LARGE' });
    const unset = await listUsers({ queries: [{ orQuery: { queries: [{ typeQuery: { type: 1 } }, {}] } }] });
    expect(unset).toMatchObject({ code: invalid, fields: ['queries[0].or_query.queries[1].query'] });
    const method = await listUsers({ queries: [{ userNameQuery: { userName: 'x', method: 8 } }] });
    expect(method).toMatchObject({ code: invalid, fields: ['queries[0].user_name_query.method'] });
    const state = await listUsers({ queries: [{ stateQuery: { state: 77 } }] });
    expect(state).toMatchObject({ code: invalid, fields: ['queries[0].state_query.state'] });
  });
});

/** A request with so many `not` around a condition, written by hand: no encoder would nest as deeply. */
function nested(depth: number): Buffer {
  let bytes: Uint8Array = Buffer.from([0x3a, 0x02, 0x08, 0x01]);
  const wrap = (tag: number, inner: Uint8Array): Uint8Array => {
    const length: number[] = [];
    for (let rest = inner.length; ; rest >>>= 7) {
      length.push(rest > 127 ? (rest & 127) | 128 : rest);
      if (rest <= 127) break;
    }
    return Buffer.concat([Buffer.from([tag, ...length]), inner]);
  };
  for (let i = 0; i < depth; i++) bytes = wrap(0x6a, wrap(0x0a, bytes));
  return Buffer.from(wrap(0x1a, bytes));
}

describe('the wire', () => {
  it('lets the last member of a oneof decide', async () => {
    const { SearchQuery } = zitadel.user.v1;
    const parts = [{ userNameQuery: { userName: 'nobody at all' } }, { typeQuery: { type: 2 } }];
    const query = (ordered: typeof parts) => Buffer.concat(ordered.map((part) => SearchQuery.encode(part).finish()));
    const request = (bytes: Buffer) => Buffer.concat([Buffer.from([0x1a, bytes.length]), bytes]);
    const machines = await listUsers(request(query(parts)));
    expect(machines.message?.result).toHaveLength(12);
    const nobody = await listUsers(request(query([...parts].reverse())));
    expect(nobody.message?.result).toHaveLength(0);
  });

  it('keeps sequences beyond 2^53, the year 1 and nanoseconds exactly', async () => {
    const [id = ''] = ids;
    await world.testApp.database.query(
      `UPDATE users SET sequence = 9007199254740993, created_at = '0001-01-01T00:00:00Z',
         updated_at = '2026-01-01T00:00:00.123Z', updated_ns = 456789 WHERE id = $1`,
      [id],
    );
    const answer = await client.ask<{
      user: { details: { sequence: Long; creationDate: { seconds: Long }; changeDate: { nanos: number } } };
    }>('GetUserByID', { id }, { authorization: ann.authorization, metadata: { 'x-zitadel-orgid': acme.id } });
    const { details } = answer.message?.user ?? {};
    expect(details?.sequence.toString()).toBe('9007199254740993');
    expect(details?.creationDate.seconds.toString()).toBe('-62135596800');
    expect(details?.changeDate.nanos).toBe(123_456_789);
  });
});

describe('a list', () => {
  it('goes downwards unless asked otherwise, and knows its length beyond its end', async () => {
    const up = await listUsers({ query: { asc: true, limit: 1_000 } });
    const down = await listUsers({ query: { limit: 1_000 } });
    const named = (answer: typeof up) => answer.message?.result.map(({ id }) => id) ?? [];
    expect(named(up)).toEqual([...ids].sort());
    expect(named(down)).toEqual([...ids].sort().reverse());
    for (const sortingColumn of [0, 3, 6, 7, 9, 77]) {
      const whole = named(await listUsers({ sortingColumn, query: { limit: 1_000 } }));
      const parts: string[] = [];
      for (let offset = 0; offset < 70; offset += 7) {
        const part = await listUsers({ sortingColumn, query: { offset, limit: 7 } });
        expect(Number(part.message?.details.totalResult)).toBe(60);
        parts.push(...named(part));
      }
      expect(parts).toEqual(whole);
    }
  });

  it('has a hundred entries where nobody says, a thousand at most, and no part far away', async () => {
    expect((await listUsers({ query: { limit: 1_001 } })).fields).toEqual(['query.limit']);
    expect((await listUsers({ query: { offset: 10_001 } })).fields).toEqual(['query.offset']);
    const far = await listUsers({ query: { offset: 10_000 } });
    expect([far.message?.result, Number(far.message?.details.totalResult)]).toEqual([[], 60]);
  });
});
