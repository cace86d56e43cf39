// Hosts and deployments in every state for the screens, written through the storage layer: nothing is contacted.
import type {
  DeploymentRecord,
  DeploymentRunRecord,
  HostRecord,
} from '../../../src/main/engine/core/model-deploy.ts';
import type { Stores } from '../../../src/main/engine/core/stores.ts';
import { DEFAULT_ROLLOUT } from '../../../src/shared/rollout.ts';
import { toTimestamp } from '../../../src/shared/time.ts';

const HOUR_MS = 3_600_000;
const KEY = { type: 'ssh-ed25519', sha256: 'n2Yw3qXJ5rVt0bAq8eFh6kLpZs1uDcM4gT7iOxRyWvE' } as const;
const NEW_KEY = { type: 'ssh-ed25519', sha256: 'Qf8mJ2tVx5bN1cRz7wKp4dHs9aGy3eLu6oTiXkMvBnU' } as const;

export interface ShownDeployments {
  /** A host that Certdesk reaches. */
  readonly HOST: string;
  /** A host that presents another key. */
  readonly ALARM: string;
  /** This machine, without tags. */
  readonly LOCAL: string;
  /** A deployment with a host that works and one that failed. */
  readonly DEPLOYMENT: string;
  /** A deployment that a restore has paused. */
  readonly PAUSED: string;
}

export interface ShownProject {
  readonly projectId: string;
  readonly versionId: string;
  readonly fingerprint: string;
}

/** Two hosts that work, one that fails, this machine, and three deployments of the project. */
export async function makeDeployments(
  stores: Stores,
  project: ShownProject,
  now: Date,
): Promise<ShownDeployments> {
  const at = toTimestamp(now);
  const later = toTimestamp(new Date(now.getTime() + HOUR_MS));
  const common = { createdAt: at, updatedAt: at };
  await stores.transaction(async (tx) => {
    await tx.hostCredentials.create({
      id: 'shown-credential',
      name: 'Deploy key of the web servers',
      kind: 'ssh-key',
      publicKey: { ...KEY, line: `ssh-ed25519 ${'A'.repeat(60)} certdesk` },
      ...common,
    });
    for (const host of hosts(at)) await tx.hosts.create({ ...host, ...common });
    for (const deployment of deployments(project, at)) {
      await tx.deployments.create({ ...deployment, ...common });
    }
    for (const run of runs(project, { at, later })) {
      const { id, deploymentId, hostId } = run;
      await tx.deployments.addTarget({ deploymentId, hostId, runId: null });
      await tx.deploymentRuns.create(run);
      await tx.deployments.setLastRun({ deploymentId, hostId, runId: id });
    }
    await tx.deployments.addTarget({ deploymentId: 'shown-paused', hostId: 'shown-mail', runId: null });
  });
  return {
    HOST: 'shown-web1',
    ALARM: 'shown-mail',
    LOCAL: 'shown-local',
    DEPLOYMENT: 'shown-failed',
    PAUSED: 'shown-paused',
  };
}

function hosts(at: string): readonly Omit<HostRecord, 'createdAt' | 'updatedAt'>[] {
  const ssh = {
    transport: 'ssh',
    port: 22,
    user: 'root',
    credentialId: 'shown-credential',
    hostKeys: [KEY],
    jumpHostId: null,
    become: 'none',
    savedBy: { kind: 'window', id: null, name: 'Browser' },
    lastContactAt: at,
    lastError: null,
    changedKey: null,
  } as const;
  const host = (id: string, name: string, more: Partial<HostRecord>) => ({
    ...ssh,
    id,
    name,
    address: `${name}.example.com`,
    tags: ['web'],
    ...more,
  });
  return [
    host('shown-web1', 'web1', {}),
    host('shown-web2', 'web2', {
      lastError: 'Could not connect to web2.example.com port 22: connection refused',
    }),
    host('shown-mail', 'mail', {
      tags: ['mail', 'production'],
      become: 'sudo',
      user: 'certdesk',
      lastError: 'The host presented another key',
      changedKey: NEW_KEY,
    }),
    host('shown-local', 'This machine', {
      transport: 'local',
      address: null,
      user: null,
      credentialId: null,
      hostKeys: [],
      tags: [],
      lastContactAt: null,
    }),
  ];
}

function deployments(
  { projectId }: ShownProject,
  at: string,
): readonly Omit<DeploymentRecord, 'createdAt' | 'updatedAt'>[] {
  const path = '/etc/nginx/certdesk/shop.example.com.pem';
  const file = {
    content: 'combined',
    path,
    owner: null,
    group: null,
    mode: null,
    replace: 'rename',
    passwordCredentialId: null,
  } as const;
  const deployment = {
    projectId,
    kind: 'files',
    enabled: true,
    pausedBy: null,
    command: null,
    scriptSealed: null,
    savedSealed: null,
    options: {},
    steps: {
      validateCommand: ['nginx', '-t'],
      reloadCommand: ['nginx', '-s', 'reload'],
      timeoutSeconds: 60,
      environment: [],
    },
    verify: { port: 443, protocol: 'tls', serverName: null, graceSeconds: 30, onWorse: 'rollback' },
    window: null,
    rollout: DEFAULT_ROLLOUT,
    after: null,
    stateAt: at,
    waiting: null,
  } satisfies Partial<DeploymentRecord>;
  return [
    {
      ...deployment,
      id: 'shown-failed',
      name: 'nginx',
      recipe: 'nginx',
      hosts: { tag: 'web' },
      files: [file],
      state: 'failed',
    },
    {
      ...deployment,
      id: 'shown-local',
      name: 'Files for the container',
      recipe: null,
      hosts: { ids: ['shown-local'] },
      files: [
        { ...file, path: '/srv/container/tls.pem', replace: 'in-place', mode: '0640', group: 'ssl-cert' },
      ],
      state: 'not-served',
    },
    {
      ...deployment,
      id: 'shown-paused',
      name: 'Postfix',
      recipe: 'postfix',
      hosts: { ids: ['shown-mail'] },
      files: [{ ...file, path: '/etc/postfix/certdesk/shop.example.com.pem' }],
      steps: {
        ...deployment.steps,
        validateCommand: ['postfix', 'check'],
        reloadCommand: ['postfix', 'reload'],
      },
      verify: { ...deployment.verify, port: 25, protocol: 'smtp' },
      state: 'paused',
      enabled: false,
      pausedBy: 'restore',
    },
  ];
}

function runs(
  { projectId, versionId, fingerprint }: ShownProject,
  { at, later }: { readonly at: string; readonly later: string },
): readonly DeploymentRunRecord[] {
  const step = (
    name: DeploymentRunRecord['steps'][number]['step'],
    message: string,
    output: string | null = null,
  ) => ({ step: name, state: 'done', at, message, output }) as const;
  const run = {
    projectId,
    versionId,
    fingerprint,
    trigger: 'activated',
    force: false,
    ignoresWindow: false,
    reloadOwed: false,
    attempts: 1,
    unsettled: false,
    seenBefore: null,
    createdAt: at,
    startedAt: at,
    finishedAt: at,
    nextAttemptAt: null,
    error: null,
  } as const;
  const done = [
    step('connect', 'Signed in as root, host key ssh-ed25519'),
    step('compare', '1 file has changed'),
    step('stage', '1 file uploaded'),
  ];
  return [
    {
      ...run,
      id: 'shown-run-1',
      deploymentId: 'shown-failed',
      hostId: 'shown-web1',
      state: 'verified',
      steps: [
        ...done,
        step(
          'swap',
          'Files replaced, nginx reloaded',
          'nginx: configuration file /etc/nginx/nginx.conf test is successful',
        ),
        step('verify', 'The service presents the new certificate with its chain on port 443'),
      ],
    },
    {
      ...run,
      id: 'shown-run-2',
      deploymentId: 'shown-failed',
      hostId: 'shown-web2',
      state: 'failed',
      attempts: 3,
      nextAttemptAt: later,
      steps: [{ ...step('connect', 'Connection refused'), state: 'failed' }],
      error: {
        success: false,
        error: 'Could not connect to web2.example.com port 22: connection refused',
        code: 'HOST_UNREACHABLE',
        details: { address: 'web2.example.com', port: 22 },
      },
    },
    {
      ...run,
      id: 'shown-run-3',
      deploymentId: 'shown-local',
      hostId: 'shown-local',
      state: 'not-served',
      nextAttemptAt: later,
      steps: [
        ...done,
        step('swap', 'Files replaced, service reloaded'),
        { ...step('verify', 'The service still presents the previous certificate'), state: 'failed' },
      ],
      error: {
        success: false,
        error: 'The service on port 443 still presents the certificate that was issued before',
        code: 'DEPLOYMENT_NOT_SERVED',
      },
    },
  ];
}
