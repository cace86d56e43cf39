// acme2certifier, https://github.com/grindsted/acme2certifier, with its OpenSSL handler: it refuses a key compromise that
// the certificate's own key signs, and says 501 to what it does not have.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeTls } from '../../../test/support/acme/tls.ts';
import { TCP } from '../../../test/support/tools/ports.ts';
import { checkAcmeServer } from '../acme.ts';
import { makeAuthority } from '../authority.ts';
import { startNames } from '../names.ts';
import { definePeer } from '../peer.ts';
import { startPeer, takePorts } from '../process.ts';

const VERSION = '0.46.3';
const SERVE = resolve(import.meta.dirname, '../python/serve.py');

export const acme2certifier = definePeer({
  name: 'acme2certifier',
  source: 'PyPI acme2certifier',
  install: async ({ python }) => ({
    version: VERSION,
    venv: await python('acme2certifier', [`acme2certifier==${VERSION}`]),
  }),
  async run({ venv }, bench) {
    const { folder } = bench;
    const bind = await startNames(bench);
    const { rootPath, issuerPath, issuerKeyPath } = await makeAuthority(folder);
    const { rootPem, certPath, keyPath } = await makeTls(folder);
    const [port = 0] = await takePorts(bench, [TCP]);
    mkdirSync(join(folder, 'certificates'));
    const config = join(folder, 'acme_srv.cfg');
    writeFileSync(
      config,
      `[DEFAULT]
debug: False
[Nonce]
nonce_check_disable: False
[CAhandler]
handler_module: acme2certifier.cahandlers.openssl_ca_handler
issuing_ca_key: ${issuerKeyPath}
issuing_ca_cert: ${issuerPath}
issuing_ca_crl: ${join(folder, 'crl.pem')}
ca_cert_chain_list: ["${rootPath}"]
cert_save_path: ${join(folder, 'certificates')}
cert_validity_days: 10
[DBhandler]
handler: wsgi
dbfile: ${join(folder, 'acme.db')}
[Certificate]
revocation_reason_check_disable: False
[Challenge]
challenge_validation_disable: False
[Order]
tnauthlist_support: False
`,
    );
    const env = { ACME_SRV_CONFIGFILE: config, ACME2CERTIFIER_BASE_DIR: folder };
    const application = 'acme2certifier.share.acme2certifier_wsgi:application';
    const args = [SERVE, application, String(port), certPath, keyPath, String(bind.port)];
    await startPeer(bench, { program: join(venv, 'bin/python3'), args, env, port });
    const directoryUrl = `https://127.0.0.1:${port}/directory`;
    const failure = /gave no reason|failed|refused/i;
    await checkAcmeServer(bench, { directoryUrl, rootPem, bind, failure, keyCompromise: true });
  },
});
