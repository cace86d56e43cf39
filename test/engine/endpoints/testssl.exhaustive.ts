// The verdicts of a check, compared with those of Debian's testssl.sh on the same nginx.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { toolPath } from '../../../scripts/lib/find-tool.ts';
import { inPackages, type ServedPair } from '../../support/daemons/daemon.ts';
import { type Nginx, startNginx } from '../../support/daemons/nginx.ts';
import { createTestPki, daysAhead, NAME, type TestPki } from '../../support/endpoints/chains.ts';
import { checkOnRig, codesOf } from '../../support/endpoints/check-rig.ts';
import { type CertifiedKey, createOpenSsl, type OpenSsl } from '../../support/tools/openssl.ts';
import { describeWith } from '../../support/tools/tools.ts';

interface Verdict {
  readonly id: string;
  readonly finding: string;
}

describeWith(['openssl', 'nginx', 'testssl'], 'a check beside testssl.sh', () => {
  let openssl: OpenSsl;
  let pki: TestPki;
  let leaf: CertifiedKey;
  let nginx: Nginx | undefined;

  beforeAll(async () => {
    openssl = await createOpenSsl();
    pki = await createTestPki(openssl);
    leaf = await pki.issueLeaf();
  });
  afterEach(() => nginx?.stop());
  afterAll(() => openssl?.remove());

  const pairOf = (own: CertifiedKey, ...rest: readonly CertifiedKey[]): ServedPair => ({
    chain: [own, ...rest].map(({ certificate }) => certificate).join(''),
    privateKey: own.privateKey,
  });
  const full = (own: CertifiedKey) => pairOf(own, pki.lower, pki.upper);

  /** @returns what testssl.sh says of the chain, the name and the validity */
  async function runTestssl({ port, folder }: Nginx): Promise<Readonly<Record<string, string>>> {
    const program = toolPath('CERTDESK_TEST_TESTSSL');
    const report = join(folder, 'testssl.json');
    const root = await openssl.file(pki.root.certificate);
    const args = [
      '--quiet',
      '--color',
      '0',
      '--warnings',
      'batch',
      '--nodns',
      'none',
      '-S',
      '--add-ca',
      root,
    ];
    const child = promisify(execFile)(
      program,
      [...args, '--ip', '127.0.0.1', '--jsonfile', report, `${NAME}:${port}`],
      { env: { ...process.env, TESTSSL_INSTALL_DIR: inPackages(program, 'etc/testssl') } },
    );
    child.child.stdin?.end();
    await child.catch(() => undefined); // its exit code counts findings
    const verdicts: readonly Verdict[] = JSON.parse(readFileSync(report, 'utf8'));
    const of = (id: string) => verdicts.find((each) => each.id === id)?.finding ?? '';
    return {
      chain: of('cert_chain_of_trust'),
      name: of('cert_trust'),
      validity: of('cert_expirationStatus'),
    };
  }

  it.each<
    [string, () => Promise<ServedPair> | ServedPair, readonly string[], Readonly<Record<string, RegExp>>]
  >([
    [
      'a full chain',
      () => full(leaf),
      [],
      { chain: /^passed/, name: /^Ok via SAN/, validity: /^(79|80) >= 60 days/ },
    ],
    [
      'a missing intermediate',
      () => pairOf(leaf, pki.lower),
      ['missing-intermediate'],
      { chain: /chain incomplete/ },
    ],
    [
      'the wrong order',
      () => pairOf(leaf, pki.upper, pki.lower),
      ['chain-out-of-order'],
      { chain: /^passed/ },
    ],
    [
      'another name',
      async () =>
        full(await pki.issueLeaf({ subject: '/CN=other.example.com', san: ['DNS:other.example.com'] })),
      ['wrong-name'],
      { name: /does not match supplied URI/ },
    ],
    [
      'an expired certificate',
      async () => full(await pki.issueLeaf({ notBefore: daysAhead(-90), notAfter: daysAhead(-1) })),
      ['expired'],
      { chain: /expired/, validity: /expired/ },
    ],
    [
      'a self-signed certificate',
      async () =>
        pairOf(
          await openssl.issue({ subject: `/CN=${NAME}`, san: [`DNS:${NAME}`], notBefore: daysAhead(-1) }),
        ),
      ['self-signed'],
      { chain: /self signed/ },
    ],
  ])('agrees about %s', async (_, pair, codes, verdicts) => {
    nginx = await startNginx([{ pair: await pair() }]);
    expect(codesOf(await checkOnRig({ port: nginx.port, root: pki.root.certificate }))).toEqual(codes);
    const seen = await runTestssl(nginx);
    for (const [what, pattern] of Object.entries(verdicts)) expect(seen[what], what).toMatch(pattern);
  });
});
