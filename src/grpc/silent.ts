/** Closes connections on which nobody ever says a word of HTTP/2. */
import type { Http2Server, ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';

/** Closes a connection whose client has not sent its settings, the first thing it must send, `ms` after connecting. */
export function closeSilent(server: Http2Server, ms: number): void {
  // By the peer, as a session over TLS does not know the socket that it came in on.
  const silent = new Map<string, NodeJS.Timeout>();
  server.on('connection', (socket: Socket) => {
    if (socket.destroyed) return;
    const peer = peerOf(socket);
    const timer = setTimeout(() => socket.destroy(), ms);
    silent.set(peer, timer);
    socket.once('close', () => {
      clearTimeout(timer);
      if (silent.get(peer) === timer) silent.delete(peer);
    });
  });
  server.on('session', (session: ServerHttp2Session) => {
    const peer = peerOf(session.socket);
    session.once('remoteSettings', () => {
      clearTimeout(silent.get(peer));
      silent.delete(peer);
    });
  });
}

const peerOf = ({ remoteAddress = '', remotePort = 0 }: Pick<Socket, 'remoteAddress' | 'remotePort'>): string =>
  `${remoteAddress} ${remotePort}`;
