/** How `npm test` runs: every test but the browser's and the bench's, each file in a process of its own. */
import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';

const home = fileURLToPath(new URL('..', import.meta.url));
// Where .ci/run wants to read the numbers from; people read the plain report.
const report = process.env['TEST_REPORT'];

export default defineConfig({
  root: home,
  // Pothos and Node.js load this file; by the name alone Vite would load graphql a second time, from index.mjs.
  resolve: { alias: [{ find: /^graphql$/, replacement: `${home}node_modules/graphql/index.js` }] },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'test/browser/**', 'test/bench/**', 'test/guard/fixtures/**'],
    globalSetup: [`${home}test/support/global-setup.ts`],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
  },
});
