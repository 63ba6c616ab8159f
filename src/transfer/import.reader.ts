/** Reading a file of lines from any byte on, in batches of bounded size: memory does not grow with the file. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

/** A line as it stands in the file. */
export interface RawLine {
  /** Counted from 1. */
  readonly number: number;
  /** Without the line's end; cut where there is a fault. */
  readonly text: string;
  /** Why it is no line to read: too long, or no UTF-8. */
  readonly fault: string | null;
}

/** Lines one after the other. Blank ones are counted and left out. */
export interface RawBatch {
  readonly lines: readonly RawLine[];
  /** The byte after the last line. */
  readonly end: number;
  /** How many lines the file has up to there. */
  readonly lineCount: number;
}

/** How large a batch may become. */
export interface BatchLimits {
  readonly lines: number;
  readonly bytes: number;
}

/** The longest line that is read, in bytes. */
export const longestLine = 1024 * 1024;
const shownOfFaulty = 1_000;
const newline = 10;

/** Reads from a byte that begins a line. */
export async function* readBatches(
  path: string,
  from: { readonly offset: number; readonly lineCount: number },
  most: BatchLimits,
): AsyncGenerator<RawBatch> {
  let { offset: end, lineCount } = from;
  let lines: RawLine[] = [];
  let bytes = 0;
  const take = (pieces: Buffer[], length: number, terminated: boolean): void => {
    lineCount += 1;
    end += length + (terminated ? 1 : 0);
    bytes += length;
    const line = toLine(Buffer.concat(pieces), lineCount, length);
    if (line.text !== '' || line.fault !== null) lines.push(line);
  };

  let pieces: Buffer[] = [];
  let length = 0;
  for await (const chunk of createReadStream(path, {
    start: end,
    highWaterMark: 256 * 1024,
  }) as AsyncIterable<Buffer>) {
    let begin = 0;
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, begin)) {
      pieces.push(chunk.subarray(begin, at));
      take(pieces, length + at - begin, true);
      [pieces, length, begin] = [[], 0, at + 1];
      if (lines.length >= most.lines || bytes >= most.bytes) {
        yield { lines, end, lineCount };
        [lines, bytes] = [[], 0];
      }
    }
    // Of a line that is too long no more is kept than shows what it was.
    if (length <= longestLine) pieces.push(Buffer.from(chunk.subarray(begin)));
    length += chunk.length - begin;
  }
  if (length > 0) take(pieces, length, false);
  if (end > from.offset) yield { lines, end, lineCount };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const lossy = new TextDecoder('utf-8');

function toLine(bytes: Buffer, number: number, length: number): RawLine {
  const faulty = (fault: string): RawLine => {
    return { number, text: lossy.decode(bytes.subarray(0, shownOfFaulty * 4)).slice(0, shownOfFaulty), fault };
  };
  if (length > longestLine) return faulty(`This line is longer than ${longestLine} bytes.`);
  try {
    const text = utf8.decode(bytes);
    return { number, text: text.trim() === '' ? '' : text.replace(/\r$/, ''), fault: null };
  } catch {
    return faulty('This is no UTF-8.');
  }
}

const headBytes = 1024 * 1024;
const tailBytes = 64 * 1024;

/** Tells a file from others: its size, and a hash over that, its beginning and its end. */
export async function identify(path: string): Promise<{ readonly key: string; readonly size: number }> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const hash = createHash('sha256').update(`${size}\n`);
    const buffer = Buffer.alloc(headBytes);
    for (const [position, length] of [
      [0, headBytes],
      [Math.max(0, size - tailBytes), tailBytes],
    ] as const) {
      const { bytesRead } = await file.read(buffer, 0, length, position);
      hash.update(buffer.subarray(0, bytesRead));
    }
    return { key: hash.digest('hex'), size };
  } finally {
    await file.close();
  }
}
