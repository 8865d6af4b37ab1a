import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort, plainEnvironment, program } from './demo';

/** An installation on its first run, while `act` runs: nobody has set it up. */
export async function withEmptyInstallation(act: (url: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ondo-empty-'));
  await chmod(folder, 0o755);
  const port = await freePort();
  const env = { ...plainEnvironment(), ONDO_PORT: String(port) };
  const child = spawn(program(), ['serve', '--data-dir', folder], { cwd: folder, env, stdio: 'ignore' });
  const ended = once(child, 'exit');
  try {
    const url = `http://localhost:${port}`;
    for (let tries = 0; !(await answers(url)); tries++) {
      if (tries > 600 || child.exitCode !== null) throw new Error('`ondo serve` does not answer');
      await pause(100);
    }
    await act(url);
  } finally {
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/setup`)).ok;
  } catch {
    return false;
  }
}
