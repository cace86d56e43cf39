// Notifies users: four times a minute it detects changes and delivers due notifications. It has its own timer, so
// that it also notices when maintenance stops.
import { toCertdeskError } from '../core/errors.ts';
import type { HttpsService } from '../https/https.ts';
import type { OverviewService } from '../overview/overview.ts';
import { type ChannelService, createChannels } from './channels.ts';
import { LATE_MS } from './conditions.ts';
import { detectChanges, type Report, report } from './detect.ts';
import { enqueueDigest } from './digest.ts';
import { reportDowntime } from './downtime.ts';
import { deliverDue, type OutboxDeps } from './outbox.ts';
import { createWebhookSender } from './webhook.ts';

export interface Notifications extends ChannelService {
  /** Detects and delivers once, now. Concurrent calls share one run. */
  tick(): Promise<void>;
  /**
   * Reports a problem that cannot be detected, such as `{ kind: 'backup_failed', key: 'backup', problem }` after each
   * backup.
   */
  report(report: Report): Promise<void>;
  /** Starts. Call it before the first sweep, because it reports a downtime. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface NotificationDeps extends Omit<OutboxDeps, 'webhooks'> {
  readonly overview: OverviewService;
  readonly https: Pick<HttpsService, 'state'>;
  /** For the user agent of webhooks. */
  version(): string;
  /** Timeout of a webhook in milliseconds. Default: 15 seconds. */
  readonly webhookMs?: number;
}

const INTERVAL_MS = 15_000;

export function createNotifications(given: NotificationDeps): Notifications {
  const webhooks = createWebhookSender({
    policy: given.addressPolicy,
    version: given.version,
    ...(given.webhookMs === undefined ? {} : { timeoutMs: given.webhookMs }),
  });
  const deps = { ...given, webhooks };
  const { stores, clock, log } = deps;
  let stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let ticking: Promise<void> | null = null;
  let calmSince = clock.now();
  let lastTick = clock.now();

  async function step(name: string, work: () => Promise<void>): Promise<void> {
    if (stopping.signal.aborted) return;
    await work().catch((error: unknown) => {
      if (stopping.signal.aborted) return;
      log.error(
        { step: name, err: error, code: toCertdeskError(error).code },
        'Notifications failed in part',
      );
    });
  }

  async function tickOnce(): Promise<void> {
    const now = clock.now();
    const slept = now.getTime() - lastTick.getTime() > LATE_MS;
    lastTick = now;
    if (slept) calmSince = now;
    // Steps are independent: a failed detection must not delay deliveries.
    if (slept) await step('gap', () => reportDowntime(stores, now));
    await step('detect', () => detectChanges({ stores, https: deps.https.state(), now, calmSince }));
    await step('digest', () => enqueueDigest(deps, now));
    await step('deliver', () => deliverDue(deps, stopping.signal));
  }

  const tick = (): Promise<void> => {
    ticking ??= tickOnce().finally(() => {
      ticking = null;
    });
    return ticking;
  };

  function schedule(): void {
    if (stopping.signal.aborted) return;
    timer = setTimeout(() => void tick().finally(schedule), INTERVAL_MS);
    timer.unref();
  }

  return {
    ...createChannels(deps),
    tick,
    report: (given) => step('report', () => report(stores, given, clock.now())),
    async start() {
      stopping = new AbortController();
      calmSince = clock.now();
      lastTick = calmSince;
      await step('gap', () => reportDowntime(stores, calmSince));
      schedule();
    },
    async stop() {
      clearTimeout(timer);
      stopping.abort();
      await ticking;
      await webhooks.close();
    },
  };
}
