// Exported PFX files as Java reads them.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportCertificate } from '../../../src/main/engine/pki/export.ts';
import { makeChain, type TestChain } from '../../support/engine/certificates.ts';
import { createOpenSsl, type OpenSsl } from '../../support/tools/openssl.ts';
import { describeWith, toolPath } from '../../support/tools/tools.ts';

const PASSWORD = 'correct horse';

describeWith(['java', 'openssl'], 'keytool', () => {
  let openssl: OpenSsl;
  let chain: TestChain;

  beforeAll(async () => {
    openssl = await createOpenSsl();
    chain = await makeChain(openssl);
  });
  afterAll(() => openssl?.remove());

  async function list(format: 'pfx' | 'pfx-certs', legacy: boolean): Promise<string> {
    const { leaf, intermediate, root } = chain;
    const { body } = await exportCertificate({
      chain: [leaf, intermediate, root].map(({ certificate }) => certificate).join(''),
      privateKey: leaf.privateKey,
      format,
      password: PASSWORD,
      legacy,
      friendlyName: 'api.example.com',
    });
    const file = await openssl.file(body);
    const args = ['-list', '-keystore', file, '-storetype', 'PKCS12', '-storepass', PASSWORD];
    // Its output language is that of the machine.
    const env = { PATH: process.env.PATH, JAVA_TOOL_OPTIONS: '-Duser.language=en' };
    return (await promisify(execFile)(toolPath('CERTDESK_TEST_KEYTOOL'), args, { env })).stdout;
  }

  test.each([false, true])('finds each certificate of a PFX without the key, legacy: %s', async (legacy) => {
    const text = await list('pfx-certs', legacy);
    expect(text).toContain('contains 3 entries');
    expect(text.match(/trustedCertEntry/g)).toHaveLength(3);
    for (const name of ['api.example.com', '1: test intermediate', '2: test root'])
      expect(text).toContain(`${name}, `);
  });

  test.each([false, true])('finds the pair of a PFX, legacy: %s', async (legacy) => {
    const text = await list('pfx', legacy);
    expect(text).toContain('contains 1 entry');
    expect(text).toMatch(/api\.example\.com, .*PrivateKeyEntry/);
  });
});
