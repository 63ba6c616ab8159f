/** Health, reflection, encryption, and a stop that fails nobody. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, credentials } from '@grpc/grpc-js';
import pg from 'pg';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createDatabase } from '../support/database.js';
import { grpcClient } from '../support/grpc.js';
import { createWorld, type World } from '../support/world.js';

const serving = Buffer.from([8, 1]);
const notServing = Buffer.from([8, 2]);
const service = 'mgmt.v1alpha1.UserAccountService';
const same = (value: Buffer): Buffer => value;
const named = (name: string): Buffer => Buffer.concat([Buffer.from([10, name.length]), Buffer.from(name)]);
const check = '/grpc.health.v1.Health/Check';

let world: World;
afterEach(() => world.stop());

describe('health', () => {
  it('is SERVING for the whole and for each service, without credentials', async () => {
    world = await createWorld();
    const client = grpcClient(world.testApp.grpc ?? '');
    expect((await client.raw(check, Buffer.alloc(0))).message).toEqual(serving);
    expect((await client.raw(check, named(service))).message).toEqual(serving);
    expect((await client.raw(check, named('nobody'))).code).toBe(5);
    expect((await client.raw(check, Buffer.from([255]))).code).toBe(3);
    client.close();
  });

  it('says NOT_SERVING while the database is away', async () => {
    const database = await createDatabase();
    world = await createWorld({ database });
    const client = grpcClient(world.testApp.grpc ?? '');
    await database.drop();
    expect((await client.raw(check, Buffer.alloc(0))).message).toEqual(notServing);
    client.close();
  });
});

describe('a stop', () => {
  it('says NOT_SERVING at once, lets the call under way finish, serves what still comes, then closes', async () => {
    world = await createWorld({ settings: { DB_LOCK_TIMEOUT_MS: '20000', DB_STATEMENT_TIMEOUT_MS: '20000' } });
    const { app, database, grpc = '' } = world.testApp;
    const { authorization } = await world.person('Ann');
    const client = grpcClient(grpc);
    const watcher = new Client(grpc, credentials.createInsecure());
    const told: Buffer[] = [];
    const watched = new Promise<void>((resolve) => {
      const watch = watcher.makeServerStreamRequest('/grpc.health.v1.Health/Watch', same, same, named(service));
      watch.on('data', (status: Buffer) => told.push(status)).on('error', () => undefined);
      watch.on('end', resolve);
    });
    await vi.waitFor(() => expect(told).toEqual([serving]));

    const locker = new pg.Client({ connectionString: database.url });
    await locker.connect();
    await locker.query('BEGIN; LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE');
    const underWay = client.ask('GetUserAccounts', {}, { authorization });
    await vi.waitFor(async () => {
      const waiting = await database.query("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
      expect(waiting.length).toBe(1);
    });

    let isStopped = false;
    const stopped = app.stop().then(() => void (isStopped = true));
    await vi.waitFor(() => expect(told).toEqual([serving, notServing]), { timeout: 300, interval: 10 });
    expect((await client.ask('GetUser', {}, { authorization })).code).toBe(0);
    await watched;
    expect(isStopped).toBe(false);
    await locker.query('ROLLBACK');
    await locker.end();
    expect((await underWay).code).toBe(0);
    await stopped;
    expect((await client.ask('GetUser', {}, { authorization })).code).toBe(14);
    client.close();
    watcher.close();
  });

  it('fails no call of clients that go on calling', async () => {
    world = await createWorld();
    const { authorization } = await world.person('Ann');
    const client = grpcClient(world.testApp.grpc ?? '');
    const codes: number[] = [];
    let isStopping = true;
    const callers = Array.from({ length: 8 }, async () => {
      for (;;) {
        const wasStopped = !isStopping;
        const { code } = await client.ask('GetUser', {}, { authorization });
        if (wasStopped || code === 14) return;
        codes.push(code);
      }
    });
    await vi.waitFor(() => expect(codes.length).toBeGreaterThan(50));
    await world.testApp.app.stop();
    isStopping = false;
    await Promise.all(callers);
    expect(new Set(codes)).toEqual(new Set([0]));
    client.close();
  });

  it('ends at the limit, whatever still runs', async () => {
    world = await createWorld({
      settings: { LIMIT_STOP_MS: '1500', DB_STATEMENT_TIMEOUT_MS: '9000', DB_LOCK_TIMEOUT_MS: '9000' },
    });
    const { authorization } = await world.person('Ann');
    const locker = new pg.Client({ connectionString: world.testApp.database.url });
    await locker.connect();
    await locker.query('BEGIN; LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE');
    const client = grpcClient(world.testApp.grpc ?? '');
    const underWay = client.ask('GetUserAccounts', {}, { authorization });
    await vi.waitFor(async () => {
      const waiting = await world.testApp.database.query(
        "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'",
      );
      expect(waiting.length).toBe(1);
    });
    const began = performance.now();
    await world.testApp.app.stop();
    expect(performance.now() - began).toBeLessThan(3_500);
    expect((await underWay).code).not.toBe(0);
    client.close();
    await locker.end();
  });
});

describe('encryption', () => {
  it('is on with the files of a certificate and its key', async () => {
    const home = mkdtempSync(path.join(tmpdir(), 'gatehouse-tls-'));
    const [cert, key] = [path.join(home, 'cert.pem'), path.join(home, 'key.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    const files = ['-keyout', key, '-out', cert];
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', ...files, ...subject],
      {
        stdio: 'ignore',
      },
    );
    world = await createWorld({ settings: { GRPC_TLS_CERT: cert, GRPC_TLS_KEY: key } });
    const address = (world.testApp.grpc ?? '').replace('127.0.0.1', 'localhost');
    const client = grpcClient(address, service, credentials.createSsl(readFileSync(cert)));
    expect((await client.raw(check, Buffer.alloc(0))).message).toEqual(serving);
    client.close();
    const plain = grpcClient(world.testApp.grpc ?? '');
    expect((await plain.raw(check, Buffer.alloc(0), { deadlineMs: 2_000 })).code).not.toBe(0);
    plain.close();
    rmSync(home, { recursive: true });
  });
});

describe('reflection', () => {
  const method = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
  const listServices = Buffer.concat([Buffer.from([0x3a, 1]), Buffer.from('*')]);
  const reflect = (address: string) =>
    new Promise<string>((resolve) => {
      const client = new Client(address, credentials.createInsecure());
      const call = client.makeBidiStreamRequest(method, same, same);
      call.on('data', (answer: Buffer) => {
        resolve(answer.toString('latin1'));
        call.end();
      });
      call
        .on('error', (error: Error & { code?: number }) => resolve(`code ${error.code}`))
        .on('end', () => client.close());
      call.write(listServices);
    });

  it('lists the services in development', async () => {
    world = await createWorld();
    expect(await reflect(world.testApp.grpc ?? '')).toContain(service);
  });

  it('is off in production', async () => {
    world = await createWorld({ settings: { NODE_ENV: 'production', AUTH: 'off' } });
    expect(await reflect(world.testApp.grpc ?? '')).toBe('code 12');
  });
});
