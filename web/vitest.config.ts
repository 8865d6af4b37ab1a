import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const installed = (name: string) => fileURLToPath(new URL(`node_modules/${name}`, import.meta.url));

export default defineConfig({
  // The tag's tests stand beside the tag, outside of this npm project.
  resolve: { alias: { 'playwright-core': installed('playwright-core') } },
  server: { fs: { allow: ['..'] } },
  test: {
    dir: '..',
    include: ['web/tests/**/*.test.ts', 'web-tag/tests/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
