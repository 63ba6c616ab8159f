/** How `npm run test:browser` runs: like every test, on what needs a Chromium. */
import { configDefaults, defineConfig } from 'vitest/config';
import base from '../vitest.config.js';

export default defineConfig({
  ...base,
  test: { ...base.test, include: ['test/browser/*.test.ts'], exclude: configDefaults.exclude, testTimeout: 60_000 },
});
