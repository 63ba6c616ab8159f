/** Reading a file of lines from any byte on, and writing the rejected ones. */
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identify, longestLine, readBatches, type RawBatch } from '../../src/transfer/import.reader.js';
import { openRejected } from '../../src/transfer/import.rejected.js';
import { slugFor } from '../../src/transfer/import.things.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-reader-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let files = 0;
async function fileOf(content: string | Buffer): Promise<string> {
  const path = join(folder, `${(files += 1)}.ndjson`);
  await writeFile(path, content);
  return path;
}

async function batchesOf(path: string, lines = 2, from = { offset: 0, lineCount: 0 }, bytes = 1_000_000) {
  const batches: RawBatch[] = [];
  for await (const batch of readBatches(path, from, { lines, bytes })) batches.push(batch);
  return batches;
}

describe('A file of lines', () => {
  it('is read in batches that say where the next one begins', async () => {
    const path = await fileOf('one\ntwö\n\r\nthree\r\nfour');
    const batches = await batchesOf(path);
    expect(batches.map(({ lines }) => lines.map(({ number, text }) => `${number} ${text}`))).toEqual([
      ['1 one', '2 twö'],
      ['4 three', '5 four'],
    ]);
    expect(batches.map(({ end, lineCount }) => [end, lineCount])).toEqual([
      [9, 2],
      [22, 5],
    ]);
    expect(await batchesOf(path, 2, { offset: 9, lineCount: 2 })).toEqual(batches.slice(1));
  });

  it('gives the same lines whatever the size of the batches', async () => {
    const lines = Array.from({ length: 5_000 }, (_, i) => `${'ü'.repeat(i % 200)}${i}`);
    const path = await fileOf(`${lines.join('\n')}\n`);
    const all = (batches: RawBatch[]) => batches.flatMap((batch) => batch.lines.map(({ text }) => text));
    expect(all(await batchesOf(path, 1_000))).toEqual(lines);
    expect(all(await batchesOf(path, 7_000, undefined, 1_000))).toEqual(lines);
  });

  it('has lines that are too long or no text told and passed over, without keeping them', async () => {
    const path = await fileOf(
      Buffer.concat([
        Buffer.from('a'.repeat(longestLine + 1) + '\nfine\n'),
        Buffer.from([0xff, 0xfe, 10]),
        Buffer.from('end'),
      ]),
    );
    const lines = (await batchesOf(path, 10)).flatMap((batch) => batch.lines);
    expect(lines.map(({ number, fault }) => [number, fault])).toEqual([
      [1, 'This line is longer than 1048576 bytes.'],
      [2, null],
      [3, 'This is no UTF-8.'],
      [4, null],
    ]);
    expect(lines[0]?.text).toHaveLength(1_000);
  });

  it('may be empty', async () => {
    expect(await batchesOf(await fileOf(''))).toEqual([]);
    expect((await batchesOf(await fileOf('\n\n'))).map(({ lines, end }) => [lines.length, end])).toEqual([[0, 2]]);
  });

  it('is known by its size, its beginning and its end', async () => {
    const [path, same, other] = [await fileOf('a\nb'), await fileOf('a\nb'), await fileOf('a\nc')];
    const key = async (of: string) => (await identify(of)).key;
    expect(await key(path)).toBe(await key(same));
    expect(await key(path)).not.toBe(await key(other));
    await appendFile(same, '\n');
    expect(await key(path)).not.toBe(await key(same));
  });
});

describe('The file of rejected lines', () => {
  const one = { line: 1, path: '', reason: 'No.', text: 'x' };

  it('loses what was written after the checkpoint, and goes on there', async () => {
    const path = join(folder, 'rejected.ndjson');
    const first = await openRejected(path, 0);
    const length = await first.write(0, [one]);
    await first.write(length, [{ ...one, line: 2 }]);
    await first.close();

    const again = await openRejected(path, length);
    await again.write(length, [{ ...one, line: 3 }]);
    await again.close();
    const lines = (await readFile(path, 'utf8')).trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { line: number }).line)).toEqual([1, 3]);
  });

  it('is not taken for whole when part of it is gone', async () => {
    const path = await fileOf('short');
    await expect(openRejected(path, 100)).rejects.toThrow('lost the lines that were rejected so far');
    await expect(openRejected(join(folder, 'missing'), 100)).rejects.toThrow('cannot be opened');
  });
});

describe('The name of an account that an import makes', () => {
  const account = { id: 'abcdef01-2345-5678-9abc-def012345678', foreign_id: '2701', path: '', name: null };
  it.each([
    ['Acme AG', 'acme-ag'],
    ['  Zürich & Söhne!  ', 'zurich-sohne'],
    ['株式会社', 'org-2701'],
    ['ab', 'org-2701'],
    [null, 'org-2701'],
    ['x'.repeat(300), 'x'.repeat(80)],
  ])('for %j is %s', (name, slug) => {
    expect(slugFor({ ...account, name }, () => false)).toBe(slug);
    expect(slugFor({ ...account, name }, () => true)).toBe(`${slug}-abcdef01`);
  });
});
