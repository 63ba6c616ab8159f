/**
 * Prints `N passed, N failed, N skipped` from the reports of test runs: count.mjs <report> <exit code> ... A run that
 * went wrong without a failed test in its report (or without a report) counts as one failure.
 */
import { readFileSync } from 'node:fs';

/** The numbers in one report of vitest; a file that could not even be loaded has no tests, and is one failure. */
function numbers(path) {
  let report;
  try {
    report = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
  const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

const sum = { passed: 0, failed: 0, skipped: 0 };
const args = process.argv.slice(2);
for (let index = 0; index < args.length; index += 2) {
  const run = numbers(args[index]);
  const wrong = Number(args[index + 1]) !== 0;
  sum.passed += run.passed;
  sum.failed += wrong ? Math.max(1, run.failed) : run.failed;
  sum.skipped += run.skipped;
}
process.stdout.write(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped\n`);
if (sum.failed > 0) process.exitCode = 1;
