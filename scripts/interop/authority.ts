// Creates the root and the issuing CA for step-ca and acme2certifier.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { toolPath } from '../lib/find-tool.ts';

export interface Authority {
  readonly rootPath: string;
  readonly rootPem: string;
  readonly issuerPath: string;
  readonly issuerKeyPath: string;
}

export async function makeAuthority(folder: string): Promise<Authority> {
  const [rootPath = '', rootKey = '', issuerPath = '', issuerKeyPath = ''] = [
    'ca-root.pem',
    'ca-root-key.pem',
    'ca-issuer.pem',
    'ca-issuer-key.pem',
  ].map((name) => join(folder, name));
  const request = (name: string, pathLength: number, to: readonly string[]) => [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'],
    ...['-subj', `/CN=${name}`, '-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
    ...['-addext', `basicConstraints=critical,CA:TRUE,pathlen:${pathLength}`, ...to],
  ];
  const openssl = (args: readonly string[]) =>
    promisify(execFile)(toolPath('CERTDESK_TEST_OPENSSL'), [...args], { timeout: 60_000 });
  await openssl(request('Interop root', 1, ['-keyout', rootKey, '-out', rootPath]));
  const signed = ['-CA', rootPath, '-CAkey', rootKey, '-keyout', issuerKeyPath, '-out', issuerPath];
  await openssl(request('Interop issuer', 0, signed));
  return { rootPath, rootPem: readFileSync(rootPath, 'utf8'), issuerPath, issuerKeyPath };
}
