/** What the log keeps of what the gRPC library says: never what a header held. */
import { scrub, type Log } from '../log.js';

/** The library goes on with the whole value of the header, which may be a secret in an odd spelling. */
const oddHeader = /^Failed to add metadata entry [^:]*/;

/** Where the library writes. What it says before `listening` is told by whoever starts the server. */
export function libraryLog(log: Log, listening: () => boolean): { error(said: unknown): void } {
  return {
    error(said) {
      const text = String(said);
      const [header] = oddHeader.exec(text) ?? [];
      // Any client can send odd headers as often as it likes: nothing that an operator must be woken for.
      const level = header === undefined && listening() ? 'warn' : 'debug';
      log[level]({ said: scrub(header ?? text, 500) }, 'grpc library');
    },
  };
}
