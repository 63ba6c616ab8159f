/** The floor: plain node:http, one named statement, its finished JSON. Nobody is asked who they are. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { reads } from './reads.queries.js';

const pool = new pg.Pool({ connectionString: process.argv[2], max: 10 });

const server = createServer((req, res) => {
  const [, name = '', userId = ''] = (req.url ?? '').split('/');
  if (name === 'metrics') {
    const { user, system } = process.cpuUsage();
    return void res.end(`process_cpu_seconds_total ${(user + system) / 1e6}\n`);
  }
  // The requests to Gatehouse have bodies, which somebody has to read.
  req.resume();
  pool.query({ name, text: reads[name]?.sql ?? '', values: [userId] }).then(
    ({ rows }) => {
      const { json } = rows[0] as { readonly json: string };
      res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) });
      res.end(json);
    },
    (error: Error) => res.writeHead(500).end(error.message),
  );
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ event: 'listening', http: `http://127.0.0.1:${port}` })}\n`);
});
