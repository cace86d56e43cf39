// Deployments of the kind aws-acm against moto's emulation of AWS Certificate Manager.
import {
  ACMClient,
  AddTagsToCertificateCommand,
  GetCertificateCommand,
  ImportCertificateCommand,
  ListCertificatesCommand,
  ListTagsForCertificateCommand,
} from '@aws-sdk/client-acm';
import type { TestApp } from '../../../test/support/server/app.ts';
import { createOpenSsl } from '../../../test/support/tools/openssl.ts';
import { type Bench, ensure } from '../peer.ts';

const REGION = 'eu-central-1';
const NAME = 'acm.example.com';
const TAG = { Key: 'team', Value: 'web' };
const DEPLOY_MS = 30_000;

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export async function checkAcm(bench: Bench, app: TestApp, endpoint: string, keys: Keys): Promise<void> {
  const openssl = await createOpenSsl();
  bench.cleanUp(() => openssl.remove());
  const client = new ACMClient({ endpoint, region: REGION, credentials: { ...keys } });
  bench.cleanUp(async () => client.destroy());
  const post = async (path: string, body: object): Promise<string> => {
    const { status, body: answer, text } = await app.asUser('POST', path, { body });
    ensure(status < 300, `POST ${path}: ${text}`);
    return String(answer.id);
  };
  const projectId = await app.project(NAME);
  const credentialId = await post('/host-credentials', { kind: 'aws', name: 'moto', ...keys });
  const deploymentId = await post(`/projects/${projectId}/deployments`, {
    kind: 'aws-acm',
    hosts: { none: true },
    options: { region: REGION, credentialId, endpoint },
  });
  /** @returns the ARN that the deployment has kept */
  const renew = async (): Promise<{
    readonly arn: string;
    readonly certificate: string;
    readonly privateKey: string;
  }> => {
    const { certificate, privateKey } = await openssl.issue({ subject: `/CN=${NAME}`, san: [`DNS:${NAME}`] });
    const body = { certificate, privateKey };
    const uploaded = await app.asUser('POST', `/projects/${projectId}/certificate/upload`, { body });
    ensure(uploaded.status === 200 || uploaded.status === 201, uploaded.text);
    const until = Date.now() + DEPLOY_MS;
    for (;;) {
      const { body: deployment, text } = await app.asUser('GET', `/deployments/${deploymentId}`);
      const { arn } = Object(deployment.options) as { readonly arn?: string };
      if (String(deployment.state) === 'deployed' && arn !== undefined)
        return { arn, certificate, privateKey };
      ensure(String(deployment.state) !== 'failed' && Date.now() < until, text);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  const list = async () => (await client.send(new ListCertificatesCommand({}))).CertificateSummaryList ?? [];
  const stored = async (arn: string) =>
    (await client.send(new GetCertificateCommand({ CertificateArn: arn }))).Certificate?.trim();
  const tag = (arn: string) =>
    client.send(new AddTagsToCertificateCommand({ CertificateArn: arn, Tags: [TAG] }));
  const isTagged = async (arn: string) => {
    const { Tags = [] } = await client.send(new ListTagsForCertificateCommand({ CertificateArn: arn }));
    return Tags.some(({ Key, Value }) => Key === TAG.Key && Value === TAG.Value);
  };
  let first = '';
  await bench.check('imports a certificate into Certificate Manager', async () => {
    const { arn, certificate } = await renew();
    first = arn;
    ensure((await list()).length === 1, 'there is not exactly one certificate');
    ensure((await stored(arn)) === certificate.trim(), 'another certificate was imported');
    return undefined;
  });
  await bench.check('imports a renewal under the same ARN, and changes no tags', async () => {
    ensure(first !== '', 'the first import failed');
    await tag(first);
    const { arn, certificate, privateKey } = await renew();
    ensure(arn === first, `the ARN changed to ${arn}`);
    ensure((await list()).length === 1, 'the renewal was imported as a second certificate');
    ensure((await stored(arn)) === certificate.trim(), 'the renewal was not imported');
    if (await isTagged(arn)) return undefined;
    // AWS keeps the tags, and refuses new ones, when a certificate is imported again.
    await tag(arn);
    const again = {
      CertificateArn: arn,
      Certificate: Buffer.from(certificate),
      PrivateKey: Buffer.from(privateKey),
    };
    await client.send(new ImportCertificateCommand(again));
    ensure(!(await isTagged(arn)), 'the tags are gone, but not after an import by the SDK itself');
    return 'moto forgets tags with every import, also by the SDK itself; AWS keeps them';
  });
}
