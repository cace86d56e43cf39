// The ZIP export, read back by Python: its files, their modes, and the README.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { exportCertificate } from '../../../src/main/engine/pki/export.ts';
import { makeChain } from '../../support/engine/certificates.ts';
import { createOpenSsl } from '../../support/tools/openssl.ts';

const openssl = await createOpenSsl();
afterAll(() => openssl.remove());
const { intermediate, leaf } = await makeChain(openssl);
const chain = leaf.certificate + intermediate.certificate;

const PROGRAM = `import json, sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
print(json.dumps({i.filename: [oct(i.external_attr >> 16), z.read(i).decode()] for i in z.infolist()}))`;

async function unzip(body: Buffer): Promise<Record<string, readonly [mode: string, text: string]>> {
  const folder = await mkdtemp(join(tmpdir(), 'certdesk-zip-'));
  try {
    await writeFile(join(folder, 'x.zip'), body);
    const { stdout } = await promisify(execFile)('python3', ['-c', PROGRAM, join(folder, 'x.zip')]);
    return JSON.parse(stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('a ZIP export', () => {
  const exported = (friendlyName: string) =>
    exportCertificate({ chain, privateKey: leaf.privateKey, format: 'zip', friendlyName });

  test('has the files of a server and a README, with the private key for its owner only', async () => {
    const { body, filename, contentType } = await exported('api.example.com');
    expect([filename, contentType]).toEqual(['api.example.com.zip', 'application/zip']);
    const { 'README.txt': readme, ...files } = await unzip(body);
    expect(files).toEqual({
      'api.example.com.fullchain.pem': ['0o100644', chain],
      'api.example.com.key': ['0o100600', leaf.privateKey],
      'api.example.com.combined.pem': ['0o100600', leaf.privateKey + chain],
    });
    expect(readme?.[0]).toBe('0o100644');
    for (const file of Object.keys(files)) expect(readme?.[1]).toContain(file);
    for (const server of ['nginx', 'Apache', 'HAProxy', 'Postfix', 'Dovecot'])
      expect(readme?.[1]).toContain(`${server}\n${'-'.repeat(server.length)}\n`);
    expect(readme?.[1]).not.toContain('PRIVATE KEY');
  });

  test('is the same each time, and has no unsafe name', async () => {
    expect((await exported('*.example.com')).body).toEqual((await exported('*.example.com')).body);
    expect(Object.keys(await unzip((await exported('*.example.com')).body))).toContain(
      'wildcard.example.com.key',
    );
  });
});
