import { afterEach, beforeEach, expect } from 'vitest';
import type { Demo } from './demo';
import type { Watched } from './watched';

/**
 * Lets the tests of a file build on each other: after one that failed, or in which a page did what it should not, the
 * others are skipped, and the program's words are shown.
 */
export function inOrder(demo: () => Demo, watched: () => readonly Watched[]): void {
  let isBroken = false;
  beforeEach(({ skip }) => {
    skip(isBroken, 'an earlier step failed');
    isBroken = true;
  });
  afterEach(({ task }) => {
    const problems = watched().flatMap((profile) => profile.problems);
    isBroken = task.result?.state === 'fail' || problems.length > 0;
    if (isBroken) console.error(demo().said());
    expect(problems).toEqual([]);
  });
}
