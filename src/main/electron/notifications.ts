// Shows native notifications for events of the engine, as notices.ts decides, each at most once a day.
import { Notification } from 'electron';
import type { Logger } from 'pino';
import type { JobEvent } from '../../shared/job.ts';
import { gather, isNoticed, type Notice, noticeOf, noticeOfExpiry } from '../desktop/notices.ts';
import type { Engine } from '../engine/engine.ts';

export interface NotificationDeps {
  readonly engine: Engine;
  readonly logger: Logger;
  /** Whether the window has the focus. */
  isWatched(): boolean;
  /** @param page The route of the page to open. */
  onClick(page: string): void;
}

export interface Notifications {
  /** Notifies of certificates that expire and have no scheduled renewal. */
  lookForExpiring(): Promise<void>;
  stop(): void;
}

/** Notices within this time are shown together. In milliseconds. */
const GATHER_MS = 1_500;
const DAY_MS = 86_400_000;

export function createNotifications(deps: NotificationDeps): Notifications {
  const { engine, logger } = deps;
  const open = new Set<Notification>(); // keeps references, because a garbage-collected notification loses its click handler
  let waiting: Notice[] = [];
  let timer: NodeJS.Timeout | undefined;

  async function notify(notice: Notice): Promise<void> {
    if (!(await engine.settings.get()).desktop.notifications) return;
    if (!(await engine.desktopState.mayNotify(notice.key, notice.forMs))) return;
    waiting.push(notice);
    timer ??= setTimeout(showAll, GATHER_MS);
  }

  function showAll(): void {
    timer = undefined;
    const notices = gather(waiting);
    waiting = [];
    if (Notification.isSupported()) for (const notice of notices) show(notice);
  }

  function show({ title, body, silent, page }: Notice): void {
    const notification = new Notification({ title, body, silent });
    open.add(notification);
    notification.on('click', () => {
      open.delete(notification);
      deps.onClick(page);
    });
    notification.on('close', () => open.delete(notification));
    notification.show();
  }

  async function onEvent(event: JobEvent): Promise<void> {
    const { projectId, jobId } = event;
    if (projectId === null) return;
    const { name, domain } = await engine.projects.get(projectId);
    const job = jobId === null ? null : await engine.jobs.get(jobId);
    const notice = noticeOf({ event, job, name: domain ?? name, watched: deps.isWatched() });
    if (notice !== null) await notify(notice);
  }

  const guarded = (work: Promise<void>): Promise<void> =>
    work.catch((error: unknown) => logger.warn({ err: error }, 'A notification could not be shown'));

  const unlisten = engine.journal.listen((event) => {
    if (isNoticed(event as JobEvent)) void guarded(onEvent(event as JobEvent));
  });

  return {
    lookForExpiring: () =>
      guarded(
        (async () => {
          for (const certificate of await engine.expiring()) {
            const days = Math.floor((Date.parse(certificate.expiresAt) - Date.now()) / DAY_MS);
            await notify(noticeOfExpiry(certificate, days));
          }
        })(),
      ),
    stop() {
      unlisten();
      clearTimeout(timer);
    },
  };
}
