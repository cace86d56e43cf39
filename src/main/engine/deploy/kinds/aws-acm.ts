// The kind `aws-acm`: imports the certificate into AWS Certificate Manager. The first import creates an ARN, and all later
// ones use it, because AWS limits new imports per year, and services refer to the ARN. A reimport keeps the tags.
// https://docs.aws.amazon.com/acm/latest/APIReference/API_ImportCertificate.html
import type { CertificateSummary, KeyAlgorithm } from '@aws-sdk/client-acm';
import { CertdeskError } from '../../core/errors.ts';
import type { CertificateRecord } from '../../core/model.ts';
import type { DeploymentRecord } from '../../core/model-deploy.ts';
import type { SecretStore } from '../../core/ports.ts';
import type { Stores } from '../../core/stores.ts';
import { readCredential } from '../../hosts/credential-values.ts';
import { findHostCredential } from '../../hosts/lookup.ts';
import type { AddressPolicy } from '../../outgoing/address-policy.ts';
import { parseChain } from '../../pki/inspect/chain.ts';
import { leafFacts } from '../../pki/inspect/facts.ts';
import { assertDeployable } from '../assert-deployable.ts';
import { createContent } from '../content.ts';
import type { Loaded, WalkDeps } from '../walk.ts';
import { type AcmApi, type AcmTarget, withAcm } from './acm-client.ts';

export interface AwsAcmDeps extends WalkDeps {
  readonly addressPolicy: AddressPolicy;
}

/** Without them, AWS lists certificates with RSA keys of up to 2048 bits only. */
const KEY_TYPES: KeyAlgorithm[] = [
  'RSA_1024',
  'RSA_2048',
  'RSA_3072',
  'RSA_4096',
  'EC_prime256v1',
  'EC_secp384r1',
  'EC_secp521r1',
];
const PAGES = 50;

/** @throws HOST_CREDENTIAL_NOT_FOUND, HOST_CREDENTIAL_INVALID, SECRET_STORE_UNAVAILABLE */
export async function readTarget(
  { stores, secrets }: { readonly stores: Stores; readonly secrets: SecretStore },
  options: DeploymentRecord['options'],
): Promise<AcmTarget> {
  const { region = '', endpoint, credentialId } = options;
  const credential =
    credentialId === undefined
      ? null
      : await readCredential(secrets, await findHostCredential(stores, credentialId));
  if (credential !== null && credential.kind !== 'aws')
    throw new CertdeskError('HOST_CREDENTIAL_INVALID', 'The credential is not of the type AWS keys', {
      host: 'AWS',
      reason: 'kind',
    });
  return { region, endpoint: endpoint ?? null, keys: credential };
}

/**
 * Imports the certificate, unless AWS has it already under the deployment's ARN.
 * @returns whether it was imported
 * @throws CLOUD_REFUSED, CLOUD_UNAVAILABLE, ADDRESS_NOT_ALLOWED, and the errors of `readTarget` and `assertDeployable`
 */
export async function runAwsAcm(deps: AwsAcmDeps, loaded: Loaded, signal: AbortSignal): Promise<boolean> {
  const { run, version } = loaded;
  assertDeployable(version, deps.clock.now());
  const target = await readTarget(deps, run.deployment.options);
  return withAcm({ policy: deps.addressPolicy, target, signal }, async (call) => {
    await run.begin('compare', 'Compare with the certificate in AWS');
    // The answer of a first import may have been lost: another one would use up the quota.
    const known = run.deployment.options.arn ?? (await findSame(call, version));
    const same = known !== null && (await presents(call, known, version));
    await run.done(
      known === null ? 'AWS does not have it yet' : `${known}: ${same ? 'unchanged' : 'to be replaced'}`,
    );
    if (known !== null) await rememberArn(deps.stores, run.deployment.id, known);
    if (same && !run.record.force) return false;
    await run.begin('stage', known === null ? 'Import as a new certificate' : 'Import under the same ARN');
    const arn = await importVersion(deps, { call, version, arn: known });
    await rememberArn(deps.stores, run.deployment.id, arn);
    await run.done(`Imported as ${arn}`);
    return true;
  });
}

async function importVersion(
  { vault }: Pick<AwsAcmDeps, 'vault'>,
  of: { readonly call: AcmApi; readonly version: CertificateRecord; readonly arn: string | null },
): Promise<string> {
  const { call, version, arn } = of;
  const privateKey = await vault.open(version.keySealed, `certificate:${version.id}`);
  const pair = { chain: version.chain, privateKey, domain: version.domain };
  const [certificate, chain, key] = await Promise.all(
    (['certificate', 'chain', 'privkey'] as const).map((content) => createContent(content, pair, null)),
  );
  const answer = await call((client, sdk, abortSignal) =>
    client.send(
      // Tags are allowed only with a new certificate; without them, those of the old one stay.
      new sdk.ImportCertificateCommand({
        Certificate: certificate,
        PrivateKey: key,
        ...(chain === undefined || chain.length === 0 ? {} : { CertificateChain: chain }),
        ...(arn === null ? {} : { CertificateArn: arn }),
      }),
      { abortSignal },
    ),
  );
  if (answer.CertificateArn !== undefined) return answer.CertificateArn;
  const details = { service: 'AWS Certificate Manager', status: 200, reason: 'no ARN' };
  throw new CertdeskError(
    'CLOUD_UNAVAILABLE',
    'AWS Certificate Manager sent an answer without an ARN',
    details,
  );
}

/** The ARN of an imported certificate that is exactly this one; null if there is none. */
async function findSame(call: AcmApi, version: CertificateRecord): Promise<string | null> {
  for await (const { CertificateArn: arn, Type, DomainName } of listImported(call)) {
    if (arn === undefined || Type !== 'IMPORTED' || DomainName?.toLowerCase() !== version.domain) continue;
    if (await presents(call, arn, version)) return arn;
  }
  return null;
}

async function* listImported(call: AcmApi): AsyncGenerator<CertificateSummary> {
  let token: string | undefined;
  for (let page = 0; page < PAGES; page += 1) {
    const { CertificateSummaryList = [], NextToken } = await call((client, sdk, abortSignal) =>
      client.send(
        new sdk.ListCertificatesCommand({
          Includes: { keyTypes: KEY_TYPES },
          MaxItems: 100,
          ...(token === undefined ? {} : { NextToken: token }),
        }),
        { abortSignal },
      ),
    );
    yield* CertificateSummaryList;
    if (NextToken === undefined) return;
    token = NextToken;
  }
}

/** Whether AWS has this version under the ARN. @throws CLOUD_REFUSED if there is no such ARN */
async function presents(call: AcmApi, arn: string, version: CertificateRecord): Promise<boolean> {
  const { Certificate: pem = '' } = await call((client, sdk, abortSignal) =>
    client.send(new sdk.GetCertificateCommand({ CertificateArn: arn }), { abortSignal }),
  );
  const [leaf] = pem === '' ? [] : parseChain(pem);
  return leaf !== undefined && leafFacts(leaf).fingerprint === version.fingerprint;
}

async function rememberArn(stores: Stores, id: string, arn: string): Promise<void> {
  await stores.transaction(async (tx) => {
    const deployment = await tx.deployments.get(id);
    if (deployment === null || deployment.options.arn === arn) return;
    await tx.deployments.update(id, { options: { ...deployment.options, arn } });
  });
}

/** Whether the keys may list certificates, and find that of the deployment. Changes nothing. @throws as `runAwsAcm` */
export async function testAwsAcm(
  deps: { readonly stores: Stores; readonly secrets: SecretStore; readonly addressPolicy: AddressPolicy },
  options: DeploymentRecord['options'],
  signal: AbortSignal,
): Promise<string> {
  const target = await readTarget(deps, options);
  const { arn } = options;
  return withAcm({ policy: deps.addressPolicy, target, signal }, async (call) => {
    if (arn === undefined) {
      await listImported(call).next();
      return `The keys may list the certificates in ${target.region}`;
    }
    await call((client, sdk, abortSignal) =>
      client.send(new sdk.GetCertificateCommand({ CertificateArn: arn }), { abortSignal }),
    );
    return `AWS has the certificate ${arn}`;
  });
}
