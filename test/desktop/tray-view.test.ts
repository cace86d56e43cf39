import { expect, it, test } from 'vitest';
import { type TrayFacts, trayView } from '../../src/main/desktop/tray-view.ts';
import type { Attention, Overview } from '../../src/shared/overview.ts';

const need = (domain: string, kind: Attention['kind'] = 'failing'): Attention => ({
  projectId: `id-${domain}`,
  name: domain,
  domain,
  kind,
  furtherKinds: [],
  severity: 'warning',
  cause: '',
  suggestedAction: 'renew',
  expiresAt: null,
  lastAttemptAt: null,
  nextAttemptAt: null,
  failures: 0,
  errorCode: null,
  jobId: null,
  runningJobId: null,
  endpointId: null,
});
const NO_ENDPOINTS = { total: 0, problems: 0, unknown: 0, monitored: [] };

const view = (
  state: 'ok' | 'attention' | 'failing',
  items: readonly Attention[] = [],
  more: Partial<TrayFacts> & { total?: number } & Partial<Pick<Overview, 'endpoints' | 'waiting'>> = {},
) =>
  trayView({
    overview: {
      health: { state, sentence: 'A sentence' },
      attention: { total: more.total ?? items.length, acknowledged: 0, items: [...items] },
      endpoints: more.endpoints ?? NO_ENDPOINTS,
      waiting: more.waiting ?? { total: 0, items: [] },
    },
    pausedUntil: null,
    formatTime: (time) => `at ${time}`,
    ...more,
  });

test.each(['ok', 'attention', 'failing'] as const)('shows the worst state as its icon: %s', (state) => {
  expect(view(state)).toMatchObject({ icon: state, toolTip: 'Certdesk: A sentence' });
});

it('shows the state and the possible actions', () => {
  expect(view('ok').items).toEqual([
    { kind: 'text', label: 'A sentence' },
    { kind: 'line' },
    { kind: 'command', command: 'renew-due', label: 'Renew due certificates', enabled: true },
    { kind: 'command', command: 'pause', label: 'Pause renewals for 24 h', enabled: true },
    { kind: 'line' },
    { kind: 'command', command: 'open', label: 'Open Certdesk', enabled: true },
    { kind: 'command', command: 'quit', label: 'Quit', enabled: true },
  ]);
});

it('names everything that is wrong with a project', () => {
  const item: Attention = { ...need('a.example.com'), furtherKinds: ['not_served'] };
  expect(view('failing', [item]).items).toContainEqual({
    kind: 'project',
    projectId: 'id-a.example.com',
    label: 'a.example.com: renewal failed; clients do not get the certificate',
  });
});

it('names at most five projects that need attention, worst first, and counts the rest', () => {
  const items = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => need(`${name}.example.com`));
  const shown = view('failing', items, { total: 150 }).items;
  const projects = shown.filter(({ kind }) => kind === 'project');
  expect(projects).toHaveLength(5);
  expect(projects[0]).toEqual({
    kind: 'project',
    projectId: 'id-a.example.com',
    label: 'a.example.com: renewal failed',
  });
  expect(shown).toContainEqual({ kind: 'text', label: '145 more in the window' });
});

it('shows until when renewals are paused, offers to resume, and is not all green', () => {
  const { icon, items } = view('ok', [], { pausedUntil: '2026-06-02T12:00:00Z' });
  expect(icon).toBe('attention');
  expect(items).toContainEqual({ kind: 'text', label: 'Renewals are paused until at 2026-06-02T12:00:00Z' });
  expect(items).toContainEqual({
    kind: 'command',
    command: 'resume',
    label: 'Resume renewals',
    enabled: true,
  });
  expect(items).toContainEqual({
    kind: 'command',
    command: 'renew-due',
    label: 'Renew due certificates',
    enabled: false,
  });
  expect(view('failing', [], { pausedUntil: '2026-06-02T12:00:00Z' }).icon).toBe('failing');
});

it('says that Certdesk could not start, and can be opened and quit', () => {
  const { icon, items } = trayView({ overview: null, pausedUntil: null, formatTime: String });
  expect(icon).toBe('failing');
  expect(items.filter(({ kind }) => kind === 'command')).toMatchObject([
    { command: 'open' },
    { command: 'quit' },
  ]);
});

it('names jobs that wait for TXT records, and certificates that lack a name', () => {
  const items = [need('a.example.com', 'awaiting_records'), need('b.example.com', 'uncovered')];
  const labels = view('attention', items).items.flatMap((item) =>
    item.kind === 'project' ? [item.label] : [],
  );
  expect(labels).toEqual([
    'a.example.com: waiting for TXT records',
    'b.example.com: certificate lacks a name',
  ]);
});

it('says which certificates wait for a window', () => {
  const sentence = 'shop.example.com: renewed, deploying Sunday 02:00';
  const until = '2026-06-07T00:00:00Z';
  const { items } = view('ok', [], { waiting: { total: 1, items: [{ projectId: 'p1', until, sentence }] } });
  expect(items).toContainEqual({ kind: 'text', label: sentence });
});

it('says which server still presents the old certificate, and what to restart', () => {
  const cause =
    'mail.example.com:25 still presents the old certificate on 2 of 3 addresses. Restart Postfix there.';
  const item = { ...need('mail.example.com', 'not_served'), cause, endpointId: 'e1' };
  const sentence = '192.0.2.1:443 does not answer. Start the server.';
  const monitored = [{ endpointId: 'e2', host: '192.0.2.1', port: 443, sentence }];
  const { items } = view('attention', [item], {
    endpoints: { ...NO_ENDPOINTS, total: 2, problems: 2, monitored },
  });
  expect(items).toContainEqual({ kind: 'project', projectId: 'id-mail.example.com', label: cause });
  expect(items).toContainEqual({ kind: 'text', label: sentence });
});

it('says on how many targets a rollout failed and what the first one said, on one line', () => {
  const cause = '2 of 50 targets failed, first web-1 (nginx): nginx -t failed. 48 have not started.';
  const items = [
    { ...need('a.example.com', 'deploy_failed'), cause },
    { ...need('b.example.com', 'deploy_failed'), cause: `nginx: ${'x'.repeat(300)}` },
  ];
  const labels = view('attention', items).items.flatMap((item) =>
    item.kind === 'project' ? [item.label] : [],
  );
  expect(labels).toEqual([
    `a.example.com: deployment failed: ${cause}`,
    `b.example.com: ${`deployment failed: nginx: ${'x'.repeat(300)}`.slice(0, 119)}…`,
  ]);
});
