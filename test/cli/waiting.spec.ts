// A client that waits for a job while the server stops, restarts or is killed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/lib/build.ts';
import { type AcmeGate, startAcmeGate } from '../support/acme/gate.ts';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { type Ended, runCli, runInTerminal, shellLine } from '../support/server/cli.ts';
import { pebbleArgs, type Server, startServer } from '../support/server/server.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith('pebble', 'a command that waits for a job', () => {
  let folder: string;
  let pebble: Pebble;
  let gate: AcmeGate;
  let args: readonly string[];
  let server: Server | null = null;

  const data = (): string => join(folder, 'data');
  const start = async (): Promise<Server> => {
    server = await startServer({ dataFolder: data(), args });
    return server;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'certdesk-cli-'));
    expect(await ensureBuilt()).toBeNull();
    pebble = await startPebble();
    gate = await startAcmeGate(pebble);
    args = await pebbleArgs(folder, { ...gate, httpPort: pebble.httpPort });
    await start();
  }, 600_000);
  afterAll(async () => {
    await server?.stop('SIGKILL');
    await gate?.stop();
    await pebble?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  const certdesk = (...given: readonly string[]): Promise<Ended> =>
    runCli(given, { env: { CERTDESK_DATA_DIR: data() } });

  /** Holds the CA's answers to finalize requests until it is released. */
  function holdFinalize(): () => void {
    const released = Promise.withResolvers<void>();
    gate.keep((path, pass) => (path.startsWith('/finalize') ? released.promise.then(pass) : null));
    return () => {
      gate.keep(null);
      released.resolve();
    };
  }

  interface Waiting {
    readonly job: string;
    readonly ended: Promise<Ended>;
    /** What the terminal shows so far. */
    screen(): string;
  }

  /** Starts a command on a terminal. Resolves once it waits for its job. */
  async function startWaiting(
    given: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Waiting> {
    let screen = '';
    const job = Promise.withResolvers<string>();
    const ended = runInTerminal(shellLine(given), {
      env: { CERTDESK_DATA_DIR: data(), TERM: 'xterm', ...env },
      onOutput(stdout) {
        screen = stdout;
        const id = /: job ([0-9a-f-]{36})/.exec(stdout)?.[1];
        if (id !== undefined) job.resolve(id);
      },
    });
    const early = ended.then(({ stdout }) => {
      throw new Error(`It has ended: ${stdout}`);
    });
    return { job: await Promise.race([job.promise, early]), ended, screen: () => screen };
  }

  it('shows the steps on a terminal as they happen', async () => {
    const release = holdFinalize();
    const { ended, screen } = await startWaiting(['obtain', 'steps.example.com']);
    await expect.poll(screen).toMatch(/Validation by the CA: /);
    expect(screen()).not.toMatch(/certificate obtained/);
    release();
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/steps\.example\.com: certificate obtained, valid until /);
  });

  it('continues after a restart of the server, with its new credential', async () => {
    const release = holdFinalize();
    const { ended, job } = await startWaiting(['obtain', 'restart.example.com']);
    await server?.stop();
    release();
    await start();
    const { code, stdout } = await ended;
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/Waiting for the server/),
    });
    expect(stdout).toMatch(/restart\.example\.com: certificate obtained/);
    expect((await certdesk('job', job)).stdout).toMatch(/: succeeded\n/);
  });

  it('says how to check the job if the server was killed and does not come back', async () => {
    const release = holdFinalize();
    const { ended, job } = await startWaiting(['obtain', 'killed.example.com']);
    await server?.stop('SIGKILL');
    const { code, stdout } = await ended;
    expect(code).toBe(1);
    expect(stdout).toContain(
      `The job ${job} continues when the server runs again: check it with \`certdesk job ${job}\``,
    );
    release();
    await start();
    await expect.poll(async () => (await certdesk('job', job)).stdout).toMatch(/: succeeded\n/);
  });

  it('does not end the job when Ctrl-C ends the command', async () => {
    const asked = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    gate.keep((path, pass) => {
      if (!path.startsWith('/finalize')) return null;
      asked.resolve();
      return released.promise.then(pass);
    });
    const { code } = await runCli(['obtain', 'ctrl-c.example.com'], {
      env: { CERTDESK_DATA_DIR: data() },
      interrupt: asked.promise,
    });
    expect(code).toBeNull(); // ended by the signal
    gate.keep(null);
    released.resolve();
    await expect
      .poll(async () => (await certdesk('show', 'ctrl-c.example.com')).stdout)
      .toMatch(/^Status +valid$/m);
  });
});
