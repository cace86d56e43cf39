// The real engine with a model of a CA (year/) whose answers a test changes, for CA behaviour that Pebble does not have.
import type { AcmeProblem, AcmeSession } from '../../../../src/main/engine/acme/contract.ts';
import { answerError } from '../../../../src/main/engine/acme/problem.ts';
import type { CertdeskError } from '../../../../src/main/engine/core/errors.ts';
import { ObtainRequestSchema } from '../../../../src/shared/certificate.ts';
import { createModelCa, type ModelCa } from '../../year/model-ca.ts';
import { createWorld, type World } from '../../year/world.ts';

const DAY = 86_400_000;
export const DIRECTORY = 'https://acme-v02.api.letsencrypt.org/directory';
/** A CA that needs no override, because it is named by its directory. */
export const SECOND = 'https://second.example/directory';
export const STAGING = 'https://acme-staging-v02.api.letsencrypt.org/directory';

/** Replaces methods of the model's session, which is the argument. */
export type SessionFault = (session: AcmeSession) => Partial<AcmeSession>;

export interface FaultyWorld {
  readonly world: World;
  readonly ca: ModelCa;
  readonly staging: ModelCa;
  /** Has no faults. */
  readonly second: ModelCa;
  /** Applies to all later requests to the production directory; `() => ({})` restores the model. */
  setFault(how: SessionFault): void;
  /** @returns the project's id. Rejects if the issuance fails. */
  obtain(domain: string): Promise<string>;
  /** Issues again for an existing project. */
  obtainAgain(projectId: string): Promise<void>;
  renew(projectId: string): Promise<void>;
}

export async function createFaultyWorld(): Promise<FaultyWorld> {
  let fault: SessionFault = () => ({});
  const world = await createWorld({
    begin: Date.parse('2026-09-01T00:00:00Z'),
    random: () => 0.5,
    stepMs: DAY,
    cas: (machine) =>
      [DIRECTORY, STAGING, SECOND].map((directoryUrl) =>
        createModelCa({
          directoryUrl,
          now: () => machine.now,
          serve: (name, token) => (machine.reachable(name) ? machine.served(token) : null),
          limits: false,
          ari: true,
          crlUrl: null,
          profiles: new Map([['classic', 90 * DAY]]),
          reuseMs: 0,
          retryAfterMs: DAY,
        }),
      ),
    crl: () => Buffer.alloc(0),
  });
  const [ca, staging, second] = world.cas;
  if (ca === undefined || staging === undefined || second === undefined) throw new Error('there is no CA');
  const { session } = ca;
  Object.assign(ca, {
    session(...given: Parameters<ModelCa['session']>) {
      const own = session(...given);
      return { ...own, ...fault(own) };
    },
  });
  const call = { by: null, respondAsync: false, idempotencyKey: null };
  const body = ObtainRequestSchema.parse({ challengeType: 'http-01', keyType: 'ec' });
  const obtainAgain = async (projectId: string) => {
    await world.engine.issuance.obtain(projectId, body, call);
  };
  return {
    world,
    ca,
    staging,
    second,
    setFault(how) {
      fault = how;
    },
    async obtain(domain) {
      const { id } = await world.engine.projects.create({ name: domain, domain, altNames: [] });
      await obtainAgain(id);
      return id;
    },
    obtainAgain,
    async renew(projectId) {
      await world.engine.issuance.renew(projectId, call);
    },
  };
}

/** The error that the client throws for such an answer. @param type The last part of an ACME error type. */
export function refusal(status: number, type: string, more: object = {}): CertdeskError {
  const text = JSON.stringify({ type: `urn:ietf:params:acme:error:${type}`, ...more });
  return answerError({ url: DIRECTORY, status, headers: {}, text });
}

export const problem = (type: string, detail: string): AcmeProblem => ({
  type: `urn:ietf:params:acme:error:${type}`,
  detail,
});
