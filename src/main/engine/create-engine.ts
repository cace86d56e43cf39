// Wires the engine: calls one function per group of services (wiring/), and starts and stops what runs on its own.
// engine.ts defines the contract.
import { createRefusalLimit } from './access/refusal-limit.ts';
import { createSessions } from './access/sessions.ts';
import { createTokens } from './access/tokens.ts';
import type { Engine, EnginePorts } from './engine.ts';
import { createEveryMinute } from './jobs/every-minute.ts';
import { forgetStaleSecrets } from './maintenance/stale-secrets.ts';
import { wireAuthorities } from './wiring/authorities.ts';
import { createCommon } from './wiring/common.ts';
import { wireDeploy } from './wiring/deploy.ts';
import { wireDoctor } from './wiring/doctor.ts';
import { wireEndpoints } from './wiring/endpoints.ts';
import { wireIssuance } from './wiring/issuance.ts';
import { wireMaintenance } from './wiring/maintenance.ts';
import { wireMonitoring } from './wiring/monitoring.ts';
import { wireRecords } from './wiring/records.ts';
import { wireSimulation } from './wiring/simulation.ts';

/** Creates the engine. Nothing runs before `start`. */
export function createEngine(ports: EnginePorts): Engine {
  const common = createCommon(ports);
  const { stores, secrets, acme, clock, log, journal, crl } = common;

  const sessions = createSessions(stores, journal, clock);
  const { accounts, ...authorities } = wireAuthorities(common);
  const { queue, chooser, http, sweepLeftovers, ...issuance } = wireIssuance(common, accounts);
  const { deploymentRunner, adopter, ...deploy } = wireDeploy(common);
  const records = wireRecords(common, { ...issuance, queue, chooser, adopter });
  const { endpoints, endpointSweeps } = wireEndpoints(common);
  const scheduler = wireMaintenance(common, { ...authorities, ...issuance, queue, sweepLeftovers, sessions });
  const monitoring = wireMonitoring(common, { ...records, ...issuance, scheduler });
  const { recordSchedule, ...doctor } = wireDoctor(common, { http, accounts, budget: authorities.budget });
  const backupSchedule = createEveryMinute(records.backups.runIfDue);

  return {
    ...authorities,
    ...issuance,
    ...records,
    ...deploy,
    ...monitoring,
    ...wireSimulation(common),
    ...doctor,
    endpoints,
    sessions,
    tokens: createTokens(stores, journal, clock),
    refusals: createRefusalLimit(clock),
    journal,
    clock,
    sweep: scheduler.sweep,
    async start() {
      // A locked keychain must not prevent the start. The next start deletes what this one could not.
      await forgetStaleSecrets(stores, secrets).catch((error: unknown) =>
        log.warn({ err: error }, 'Old secrets stay until the next start'),
      );
      const resumed = await queue.resume();
      if (resumed > 0) log.info({ jobs: resumed }, 'Jobs of the last run are resumed');
      await monitoring.notifications.start(); // before the first sweep, which leaves a new heartbeat
      scheduler.start();
      await deploymentRunner.start();
      endpointSweeps.start();
      endpointSweeps.schedule.start();
      backupSchedule.start();
      recordSchedule.start();
    },
    async stop() {
      scheduler.stop();
      await monitoring.notifications.stop();
      await Promise.all([
        queue.stop(),
        deploymentRunner.stop(),
        backupSchedule.stop(),
        recordSchedule.stop(),
        endpointSweeps.stop(),
        endpointSweeps.schedule.stop(),
      ]);
      await journal
        .flush()
        .catch((error: unknown) => log.error({ err: error }, 'Repeated failures could not be recorded'));
      await Promise.all([acme.close(), crl.close()]);
    },
  };
}
