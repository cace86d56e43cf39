// A host with nginx for the tests of the GUI: a real OpenSSH server, where the command `nginx` is the running nginx.
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { startDaemon } from '../daemons/daemon.ts';
import { nginxConfig, nginxSettled } from '../daemons/nginx.ts';
import { type SshHostOptions, startSshHost } from '../deploy/ssh-host.ts';
import { createOpenSsl } from '../tools/openssl.ts';
import { toolPath } from '../tools/tools.ts';

export interface DeployTarget {
  readonly address: string;
  readonly sshPort: number;
  /** The folder of the SSH host. */
  readonly folder: string;
  /** SHA256:…, as ssh-keygen -lf prints it. */
  readonly fingerprint: string;
  readonly privateKey: string;
  /** The file that nginx reads key and certificate from. */
  readonly path: string;
  readonly httpsPort: number;
  /** Serial number of the certificate that nginx presents, in upper-case hex. A reload that has begun is waited for. */
  servedSerial(name: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startDeployTarget(name: string, options: SshHostOptions = {}): Promise<DeployTarget> {
  const host = await startSshHost(options);
  const { address } = host;
  const openssl = await createOpenSsl();
  const old = await openssl.issue({ subject: `/CN=${name}`, san: [`DNS:${name}`] });
  await openssl.remove();
  const nginx = await startDaemon({
    name: 'nginx',
    uses: [{ addresses: [address] }],
    async configure({ folder, ports: [port = 0], write }) {
      const pem = await write('site.pem', old.privateKey + old.certificate);
      const config = await write(
        'nginx.conf',
        nginxConfig(folder, [
          'server {',
          `listen ${address}:${port} ssl;`,
          `server_name ${name};`,
          `ssl_certificate ${pem};`,
          `ssl_certificate_key ${pem};`,
          'return 200 "hello\\n";',
          '}',
        ]),
      );
      return {
        program: toolPath('CERTDESK_TEST_NGINX'),
        args: ['-p', folder, '-e', 'stderr', '-c', config],
        ready: [{ address, port }],
      };
    },
  });
  const command = join(host.folder, 'usr/local/sbin/nginx');
  const nginxOptions = `-p ${nginx.folder} -e stderr -c ${nginx.folder}/nginx.conf`;
  await writeFile(command, `#!/bin/sh\nexec ${toolPath('CERTDESK_TEST_NGINX')} ${nginxOptions} "$@"\n`);
  await chmod(command, 0o755);
  return {
    address,
    sshPort: host.port,
    folder: host.folder,
    fingerprint: `SHA256:${host.hostKeys[0]?.sha256}`,
    privateKey: host.privateKey,
    path: join(nginx.folder, 'site.pem'),
    httpsPort: nginx.port,
    async servedSerial(servername) {
      await nginxSettled(nginx.pid);
      return servedSerial({ host: address, port: nginx.port, servername });
    },
    async stop() {
      await nginx.stop();
      await host.stop();
    },
  };
}

/** A serial as `servedSerial` returns it: Node's TLS leaves out the leading zero octet of DER. */
export function toServedSerial(serial: unknown): string {
  return String(serial)
    .toUpperCase()
    .replace(/^(?:00)+/, '');
}

export function servedSerial(target: {
  readonly host: string;
  readonly port: number;
  readonly servername: string;
}): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...target, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.once('error', reject);
  });
}
