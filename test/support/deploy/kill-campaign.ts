// One deployment that is killed at one point, then finished by the next contact, with what must hold afterwards.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type {
  StageRequest,
  SwapRequest,
  SwapResult,
  Transport,
} from '../../../src/main/engine/deploy/transport.ts';
import { createKillControl, type KillControl, type Victim } from './kill-points.ts';
import type { SshHost } from './ssh-host.ts';
import type { TransportWorld } from './transport-conformance.ts';
import { commandAt, commandLog, fileAt, newRun, SIGNAL, temporariesIn } from './transport-files.ts';

export type Scenario = 'succeeds' | 'is invalid' | 'cannot reload';
export const SCENARIOS: readonly Scenario[] = ['succeeds', 'is invalid', 'cannot reload'];
export const VICTIMS: readonly Victim[] = ['script', 'session', 'slow session', 'host'];

export interface Campaign {
  /** How many kill points the scenario has. */
  countPoints(scenario: Scenario): Promise<number>;
  /**
   * Kills at the point, reconnects, finishes, and checks everything.
   * @returns whether the run came to that point; two calls at the same time may count as one
   */
  killAt(point: number, scenario: Scenario, victim: Victim): Promise<boolean>;
}

const OLD = ['old certificate', 'old key'];
const NEW = ['new certificate', 'new key'];

export function createCampaign(world: TransportWorld & { readonly host: SshHost }): Campaign {
  const { site, host } = world;
  const control = createKillControl(host.folder, host.pid);
  const at = (name: string) => join(site, name);
  const pair = () =>
    ['a.pem', 'a.key'].map((name) => (existsSync(at(name)) ? readFileSync(at(name), 'utf8') : null));

  function prepare(scenario: Scenario): { stage: StageRequest; swap: SwapRequest } {
    execFileSync('find', [site, '-mindepth', '1', '-delete']);
    writeFileSync(at('a.pem'), OLD[0] ?? '');
    writeFileSync(at('a.key'), OLD[1] ?? '', { mode: 0o600 });
    const runId = newRun();
    const files = ['a.pem', 'a.key'].map((name, index) => fileAt(at(name), NEW[index] ?? ''));
    const validate = commandAt(site, 'validate', scenario === 'is invalid' ? 'exit 1' : 'exit 0');
    const loads = `cat ${at('a.pem')} >>${at('commands/loaded')}; echo >>${at('commands/loaded')}`;
    const fails = scenario === 'cannot reload' ? `grep -q old ${at('a.pem')} || exit 1` : '';
    const reload = commandAt(site, 'reload', `${fails}\n${loads}`);
    return { stage: { runId, deploymentId: 'killed', files }, swap: { runId, validate, reload } };
  }

  async function connectAndDeploy(request: ReturnType<typeof prepare>, arm: (control: KillControl) => void) {
    const transport = await world.connect();
    try {
      arm(control);
      await transport.stage(request.stage, SIGNAL());
      await transport.swap(request.swap, SIGNAL());
    } finally {
      transport.close();
    }
  }

  /** What a caller does at the next contact. */
  async function finish(transport: Transport, request: ReturnType<typeof prepare>): Promise<SwapResult> {
    const outcome = await transport.outcome(request.stage.runId, SIGNAL());
    if (outcome?.state === 'finished') return outcome.result;
    if (outcome === null || outcome.state === 'staged') await transport.stage(request.stage, SIGNAL());
    return transport.swap(request.swap, SIGNAL());
  }

  return {
    async countPoints(scenario) {
      await connectAndDeploy(prepare(scenario), (armed) => armed.arm(1_000_000, 'script', []));
      control.disarm();
      return control.calls();
    },

    async killAt(point, scenario, victim) {
      const request = prepare(scenario);
      const others = new Set(host.sessions());
      const arm = (armed: KillControl) =>
        armed.arm(
          point,
          victim,
          host.sessions().filter((pid) => !others.has(pid)),
        );
      // It may succeed: a dead session does not stop the script, and its answer may have left already.
      await connectAndDeploy(request, arm).catch((error: unknown) => {
        expect(error).toMatchObject({ code: expect.stringMatching(/^HOST_/) });
      });
      const killed = control.hasKilled();
      control.disarm();
      const transport = await world.connect();
      try {
        const result = await finish(transport, request);
        const good = scenario === 'succeeds';
        expect(result).toMatchObject({ state: good ? 'swapped' : 'rolled-back', reloadOwed: false });
        expect(pair()).toEqual(good ? NEW : OLD);
        expect(temporariesIn(site)).toEqual([]);
        for (const folder of world.uploads) if (existsSync(folder)) expect(readdirSync(folder)).toEqual([]);
        expectReloads(scenario);
        expect(await transport.outcome(request.stage.runId, SIGNAL())).toEqual({ state: 'finished', result });
        return killed;
      } finally {
        transport.close();
      }
    },
  };

  /**
   * The service has loaded what is in place, once. Kill points are between the commands of a deployment: a reload that is
   * killed itself, or whose exit code is not yet written, runs again, because nobody knows whether it has happened.
   */
  function expectReloads(scenario: Scenario): void {
    const loaded = existsSync(at('commands/loaded'))
      ? readFileSync(at('commands/loaded'), 'utf8').trim().split('\n')
      : [];
    const expected = { succeeds: NEW[0], 'is invalid': undefined, 'cannot reload': OLD[0] }[scenario];
    if (expected === undefined) expect(loaded).toEqual([]);
    else {
      expect(new Set(loaded)).toEqual(new Set([expected]));
      expect(loaded).toHaveLength(1);
    }
    if (scenario === 'is invalid') expect(commandLog(site)).not.toContain('reload');
  }
}
