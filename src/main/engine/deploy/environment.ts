// The variables that commands receive. Pure.
import type { DeploymentFile, FileContent } from '../../../shared/deployment.ts';
import type { RunTrigger } from '../../../shared/deployment-run.ts';
import { toName } from '../../../shared/identifiers.ts';
import type { CertificateRecord } from '../core/model.ts';

export type Environment = Readonly<Record<string, string>>;

export interface EnvironmentOf {
  readonly version: Pick<CertificateRecord, 'domain' | 'names' | 'fingerprint' | 'type' | 'renewedFrom'>;
  readonly trigger: RunTrigger;
  /** Of the version that was installed on the host before; null if there was none. */
  readonly previousFingerprint: string | null;
}

/** Only names that are valid host names or addresses: a certificate from outside may contain anything. */
const isPlain = (name: string): boolean => toName(name) === name;

export function certificateEnvironment({
  version,
  trigger,
  previousFingerprint,
}: EnvironmentOf): Environment {
  const names = version.names.filter(isPlain).join(' ');
  return {
    CERTDESK_DOMAIN: isPlain(version.domain) ? version.domain : '',
    CERTDESK_NAMES: names,
    CERTDESK_FINGERPRINT: version.fingerprint,
    CERTDESK_PREVIOUS_FINGERPRINT: previousFingerprint ?? '',
    CERTDESK_EVENT: eventOf(version, trigger),
    RENEWED_DOMAINS: names,
  };
}

function eventOf({ type, renewedFrom }: EnvironmentOf['version'], trigger: RunTrigger): string {
  if (trigger === 'roll-back') return 'rolled-back';
  if (trigger !== 'activated') return 'redeployed';
  if (type === 'custom') return 'uploaded';
  return renewedFrom === null ? 'obtained' : 'renewed';
}

const PATHS: readonly (readonly [name: string, contents: readonly FileContent[]])[] = [
  ['CERTDESK_CERTIFICATE', ['certificate', 'fullchain', 'combined']],
  ['CERTDESK_CHAIN', ['chain']],
  ['CERTDESK_FULLCHAIN', ['fullchain', 'combined']],
  ['CERTDESK_PRIVKEY', ['privkey', 'combined']],
];

/** The path of the file that serves each purpose; purposes that no file serves are missing. */
export function pathEnvironment(files: readonly Pick<DeploymentFile, 'content' | 'path'>[]): Environment {
  return Object.fromEntries(
    PATHS.flatMap(([name, contents]) => {
      const found = contents.flatMap((content) => files.find((file) => file.content === content) ?? [])[0];
      return found === undefined ? [] : [[name, found.path]];
    }),
  );
}

const LISTS = ['CERTDESK_NAMES', 'RENEWED_DOMAINS'];

/** For one reload on behalf of several deployments: what they have in common, and the names of all. */
export function mergeEnvironments(all: readonly Environment[]): Environment {
  const [first = {}] = all;
  return Object.fromEntries(
    Object.entries(first).flatMap(([name, value]) => {
      if (LISTS.includes(name))
        return [[name, [...new Set(all.flatMap((each) => (each[name] ?? '').split(' ')))].join(' ')]];
      return all.every((each) => each[name] === value) ? [[name, value]] : [];
    }),
  );
}
