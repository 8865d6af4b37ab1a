import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    dir: 'journeys',
    include: ['**/*.test.ts'],
    // Each file has a demo of its own, and a machine has two of them at most.
    maxWorkers: 2,
    testTimeout: 90_000,
    hookTimeout: 180_000,
  },
});
