/** `npm run export -- FILE.ndjson [--account ID]` writes all users, or those of one account, into a file. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runCommand, UsageError } from '../transfer/command.js';
import { exportFile } from '../transfer/export.js';
import { createProgress } from '../transfer/progress.js';

process.exitCode = await runCommand('export', readWords, async (bulk, { file, account }, { instanceDomain }) => {
  const progress = createProgress(process.stderr, '{bar} {percentage}% | {value} of {total} users | {eta}s left');
  try {
    const users = await exportFile(bulk, {
      file,
      accountId: account ?? null,
      instanceDomain,
      onProgress: (count, total) => progress.at(count, total, {}),
    });
    return { event: 'exported', users, file: resolve(file) };
  } finally {
    progress.end();
  }
});

function readWords() {
  try {
    const { values, positionals } = parseArgs({
      args: process.argv.slice(2),
      allowPositionals: true,
      options: { account: { type: 'string' } },
    });
    const [file] = positionals;
    if (file === undefined || positionals.length > 1) throw new Error('export FILE.ndjson [--account ID]');
    return { ...values, file };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
