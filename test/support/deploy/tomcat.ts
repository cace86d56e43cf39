// A Tomcat on an SSH host, which `systemctl restart tomcat10` there starts with the keystore that it then finds.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startOnPorts } from '../tools/ports.ts';
import { toolPath } from '../tools/tools.ts';
import type { SshHost } from './ssh-host.ts';

export interface Tomcat {
  readonly port: number;
  restarts(): number;
  stop(): void;
}

/** Not started until the first restart. */
export function installTomcat(host: SshHost, keystore: string, password: string): Promise<Tomcat> {
  return startOnPorts([{ addresses: ['127.0.0.1'] }], async ([port = 0], release) => {
    const base = join(host.folder, 'tomcat');
    for (const name of ['conf', 'temp', 'webapps', 'work', 'logs'])
      mkdirSync(join(base, name), { recursive: true });
    writeFileSync(join(base, 'conf/server.xml'), toServerXml(port, keystore, password), { mode: 0o600 });
    writeFileSync(join(host.folder, 'usr/local/sbin/systemctl'), toSystemctl(base), { mode: 0o755 });
    const pidFile = join(base, 'pid');
    return {
      port,
      restarts: () => (existsSync(`${base}/restarts`) ? readFileSync(`${base}/restarts`, 'utf8').length : 0),
      stop() {
        try {
          if (existsSync(pidFile)) process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
        } catch {
          // it has ended already
        }
        release();
      },
    };
  });
}

const toServerXml = (port: number, keystore: string, password: string): string => `<Server port="-1">
  <Service name="Catalina">
    <Connector port="${port}" address="127.0.0.1" protocol="org.apache.coyote.http11.Http11NioProtocol" SSLEnabled="true">
      <SSLHostConfig>
        <Certificate certificateKeystoreFile="${keystore}" certificateKeystoreType="PKCS12"
                     certificateKeystorePassword="${password}" />
      </SSLHostConfig>
    </Connector>
    <Engine name="Catalina" defaultHost="localhost"><Host name="localhost" appBase="webapps" /></Engine>
  </Service>
</Server>
`;

/** As systemd does it for a simple service: stops the process, and is done once the new one has begun. */
function toSystemctl(base: string): string {
  const java = dirname(dirname(toolPath('CERTDESK_TEST_JAVA')));
  return `#!/bin/sh
[ "$*" = 'restart tomcat10' ] || exit 1
echo >>${base}/restarts
if [ -s ${base}/pid ]; then
  kill "$(cat ${base}/pid)"
  while kill -0 "$(cat ${base}/pid)" 2>/dev/null; do sleep 0.1; done
fi
unset JAVA_HOME
export JRE_HOME=${java} CATALINA_BASE=${base} JAVA_OPTS=-XX:TieredStopAtLevel=1
setsid ${toolPath('CERTDESK_TEST_CATALINA')} run >${base}/logs/output 2>&1 </dev/null &
echo $! >${base}/pid
`;
}
