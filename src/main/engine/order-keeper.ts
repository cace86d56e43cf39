// Keeps one job's order in the database: every change is written before the walk goes on, each step as an event.
import { STEPS, type Step } from '../../shared/steps.ts';
import { toTimestamp } from '../../shared/time.ts';
import type { Journal } from './journal.ts';
import type { ChallengeRecord, Json, OrderRecord } from './model.ts';
import type { Clock, Vault } from './ports.ts';
import type { Stores } from './stores.ts';

export interface OrderKeeperDeps {
  readonly stores: Stores;
  readonly journal: Journal;
  readonly vault: Vault;
  readonly clock: Clock;
}

export interface OrderKeeper {
  readonly order: OrderRecord;
  save(patch: Partial<Pick<OrderRecord, 'accountId' | 'url'>>): Promise<void>;
  /** Adds or replaces the record of the challenge with this URL. */
  saveChallenge(challenge: ChallengeRecord): Promise<void>;
  openKey(): Promise<{ readonly privateKey: string; readonly csr: string } | null>;
  saveKey(privateKey: string, csr: string): Promise<void>;
  /** The job's step and an event in one transaction. `data` holds no secret. */
  step(step: Step, message: string, data?: Json): Promise<void>;
}

export async function createOrderKeeper(
  { stores, journal, vault, clock }: OrderKeeperDeps,
  job: { readonly jobId: string; readonly projectId: string; readonly directoryUrl: string },
): Promise<OrderKeeper> {
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
        };
  const context = `order:${job.jobId}`;

  // The record is replaced before the write and written whole: writes that overlap (the key is made while the order
  // is) each hold all that came before them.
  const put = (patch: Partial<OrderRecord>): Promise<void> => {
    order = { ...order, ...patch, updatedAt: now() };
    return stores.orders.put(order);
  };

  return {
    get order() {
      return order;
    },
    save: put,
    saveChallenge(challenge) {
      const others = order.challenges.filter((kept) => kept.challengeUrl !== challenge.challengeUrl);
      return put({ challenges: [...others, challenge] });
    },
    async openKey() {
      const { keySealed, csr } = order;
      if (keySealed === null || csr === null) return null;
      return { privateKey: await vault.open(keySealed, context), csr };
    },
    async saveKey(privateKey, csr) {
      await put({ keySealed: await vault.seal(privateKey, context), csr });
    },
    step: (step, message, data = null) =>
      journal.write(async (tx, emit) => {
        await tx.jobs.update(job.jobId, { step });
        const { jobId, projectId } = job;
        await emit({
          kind: 'job.step',
          projectId,
          jobId,
          message,
          data: { step, title: STEPS[step], ca: URL.parse(order.directoryUrl)?.host ?? null, more: data },
        });
      }),
  };
}
