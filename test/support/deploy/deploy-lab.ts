// What the specs of deployment runs share: a rig with one project, two certificates for it, and a deployment of both files.
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { CertdeskError } from '../../../src/main/engine/core/errors.ts';
import { makeChain, type TestChain, VALIDITY } from '../engine/certificates.ts';
import { createOpenSsl, type OpenSsl } from '../tools/openssl.ts';
import { createDeployRig, type DeployRig } from './deploy-rig.ts';

export const FILES = [
  { content: 'fullchain', path: '/etc/tls/api.pem' },
  { content: 'privkey', path: '/etc/tls/api.key' },
];
export const RELOAD = { validateCommand: ['nginx', '-t'], reloadCommand: ['nginx', '-s', 'reload'] };

export const unreachable = () =>
  new CertdeskError('HOST_UNREACHABLE', 'No route', { host: 'web', reason: 'EHOSTUNREACH' });

type Leaf = TestChain['leaf'];

/** Registers the hooks of a spec: certificates once, and a new rig with the project `p1` for each test. */
export function useDeployLab() {
  let openssl: OpenSsl;
  let chain: TestChain;
  let renewed: Leaf;
  let rig: DeployRig;

  beforeAll(async () => {
    openssl = await createOpenSsl();
    chain = await makeChain(openssl);
    const san = ['DNS:api.example.com'];
    renewed = await openssl.issue({
      subject: '/CN=api.example.com',
      san,
      ca: chain.intermediate,
      ...VALIDITY,
    });
  });
  afterAll(() => openssl?.remove());
  beforeEach(async () => {
    rig = createDeployRig();
    await rig.project();
  });
  afterEach(() => rig?.close());

  const full = (leaf: Leaf) => leaf.certificate + chain.intermediate.certificate;
  return {
    get openssl() {
      return openssl;
    },
    get chain() {
      return chain;
    },
    /** A second certificate for the name of `chain.leaf`. */
    get renewed() {
      return renewed;
    },
    get rig() {
      return rig;
    },
    /** The certificate with its intermediate, PEM. */
    full,
    activate: (leaf: Leaf, more = {}) => rig.activate(leaf, { chain: full(leaf), ...more }),
    async deployTo(host = 'web', body: object = {}) {
      const { id } = await rig.host(host);
      return rig.deploy('p1', { hosts: { ids: [id] }, files: FILES, steps: RELOAD, ...body });
    },
  };
}
