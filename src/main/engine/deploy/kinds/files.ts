// The kind `files`: compares, stages, and has the host replace all files as one.
import { CertdeskError } from '../../core/errors.ts';
import type { Stores } from '../../core/stores.ts';
import { assertDeployable } from '../assert-deployable.ts';
import { createFiles, type DesiredFile } from '../content.ts';
import { pathEnvironment } from '../environment.ts';
import { canHoldCertificate, ownHashes, refuseNewer } from '../newer.ts';
import { compareFiles } from '../plan.ts';
import { claimPath } from '../targets.ts';
import type { FileState, Step, SwapResult } from '../transport.ts';
import { look } from '../verify.ts';
import { isInstalled, type Loaded, type Visit, type WalkDeps } from '../walk.ts';

/** A run whose files are on the host under temporary names, or were replaced by an earlier attempt. */
export interface Prepared extends Loaded {
  readonly validate: Step | null;
  readonly reload: Step | null;
  /** The result of an attempt that was interrupted; null if the files are staged. */
  readonly settled: SwapResult | null;
}

/** Bytes. Larger files are no certificates. */
const MAX_FILE = 256 * 1024;
/** Hosts rarely have an older one. */
const RECENT_VERSIONS = 3;

/**
 * Brings a run to the point before its files are replaced.
 * @returns null if there is nothing to replace; `inPlace` was called or the run has ended
 * @throws the errors of the transport, PATH_CLAIMED, HOST_HAS_NEWER_CERTIFICATE, and those of assertDeployable
 */
export async function prepareFiles(
  deps: WalkDeps,
  visit: Visit,
  loaded: Loaded,
): Promise<Prepared | 'in-place'> {
  const { run, version } = loaded;
  const steps = { ...stepsOf(loaded) };
  if (run.record.unsettled) {
    const settled = await settle(visit, { ...loaded, ...steps });
    if (settled !== null) return { ...loaded, ...steps, settled };
    await run.patch({ unsettled: false, attempts: run.record.attempts + 1 });
  }
  assertDeployable(version, deps.clock.now());
  const files = await createDesired(deps, loaded);
  const changed = await compare(deps, visit, { loaded, files });
  if (!changed) return 'in-place';
  await lookBefore(deps, visit, loaded);
  await stage(deps, visit, { loaded, files });
  await assertCurrent(deps.stores, loaded, deps.clock.now());
  return { ...loaded, ...steps, settled: null };
}

export function stepsOf({ run, environment }: Loaded): Pick<Prepared, 'validate' | 'reload'> {
  const { steps, files } = run.deployment;
  const toStep = (argv: readonly string[] | null): Step | null => {
    const [program, ...rest] = argv ?? [];
    if (program === undefined) return null;
    return {
      command: { argv: [program, ...rest] },
      timeoutSeconds: steps.timeoutSeconds,
      environment: { ...environment, ...pathEnvironment(files) },
    };
  };
  return { validate: toStep(steps.validateCommand), reload: toStep(steps.reloadCommand) };
}

/** Asks the host what it did in an attempt that was interrupted, and has it finish or put back. */
export async function settle(
  { transport, signal }: Visit,
  { run, validate, reload }: Pick<Prepared, 'run' | 'validate' | 'reload'>,
): Promise<SwapResult | null> {
  const outcome = await transport.outcome(run.attemptId, signal);
  if (outcome === null || outcome.state === 'staged') return null;
  if (outcome.state === 'finished') return outcome.result;
  await run.begin('swap', 'Finish what the last attempt began');
  return transport.swap({ runId: run.attemptId, validate, reload }, signal);
}

async function createDesired({ vault }: WalkDeps, { run, version, secrets }: Loaded) {
  const privateKey = await vault.open(version.keySealed, `certificate:${version.id}`);
  const { chain, domain } = version;
  return createFiles(run.deployment.files, { chain, privateKey, domain }, secrets);
}

interface Desired {
  readonly loaded: Loaded;
  readonly files: readonly DesiredFile[];
}

/** @returns whether anything is to be replaced */
async function compare(
  deps: WalkDeps,
  { host, transport, signal }: Visit,
  { loaded, files }: Desired,
): Promise<boolean> {
  const { run, version } = loaded;
  const { force, reloadOwed } = run.record;
  await run.begin('compare', `Compare ${count(files.length, 'file')} with the host`);
  const paths = files.map(({ path }) => path);
  const states = await transport.stat(paths, signal);
  const real = states.map((state, at) => state?.realPath ?? paths[at] ?? '');
  await deps.journal.write((tx) => claimAll(tx, { loaded, host, paths: real }));
  const sameVersion = await isInstalled(deps.stores, run);
  const { changed, unchanged } = compareFiles(files, states, { force, reloadOwed, sameVersion });
  await run.done(
    unchanged ? 'All files are in place' : `${count(changed.length || files.length, 'file')} to replace`,
  );
  if (unchanged) return false;
  const sha256At = (path: string) => states[paths.indexOf(path)]?.sha256 ?? '';
  const differing = files.filter((file, at) => isWorthReading(file, states[at] ?? null));
  const { versions } = deps.stores.certificates;
  const recent = await versions(version.projectId, RECENT_VERSIONS);
  const written = await ownHashes(differing, recent.items);
  const unknown = differing.filter(({ path }) => !written.has(sha256At(path)));
  if (unknown.length === 0) return true;
  const { items } = await versions(version.projectId, 500);
  const own = new Set(items.map(({ fingerprint }) => fingerprint));
  for (const file of unknown) {
    const found = await transport.read(file.path, { maxBytes: MAX_FILE }, signal).catch((error: unknown) => {
      // A file that cannot be read is compared by its hash only.
      if (error instanceof CertdeskError && error.code === 'HOST_FILE_REFUSED') return new Uint8Array();
      throw error;
    });
    const of = { host: host.name, path: file.path, version, now: deps.clock.now() };
    refuseNewer(found, { ...of, isOwn: (fingerprint) => own.has(fingerprint) });
  }
  return true;
}

function isWorthReading({ content, sha256 }: DesiredFile, state: FileState | null): boolean {
  return state !== null && state.size <= MAX_FILE && canHoldCertificate(content) && state.sha256 !== sha256;
}

/** What the service presents before the change, to notice whether it becomes worse. */
async function lookBefore(
  deps: WalkDeps,
  { host, transport, signal }: Visit,
  { run, version }: Loaded,
): Promise<void> {
  const { verify } = run.deployment;
  if (verify === null) return;
  const { grade, worthKeeping } = await look(
    deps,
    { host, verify, version, tunnel: transport.tunnel },
    signal,
  );
  await run.patch({ seenBefore: { grade, worthKeeping } });
}

async function stage(
  deps: WalkDeps,
  { host, transport, signal }: Visit,
  { loaded, files }: Desired,
): Promise<void> {
  const { run } = loaded;
  await run.begin('stage', `Upload ${count(files.length, 'file')} under temporary names`);
  const request = {
    runId: run.attemptId,
    deploymentId: run.deployment.id,
    files: files.map(({ path, bytes, owner, group, mode, newFileMode, replace }) => ({
      path,
      content: bytes,
      owner,
      group,
      mode,
      newFileMode,
      replace,
    })),
  };
  const staged = await transport.stage(request, signal);
  try {
    const paths = staged.map(({ realPath }) => realPath);
    await deps.journal.write((tx) => claimAll(tx, { loaded, host, paths }));
  } catch (error) {
    await transport.discard(run.attemptId, signal);
    throw error;
  }
  await run.done(`${count(files.length, 'file')} uploaded`);
}

/** @throws PATH_CLAIMED */
async function claimAll(
  tx: Stores,
  { loaded, host, paths }: { loaded: Loaded; host: Visit['host']; paths: readonly string[] },
): Promise<void> {
  const { deployment } = loaded.run;
  for (const path of paths) await claimPath(tx, { deployment, host, path });
}

/** The certificate may have been revoked or removed, or the deployment paused, since the run began. */
async function assertCurrent(stores: Stores, { run, version }: Loaded, now: Date): Promise<void> {
  const current = await stores.certificates.get(version.id);
  if (current === null)
    throw new CertdeskError('CERTIFICATE_NOT_FOUND', 'The certificate version was deleted');
  assertDeployable(current, now);
  const deployment = await stores.deployments.get(run.deployment.id);
  if (deployment === null) throw new CertdeskError('DEPLOYMENT_NOT_FOUND', 'The deployment was removed');
}

export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
