// Stores the order of one job. State that a restart needs is written before the issuance continues. Steps, which
// inform users, are part of the next write, or written alone a moment later, because a disk write takes as long as a
// response of a nearby CA, and an issuance has more steps than state changes.
import { STEPS, type Step } from '../../../shared/steps.ts';
import { toTimestamp } from '../../../shared/time.ts';
import type { Journal } from '../audit/journal.ts';
import type { ChallengeRecord, IssuanceSpec, Json, OrderRecord } from '../core/model.ts';
import type { Clock, Vault } from '../core/ports.ts';
import type { StepReporter } from '../core/step-reporter.ts';
import type { Stores } from '../core/stores.ts';

export interface OrderStateDeps {
  readonly stores: Stores;
  readonly journal: Journal;
  readonly vault: Vault;
  readonly clock: Clock;
}

export interface OrderState {
  readonly order: OrderRecord;
  /** Stores the change. It is in the database when this resolves, with everything staged and reported before. */
  save(patch: Partial<Pick<OrderRecord, 'accountId' | 'url' | 'asCreated'>>): Promise<void>;
  /** Adds or replaces the record of the challenge with this URL. The next write of any kind stores it. */
  stageChallenge(challenge: ChallengeRecord): void;
  saveChallenge(challenge: ChallengeRecord): Promise<void>;
  openKey(): Promise<{ readonly privateKey: string; readonly csr: string } | null>;
  /** Stored by the next write. */
  stageKey(privateKey: string, csr: string): Promise<void>;
  /**
   * Records that the CSR is being sent and stores the key. From then on the order is followed.
   * @returns `clear`, which reverts this if the CA has refused the CSR for good; stored by the next write
   */
  markFinalized(): Promise<{ clear(): void }>;
  /** The order can no longer lead to a certificate, so a later job creates a new one. Stored by the next write. */
  release(): void;
  /** Stored by the next write, or alone within REPORT_WITHIN_MS. */
  readonly reportStep: StepReporter['reportStep'];
  /** Stores what is staged and reported, if anything. */
  flush(): Promise<void>;
  /** Like `journal.write`, with everything staged and reported before it in the same transaction. */
  readonly write: Journal['write'];
}

interface ReportedStep {
  readonly step: Step;
  readonly message: string;
  readonly data: Json;
}

/** Users see a step at most this much later. It is lost if the process is killed before. */
const REPORT_WITHIN_MS = 50;

/** Loads the order of a job, or starts a new record. Nothing is stored before the first write. */
export async function createOrderState(
  { stores, journal, vault, clock }: OrderStateDeps,
  job: {
    readonly jobId: string;
    readonly projectId: string;
    readonly directoryUrl: string;
    readonly spec?: IssuanceSpec;
  },
): Promise<OrderState> {
  const now = () => toTimestamp(clock.now());
  const stored = await stores.orders.get(job.jobId);
  // Of an order at another directory (a rehearsal, the fallback CA), only the challenges to clean up are needed.
  let order: OrderRecord =
    stored?.directoryUrl === job.directoryUrl
      ? stored
      : {
          jobId: job.jobId,
          accountId: '',
          directoryUrl: job.directoryUrl,
          keySealed: null,
          csr: null,
          url: null,
          challenges: stored?.challenges ?? [],
          updatedAt: now(),
          finalizedAt: null,
          asCreated: null,
          spec: job.spec ?? null,
        };
  let written = order;
  let reported: readonly ReportedStep[] = [];
  let timer: NodeJS.Timeout | null = null;
  const context = `order:${job.jobId}`;

  // The record is replaced in memory first and written as a whole, so that overlapping writes (the key is generated
  // while the order is created) each contain all earlier changes.
  const stage = (patch: Partial<OrderRecord>): void => {
    order = { ...order, ...patch };
  };
  const stageChallenge: OrderState['stageChallenge'] = (challenge) => {
    const others = order.challenges.filter((each) => each.challengeUrl !== challenge.challengeUrl);
    stage({ challenges: [...others, challenge] });
  };

  const write: OrderState['write'] = async (work) => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const [record, steps] = [order, reported];
    reported = [];
    try {
      const result = await journal.write(async (tx, emit) => {
        if (record !== written) await tx.orders.put(record);
        const last = steps.at(-1);
        if (last !== undefined) await tx.jobs.update(job.jobId, { step: last.step });
        for (const step of steps) await emit(eventOf(step, job));
        return work(tx, emit);
      });
      written = record;
      return result;
    } catch (error) {
      reported = [...steps, ...reported]; // part of the next write
      throw error;
    }
  };
  const flush: OrderState['flush'] = async () => {
    if (order !== written || reported.length > 0) await write(async () => undefined);
  };

  return {
    get order() {
      return order;
    },
    save(patch) {
      stage({ ...patch, updatedAt: now() });
      return flush();
    },
    stageChallenge,
    saveChallenge(challenge) {
      stageChallenge(challenge);
      return flush();
    },
    async openKey() {
      const { keySealed, csr } = order;
      if (keySealed === null || csr === null) return null;
      return { privateKey: await vault.open(keySealed, context), csr };
    },
    async stageKey(privateKey, csr) {
      stage({ keySealed: await vault.seal(privateKey, context), csr });
    },
    async markFinalized() {
      stage({ finalizedAt: order.finalizedAt ?? now() });
      await flush();
      return { clear: () => stage({ finalizedAt: null }) };
    },
    release() {
      stage({ url: null, finalizedAt: null, asCreated: null });
    },
    reportStep(step, message, data = null) {
      reported = [...reported, { step, message, data }];
      // A step that cannot be stored does not fail the issuance: it stays for the next write, which reports the
      // error.
      timer ??= setTimeout(() => flush().catch(() => undefined), REPORT_WITHIN_MS);
    },
    flush,
    write,
  };
}

function eventOf(
  { step, message, data }: ReportedStep,
  { jobId, projectId, directoryUrl }: { jobId: string; projectId: string; directoryUrl: string },
) {
  const ca = URL.parse(directoryUrl)?.host ?? null;
  return {
    kind: 'job.step',
    projectId,
    jobId,
    message,
    data: { step, title: STEPS[step], ca, more: data },
  };
}
