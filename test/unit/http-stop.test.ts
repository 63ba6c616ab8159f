/** How the HTTP server stops: unready at once, and every request that was accepted is answered. */
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { startTestHttp } from '../support/http.js';

interface Answer {
  readonly status: number | undefined;
  readonly connection: string | undefined;
}

function ask(url: string, agent: Agent, query = '{ hello }'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const req = request(`${url}/graphql`, { method: 'POST', agent, headers });
    req.on('error', reject).on('response', (res) => {
      res.resume().on('end', () => resolve({ status: res.statusCode, connection: res.headers.connection }));
    });
    req.end(JSON.stringify({ query }));
  });
}

describe('Stopping', () => {
  it('is unready at once, still answers, and tells clients to leave', async () => {
    const server = await startTestHttp();
    const agent = new Agent({ keepAlive: true });
    expect((await ask(server.url, agent)).connection).toBe('keep-alive');
    const stopped = server.http.stop(200);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
    expect(await ask(server.url, agent)).toEqual({ status: 200, connection: 'close' });
    await stopped;
    await expect(ask(server.url, agent)).rejects.toThrow(/ECONNREFUSED/);
    agent.destroy();
    await server.close();
  });

  it('waits for the request that runs', async () => {
    const server = await startTestHttp();
    const agent = new Agent({ keepAlive: true });
    const running = ask(server.url, agent, '{ held }');
    await server.gate.arrived();
    let isStopped = false;
    const stopped = server.http.stop(0).then(() => (isStopped = true));
    await expect(fetch(`${server.url}/readyz`).then(({ status }) => status)).resolves.toBe(503);
    expect(isStopped).toBe(false);
    server.gate.letGo();
    expect(await running).toEqual({ status: 200, connection: 'close' });
    await stopped;
    agent.destroy();
    await server.close();
  });

  it('ends streams, idle connections and connections that never said a word', async () => {
    const server = await startTestHttp();
    const idle = new Agent({ keepAlive: true });
    await ask(server.url, idle);
    const silent = connect(Number(new URL(server.url).port), '127.0.0.1');
    await new Promise((resolve) => silent.once('connect', resolve));
    const left = new Promise((resolve) => silent.once('close', resolve));
    await server.http.stop(0);
    await left;
    idle.destroy();
    await server.close();
  });

  it('gives up on what runs for ever when its time is over', async () => {
    const server = await startTestHttp({ settings: { LIMIT_STOP_MS: '150' } });
    const agent = new Agent();
    const running = ask(server.url, agent, '{ held }');
    await server.gate.arrived();
    const lost = expect(running).rejects.toThrow();
    await server.http.stop(0);
    await lost;
    server.gate.letGo();
    await server.close();
  });

  it('fails no request of clients that never pause', async () => {
    const server = await startTestHttp();
    const agent = new Agent({ keepAlive: true, maxSockets: 16 });
    const failures: string[] = [];
    let answered = 0;
    const client = async (): Promise<void> => {
      for (;;) {
        try {
          expect((await ask(server.url, agent)).status).toBe(200);
          answered++;
        } catch (error) {
          const { code } = error as NodeJS.ErrnoException;
          if (code === 'ECONNREFUSED') return;
          failures.push(String(error));
          return;
        }
      }
    };
    const clients = Array.from({ length: 8 }, client);
    await ask(server.url, agent);
    await server.http.stop(200);
    await Promise.all(clients);
    agent.destroy();
    expect(answered).toBeGreaterThan(50);
    expect(failures).toEqual([]);
    await server.close();
  });
});
