// What the configuration of a service has to say so that it uses the files of a deployment. docs/recipes/ has the same
// lines.
import type { DeploymentFile, DeploymentVerify } from '../../shared/deployment.ts';
import { type ConfiguredFiles, configFor, SERVERS } from '../../shared/server-snippets.ts';

export interface ServiceConfig {
  /** The folders of the files. Certdesk does not create them. */
  readonly folders: readonly string[];
  readonly configFile: string;
  readonly config: string;
}

/** The files and the check, as the preview of the deployment has them. */
interface Parts {
  readonly files: readonly Pick<DeploymentFile, 'content' | 'path'>[];
  readonly verify: Pick<DeploymentVerify, 'port'> | null;
}

/**
 * Returns null if the service is unknown, needs no lines (OpenLDAP: the recipe sets them), or its files were changed to
 * others than it reads.
 * @param recipe The ID of a recipe. @param names Of the certificate, the domain first.
 */
export function configOfService(
  recipe: string | null,
  names: readonly string[],
  { files, verify }: Parts,
): ServiceConfig | null {
  const pathOf = (...contents: DeploymentFile['content'][]) =>
    files.find(({ content }) => contents.includes(content))?.path;
  const certificate = pathOf('fullchain', 'combined', 'pkcs12');
  const key = pathOf('privkey', 'combined', 'pkcs12');
  if (certificate === undefined || key === undefined) return null;
  const folders = [...new Set(files.map(({ path }) => path.slice(0, path.lastIndexOf('/'))))];
  const named = { names, certificate, key, ...(verify === null ? {} : { port: verify.port }) };
  const server = SERVERS.find((id) => id === recipe);
  const lines = server === undefined ? OTHERS[recipe ?? '']?.(named) : configFor(server, named);
  return lines === undefined ? null : { folders, configFile: lines.configFile, config: lines.config };
}

type Lines = Pick<ServiceConfig, 'configFile' | 'config'>;

/** The services without a snippet for downloaded files. */
const OTHERS: Readonly<Record<string, (files: ConfiguredFiles) => Lines>> = {
  // https://www.postgresql.org/docs/current/runtime-config-connection.html
  postgresql: ({ certificate, key }) => ({
    configFile: 'postgresql.conf',
    config: `ssl = on\nssl_cert_file = '${certificate}'\nssl_key_file = '${key}'`,
  }),
  // https://mariadb.com/kb/en/securing-connections-for-client-and-server/
  mariadb: ({ certificate, key }) => ({
    configFile: '/etc/mysql/mariadb.conf.d/50-server.cnf',
    config: `[mariadb]\nssl_cert = ${certificate}\nssl_key = ${key}`,
  }),
  // https://mosquitto.org/man/mosquitto-conf-5.html
  mosquitto: ({ certificate, key, port = 8883 }) => ({
    configFile: '/etc/mosquitto/conf.d/tls.conf',
    config: `listener ${port}\ncertfile ${certificate}\nkeyfile ${key}`,
  }),
  // https://tomcat.apache.org/tomcat-10.1-doc/ssl-howto.html
  tomcat: ({ certificate, port = 8443 }) => ({
    configFile: '/etc/tomcat10/server.xml',
    config: `<Connector port="${port}" protocol="org.apache.coyote.http11.Http11NioProtocol" SSLEnabled="true">
  <SSLHostConfig>
    <Certificate certificateKeystoreFile="${certificate}"
                 certificateKeystoreType="PKCS12"
                 certificateKeystorePassword="the password of the credential" />
  </SSLHostConfig>
</Connector>`,
  }),
};
