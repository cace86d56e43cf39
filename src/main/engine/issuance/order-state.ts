// Stores the order of one job. State that the next start needs is written before the issuance continues. Steps, which are
// for people, go with the next write, or alone a moment later: a write to the disk takes as long as an answer of a nearby
// CA, and an issuance has more steps than changes of state.
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
  /** In the database when it resolves, with everything staged and reported before. */
  save(patch: Partial<Pick<OrderRecord, 'accountId' | 'url' | 'asCreated'>>): Promise<void>;
  /** Adds or replaces the record of the challenge with this URL; written by the next write of any kind. */
  stageChallenge(challenge: ChallengeRecord): void;
  saveChallenge(challenge: ChallengeRecord): Promise<void>;
  openKey(): Promise<{ readonly privateKey: string; readonly csr: string } | null>;
  /** Written by the next write. */
  stageKey(privateKey: string, csr: string): Promise<void>;
  /**
   * The key is in the database when it resolves, and that the CSR is sent: from then on the order is followed.
   * @returns `clear` takes that back, where the CA has refused the CSR for good; written by the next write.
   */
  markFinalized(): Promise<{ clear(): void }>;
  /** The order can bring no certificate any more: a later job makes a new one. Written by the next write. */
  release(): void;
  /** Written by the next write, or alone within REPORT_WITHIN_MS. */
  readonly reportStep: StepReporter['reportStep'];
  /** Writes what is staged and reported; does nothing if there is nothing. */
  flush(): Promise<void>;
  /** `journal.write`, with what was staged and reported before it in the same transaction. */
  readonly write: Journal['write'];
}

interface ReportedStep {
  readonly step: Step;
  readonly message: string;
  readonly data: Json;
}

/** A person who watches sees a step this much later at the most; it is lost where the program is killed meanwhile. */
const REPORT_WITHIN_MS = 50;

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
  const kept = await stores.orders.get(job.jobId);
  // Of an order at another directory (a rehearsal, the fallback CA) only what is to be cleaned up is of use.
  let order: OrderRecord =
    kept?.directoryUrl === job.directoryUrl
      ? kept
      : {
          jobId: job.jobId,
          accountId: '',
          directoryUrl: job.directoryUrl,
          keySealed: null,
          csr: null,
          url: null,
          challenges: kept?.challenges ?? [],
          updatedAt: now(),
          finalizedAt: null,
          asCreated: null,
          spec: job.spec ?? null,
        };
  let written = order;
  let reported: readonly ReportedStep[] = [];
  let timer: NodeJS.Timeout | null = null;
  const context = `order:${job.jobId}`;

  // The record is replaced in memory first and written whole: writes that overlap (the key is made while the order is)
  // each hold all that came before them.
  const stage = (patch: Partial<OrderRecord>): void => {
    order = { ...order, ...patch };
  };
  const stageChallenge: OrderState['stageChallenge'] = (challenge) => {
    const others = order.challenges.filter((kept) => kept.challengeUrl !== challenge.challengeUrl);
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
      reported = [...steps, ...reported]; // for the next write
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
      // A step that cannot be written fails no issuance: it stays for the next write, which will say so.
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
