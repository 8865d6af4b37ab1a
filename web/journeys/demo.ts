import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 30_000;

/** What `ondo demo` writes into `demo.json`. */
export interface Card {
  url: string;
  site_url: string;
  mailbox_url: string;
  email: string;
  password: string;
  api_token: string;
  tenant_id: string;
}

/** A demo of its own: own ports, own data folder, the real program. */
export class Demo {
  card!: Card;
  private child!: ChildProcess;
  private log = '';

  private constructor(
    readonly folder: string,
    private readonly ports: readonly [number, number],
    private readonly leads: number,
  ) {}

  static async start(leads = 200): Promise<Demo> {
    const folder = await mkdtemp(join(tmpdir(), 'ondo-journey-'));
    // PostgreSQL refuses to run as root; the account that it gets instead has to enter.
    await chmod(folder, 0o755);
    const demo = new Demo(folder, [await freePort(), await freePort()], leads);
    try {
      await demo.run();
    } catch (error) {
      await demo.stop();
      throw error;
    }
    return demo;
  }

  /** Starts the program on what is in the data folder, and waits until it lets people in. */
  async run(): Promise<void> {
    const [port, sitePort] = this.ports;
    const order = ['demo', '--port', port, '--site-port', sitePort, '--data-dir', this.folder, '--leads', this.leads];
    this.child = spawn(program(), order.map(String), { cwd: this.folder, env: plainEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.log += text));
    }
    await this.until(START_LIMIT_MS, 'the demo lets people in', async () => {
      if (this.hasEnded()) throw new Error(`the demo ended: ${this.child.exitCode ?? this.child.signalCode}`);
      return existsSync(join(this.folder, 'demo.json')) && (await this.answers('/login'));
    });
    this.card = JSON.parse(await readFile(join(this.folder, 'demo.json'), 'utf8')) as Card;
  }

  /** Whether that page is served. */
  async answers(path: string): Promise<boolean> {
    try {
      return (await fetch(`http://localhost:${this.ports[0]}${path}`)).status === 200;
    } catch {
      return false;
    }
  }

  /** Asks the JSON interface. */
  async api<T>(path: string): Promise<T> {
    const answer = await fetch(this.card.url + path, { headers: { authorization: `Bearer ${this.card.api_token}` } });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** Puts the demo's clock forward by a duration of ISO 8601, such as `P1D`. */
  async advance(duration: string): Promise<void> {
    const body = new URLSearchParams({ advance: duration });
    const answer = await fetch(`${this.card.url}/dev/clock`, { method: 'POST', body, redirect: 'manual' });
    if (answer.status !== 303) throw new Error(`the clock: ${answer.status} ${await answer.text()}`);
  }

  /** SIGKILL: the program gets no chance to end in good order. */
  async kill(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  /** SIGKILL for PostgreSQL's first process; its others end by themselves. */
  async killPostgres(): Promise<number> {
    const pid = await this.postmaster();
    process.kill(pid, 'SIGKILL');
    return pid;
  }

  /** The process id of PostgreSQL's first process. */
  async postmaster(): Promise<number> {
    const [pid] = (await readFile(join(this.folder, 'pg', 'postmaster.pid'), 'utf8')).split('\n');
    return Number(pid);
  }

  /** Ends the program in good order, and removes its data. */
  async stop(): Promise<void> {
    if (!this.hasEnded()) {
      const ended = once(this.child, 'exit');
      this.child.kill('SIGTERM');
      const inTime = await Promise.race([ended, pause(STOP_LIMIT_MS, false, { ref: false })]);
      if (!inTime) {
        await this.kill();
        throw new Error(`the demo did not end on SIGTERM:\n${this.log}`);
      }
    }
    await this.endForsakenPostgres();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** What the program said, for whoever has to find out why a journey failed. */
  said(): string {
    return this.log;
  }

  /** Waits; says what the program said where it was in vain. */
  async until(limit: number, what: string, holds: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + limit;
    try {
      while (!(await holds())) {
        if (Date.now() > end) throw new Error(`in vain for ${limit / 1000} s: ${what}`);
        await pause(100);
      }
    } catch (error) {
      throw new Error(`${String(error)}\n--- the program said:\n${this.log}`, { cause: error });
    }
  }

  private hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** A program that was killed leaves its PostgreSQL running, for the next start to take over. */
  private async endForsakenPostgres(): Promise<void> {
    const pid = await this.postmaster().catch(() => undefined);
    if (!pid) return;
    try {
      process.kill(pid, 'SIGQUIT');
      while (process.kill(pid, 0)) await pause(50);
    } catch {
      // It has ended.
    }
  }
}

/** The program that was built last by `cargo build -p app`, or the one that `ONDO_BIN` names. */
export function program(): string {
  const built = [process.env['ONDO_BIN'], ...['debug', 'release'].map((it) => join(ROOT, 'target', it, 'ondo'))];
  const found = built.find((path) => path && existsSync(path));
  if (!found) throw new Error('there is no ondo to start: run `cargo build -p app`, or set ONDO_BIN');
  return found;
}

/** Without settings of Ondo, which would reach the programs under test. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const plain = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('ONDO_')));
  // A visitor who waits too long goes on without an id, and so does one whose click goes to the spool because the
  // database is slow; a busy test machine makes everybody wait.
  return { ...plain, ONDO_CLICK_DEADLINE_MS: '5000', ONDO_INTAKE_PATIENCE_MS: '4000' };
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
