/** `npm run import -- FILE.ndjson [--rejected FILE] [--restart] [--batch LINES]` adds the users of a file. */
import { parseArgs } from 'node:util';
import { runCommand, UsageError } from '../transfer/command.js';
import { importFile } from '../transfer/import.js';
import { createProgress } from '../transfer/progress.js';

const usage = 'import FILE.ndjson [--rejected FILE] [--restart] [--batch LINES, 1 to 20000]';

process.exitCode = await runCommand('import', readWords, async (bulk, words, config, storage) => {
  const { file, rejected, restart, batch } = words;
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const progress = createProgress(
    process.stderr,
    '{bar} {percentage}% | {accepted} in, {rejected} rejected | {eta}s left',
  );
  const began = performance.now();
  try {
    const result = await importFile(bulk, {
      file,
      rejectedFile: rejected ?? null,
      restart,
      batchLines: batch,
      signal: stop.signal,
      // An embedded database is nobody else's while this runs.
      spare: config.databaseUrl === undefined ? storage.bulk : null,
      onIndexing: () => progress.then('building the search indexes'),
      onProgress: ({ offset, accepted, rejected: refused, lines }, size) =>
        progress.at(offset, size, { accepted, rejected: refused, lines }),
    });
    const { run, size, linesNow, wasFinished } = result;
    const seconds = (performance.now() - began) / 1_000;
    return {
      event: wasFinished ? 'imported before' : run.finished ? 'imported' : 'interrupted',
      lines: run.lines,
      accepted: run.accepted,
      rejected: run.rejected,
      rejectedFile: run.rejected > 0 ? run.rejectedFile : null,
      bytes: size,
      seconds: Number(seconds.toFixed(1)),
      linesPerSecond: Math.round(linesNow / seconds),
    };
  } finally {
    progress.end();
  }
});

function readWords() {
  try {
    const { values, positionals } = parseArgs({
      args: process.argv.slice(2),
      allowPositionals: true,
      options: {
        rejected: { type: 'string' },
        restart: { type: 'boolean', default: false },
        batch: { type: 'string', default: '4000' },
      },
    });
    const [file] = positionals;
    const batch = /^\d{1,5}$/.test(values.batch) ? Number(values.batch) : 0;
    if (file === undefined || positionals.length > 1 || batch < 1 || batch > 20_000) throw new Error(usage);
    return { ...values, file, batch };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : usage);
  }
}
