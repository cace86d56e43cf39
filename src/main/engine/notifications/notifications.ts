// Telling people: looks four times a minute at what has changed, and delivers what is due. It has a clock of its own, so
// that a sweep that never comes is noticed too.
import { toCertdeskError } from '../core/errors.ts';
import type { OverviewService } from '../overview/overview.ts';
import { type ChannelService, createChannels } from './channels.ts';
import { LATE_MS } from './conditions.ts';
import { look, type Report, report } from './detect.ts';
import { digest } from './digest.ts';
import { tellOfGap } from './downtime.ts';
import { deliverDue, type OutboxDeps } from './outbox.ts';
import { createWebhookSender } from './webhook.ts';

export interface Notifications extends ChannelService {
  /** One look and one delivery, now; or hears of those under way. */
  tick(): Promise<void>;
  /** For what no look can see: `{ kind: 'backup_failed', key: 'backup', problem }`, after each backup. */
  report(report: Report): Promise<void>;
  /** Before the first sweep: it says of a time in which Certdesk did not run. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface NotificationDeps extends Omit<OutboxDeps, 'webhooks'> {
  readonly overview: OverviewService;
  /** For the user agent of webhooks. */
  version(): string;
  /** What a webhook may take; 15 seconds where it is left out. */
  readonly webhookMs?: number;
}

const EVERY_MS = 15_000;

export function createNotifications(given: NotificationDeps): Notifications {
  const webhooks = createWebhookSender({
    policy: given.addressPolicy,
    version: given.version,
    ...(given.webhookMs === undefined ? {} : { withinMs: given.webhookMs }),
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
    // Each for itself: what cannot be looked up must not hold up what is to be delivered.
    if (slept) await step('gap', () => tellOfGap(stores, now));
    await step('look', () => look(stores, now, calmSince));
    await step('digest', () => digest(deps, now));
    await step('deliver', () => deliverDue(deps, stopping.signal));
  }

  const tick = (): Promise<void> => {
    ticking ??= tickOnce().finally(() => {
      ticking = null;
    });
    return ticking;
  };

  function plan(): void {
    if (stopping.signal.aborted) return;
    timer = setTimeout(() => void tick().finally(plan), EVERY_MS);
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
      await step('gap', () => tellOfGap(stores, calmSince));
      plan();
    },
    async stop() {
      clearTimeout(timer);
      stopping.abort();
      await ticking;
      await webhooks.close();
    },
  };
}
