/**
 * How quick reads are beside the floor: the same data by one hand-written statement over plain node:http.
 *
 *   npm run bench                    each read through Gatehouse and from the floor, in turn; prints ratios
 *   npm run bench -- memory          whether memory grows from 10,000 requests to 100,000
 *   npm run bench -- profile nested  what the processor does while one read is asked again and again
 *
 * Times of one run mean nothing beside those of another: only what was measured side by side is compared.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBenchWorld, type BenchWorld, type Bencher, type Served } from './bench.world.js';
import { printProfile } from './profile.js';
import { reads, type Read } from './reads.queries.js';

const connections = 16;
const warmUpMs = 3_000;
const roundMs = 2_500;
const rounds = 5;

const write = (line: string): void => void process.stdout.write(`${line}\n`);

function graphqlRequest({ query, variables }: Read, { id, token }: Bencher): string {
  const body = JSON.stringify({ query, variables: variables(id) });
  return `POST /graphql HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\ncontent-type: application/json\r\nauthorization: Bearer ${token}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

const floorRequest = (name: string, { id }: Bencher): string =>
  `GET /${name}/${id} HTTP/1.1\r\nhost: localhost\r\n\r\n`;

interface Measured {
  readonly perSecond: number;
  /** Seconds of the server's processor time a request. */
  readonly cpu: number;
}

async function measure(world: BenchWorld, served: Served, requests: readonly string[], ms: number): Promise<Measured> {
  const before = await served.figure('process_cpu_seconds_total');
  const { answers, seconds, faults } = await world.load({ port: served.port, connections, ms, requests });
  if (faults.length > 0) throw new Error(`Answers were faulty: ${faults.join('\n')}`);
  const cpu = ((await served.figure('process_cpu_seconds_total')) - before) / answers;
  return { perSecond: answers / seconds, cpu };
}

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
const spread = (values: readonly number[]): string => {
  const [median, least, most] = [sorted(values)[values.length >> 1], Math.min(...values), Math.max(...values)];
  return `${median?.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`;
};

async function compare(world: BenchWorld): Promise<void> {
  const [gatehouse, floor] = await Promise.all([world.gatehouse(), world.floor()]);
  for (const [name, read] of Object.entries(reads)) {
    const sides = {
      gatehouse: { served: gatehouse, requests: world.people.map((person) => graphqlRequest(read, person)) },
      floor: { served: floor, requests: world.people.map((person) => floorRequest(name, person)) },
    };
    const run = (side: keyof typeof sides, ms: number): Promise<Measured> =>
      measure(world, sides[side].served, sides[side].requests, ms);
    await run('gatehouse', warmUpMs);
    await run('floor', warmUpMs);
    const shares: number[] = [];
    const multiples: number[] = [];
    for (let round = 0; round < rounds; round++) {
      // In turn who goes first, so that nobody always gets the cooler machine.
      const first = round % 2 === 0 ? 'gatehouse' : 'floor';
      const one = await run(first, roundMs);
      const other = await run(first === 'floor' ? 'gatehouse' : 'floor', roundMs);
      const [ours, floors] = first === 'gatehouse' ? [one, other] : [other, one];
      shares.push(ours.perSecond / floors.perSecond);
      multiples.push(ours.cpu / floors.cpu);
    }
    write(`${name}: ${read.title}`);
    write(`  share of the floor's throughput   ${spread(shares)}`);
    write(`  processor time, times the floor's ${spread(multiples)}`);
  }
  await Promise.all([gatehouse.stop(), floor.stop()]);
}

async function memory(world: BenchWorld): Promise<void> {
  const gatehouse = await world.gatehouse(['--expose-gc']);
  const requests = world.people.flatMap((person) => Object.values(reads).map((read) => graphqlRequest(read, person)));
  const figures: number[] = [];
  for (const most of [10_000, 90_000]) {
    const { answers, faults } = await world.load({ port: gatehouse.port, connections, ms: 600_000, most, requests });
    if (faults.length > 0) throw new Error(`Answers were faulty: ${faults.join('\n')}`);
    const resident = await gatehouse.figure('process_resident_memory_bytes');
    const heap = await gatehouse.figure('nodejs_heap_size_used_bytes');
    write(
      `after ${answers} more: resident ${(resident / 2 ** 20).toFixed(0)} MiB, heap ${(heap / 2 ** 20).toFixed(0)} MiB`,
    );
    figures.push(resident);
  }
  const [early = NaN, late = NaN] = figures;
  write(`resident memory after 100,000 requests, times that after 10,000: ${(late / early).toFixed(2)}`);
  await gatehouse.stop();
}

async function profile(world: BenchWorld, name: string): Promise<void> {
  const read = reads[name];
  if (!read) throw new Error(`There is no read ${name}: ${Object.keys(reads).join(', ')}.`);
  const directory = await mkdtemp(join(tmpdir(), 'gatehouse-profile-'));
  const gatehouse = await world.gatehouse(['--cpu-prof', '--cpu-prof-dir', directory]);
  const requests = world.people.map((person) => graphqlRequest(read, person));
  await measure(world, gatehouse, requests, 10_000);
  await gatehouse.stop();
  for (const file of await readdir(directory)) printProfile(await readFile(join(directory, file), 'utf8'), write);
  await rm(directory, { recursive: true });
}

const [mode = 'compare', name = 'nested'] = process.argv.slice(2);
const world = await openBenchWorld();
try {
  if (mode === 'memory') await memory(world);
  else if (mode === 'profile') await profile(world, name);
  else await compare(world);
} finally {
  await world.stop();
}
