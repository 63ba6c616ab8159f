/** What the benches run on: a database full of people, an issuer that signs them in, the servers and the load. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, chmod } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import pg from 'pg';
import { startEmbedded } from '../../src/db/embedded.js';
import { migrate } from '../../src/db/migrate.js';
import { socketAddress } from '../support/global-setup.js';
import type { GrpcOrders } from './grpc.client.js';
import type { Orders, Seen } from './load.client.js';

/** A server under load. */
export interface Served {
  readonly port: number;
  /** The port of the gRPC face; NaN where there is none. */
  readonly grpcPort: number;
  /** A figure of its `/metrics`, by its name. */
  figure(name: string): Promise<number>;
  stop(): Promise<void>;
}

/** Somebody with a token. */
export interface Bencher {
  readonly id: string;
  readonly token: string;
}

/** The world of a bench. */
export interface BenchWorld {
  readonly people: readonly Bencher[];
  /** Gatehouse as in production: sign-in, shield and every limit on. `words` are further ones for node. */
  gatehouse(words?: readonly string[]): Promise<Served>;
  floor(): Promise<Served>;
  load(orders: Orders): Promise<Seen>;
  loadGrpc(orders: GrpcOrders): Promise<Seen>;
  stop(): Promise<void>;
}

const repository = resolve(import.meta.dirname, '../..');
const audience = 'bench';
const howMany = 500;

/** Opens the world: 500 people in 250 accounts, each person in five, each account of ten. */
export async function openBenchWorld(): Promise<BenchWorld> {
  const dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
  await chmod(dataDir, 0o755);
  const embedded = await startEmbedded({ dataDir, log: () => undefined });
  const databaseUrl = socketAddress(embedded.connection);
  await migrate(
    { connectionString: databaseUrl },
    { directory: join(repository, 'prisma/migrations'), timeoutMs: 60_000, log: () => undefined },
  );
  const issuer = await openIssuer();
  const ids = await fill(databaseUrl, issuer.url);
  const people = await Promise.all(ids.map(async (id, n) => ({ id, token: await issuer.sign(`person-${n}`) })));

  const built = join(repository, 'dist/main.js');
  const main = existsSync(built) ? [built] : ['--import', 'tsx', join(repository, 'src/main.ts')];
  const settings = {
    NODE_ENV: 'production',
    PORT: '0',
    GRPC_PORT: '0',
    DATA_DIR: dataDir,
    DATABASE_URL: databaseUrl,
    OIDC_ISSUER: issuer.url,
    OIDC_AUDIENCE: audience,
    OIDC_JWKS_URI: `${issuer.url}/keys`,
  };
  return {
    people,
    gatehouse: (words = []) => serve([...words, ...main], settings),
    floor: () => serve(['--import', 'tsx', join(import.meta.dirname, 'floor.server.ts'), databaseUrl], {}),
    load: (orders) => load('load.client.ts', orders),
    loadGrpc: (orders) => load('grpc.client.ts', orders),
    async stop() {
      issuer.close();
      await embedded.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function load(client: string, orders: object): Promise<Seen> {
  const child = start(['--import', 'tsx', join(import.meta.dirname, client)], {});
  child.stdin?.end(JSON.stringify(orders));
  return JSON.parse(child.stdout ? await text(child.stdout) : '') as Seen;
}

function start(words: readonly string[], settings: Readonly<Record<string, string>>): ChildProcess {
  const { PATH = '', HOME = '' } = process.env;
  return spawn(process.execPath, words, {
    cwd: repository,
    env: { PATH, HOME, ...settings },
    stdio: ['pipe', 'pipe', process.env['BENCH_LOG'] === undefined ? 'ignore' : 'inherit'],
  });
}

async function serve(words: readonly string[], settings: Readonly<Record<string, string>>): Promise<Served> {
  const child = start(words, settings);
  if (!child.stdout) throw new Error('A server without an output.');
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    once(child, 'exit').then(() => {
      throw new Error(`A server did not start: ${words.join(' ')}`);
    }),
  ])) as [string];
  const { http, grpc = '' } = JSON.parse(line) as { readonly http: string; readonly grpc?: string };
  return {
    port: Number(new URL(http).port),
    grpcPort: Number(/:(\d+)$/.exec(grpc)?.[1] ?? NaN),
    async figure(name) {
      const figures = await (await fetch(`${http}/metrics`)).text();
      return Number(new RegExp(`^${name} (.+)$`, 'm').exec(figures)?.[1] ?? NaN);
    },
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** An issuer of our own on loopback: the keys over HTTP, tokens as a real one signs them. */
async function openIssuer() {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const key = { ...(await exportJWK(publicKey)), kid: 'bench', alg: 'ES256', use: 'sig' };
  const server = createServer((_req, res) => {
    res.writeHead(200, { 'content-type': 'application/json' });
    res.end(JSON.stringify({ keys: [key] }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    sign: (subject: string) =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: key.kid })
        .setIssuer(url)
        .setAudience(audience)
        .setSubject(subject)
        .setIssuedAt()
        .setExpirationTime('2h')
        .sign(privateKey),
    close: () => void server.close(),
  };
}

async function fill(databaseUrl: string, issuer: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(
      `INSERT INTO users (id, type, state, user_name, resource_owner, first_name, last_name, display_name, email,
         email_verified)
       SELECT md5('user ' || n)::uuid, 1, 1, 'person-' || n, md5('owner ' || n)::uuid, 'First' || n, 'Last' || n,
         'First' || n || ' Last' || n, 'person-' || n || '@people.test', true
       FROM generate_series(0, ${howMany - 1}) n`,
    );
    await client.query(
      `INSERT INTO user_identities (issuer, subject, user_id)
       SELECT $1, 'person-' || n, md5('user ' || n)::uuid FROM generate_series(0, ${howMany - 1}) n`,
      [issuer],
    );
    await client.query(
      `INSERT INTO accounts (id, slug, type)
       SELECT md5('account ' || n)::uuid, 'team-' || n, 2 FROM generate_series(0, ${howMany / 2 - 1}) n`,
    );
    await client.query(
      `INSERT INTO account_members (account_id, user_id, role)
       SELECT md5('account ' || a)::uuid, md5('user ' || ((a + 50 * k) % ${howMany}))::uuid, 1 + k % 4
       FROM generate_series(0, ${howMany / 2 - 1}) a, generate_series(0, 9) k`,
    );
    await client.query('ANALYZE');
    const ids = `SELECT md5('user ' || n)::uuid AS id FROM generate_series(0, ${howMany - 1}) n`;
    return (await client.query<{ id: string }>(ids)).rows.map(({ id }) => id);
  } finally {
    await client.end();
  }
}
