/** How far a transfer has come: a bar for people, a line of JSON a second for everything else. */
import { Presets, SingleBar } from 'cli-progress';

/** What is shown while a transfer runs. */
export interface Progress {
  /** Where it is. `facts` are told beside it. */
  at(value: number, total: number, facts: Readonly<Record<string, number>>): void;
  /** Says what goes on after the last step that is counted. */
  then(what: string): void;
  /** Takes the bar away. */
  end(): void;
}

const betweenLinesMs = 1_000;

/**
 * Shows progress on a stream.
 * @param format what the bar shows, in the words of cli-progress
 */
export function createProgress(stream: NodeJS.WriteStream, format: string): Progress {
  return stream.isTTY ? bar(stream, format) : lines(stream);
}

function bar(stream: NodeJS.WriteStream, format: string): Progress {
  const shown = new SingleBar({ stream, format, hideCursor: true, etaBuffer: 50 }, Presets.shades_classic);
  let started = false;
  return {
    at(value, total, facts) {
      if (!started) shown.start(total, value, facts);
      else shown.update(value, facts);
      started = true;
    },
    then(what) {
      shown.stop();
      stream.write(`${what}\n`);
    },
    end: () => shown.stop(),
  };
}

function lines(stream: NodeJS.WriteStream): Progress {
  let last = -Infinity;
  return {
    at(value, total, facts) {
      const now = performance.now();
      if (now - last < betweenLinesMs) return;
      last = now;
      stream.write(`${JSON.stringify({ event: 'progress', done: value, total, ...facts })}\n`);
    },
    then: (what) => void stream.write(`${JSON.stringify({ event: what })}\n`),
    end: () => undefined,
  };
}
