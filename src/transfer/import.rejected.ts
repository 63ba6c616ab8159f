/** The file of rejected lines: it is as long as the checkpoint says, whatever happened to the process that wrote it. */
import { open } from 'node:fs/promises';

/** A line that was not imported, as it is written. */
export interface Rejected {
  /** The number of the line, from 1. */
  readonly line: number;
  readonly reason: string;
  /** The field at fault; empty where it is the whole line. */
  readonly path: string;
  /** The line itself, cut where it cannot be read. */
  readonly text: string;
}

/** An open file of rejected lines. */
export interface RejectedFile {
  /** Writes what follows byte `at`, and nothing stands behind it. @returns the new length */
  write(at: number, rejected: readonly Rejected[]): Promise<number>;
  close(): Promise<void>;
}

/**
 * Opens the file, made when it is missing, and cuts off what was written after the last checkpoint.
 * @throws Error when it is shorter than it should be
 */
export async function openRejected(path: string, length: number): Promise<RejectedFile> {
  const file = await open(path, length === 0 ? 'w' : 'r+').catch((cause: Error) => {
    throw new Error(`the file of rejected lines ${path} cannot be opened: ${cause.message}`, { cause });
  });
  const { size } = await file.stat();
  if (size < length) {
    await file.close();
    throw new Error(`${path} lost the lines that were rejected so far: put it back, or begin anew with --restart`);
  }
  await file.truncate(length);
  return {
    async write(at, rejected) {
      const text = Buffer.from(rejected.map((one) => `${JSON.stringify(one)}\n`).join(''));
      if (text.length > 0) await file.write(text, 0, text.length, at);
      await file.truncate(at + text.length);
      return at + text.length;
    },
    close: () => file.close(),
  };
}
