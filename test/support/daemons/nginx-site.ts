// nginx with one server block without TLS, which the test changes.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toolPath } from '../../../scripts/lib/find-tool.ts';
import { type Daemon, startDaemon } from './daemon.ts';
import { nginxConfig, replaceWorkers } from './nginx.ts';

export interface NginxSite extends Daemon {
  /** Replaces the directives of the server block, and waits until they count. */
  change(directives: string): Promise<void>;
}

/** @param directives Of the server block, besides `listen`. */
export async function startNginxSite(
  { address, port }: { readonly address: string; readonly port: number },
  directives: string,
): Promise<NginxSite> {
  const block = (content: string) => `server {\nlisten ${address}:${port};\n${content}\n}\n`;
  const nginx = await startDaemon({
    name: 'nginx',
    uses: [],
    async configure({ folder, write }) {
      await write('site.conf', block(directives));
      const config = await write('nginx.conf', nginxConfig(folder, [`include ${folder}/site.conf;`]));
      const args = ['-p', folder, '-e', 'stderr', '-c', config];
      return { program: toolPath('CERTDESK_TEST_NGINX'), args, ready: [{ address, port }] };
    },
  });
  return {
    ...nginx,
    async change(content) {
      await writeFile(join(nginx.folder, 'site.conf'), block(content));
      await replaceWorkers(nginx);
    },
  };
}
