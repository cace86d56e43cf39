// Derives the icon, texts and menu of the tray from the overview. Pure.
import type { Attention, Overview } from '../../shared/overview.ts';
import type { Timestamp } from '../../shared/time.ts';

export type TrayIcon = 'ok' | 'attention' | 'failing';
export type TrayCommand = 'open' | 'renew-due' | 'pause' | 'resume' | 'quit';

export type TrayItem =
  | { readonly kind: 'text'; readonly label: string }
  | { readonly kind: 'line' }
  | { readonly kind: 'project'; readonly label: string; readonly projectId: string }
  | {
      readonly kind: 'command';
      readonly label: string;
      readonly command: TrayCommand;
      readonly enabled: boolean;
    };

export interface TrayView {
  readonly icon: TrayIcon;
  readonly toolTip: string;
  readonly items: readonly TrayItem[];
}

/** The number of projects in the menu that need attention; the window shows all. */
const MAX_PROJECTS = 5;
export const PAUSE_MS = 24 * 3_600_000;

export interface TrayFacts {
  /** Null if the app is not running. */
  readonly overview: Pick<Overview, 'health' | 'attention' | 'endpoints' | 'waiting'> | null;
  /** Null if renewals are not paused. */
  readonly pausedUntil: Timestamp | null;
  /** Formats a time for the user. */
  readonly formatTime: (time: Timestamp) => string;
}

export function trayView({ overview, pausedUntil, formatTime }: TrayFacts): TrayView {
  if (overview === null) {
    const sentence = 'Certdesk has not started: open it to see why';
    return { icon: 'failing', toolTip: `Certdesk: ${sentence}`, items: [text(sentence), LINE, ...ENDS] };
  }
  const { health, attention, endpoints, waiting } = overview;
  const paused = pausedUntil === null ? [] : [text(`Renewals are paused until ${formatTime(pausedUntil)}`)];
  const shown = attention.items.slice(0, MAX_PROJECTS);
  const rest = attention.total - shown.length;
  return {
    // A pause is intentional but should be short: if forgotten, it would only show as failures when it is too late.
    icon: health.state === 'ok' && pausedUntil !== null ? 'attention' : health.state,
    toolTip: `Certdesk: ${health.sentence}`,
    items: [
      text(health.sentence),
      ...paused,
      ...(shown.length === 0 ? [] : [LINE]),
      ...shown.map(projectItem),
      ...(rest > 0 ? [text(`${rest} more in the window`)] : []),
      ...endpoints.monitored.slice(0, MAX_PROJECTS).map(({ sentence }) => text(sentence)),
      ...waiting.items.slice(0, MAX_PROJECTS).map(({ sentence }) => text(sentence)),
      LINE,
      command('renew-due', 'Renew due certificates', pausedUntil === null),
      pausedUntil === null
        ? command('pause', 'Pause renewals for 24 h')
        : command('resume', 'Resume renewals'),
      LINE,
      ...ENDS,
    ],
  };
}

const LINE: TrayItem = { kind: 'line' };
const text = (label: string): TrayItem => ({ kind: 'text', label });
const command = (which: TrayCommand, label: string, enabled = true): TrayItem => ({
  kind: 'command',
  label,
  command: which,
  enabled,
});
const ENDS: readonly TrayItem[] = [command('open', 'Open Certdesk'), command('quit', 'Quit')];

const WORDS: Readonly<Record<Attention['kind'], string>> = {
  expired: 'has expired',
  revoked: 'is revoked',
  failing: 'renewal failed',
  unattended: 'expires, no renewal scheduled',
  overdue: 'renewal is overdue',
  held_back: 'held back after crashes',
  uncovered: 'certificate lacks a name',
  revocation_pending: 'previous certificate is not revoked yet',
  awaiting_records: 'waiting for TXT records',
  obtain_failed: 'certificate request failed',
  deploy_failed: 'deployment failed',
  not_served: 'clients do not get the certificate',
  endpoint_expiring: 'a server presents an expiring certificate',
  caa_forbidden: 'CAA records forbid the renewal',
  persist_record: 'dns-persist-01 record needs a change',
};

/** What clients are given is said in full: which server, and what to restart. A rollout: how many targets failed, and why. */
function projectItem({
  projectId,
  domain,
  name,
  kind,
  furtherKinds,
  cause,
  endpointId,
}: Attention): TrayItem {
  const kinds = [kind, ...furtherKinds].map((each) => WORDS[each] ?? 'needs attention').join('; ');
  const words = kind === 'deploy_failed' ? shorten(`${WORDS.deploy_failed}: ${cause}`) : kinds;
  const label = endpointId === null ? `${domain ?? name}: ${words}` : cause;
  return { kind: 'project', projectId, label };
}

/** A host may have said a lot. */
const MAX_WORDS = 120;
const shorten = (words: string): string =>
  words.length <= MAX_WORDS ? words : `${words.slice(0, MAX_WORDS - 1)}…`;
